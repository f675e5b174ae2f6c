"""Installations that are made once and copied for each blow."""

import subprocess
from pathlib import Path

from mypi import config
from mypi.commands.init import initialize
from tests.support import forked, victims
from tests.support.installations import ADMINISTRATOR, PASSWORD


def made(data: Path, *uploaded: victims.Built) -> Path:
    """Make an installation with these files in it, and return its folder."""
    initialize(config.load(environ={}, data_directory=data), ADMINISTRATOR, PASSWORD)
    if uploaded:
        answers = forked.call(victims.uploading, data, *uploaded)
        assert {answer.status for answer in answers} == {200}, answers
    return data


def copy(data: Path, to: Path) -> Path:
    """Copy an installation with its hard links, and return the folder of the copy."""
    subprocess.run(["cp", "-a", data, to], check=True)
    return to
