"""A virtual environment for each peer, with pinned versions, made once."""

import subprocess
import sys
from pathlib import Path


def install(home: Path, name: str, requirements: tuple[str, ...]) -> Path:
    """Return the folder of programs of an environment that holds these requirements."""
    folder = home / "venvs" / name
    marker = folder / "complete"
    wanted = repr((requirements, sys.version_info[:2]))
    if not marker.exists() or marker.read_text() != wanted:
        _run(sys.executable, "-m", "venv", "--clear", folder)
        _run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", *requirements)
        marker.write_text(wanted)
    return folder / "bin"


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}")
