"""Which Pythons this machine has: on PATH, or where pyenv keeps them."""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

RUNNING = "running"
"""Instead of a version: the Python that runs the tests."""

# The old clients are commands of distutils, which some distributions keep in a package of its own; 3.12 has none.
_PROBE = """
import sys
if sys.version_info < (3, 12):
    import distutils.command.upload
sys.stdout.write('%d.%d' % sys.version_info[:2])
"""


@functools.cache
def interpreter(version: str) -> Path | None:
    """Return the Python of `version` ("3.8") with all that belongs to it, or the running one; None without one."""
    if version == RUNNING:
        return Path(sys.executable)
    return next((path for path in _candidates(version) if _is_whole(path, version)), None)


def _candidates(version: str) -> Iterator[Path]:
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"), reverse=True)
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield Path(on_path)


def _is_whole(path: Path, version: str) -> bool:
    """Tell whether it starts (a shim of pyenv may not), is of this version and has its distutils, if it had one."""
    outcome = subprocess.run([path, "-W", "ignore", "-c", _PROBE], capture_output=True, text=True, check=False)
    return outcome.returncode == 0 and outcome.stdout == version
