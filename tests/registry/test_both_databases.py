"""What the acts do is the same on SQLite and on PostgreSQL, where columns have widths and texts no NUL."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlalchemy import select

from mypi import errors
from mypi.database import db, reading
from mypi.installation import opened
from mypi.registry import actors, deleting, events, indexes, project_statuses, registering, uploading, yanking
from mypi.registry.files import File
from mypi.registry.projects import Project
from mypi.registry.uploading import Submission
from mypi.standards.project_status import ProjectStatus
from tests.support import builders
from tests.support.installations import ON_BOTH_DATABASES

pytestmark = ON_BOTH_DATABASES
TAGS = ".".join(f"cp3{number}" for number in range(5, 15))


@pytest.fixture
def upload(installation):
    def upload_one(built, **form):
        filename, body = built
        incoming = installation.storage.receive()
        incoming.write(body)
        submission = Submission(filename, incoming, **form)
        return uploading.upload(installation.registry, actors.at_shell(), indexes.get("team/main"), submission)

    return upload_one


def test_a_life_of_a_project_leaves_an_unbroken_chain_of_events(installation, upload):
    def act(function, *words, **named):
        return function(installation.registry, actors.at_shell(), indexes.get("team/main"), *words, **named)

    before = events.newest().serial
    assert act(registering.register, "Foo_Bar")
    assert upload(builders.wheel("Foo_Bar", "1.0"))
    assert not upload(builders.wheel("Foo_Bar", "1.0"))
    assert upload(builders.sdist("Foo_Bar", "1.1"))
    assert act(yanking.set_release_yanked, "foo-bar", "1.1", yanked=True, reason="<b>ünïcode ✓</b>")
    assert act(project_statuses.set_status, "foo-bar", ProjectStatus.ARCHIVED)
    with pytest.raises(errors.UploadsClosed):
        upload(builders.wheel("Foo_Bar", "2.0"))
    act(deleting.delete_release, "foo-bar", "1.0")
    act(deleting.delete_project, "foo-bar")
    with reading():
        assert events.newest().serial == before + 7
        assert list(events.breaks_in_chain()) == []
        assert installation.publisher.tree.mark().serial == before + 7


@pytest.mark.parametrize(
    "built",
    [
        builders.wheel("foo", "1.0", tag=f"{TAGS}-none-any"),
        builders.wheel("foo", "1.0", summary="s" * 5000, description="d" * 100_000),
        builders.wheel("foo", "1.0", summary="a\x00b\x01", description="c\x00d"),
        builders.wheel("foo", "1.0", requires_python=">=3." + "0" * 500),
        builders.wheel("f" * 190, "1.0"),
        builders.sdist("foo", "1" * 99 + "a", filename=f"foo-{'1' * 99}a.tar.gz"),
        builders.sdist("foo", "1" * 98 + "-1", filename=f"foo-{'1' * 98}-1.tar.gz"),
    ],
    ids=["many tags", "long texts", "nul", "long requires-python", "long name", "version of 100", "longer normalized"],
)
def test_what_is_long_or_odd_is_published_or_refused_and_never_an_error_of_the_database(installation, upload, built):
    try:
        upload(built)
    except errors.Failure as failure:
        refusal = failure
    else:
        refusal = None
    count = len(db.session.scalars(db.select(File)).all())
    assert count == (1 if refusal is None else 0)
    assert refusal is None or refusal.kind is errors.Kind.MALFORMED


def test_odd_words_around_a_file_are_no_error_of_the_database(installation, upload):
    odd = "\x00\x1b\ud7ff✓" * 50
    assert upload(builders.wheel("foo", "1.0"), comment=odd)
    shell, index = actors.at_shell(), indexes.get("team/main")
    long = actors.Actor(user_id=None, name="shell:x", address="a" * 500, client="c" * 5000, at_shell=True)
    yanking.set_release_yanked(installation.registry, long, index, "foo", "1.0", yanked=True, reason=odd)
    project_statuses.set_status(installation.registry, shell, index, "foo", ProjectStatus.DEPRECATED, odd)
    assert "\x00" not in db.session.scalars(db.select(Project)).one().status_reason
    with pytest.raises(errors.NoSuchRelease):
        yanking.set_release_yanked(installation.registry, shell, index, "foo", "9", yanked=True)
    with pytest.raises((errors.NoSuchFile, errors.InvalidValue)):
        deleting.delete_file(installation.registry, shell, index, "foo", "foo\x00.whl")


def test_a_question_is_answered_from_one_snapshot(installation, upload):
    upload(builders.wheel("foo", "1.0"))

    def upload_elsewhere():
        with opened(installation.settings) as parts:
            incoming = parts.storage.receive()
            filename, body = builders.wheel("foo", "2.0")
            incoming.write(body)
            # Beside SQLite's readers nobody commits: there the upload waits until the question is answered.
            uploading.upload(
                parts.registry, actors.at_shell(), indexes.get("team/main"), Submission(filename, incoming)
            )

    with ThreadPoolExecutor() as others:
        with reading() as session:
            assert len(session.scalars(select(File)).all()) == 1
            upload_is_done = others.submit(upload_elsewhere)
            wait([upload_is_done], timeout=2)
            assert len(session.scalars(select(File.filename)).all()) == 1
        upload_is_done.result()
    with reading() as session:
        assert len(session.scalars(select(File)).all()) == 2
