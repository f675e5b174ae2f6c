"""tools/environment.sh with real interpreters: what it refuses, what it keeps, what it makes anew."""

import os
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT

SCRIPT = ROOT / "tools" / "environment.sh"
EMPTY_PROJECT = "from setuptools import setup\nsetup(name='nothing', version='1', py_modules=[])\n"


def run(python, venv, requirement=".", cwd=ROOT):
    """Run the script and return how it ended and what it said."""
    done = subprocess.run(
        ["sh", str(SCRIPT), str(python), str(venv), requirement], cwd=cwd, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


def pretended(folder, version):
    """Return an interpreter that says it is of another version, and that makes no environment but says so."""
    info = tuple(map(int, version.split(".")))
    program = folder / "python"
    program.write_text(
        "#!/bin/sh\n"
        f'[ "$1" = --version ] && echo "Python {version}" && exit\n'
        '[ "$1" = -m ] && echo "asked for $2" >&2 && exit 7\n'
        f"""exec '{sys.executable}' -c "import sys; sys.version_info = {info}; $2"\n"""
    )
    program.chmod(0o755)
    return program


@pytest.mark.parametrize("version", ["2.7.18", "3.10.13", "3.14.0"])
def test_an_unsuitable_python_is_refused_by_name_with_what_would_be_right(tmp_path, version):
    status, said = run(pretended(tmp_path, version), tmp_path / "venv")
    assert status == 2
    assert f"Python {version}" in said
    assert "3.11, 3.12 or 3.13" in said
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize("version", ["3.11.0", "3.12.9", "3.13.1"])
def test_a_suitable_python_is_asked_for_an_environment(tmp_path, version):
    status, said = run(pretended(tmp_path, version), tmp_path / "venv")
    assert status == 7
    assert "asked for venv" in said


def test_a_missing_python_is_named(tmp_path):
    status, said = run("no-such-python", tmp_path / "venv")
    assert status == 2
    assert "there is no 'no-such-python' here" in said


def test_a_python_without_ensurepip_is_told_which_debian_package_is_missing(tmp_path):
    (tmp_path / "ensurepip.py").write_text("raise ImportError")
    done = subprocess.run(
        ["sh", str(SCRIPT), sys.executable, str(tmp_path / "venv"), "."],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "apt-get install python3-venv" in done.stderr


def test_a_working_environment_is_kept_and_a_broken_one_made_anew(tmp_path):
    (tmp_path / "setup.py").write_text(EMPTY_PROJECT)
    venv = tmp_path / "venv"
    assert run(sys.executable, venv, cwd=tmp_path)[0] == 0
    (venv / "kept").touch()
    status, said = run(sys.executable, venv, cwd=tmp_path)
    assert (status, (venv / "kept").exists()) == (0, True), said
    (venv / "bin" / "python").unlink()
    status, said = run(sys.executable, venv, cwd=tmp_path)
    assert (status, (venv / "kept").exists()) == (0, False), said
