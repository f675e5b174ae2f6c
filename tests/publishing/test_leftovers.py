"""What a crash leaves in the tree is found when it is old, and nothing else is."""

import time

from mypi.publishing import leftovers
from mypi.publishing.tree import Tree
from tests.support import builders

HOUR = 3600.0


def test_a_file_that_never_got_its_name_is_found_when_it_is_old(tmp_path):
    file = tmp_path / "public/team/main/simple/.new-0123"
    file.parent.mkdir(parents=True)
    file.write_text("half")
    assert list(leftovers.leftovers(Tree(tmp_path), time.time() - HOUR)) == []
    assert list(leftovers.leftovers(Tree(tmp_path), time.time() + HOUR)) == [file]
    leftovers.remove(file)
    leftovers.remove(file)
    assert not file.exists()


def test_no_page_and_no_file_is_a_leftover(peopled):
    peopled.upload(builders.wheel("demo", "1.0"))
    assert list(leftovers.leftovers(peopled.installation.publisher.tree, time.time() + HOUR)) == []


def test_a_page_that_a_newer_one_replaced_is_a_leftover(peopled):
    peopled.upload(builders.wheel("demo", "1.0"))
    old = peopled.data / "tree/public/team/main/simple/demo/1-01234567.json.gz"
    old.write_text("x")
    assert list(leftovers.leftovers(peopled.installation.publisher.tree, time.time() + HOUR)) == [old]
