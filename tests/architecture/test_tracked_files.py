"""What holds for every file that is kept under version control, whatever its kind."""

import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, breaches

REGISTRIES = [
    ".".join(labels)
    for labels in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("python", "org/pypi"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb", "debian", "org"),
        ("ftp", "debian", "org"),
        ("security", "debian", "org"),
        ("anaconda", "org"),
        ("anaconda", "com"),
    ]
]
"""Public registries. In pieces, so that this file names none of them either."""


AT_THE_TOP = {
    *("apache", "benchmarks", "docs", "mypi", "tests", "tools"),
    *(".ci", ".gitignore", "LICENSE", "MANIFEST.in", "Makefile", "ruff.toml", "setup.cfg", "setup.py"),
    *("CHANGES.rst", "INSTALL.rst", "README.rst"),
}
"""What lies at the top of the project."""


def kept() -> list[Path]:
    """Return the files under version control; where there is none (an unpacked sdist), all that are not made here."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        made = {".venv", ".clients", ".benchmarks", "var", "build", "dist", "__pycache__", "mypi.egg-info", "PKG-INFO"}
        made |= {".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
        paths = [path for path in ROOT.rglob("*") if not made & set(path.relative_to(ROOT).parts)]
    return sorted(path for path in paths if path.is_file())


def test_nothing_but_the_project_is_kept():
    found = sorted({path.relative_to(ROOT).parts[0] for path in kept()} - AT_THE_TOP)
    assert not found, breaches("what a program left behind is not kept; what is new at the top is named above", found)


def registries_named(data: bytes) -> list[str]:
    """Return the public registries whose host name stands in the data."""
    return [host for host in REGISTRIES if host.encode() in data.lower()]


def test_no_file_names_the_host_of_a_public_registry():
    found = [f"{path.relative_to(ROOT)}: {host}" for path in kept() for host in registries_named(path.read_bytes())]
    assert not found, breaches("say PyPI; clients and pip's configuration know where it is", found)


def test_the_name_of_a_registry_is_seen():
    assert registries_named(b"https://" + REGISTRIES[0].upper().encode() + b"/simple/")
    assert not registries_named(b"https://packages.example/simple/ is not PyPI")


def test_text_files_end_their_lines_plainly():
    found = []
    for path in kept():
        if path.suffix in {".py", ".rst", ".cfg", ".toml", ".html", ".css", ".sh", ".conf", ".wsgi"}:
            data = path.read_bytes()
            if b"\r" in data or b"\t" in data or (data and not data.endswith(b"\n")):
                found.append(str(path.relative_to(ROOT)))
    assert not found, breaches("carriage returns, tabs, or no newline at the end", found)


@pytest.mark.parametrize(
    "name", ["README.rst", "CHANGES.rst", "LICENSE", "Makefile", ".ci/run", "setup.py", "setup.cfg"]
)
def test_what_a_newcomer_looks_for_is_there(name):
    assert (ROOT / name).is_file()


def test_setup_py_holds_nothing_because_all_metadata_is_in_setup_cfg():
    assert "setup()" in (ROOT / "setup.py").read_text("utf-8").splitlines()
