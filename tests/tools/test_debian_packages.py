"""tools/debian_packages.sh on made-up machines: a dpkg-query, an id and an apt-get of its own on the PATH."""

import os
import subprocess

import pytest

from tests.architecture.source import ROOT

PROGRAMS = {
    "dpkg-query": """for package; do :; done; grep -qx "$package" "$MACHINE/installed" && printf installed""",
    "apt-get": """echo "$@" >>"$MACHINE/asked"; [ "$1" = update ] && exit 0
        for word; do case $word in -*|install) ;; *) echo "$word" >>"$MACHINE/installed" ;; esac; done""",
}


@pytest.fixture
def machine(tmp_path):
    """Return a function that runs the script on a machine with these packages, as this user."""

    def run(installed, user, broken_apt=False):
        (tmp_path / "installed").write_text("".join(f"{package}\n" for package in installed))
        programs = {**PROGRAMS, "id": f"echo {user}"} | ({"apt-get": "exit 100"} if broken_apt else {})
        for name, text in programs.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
            (tmp_path / name).chmod(0o755)
        done = subprocess.run(
            ["sh", str(ROOT / "tools" / "debian_packages.sh")],
            env={
                "PATH": f"{tmp_path}:{os.environ['PATH']}",
                "MACHINE": str(tmp_path),
                "POLICY": str(tmp_path / "policy"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        asked = (tmp_path / "asked").read_text().splitlines() if (tmp_path / "asked").exists() else []
        return done.returncode, done.stdout, asked

    return run


ALL = [
    *("python3-venv", "apache2", "libapache2-mod-wsgi-py3", "postgresql", "slapd", "strace"),
    *("chromium", "chromium-driver"),
]


def test_nothing_is_said_or_asked_where_everything_is_installed(machine):
    assert machine(ALL, user=0) == (0, "", [])


def test_root_installs_the_missing_ones_only(machine):
    status, said, asked = machine(ALL[:6], user=0)
    assert status == 0
    assert "installing" in said
    assert "is not installed" not in said
    assert asked[0].startswith("update")
    assert [word for word in asked[1].split() if not word.startswith("-")] == ["install", "chromium", "chromium-driver"]


def test_others_are_told_which_are_missing_and_what_is_skipped(machine):
    status, said, asked = machine(["python3-venv", "chromium", "chromium-driver"], user=1000)
    assert (status, asked) == (0, [])
    assert "apache2 is not installed; skipped without it: the tests under Apache" in said
    assert "postgresql is not installed; skipped without it: the tests on PostgreSQL" in said
    assert "chromium" not in said


def test_what_apt_get_could_not_install_is_named(machine):
    status, said, _ = machine(ALL[1:], user=0, broken_apt=True)
    assert status == 0
    assert "apt-get failed" in said
    assert "python3-venv is not installed" in said
