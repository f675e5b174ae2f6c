"""The act of uploading: the answer, the rows, the files on disk, the event; and what it refuses."""

import hashlib

import pytest

from mypi import errors
from mypi.errors import Failure
from mypi.registry import indexing
from mypi.registry.events import EventKind
from mypi.registry.files import File, Tombstone
from mypi.registry.permissions import Grant
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.standards import filenames
from tests.support import builders
from tests.support.peopled import MAIN, SCRATCH, SECRET, at

BUILDERS = {
    "wheel": builders.wheel,
    "sdist": builders.sdist,
    "zip sdist": builders.zip_sdist,
    "egg": builders.egg,
    "installer": builders.wininst,
}


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def assert_refused(peopled, failure, built, **how):
    """Assert that an upload is refused and leaves rows, blobs, pages and receptions as they were."""
    before = (peopled.rows(File), peopled.rows(Release), peopled.rows(Project), peopled.serial(), peopled.listed())
    with pytest.raises(failure) as raised:
        peopled.upload(built, **how)
    after = (peopled.rows(File), peopled.rows(Release), peopled.rows(Project), peopled.serial(), peopled.listed())
    assert after == before
    assert peopled.litter() == []
    return raised.value


@pytest.mark.parametrize("kind", sorted(BUILDERS))
def test_an_upload_leaves_rows_a_blob_pages_and_one_event(peopled, kind):
    filename, body = BUILDERS[kind]("Foo_Bar", "1.0", summary="what it is")
    before = peopled.serial()

    assert peopled.upload((filename, body), by="uploader") is True

    (file,), (release,), (project,) = peopled.rows(File), peopled.rows(Release), peopled.rows(Project)
    assert (file.filename, file.size, file.sha256) == (filename, len(body), sha256(body))
    assert (file.md5, file.blake2b_256) == (
        hashlib.md5(body).hexdigest(),
        hashlib.blake2b(body, digest_size=32).hexdigest(),
    )
    assert (file.uploaded_by, file.yanked, file.damaged) == ("uploader", False, False)
    assert release.version == "1.0"
    assert (project.display_name, project.normalized_name) == ("Foo_Bar", "foo-bar")
    assert (project.newest_version, project.summary) == ("1.0", "what it is")

    assert peopled.installation.storage.path(sha256(body)).read_bytes() == body
    (entry,) = peopled.page("foo-bar")["files"]
    place = peopled.data / "tree/public" / MAIN / "files" / file.sha256[:3] / file.sha256[3:16] / filename
    assert entry["hashes"] == {"sha256": file.sha256}
    assert place.read_bytes() == body
    assert peopled.listed() == ["Foo_Bar"]
    assert peopled.litter() == []

    (event,) = peopled.events()[before:]
    assert (event.kind, event.actor, event.address, event.client) == (
        EventKind.FILE_UPLOADED,
        "uploader",
        "192.0.2.1",
        "test",
    )
    assert (event.index_name, event.project, event.version, event.filename) == (MAIN, "foo-bar", "1.0", filename)
    assert event.details["sha256"] == file.sha256
    assert (project.serial, project.changed_at) == (event.serial, event.time)
    assert file.uploaded_at == event.time


def test_whoever_uploads_a_new_project_owns_it(peopled):
    peopled.upload(builders.wheel("foo", "1.0"), by="uploader")
    owned = peopled.rows(Grant, Grant.project_pattern == "foo")
    assert [grant.right for grant in owned] == ["manage"]
    peopled.upload(builders.wheel("foo", "2.0"), by="admin")
    assert len(peopled.rows(Grant, Grant.project_pattern == "foo")) == 1


def test_the_administrator_at_the_shell_founds_a_project_that_nobody_owns(peopled):
    before = peopled.rows(Grant)
    peopled.upload(builders.wheel("foo", "1.0"), by="shell")
    assert peopled.rows(Grant) == before


