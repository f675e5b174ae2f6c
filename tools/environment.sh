#!/bin/sh
# Make the virtual environment and install mypi into it: environment.sh <python> <directory> <requirement>
# An environment that still works is kept and brought up to date; a broken or unsuitable one is made anew.
set -eu
python=$1
venv=$2
requirement=$3

suitable='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'

say() { echo "mypi: $*" >&2; }

if ! "$venv/bin/python" -c "$suitable" 2>/dev/null || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    if ! command -v "$python" >/dev/null 2>&1; then
        say "there is no '$python' here: install python3, or name one: make PYTHON=/path/to/python3.12 …"
        exit 2
    fi
    if ! "$python" -c "$suitable"; then
        say "'$python' is $("$python" --version 2>&1), mypi needs Python 3.11, 3.12 or 3.13: make PYTHON=/path/to/python3.12 …"
        exit 2
    fi
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        say "'$python' cannot make virtual environments: on Debian, apt-get install python3-venv"
        exit 2
    fi
    say "making the virtual environment in $venv"
    "$python" -m venv --clear "$venv"
fi

say "installing $requirement into $venv"
# pip 23 (Debian 12) would otherwise take setup.py's old way for an editable install, and warn.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --use-pep517 --editable "$requirement"
