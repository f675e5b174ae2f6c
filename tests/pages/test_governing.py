"""Yanking, deleting and setting the status from a project's page: the answer, the rows, the tree, the event."""

import pytest

from mypi.registry import accounts, events, files, indexes, projects, releases, users
from mypi.registry.actors import at_shell
from mypi.registry.indexes import Visibility
from mypi.registry.permissions import Right, Subject, SubjectKind
from tests.pages.site import post, words
from tests.support import builders
from tests.support.installations import PASSWORD as ADMINISTRATORS_PASSWORD

PAGE = "/package/gearbox/"
FORMS = "/team/main/gearbox"


@pytest.fixture
def owner(site):
    """Return a browser of the owner of the project gearbox with the releases 1.0 and 1.1."""
    site.add_user("ada", Right.UPLOAD)
    for version in ("1.0", "1.1"):
        site.upload(builders.wheel("gearbox", version), user="ada")
    return site.logged_in("ada")


def newest_event(site):
    with site.opened():
        event = events.newest()
        return event.kind, event.actor, event.index_name, event.project, event.version, event.filename


def simple_page(site):
    return site.browser().get("/simple/gearbox/", headers={"Accept": "application/vnd.pypi.simple.v1+json"}).json


def test_the_owner_yanks_a_release_and_everyone_sees_it(site, owner):
    answer = post(owner, f"{FORMS}/+yank", {"version": "1.0", "yanked": "yes", "reason": "breaks\nreverse"}, PAGE)
    assert (answer.status_code, answer.location) == (303, "../../../package/gearbox/1.0/")
    assert "1.0 is yanked." in words(owner.get(PAGE))
    assert "1.0 is yanked." not in words(owner.get(PAGE))
    yanked = {file["filename"]: file["yanked"] for file in simple_page(site)["files"]}
    assert yanked["gearbox-1.0-py3-none-any.whl"] == "breaks reverse"
    assert not yanked["gearbox-1.1-py3-none-any.whl"]
    assert newest_event(site) == ("release.yanked", "ada", "team/main", "gearbox", "1.0", "")


def test_the_owner_unyanks_it_again(site, owner):
    post(owner, f"{FORMS}/+yank", {"version": "1.0", "yanked": "yes"}, PAGE)
    post(owner, f"{FORMS}/+yank", {"version": "1.0", "yanked": "no"}, PAGE)
    assert not any(file["yanked"] for file in simple_page(site)["files"])
    assert newest_event(site)[0] == "release.unyanked"


def test_the_owner_yanks_one_file(site, owner):
    name = "gearbox-1.1-py3-none-any.whl"
    post(owner, f"{FORMS}/+yank", {"filename": name, "version": "1.1", "yanked": "yes", "reason": "wrong"}, PAGE)
    with site.opened():
        assert files.get(indexes.get("team/main"), name).yanked_reason == "wrong"
    assert newest_event(site) == ("file.yanked", "ada", "team/main", "gearbox", "1.1", name)


def test_a_file_is_deleted_when_its_name_was_typed(site, owner):
    name = "gearbox-1.1-py3-none-any.whl"
    fields = {"filename": name, "version": "1.1", "confirmation": name}
    assert post(owner, f"{FORMS}/+delete-file", fields, PAGE).status_code == 303
    assert [file["filename"] for file in simple_page(site)["files"]] == ["gearbox-1.0-py3-none-any.whl"]
    assert newest_event(site)[0] == "file.deleted"


def test_a_release_is_deleted_when_its_version_was_typed(site, owner):
    answer = post(owner, f"{FORMS}/+delete-release", {"version": "1.1", "confirmation": "1.1"}, PAGE)
    assert (answer.status_code, answer.location) == (303, "../../../package/gearbox/")
    with site.opened():
        project = projects.get(indexes.get("team/main"), "gearbox")
        assert [release.version for release in releases.of_project(project)] == ["1.0"]
    assert "gearbox 1.0" in words(owner.get(PAGE))


def test_a_project_is_deleted_when_its_name_was_typed(site, owner):
    answer = post(owner, f"{FORMS}/+delete-project", {"confirmation": "gearbox"}, PAGE)
    assert (answer.status_code, answer.location) == (303, "../../../")
    assert "The project gearbox is deleted" in words(owner.get("/"))
    assert site.get(PAGE).status_code == 404
    assert site.get("/simple/gearbox/").status_code == 404


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ("+delete-file", {"filename": "gearbox-1.1-py3-none-any.whl", "confirmation": "gearbox"}),
        ("+delete-release", {"version": "1.1", "confirmation": "1.0"}),
        ("+delete-release", {"confirmation": ""}),
        ("+delete-project", {"confirmation": "Gearbox"}),
        ("+delete-project", {}),
    ],
)
def test_nothing_is_deleted_when_something_else_was_typed(site, owner, form, fields):
    assert post(owner, f"{FORMS}/{form}", fields, PAGE).status_code == 303
    assert "Nothing was deleted" in words(owner.get(PAGE))
    assert len(simple_page(site)["files"]) == 2


