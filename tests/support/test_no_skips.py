"""The rule that turns skips into failures, with a real pytest on made-up tests."""

import os
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT

SKIPS = {
    "a mark": "import pytest\n@pytest.mark.skip(reason='no Apache here')\ndef test_it(): pass\n",
    "a call": "import pytest\ndef test_it(): pytest.skip('no Apache here')\n",
    "a fixture": "import pytest\n@pytest.fixture\ndef f(): pytest.skip('no Apache here')\ndef test_it(f): pass\n",
    "a whole file": "import pytest\npytest.skip('no Apache here', allow_module_level=True)\n",
    "a missing library": "import pytest\npytest.importorskip('no_such_thing', reason='no Apache here')\n",
}


def run(folder, source, required):
    """Run pytest on one made-up file, and return how it ended and what it said."""
    (folder / "test_made_up.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.no_skips", "-p", "no:cacheprovider", "-rs"]
    environment = {**os.environ, "MYPI_REQUIRE_ALL": required, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, "-c", os.devnull, "--rootdir", str(folder), "test_made_up.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("how", SKIPS)
def test_a_skip_fails_where_all_is_required_and_its_reason_is_shown(tmp_path, how):
    status, output = run(tmp_path, SKIPS[how], required="1")
    assert status != 0
    assert "skipped where MYPI_REQUIRE_ALL=1: " in output
    assert "no Apache here" in output


@pytest.mark.parametrize("how", ["a mark", "a call", "a fixture"])
def test_a_skip_is_a_skip_elsewhere(tmp_path, how):
    status, output = run(tmp_path, SKIPS[how], required="")
    assert status == 0
    assert "1 skipped" in output


def test_passes_and_expected_failures_are_left_alone(tmp_path):
    source = "import pytest\ndef test_a(): pass\n@pytest.mark.xfail\ndef test_b(): assert 0\n"
    status, output = run(tmp_path, source, required="1")
    assert status == 0
    assert "1 passed, 1 xfailed" in output
