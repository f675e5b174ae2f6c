"""What is beside a file is verified, repaired from the tree where it can be, and else no longer offered."""

import hashlib

import pytest

from mypi.registry import collecting
from mypi.registry.files import File
from tests.publishing.verification.damaging import blob, execute, flip, found, place, repair
from tests.support import builders
from tests.support.attested import GITHUB, PUBLISH
from tests.support.peopled import MAIN
from tests.support.signed import SIGNATURE

IT = f"{MAIN}: {GITHUB}"
KINDS = {"provenance_sha256": "provenance", "signature_sha256": "signature"}
ENDINGS = {"provenance_sha256": ".provenance", "signature_sha256": ".asc"}


@pytest.fixture
def signed(peopled, real_files):
    """Return an installation with a file that is attested and signed."""
    fields = {"attestations": real_files.field(PUBLISH), "signature": SIGNATURE}
    peopled.upload(real_files.built(GITHUB), **fields)
    return peopled


def digest(peopled, column):
    return getattr(peopled.rows(File, File.filename == GITHUB)[0], column)


def test_nothing_is_found_where_nothing_is_wrong(signed):
    assert found(signed) == set()


@pytest.mark.parametrize("column", KINDS)
def test_a_missing_one_is_named_and_kept_again_from_the_tree(signed, column):
    sha256 = digest(signed, column)
    blob(signed, sha256).unlink()
    assert found(signed) == {(f"{KINDS[column]}.missing", IT)}
    repair(signed)
    assert found(signed) == set()
    assert (digest(signed, column), blob(signed, sha256).exists()) == (sha256, True)


@pytest.mark.parametrize("column", KINDS)
def test_a_changed_one_is_named_and_when_it_is_nowhere_else_no_longer_offered(signed, column):
    sha256 = digest(signed, column)
    flip(blob(signed, sha256))  # the tree has a link to the same bytes
    assert found(signed) == {(f"{KINDS[column]}.changed", IT)}
    repair(signed)
    assert found(signed) == set()
    assert digest(signed, column) is None
    assert not list(signed.data.rglob(f"{GITHUB}{ENDINGS[column]}"))
    assert signed.events()[-1].details[f"{column}_before"] == sha256
    assert place(signed, GITHUB).exists()


def test_provenance_of_another_file_is_named_and_no_longer_offered(signed):
    signed.upload(builders.wheel("foo", "1.0"))
    sha256 = digest(signed, "provenance_sha256")
    execute("UPDATE files SET provenance_sha256 = :sha256 WHERE filename LIKE 'foo%'", sha256=sha256)
    kinds = {kind for kind, _ in found(signed)}
    assert "provenance.of-another" in kinds
    repair(signed)
    assert found(signed) == set()
    assert digest(signed, "provenance_sha256") == sha256


def test_a_link_that_is_missing_is_linked_again(signed):
    for ending in ENDINGS.values():
        place(signed, f"{GITHUB}{ending}").unlink()
    assert {kind for kind, _ in found(signed)} == {"link.missing"}
    repair(signed)
    assert found(signed) == set()


def test_one_that_no_file_names_is_a_stranger(signed):
    stray = place(signed, GITHUB).with_name(f"{GITHUB}.asc")
    execute("UPDATE files SET signature_sha256 = NULL")
    assert "file.still-served" in {kind for kind, _ in found(signed)}
    repair(signed)
    assert not stray.exists()


def test_the_collector_leaves_what_a_file_names_and_takes_the_rest(signed, monkeypatch):
    monkeypatch.setattr(collecting, "REST", -collecting.REST)
    storage = signed.installation.storage
    assert [one.sha256 for one in collecting.unreferenced(storage)] == []
    execute("UPDATE files SET signature_sha256 = NULL")
    signed.installation.publisher.rebuild()
    assert [one.sha256 for one in collecting.unreferenced(storage)] == [hashlib.sha256(SIGNATURE).hexdigest()]