def test_the_same_bytes_again_change_nothing(peopled):
    built = builders.wheel("foo", "1.0")
    peopled.upload(built)
    before = (peopled.rows(File), peopled.rows(Project), peopled.events())
    assert peopled.upload(built) is False
    assert (peopled.rows(File), peopled.rows(Project), peopled.events()) == before
    assert peopled.litter() == []


def test_other_bytes_under_a_taken_filename_are_refused_with_the_words_clients_look_for(peopled):
    filename, body = builders.wheel("foo", "1.0")
    peopled.upload((filename, body))
    failure = assert_refused(peopled, errors.FileExists, builders.wheel("foo", "1.0", summary="other"))
    assert "already exists" in failure.message
    assert sha256(body) not in failure.message  # who may upload need not be who may read


@pytest.mark.parametrize("other", ["Foo-1.0-py3-none-any.whl", "foo-1.0.0-py3-none-any.whl"])
def test_another_spelling_of_a_taken_filename_is_taken_too(peopled, other):
    peopled.upload(builders.wheel("foo", "1.0"))
    version = other.split("-")[1]
    built = builders.wheel("foo", version, filename=other, summary="other")
    assert_refused(peopled, errors.FileExists, built)


def test_a_deleted_filename_is_never_used_again_not_even_by_the_same_bytes(peopled):
    from mypi.registry import deleting

    built = builders.wheel("foo", "1.0")
    peopled.upload(built)
    deleting.delete_file(peopled.registry, peopled.actor("admin"), peopled.index(), "foo", built[0])
    assert_refused(peopled, errors.FilenameUsedBefore, built)
    assert_refused(peopled, errors.FilenameUsedBefore, builders.wheel("foo", "1.0", summary="other"))


def test_a_release_has_one_sdist(peopled):
    peopled.upload(builders.sdist("foo", "1.0"))
    assert_refused(peopled, errors.SdistExists, builders.zip_sdist("foo", "1.0", filename="foo-1.0.zip"))
    assert peopled.upload(builders.wheel("foo", "1.0")) is True


