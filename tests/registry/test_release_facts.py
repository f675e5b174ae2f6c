"""What programs are told of a project, on both databases: which release is meant, what is left out, who owns it."""

import pytest
from sqlalchemy import event

from mypi.database import db, reading
from mypi.errors import LoginRequired, NoReleases, NoSuchIndex, NoSuchProject, NoSuchRelease
from mypi.registry import (
    accounts,
    actors,
    deleting,
    groups,
    indexes,
    indexing,
    ownership,
    project_statuses,
    release_facts,
    uploading,
    yanking,
)
from mypi.registry.actors import Actor, nobody
from mypi.registry.indexes import Visibility
from mypi.registry.permissions import Right, Subject, SubjectKind
from mypi.registry.uploading import Submission
from mypi.standards.names import NormalizedName
from mypi.standards.project_status import ProjectStatus
from tests.support import builders
from tests.support.installations import ON_BOTH_DATABASES
from tests.support.withholding import withhold

pytestmark = ON_BOTH_DATABASES
MAIN, CLOSED = "team/main", "team/closed"
SHELL = actors.at_shell()


def upload(installation, *built, index=MAIN, actor=SHELL):
    for filename, body in built:
        incoming = installation.storage.receive()
        incoming.write(body)
        submission = Submission(filename=filename, incoming=incoming)
        uploading.upload(installation.registry, actor, indexes.get(index), submission)


def described(version="", name="gear", actor=None, index=MAIN):
    _, found = release_facts.describe(actor or nobody(), index, name, version, unless=lambda _: False)
    return found


def add_user(installation, name, *rights, index=CLOSED, pattern="*"):
    user = accounts.add_user(installation.registry, SHELL, name, "a-long-enough-password")
    for right in rights:
        accounts.set_grant(
            installation.registry,
            SHELL,
            Subject(SubjectKind.USER, user=user),
            right,
            indexes.get(index) if index else None,
            pattern,
            given=True,
        )
    return Actor(user.id, user.name)


def test_the_newest_release_is_final_before_prerelease_and_standing_before_yanked(installation):
    upload(installation, builders.wheel("gear", "1.0rc1"))
    assert described().version == "1.0rc1"
    upload(installation, *(builders.wheel("gear", version) for version in ("0.9", "0.10", "1.0rc2")))
    assert described().version == "0.10"
    yanking.set_release_yanked(installation.registry, SHELL, indexes.get(MAIN), "gear", "0.10", yanked=True)
    assert described().version == "0.9"
    yanking.set_release_yanked(installation.registry, SHELL, indexes.get(MAIN), "gear", "0.9", yanked=True)
    assert described().version == "1.0rc2"
    assert described().versions == ("0.9", "0.10", "1.0rc1", "1.0rc2")


def test_all_files_of_all_releases_come_or_those_of_one(installation):
    built = [builders.wheel("gear", "1.0"), builders.sdist("gear", "1.0"), builders.wheel("gear", "2.0")]
    upload(installation, *built)
    assert [file.filename for file in described().files] == sorted(filename for filename, _ in built)
    one = described("1.0.0")
    assert (one.version, one.versions) == ("1.0", None)
    assert {file.filename for file in one.files} == {built[0][0], built[1][0]}


def test_a_yanked_release_yanks_its_files_and_a_file_keeps_its_own_reason(installation):
    wheel, sdist = builders.wheel("gear", "1.0"), builders.sdist("gear", "1.0")
    upload(installation, wheel, sdist)
    index = indexes.get(MAIN)
    yanking.set_file_yanked(installation.registry, SHELL, index, "gear", sdist[0], yanked=True, reason="its own")
    yanking.set_release_yanked(installation.registry, SHELL, index, "gear", "1.0", yanked=True, reason="all")
    found = {file.filename: (file.yanked, file.yanked_reason) for file in described().files}
    assert found == {wheel[0]: (True, "all"), sdist[0]: (True, "its own")}


