#!/bin/sh
# Say which Debian packages the tests lack and what that means; as root, install them. `debian_packages.sh benchmark`
# asks for those of the benchmark as well.
# Never fails: a test whose package is missing says so itself, and fails where MYPI_REQUIRE_ALL=1.
set -eu

purpose=${1:-tests}

needed() {
    cat <<'LIST'
python3-venv the tests under Apache make an environment for the Python that mod_wsgi embeds
apache2 the tests under Apache
libapache2-mod-wsgi-py3 the tests under Apache
postgresql the tests on PostgreSQL
slapd the tests of passwords in a directory
strace the tests of crashes and power cuts
chromium the tests in a browser
chromium-driver the tests in a browser
LIST
    [ "$purpose" = benchmark ] || return 0
    cat <<'LIST'
nginx-light the limit in the benchmark
wrk the readers in the benchmark
LIST
}

missing() {
    needed | while read -r package reason; do
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$status" = installed ] || echo "$package $reason"
    done
}

# Debian starts what it installs. The tests start servers of their own, so nothing else shall begin to listen here.
install() {
    policy=${POLICY:-/usr/sbin/policy-rc.d}
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        trap 'exit 130' INT TERM
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "mypi: this is no Debian: tests that need Apache, PostgreSQL or Chromium are skipped where these are missing"
    exit 0
fi

lacking=$(missing | cut -d ' ' -f 1)
if [ -n "$lacking" ] && [ "$(id -u)" = 0 ]; then
    echo "mypi: installing the Debian packages for the $purpose:" $lacking
    # shellcheck disable=SC2086  # one argument for each package
    (install $lacking </dev/null) || echo "mypi: apt-get failed"
fi
missing | while read -r package reason; do
    echo "mypi: the Debian package $package is not installed; skipped without it: $reason"
done