def test_versions_that_mean_the_same_are_one_release(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    peopled.upload(builders.sdist("foo", "1.0.0"))
    assert [release.version for release in peopled.rows(Release)] == ["1.0"]
    assert peopled.page("foo")["versions"] == ["1.0"]


def test_names_that_are_equal_after_normalization_are_one_project(peopled):
    for spelling in ("Foo.Bar", "foo_bar", "FOO--BAR"):
        version = str(len(peopled.rows(Release)))
        peopled.upload(builders.wheel(spelling, version))
    (project,) = peopled.rows(Project)
    assert (project.normalized_name, project.display_name) == ("foo-bar", "FOO--BAR")


def test_a_new_name_that_looks_like_another_is_refused(peopled):
    peopled.upload(builders.wheel("lion", "1.0"))
    failure = assert_refused(peopled, errors.NameTooSimilar, builders.wheel("1i0n", "1.0"))
    assert "lion" in failure.message


@pytest.mark.parametrize("status", ["archived", "quarantined"])
def test_a_closed_project_takes_no_files(peopled, status):
    from mypi.registry import project_statuses
    from mypi.standards.project_status import ProjectStatus

    peopled.upload(builders.wheel("foo", "1.0"))
    project_statuses.set_status(
        peopled.registry, peopled.actor("admin"), peopled.index(), "foo", ProjectStatus(status), "enough"
    )
    assert_refused(peopled, errors.UploadsClosed, builders.wheel("foo", "2.0"))


@pytest.mark.parametrize("claims", [{"md5": "0" * 32}, {"sha256": "0" * 64}, {"blake2_256": "0" * 64}])
def test_a_digest_that_the_client_computed_otherwise_is_refused(peopled, claims):
    assert_refused(peopled, errors.DigestMismatch, builders.wheel("foo", "1.0"), claimed_digests=claims)


def test_right_digests_in_any_case_pass_and_one_of_twice_the_length_is_not_judged(peopled):
    filename, body = builders.wheel("foo", "1.0")
    claims = {
        "md5": hashlib.md5(body).hexdigest().upper(),
        "sha256": sha256(body),
        "blake2_256": hashlib.blake2b(body).hexdigest(),
    }
    assert peopled.upload((filename, body), claimed_digests=claims) is True


@pytest.mark.parametrize("said", [{"name": "bar"}, {"version": "2.0"}, {"name": "foo", "version": "1.1"}])
def test_a_form_that_names_another_thing_than_the_file_is_refused(peopled, said):
    assert_refused(peopled, errors.MetadataMismatch, builders.wheel("foo", "1.0"), **said)


def test_a_form_may_spell_name_and_version_in_its_own_way(peopled):
    assert peopled.upload(builders.wheel("Foo_Bar", "1.0"), name="foo.BAR", version="1.0.0") is True


def test_metadata_comes_from_the_file_and_never_from_the_form(peopled):
    peopled.upload(builders.wheel("foo", "1.0", requires_python=">=3.9"), name="FOO", comment="by hand")
    (file,), (project,) = peopled.rows(File), peopled.rows(Project)
    assert (file.requires_python, file.comment, project.display_name) == (">=3.9", "by hand", "foo")


def test_an_empty_file_is_refused(peopled):
    assert_refused(peopled, errors.MissingField, ("foo-1.0-py3-none-any.whl", b""))


def test_what_is_no_archive_is_refused(peopled):
    assert_refused(peopled, errors.InvalidArchive, ("foo-1.0-py3-none-any.whl", b"not a zip"))


def test_bytes_that_were_refused_leave_no_blob(peopled):
    assert_refused(peopled, Failure, ("foo-1.0-py3-none-any.whl", b"not a zip"))
    assert peopled.blobs() == set()


@pytest.mark.parametrize("name", ["stranger", "reader", "yanker", "deleter"])
def test_whoever_may_not_upload_is_told_nothing_of_what_is_there(peopled, name):
    built = builders.wheel("foo", "1.0")
    peopled.upload(built, index=SECRET)
    seen = {
        str(assert_refused(peopled, Failure, other, by=name, index=SECRET)) for other in (built, ("foo-1.0.zip", b"x"))
    }
    assert len(seen) == 1


def test_a_name_that_one_may_upload_does_not_open_the_filenames_of_others(peopled):
    filename, body = builders.wheel("hidden", "1.0")
    peopled.upload((filename, body), index=SECRET)
    failure = assert_refused(peopled, Failure, (filename, b"guess"), by="patterned", index=SECRET, name="foo-mine")
    assert sha256(body) not in failure.message
    assert not isinstance(failure, errors.FileExists)


def test_the_name_in_the_file_is_asked_about_and_not_only_the_one_in_the_form(peopled):
    built = builders.wheel("other", "1.0")
    assert peopled.upload(builders.wheel("foo-mine", "1.0"), by="patterned")
    assert_refused(peopled, errors.PermissionDenied, built, by="patterned")
    assert_refused(peopled, errors.MetadataMismatch, built, by="patterned", name="foo-mine")


def test_a_volatile_index_replaces_a_file_and_keeps_both_digests_in_the_event(peopled):
    filename, old = builders.wheel("foo", "1.0")
    _, new = builders.wheel("foo", "1.0", summary="other")
    peopled.upload((filename, old), index=SCRATCH)
    assert peopled.upload((filename, new), index=SCRATCH) is True

    (file,), event = peopled.rows(File), peopled.events()[-1]
    assert file.sha256 == sha256(new)
    assert (event.kind, event.details["sha256"], event.details["replaced_sha256"]) == (
        EventKind.FILE_REPLACED,
        sha256(new),
        sha256(old),
    )
    served = [path.read_bytes() for path in (peopled.data / "tree/public" / SCRATCH / "files").rglob("*.whl")]
    assert served == [new]
    assert [entry["hashes"]["sha256"] for entry in peopled.page("foo", SCRATCH)["files"]] == [sha256(new)]


def test_a_file_replaced_under_another_spelling_is_no_longer_served(peopled):
    peopled.upload(builders.wheel("foo", "1.0", filename="Foo-1.0-py3-none-any.whl"), index=SCRATCH)
    peopled.upload(builders.wheel("foo", "1.0", summary="other"), index=SCRATCH)
    served = [path.name for path in (peopled.data / "tree/public" / SCRATCH / "files").rglob("*.whl")]
    assert served == ["foo-1.0-py3-none-any.whl"]


def test_a_volatile_index_uses_a_deleted_name_again(peopled):
    from mypi.registry import deleting

    built = builders.wheel("foo", "1.0")
    peopled.upload(built, index=SCRATCH)
    deleting.delete_file(peopled.registry, peopled.actor("admin"), peopled.index(SCRATCH), "foo", built[0])
    assert peopled.upload(built, index=SCRATCH) is True
    assert len(peopled.rows(Tombstone)) == 1
    assert len(peopled.page("foo", SCRATCH)["files"]) == 1


def test_a_file_of_another_project_is_not_replaced_because_its_name_reads_both_ways(peopled):
    # foo-2-2.tar.gz is foo 2-2 as well as foo-2 2.
    theirs = builders.sdist("foo", "2-2", filename="foo-2-2.tar.gz", folder="foo-2-2")
    mine = builders.sdist("foo-2", "2", filename="foo-2-2.tar.gz", folder="foo-2-2")
    peopled.upload(theirs, index=SCRATCH)
    assert_refused(peopled, errors.FileExists, mine, by="patterned", index=SCRATCH)
    assert len(peopled.page("foo", SCRATCH)["files"]) == 1


def test_a_closed_index_made_volatile_for_a_while_keeps_its_rule_afterwards(peopled):
    shell = peopled.actor("shell")
    peopled.upload(builders.wheel("foo", "1.0"), index=SCRATCH)
    indexing.change_index(peopled.registry, shell, peopled.index(SCRATCH), volatile=False)
    assert_refused(peopled, errors.FileExists, builders.wheel("foo", "1.0", summary="other"), index=SCRATCH)


RULES = [
    ({"local_versions": "refuse"}, builders.wheel("foo", "1.0+cu121")),
    ({"unknown_classifiers": "refuse"}, builders.wheel("foo", "1.0", classifiers=["Topic :: Nonsense"])),
    (
        {"direct_urls": "refuse"},
        builders.wheel("foo", "1.0", requires_dist=["bar @ https://packages.example/bar-1.0.tar.gz"]),
    ),
    ({"legacy_filenames": "refuse"}, builders.sdist("Foo.Bar", "1.0", filename="Foo.Bar-1.0.tar.gz")),
    (
        {"broken_descriptions": "refuse"},
        builders.wheel(
            "foo", "1.0", description=".. code::\n  :bad:\n\n`broken", description_content_type="text/x-rst"
        ),
    ),
    ({"max_file_size": 100}, builders.wheel("foo", "1.0")),
]


@pytest.mark.parametrize(("setting", "built"), RULES, ids=lambda value: next(iter(value)) if value is dict else "")
def test_what_the_administrator_chose_to_refuse_is_refused_and_else_taken(peopled_template, tmp_path, setting, built):
    with at(peopled_template, tmp_path / "strict", **setting) as strict:
        failure = assert_refused(strict, (errors.RefusedByRule, errors.FileTooLarge), built)
        assert next(iter(setting)) in failure.message or isinstance(failure, errors.FileTooLarge)
    with at(peopled_template, tmp_path / "kind") as kind:
        assert kind.upload(built) is True


def test_private_classifiers_are_always_allowed(peopled_template, tmp_path):
    with at(peopled_template, tmp_path / "strict", unknown_classifiers="refuse") as strict:
        assert strict.upload(builders.wheel("foo", "1.0", classifiers=["Private :: Do Not Upload"])) is True


def test_a_lookalike_is_allowed_where_the_setting_says_so(peopled_template, tmp_path):
    with at(peopled_template, tmp_path / "kind", lookalike_names="allow") as kind:
        kind.upload(builders.wheel("lion", "1.0"))
        assert kind.upload(builders.wheel("1ion", "1.0")) is True


def test_the_metadata_of_a_wheel_is_served_beside_it_byte_for_byte(peopled):
    written = builders.metadata("foo", "1.0", summary="ünïcode")
    filename, _ = built = builders.wheel("foo", "1.0", metadata_bytes=written)
    peopled.upload(built)
    (file,) = peopled.rows(File)
    assert file.metadata_sha256 == sha256(written)
    (place,) = (peopled.data / "tree/public" / MAIN / "files").rglob(filename + ".metadata")
    assert place.read_bytes() == written


@pytest.mark.parametrize(
    ("fields", "advertised"),
    [
        ({"metadata_version": "2.1"}, False),
        ({"metadata_version": "2.2"}, True),
        ({"metadata_version": "2.4"}, True),
        ({"metadata_version": "2.2", "metadata_extra": ["Dynamic: Requires-Dist"]}, False),
    ],
)
def test_the_metadata_of_an_sdist_is_offered_only_where_it_is_final(peopled, fields, advertised):
    peopled.upload(builders.sdist("foo", "1.0", **fields))
    (entry,) = peopled.page("foo")["files"]
    assert bool(entry.get("core-metadata")) is advertised


@pytest.mark.parametrize("length", [244, 250, 255])
def test_the_longest_filename_is_published_whole_or_refused_before_anything_is_stored(peopled, length):
    tag = "py3-none-any"
    name = "a" * 190
    version = "1" * (length - len(f"{name}--{tag}.whl"))
    built = builders.wheel(name, version)
    assert len(built[0]) == length
    if length > filenames.LONGEST_FILENAME:
        assert_refused(peopled, errors.InvalidFilename, built)
    else:
        peopled.upload(built)
        assert len(peopled.page(name)["files"]) == 1
    assert peopled.upload(builders.wheel("after", "1.0")) is True


def test_an_upload_that_was_stored_but_not_published_is_published_when_it_comes_again(peopled, monkeypatch):
    built = builders.wheel("foo", "1.0")

    def full(*_: object) -> None:
        raise errors.DiskFull

    with monkeypatch.context() as broken:
        broken.setattr(peopled.installation.publisher.tree, "put_page", full)
        with pytest.raises(errors.NotYetPublished):
            peopled.upload(built)
    assert peopled.page("foo") is None
    assert peopled.upload(built) is False
    assert len(peopled.page("foo")["files"]) == 1


def test_nobody_waits_for_an_archive_that_is_looked_into(peopled, monkeypatch):
    import sqlite3

    from mypi.standards import archives

    inspect = archives.inspect

    def slowly(stream, filename):
        other = sqlite3.connect(peopled.data / "mypi.sqlite", timeout=0, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            other.execute("UPDATE users SET name = name")
            other.execute("COMMIT")
        finally:
            other.close()
        return inspect(stream, filename)

    monkeypatch.setattr(archives, "inspect", slowly)
    assert peopled.upload(builders.wheel("foo", "1.0"), by="uploader", name="foo") is True


def test_a_release_says_what_its_files_say_and_not_what_one_that_is_gone_said(peopled):
    peopled.upload(builders.wheel("foo", "1.0", summary="wrong"), index=SCRATCH)
    peopled.upload(builders.wheel("foo", "1.0", summary="right"), index=SCRATCH)
    assert [row.summary for row in peopled.rows(Project)] == ["right"]


def test_the_same_upload_brings_bytes_back_that_somebody_removed(peopled):
    built = builders.wheel("foo", "1.0")
    peopled.upload(built)
    blob = peopled.installation.storage.path(sha256(built[1]))
    blob.unlink()
    assert peopled.upload(built) is False
    assert blob.read_bytes() == built[1]
    peopled.installation.publisher.render_again(MAIN, ["foo"])