def test_the_status_is_set_with_its_reason(site, owner):
    post(owner, f"{FORMS}/+status", {"status": "archived", "reason": "done"}, PAGE)
    assert simple_page(site)["project-status"] == {"status": "archived", "reason": "done"}
    assert newest_event(site)[0] == "project.status_set"


def test_a_status_that_there_is_not_is_refused(site, owner):
    answer = post(owner, f"{FORMS}/+status", {"status": "asleep"}, PAGE)
    assert answer.status_code == 400
    assert "'asleep' is not a project status" in words(answer)


@pytest.mark.parametrize("form", ["+yank", "+delete-file", "+delete-release", "+delete-project", "+status"])
def test_a_form_without_our_token_changes_nothing(site, owner, form):
    fields = {"version": "1.0", "yanked": "yes", "confirmation": "gearbox", "status": "archived"}
    before = newest_event(site)
    for token in ({}, {"csrf_token": "made-up"}):
        answer = owner.post(f"{FORMS}/{form}", data=fields | token)
        assert answer.status_code == 403
        assert "this form is out of date" in words(answer).lower()
    assert newest_event(site) == before


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ("+yank", {"version": "1.0", "yanked": "yes"}),
        ("+delete-release", {"version": "1.0", "confirmation": "1.0"}),
        ("+delete-project", {"confirmation": "gearbox"}),
        ("+status", {"status": "archived"}),
    ],
)
def test_whoever_lacks_the_right_is_refused_and_shown_no_form(site, owner, form, fields):
    site.add_user("bob")
    bob = site.logged_in("bob")
    assert "Manage" not in words(bob.get(PAGE))
    before = newest_event(site)
    answer = post(bob, f"{FORMS}/{form}", fields, "/")
    assert answer.status_code == 403
    assert "user 'bob' may not" in words(answer).lower()
    assert newest_event(site) == before


def test_a_right_shows_the_forms_that_it_opens_and_no_others(site, owner):
    site.add_user("bob", Right.YANK)
    shown = words(site.logged_in("bob").get(PAGE))
    assert "Yank this release" in shown
    assert "Delete" not in shown
    assert "Set the status" not in shown


def test_a_form_that_is_sent_after_the_session_ended_leads_to_the_login_and_back(site, owner):
    bare = site.browser()
    answer = post(bare, f"{FORMS}/+yank", {"version": "1.0", "yanked": "yes"}, "/+login")
    assert answer.status_code == 302
    assert answer.location == "../../../+login?next=/team/main/gearbox/"


def test_what_is_not_there_cannot_be_yanked(site, owner):
    assert post(owner, f"{FORMS}/+yank", {"version": "7", "yanked": "yes"}, PAGE).status_code == 404
    assert post(owner, f"{FORMS}/+yank", {"filename": "x.whl", "yanked": "yes"}, PAGE).status_code == 404
    admin = site.logged_in("admin", ADMINISTRATORS_PASSWORD)
    assert post(admin, "/team/main/nothing/+yank", {"version": "1", "yanked": "yes"}, PAGE).status_code == 404


def test_a_form_is_small(site, owner):
    fields = {"version": "1.0", "yanked": "yes", "reason": "x" * 100_000}
    assert post(owner, f"{FORMS}/+yank", fields, PAGE).status_code == 413


def test_a_release_is_promoted_by_who_may_upload_elsewhere_and_others_see_no_form(site, owner):
    assert "Promote this release" not in owner.get(PAGE).text
    site.add_index("ada/prod", Visibility.PUBLIC)
    with site.opened() as parts:
        ada = Subject(SubjectKind.USER, user=users.get("ada"))
        accounts.set_grant(parts.registry, at_shell(), ada, Right.UPLOAD, indexes.get("ada/prod"), given=True)
    answer = post(owner, f"{FORMS}/+promote", {"version": "1.0", "target": "ada/prod"}, PAGE)
    assert (answer.status_code, newest_event(site)[0]) == (303, "release.promoted")
    assert "gearbox 1.0 is in ada/prod." in words(owner.get(PAGE))
    assert "Promote this release" in owner.get(PAGE).text
    assert "Promote this release" not in site.browser().get(PAGE).text
    assert post(owner, f"{FORMS}/+promote", {"version": "1.0", "target": "no/where"}, PAGE).status_code == 404
