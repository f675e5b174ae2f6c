"""A client in its folder, and how it is run: with a home of its own and nothing of this machine's configuration."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

LONGEST_RUN = 120
"""Seconds. It ends a client that hangs, it measures nothing."""


@dataclass(frozen=True)
class Outcome:
    """What a client said and how it ended; `output` is both streams in the order of writing."""

    code: int
    output: str


@dataclass(frozen=True)
class Environment:
    """The folder of one client."""

    path: Path

    @property
    def python(self) -> Path:
        """Return the Python of this environment."""
        return self.path / "bin" / "python"

    def run(self, program: str, *arguments: object, folder: Path, home: Path, **variables: str) -> Outcome:
        """Run a program of this environment in `folder`, with `home` as HOME, and return its outcome."""
        command = [str(self.path / "bin" / program), *map(str, arguments)]
        finished = subprocess.run(
            command,
            cwd=folder,
            env=_variables(self.path, home) | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LONGEST_RUN,
            check=False,
        )
        return Outcome(finished.returncode, finished.stdout.decode("utf-8", "replace"))


def _variables(path: Path, home: Path) -> dict[str, str]:
    """Return all that a client may know of this machine."""
    return {
        "PATH": f"{path / 'bin'}:/usr/bin:/bin",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "COLUMNS": "300",
        "PYTHONIOENCODING": "utf-8",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "UV_NO_CONFIG": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_CACHE_DIR": str(home / "uv-cache"),
    }