@pytest.mark.leaves_damage("a file is marked as damaged whose bytes are right")
def test_what_is_not_given_out_is_left_out(installation):
    wheel, sdist = builders.wheel("gear", "1.0"), builders.sdist("gear", "1.0")
    upload(installation, wheel, sdist)
    withhold(installation.registry, SHELL, indexes.get(MAIN), sdist[0])
    assert [file.filename for file in described().files] == [wheel[0]]
    project_statuses.set_status(
        installation.registry, SHELL, indexes.get(MAIN), "gear", ProjectStatus.QUARANTINED, "bad"
    )
    assert described().files == ()
    assert described().versions == ("1.0",)


def test_what_is_missing_is_told_apart(installation):
    upload(installation, builders.wheel("gear", "1.0"))
    for name in ("nothing", "not a name", "\x00"):
        with pytest.raises(NoSuchProject):
            described(name=name)
    for version in ("2.0", "nonsense", "\x00", "1" * 5000):
        with pytest.raises(NoSuchRelease):
            described(version)
    deleting.delete_release(installation.registry, SHELL, indexes.get(MAIN), "gear", "1.0")
    for version in ("", "1.0"):
        with pytest.raises(NoReleases):
            described(version)


def test_nothing_but_the_standing_is_read_when_that_is_enough(installation):
    upload(installation, builders.wheel("gear", "1.0"))
    standing, found = release_facts.describe(nobody(), MAIN, "gear", "", unless=lambda _: True)
    assert (standing.index, standing.project, found) == (MAIN, "gear", None)


def test_many_files_take_no_more_questions_than_one(installation):
    def questions():
        asked = []
        listen = (db.engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
        event.listen(*listen)
        try:
            described()
        finally:
            event.remove(*listen)
        return len(asked)

    upload(installation, builders.wheel("gear", "1.0"))
    few = questions()
    upload(installation, *(builders.wheel("gear", f"{number}.0") for number in range(2, 12)))
    assert questions() == few


def test_a_closed_index_is_told_to_its_readers_alone(installation):
    indexing.create_index(installation.registry, SHELL, CLOSED, Visibility.PRIVATE)
    upload(installation, builders.wheel("gear", "1.0"), builders.wheel("other", "1.0"), index=CLOSED)
    ada, eve = add_user(installation, "ada", Right.READ, pattern="gear"), add_user(installation, "eve")
    assert described(actor=ada, index=CLOSED).version == "1.0"
    for actor, name, failure in ((ada, "other", NoSuchProject), (eve, "gear", NoSuchIndex)):
        with pytest.raises(failure):
            described(name=name, actor=actor, index=CLOSED)
    with pytest.raises(LoginRequired):
        described(index=CLOSED)


def test_owners_are_told_to_who_is_logged_in_and_never_of_a_public_index(installation):
    indexing.create_index(installation.registry, SHELL, CLOSED, Visibility.AUTHENTICATED)
    ada = add_user(installation, "ada", Right.UPLOAD)
    upload(installation, builders.wheel("gear", "1.0"), index=CLOSED, actor=ada)
    upload(installation, builders.wheel("gear", "1.0"))
    add_user(installation, "bob", Right.MANAGE, index=MAIN)
    assert described(actor=ada, index=CLOSED).owners == ("ada",)
    assert described(actor=ada).owners == ()


def test_owners_are_those_who_manage_the_project_in_its_index_also_by_a_group(installation):
    indexing.create_index(installation.registry, SHELL, CLOSED, Visibility.PRIVATE)
    add_user(installation, "exact", Right.MANAGE, pattern="gear")
    add_user(installation, "covering", Right.MANAGE, pattern="ge*")
    add_user(installation, "elsewhere", Right.MANAGE, pattern="other-*")
    add_user(installation, "reader", Right.READ, Right.UPLOAD)
    add_user(installation, "root", Right.MANAGE, index=None)
    add_user(installation, "member")
    accounts.add_group(installation.registry, SHELL, "crew")
    accounts.set_membership(installation.registry, SHELL, "crew", "member", member=True)
    crew = Subject(SubjectKind.GROUP, group=groups.get("crew"))
    accounts.set_grant(installation.registry, SHELL, crew, Right.MANAGE, indexes.get(CLOSED), "*", given=True)
    with reading():
        assert ownership.owners(indexes.get(CLOSED), NormalizedName("gear")) == ("covering", "exact", "member")
