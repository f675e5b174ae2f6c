"""`mypi gc`: what it would remove, and what it removes."""

import os
import time

from mypi.registry import deleting
from mypi.registry.actors import at_shell
from tests.support import builders
from tests.support.installations import CommandLine
from tests.support.integrity import check

TWO_DAYS = 2 * 86400


def deleted_two_days_ago(peopled):
    """Leave the blobs of a deleted file, a cut-off upload, and a file that still is."""
    peopled.upload(builders.wheel("kept", "1.0"))
    peopled.upload(builders.wheel("demo", "1.0"))
    deleting.delete_project(peopled.registry, at_shell(), peopled.index(), "demo")
    (peopled.data / "incoming" / "0123").write_bytes(b"cut off")
    old = time.time() - TWO_DAYS
    for file in [*(peopled.data / "blobs").glob("*/*"), peopled.data / "incoming" / "0123"]:
        os.utime(file, (old, old))
    return CommandLine(peopled.settings)


def test_a_dry_run_names_what_would_go_and_removes_nothing(peopled):
    run = deleted_two_days_ago(peopled)
    before = peopled.blobs()
    answered = run("gc", "--dry-run")
    assert answered.code == 0
    assert [line.split(" ")[0] for line in answered.out.splitlines()] == ["blob", "blob", "cut-off"]
    sizes = [int(line.split(" ")[2]) for line in answered.out.splitlines()[:2]]
    assert f"would remove {sum(sizes)} bytes" in answered.err
    assert peopled.blobs() == before
    assert (peopled.data / "incoming" / "0123").exists()


def test_it_removes_what_nothing_stands_on_and_nothing_else(peopled):
    run = deleted_two_days_ago(peopled)
    before = peopled.events()
    answered = run("gc")
    assert answered.code == 0
    assert "removed 2 blobs" in answered.err
    assert len(peopled.blobs()) == 2
    assert peopled.litter() == []
    assert peopled.events() == before
    assert check(peopled.installation) == []


def test_what_is_young_stays(peopled):
    peopled.upload(builders.wheel("demo", "1.0"))
    deleting.delete_project(peopled.registry, at_shell(), peopled.index(), "demo")
    (peopled.data / "incoming" / "0123").write_bytes(b"under way")
    before = peopled.blobs()
    assert "removed 0 blobs with 0 bytes" in CommandLine(peopled.settings)("gc").err
    assert peopled.blobs() == before
    assert (peopled.data / "incoming" / "0123").exists()
