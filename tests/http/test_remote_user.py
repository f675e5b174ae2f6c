"""REMOTE_USER: it is believed where the settings say so, it is never a header, and groups follow."""

import pytest
from sqlalchemy import select

from mypi import config
from mypi.app import create_app
from mypi.config import ConfigurationError
from mypi.database import db, reading
from mypi.errors import NoAccount, WrongPassword
from mypi.http.actor import actor_by_password, current_actor
from mypi.registry import groups, issuing
from mypi.registry.permissions import Right
from mypi.registry.users import User
from tests.support import peopled as support
from tests.support.builders import wheel
from tests.support.peopled import PASSWORD, basic, form

SETTINGS = {
    "remote_user": "on",
    "remote_user_suffix": "@ACME.EXAMPLE",
    "remote_groups_variable": "REMOTE_GROUPS",
    "outside_groups": "Developers=crew; nobody here=no-such-group",
}


@pytest.fixture
def site(peopled_template, tmp_path):
    """Yield a function that makes an installation where the web server is believed, with other settings on top."""
    made = []

    def make(**changes):
        made.append(support.at(peopled_template, tmp_path / f"data{len(made)}", **(SETTINGS | changes)))
        return made[-1].__enter__()

    yield make
    for one in reversed(made):
        one.__exit__(None, None, None)


def asked(site, remote_user="", by=current_actor, headers=None, **environ):
    """Return who asks when the web server says this."""
    said = {"REMOTE_ADDR": "192.0.2.7", **({"REMOTE_USER": remote_user} if remote_user else {}), **environ}
    with site.app.test_request_context("/", headers=headers or {}, environ_base=said):
        return by()


def crew(site):
    with reading():
        return [user.name for user in groups.members(groups.get("crew"))]


@pytest.mark.parametrize("said", ["reader", "READER", "reader@acme.example", "Reader@ACME.EXAMPLE"])
def test_it_is_whom_the_web_server_names(site, said):
    found = asked(site(), said)
    assert (found.name, found.address, found.is_anonymous) == ("reader", "192.0.2.7", False)


def test_without_the_setting_it_is_nobody(peopled):
    assert asked(peopled, "reader").is_anonymous


@pytest.mark.parametrize("header", ["REMOTE_USER", "Remote-User", "X-Remote-User", "X-Forwarded-User", "Remote_User"])
def test_a_header_makes_nobody_somebody(site, header):
    assert asked(site(), headers={header: "admin"}).is_anonymous


def test_it_goes_before_a_password_which_is_the_web_servers_matter(site):
    assert asked(site(), "reader", headers={"Authorization": basic("manager", "what Apache knows")}).name == "reader"


def test_a_token_is_looked_at_all_the_same(site):
    there = site()
    admin = there.actor("admin")
    _, secret = issuing.create_token(there.registry, admin, "admin", "ci", rights={Right.READ})
    for sent in (f"Bearer {secret}", basic("__token__", secret), basic("admin", secret)):
        found = asked(there, "reader", headers={"Authorization": sent})
        assert (found.name, found.token.name) == ("admin", "ci")
    with pytest.raises(WrongPassword):
        asked(there, "reader", headers={"Authorization": basic("__token__", "mypi-" + "x" * 43)})


def test_passwords_of_mypi_open_as_before_where_the_web_server_found_nobody(site):
    assert asked(site(), headers={"Authorization": basic("reader")}).name == "reader"


@pytest.mark.parametrize("said", ["newcomer", "not a name", "__token__", "shell:root", "reader@elsewhere.example", "ü"])
def test_who_has_no_account_is_refused_and_none_is_made(site, said):
    there = site()
    before = there.serial()
    with pytest.raises(NoAccount):
        asked(there, said)
    assert there.serial() == before


def test_an_account_is_made_at_the_first_arrival_in_one_event_and_once(site):
    there = site(outside_users="create")
    for _ in range(2):
        assert asked(there, "newcomer", REMOTE_GROUPS="developers").name == "newcomer"
    *_, event = there.events()
    assert (event.kind, event.actor, event.address) == ("user.added", "web-server:newcomer", "192.0.2.7")
    assert event.details == {"user": "newcomer", "voucher": "web-server", "groups": ["crew"]}
    assert [one.kind for one in there.events()].count("user.added") == 2  # the administrator is the other
    assert "newcomer" in crew(there)


def test_no_password_opens_an_account_that_was_made_so(site):
    there = site(outside_users="create")
    asked(there, "newcomer")
    with reading():
        (stored,) = db.session.scalars(select(User.password_hash).where(User.name == "newcomer"))
    assert stored.startswith("scrypt:")
    for password in ("", "newcomer", PASSWORD):
        assert there.client("newcomer", password).get("/team/secret/+simple/").status_code == 401


def test_what_is_no_name_here_makes_no_account(site):
    there = site(outside_users="create")
    for said in ("not a name", "__token__", "x" * 65):
        with pytest.raises(NoAccount):
            asked(there, said)


def test_membership_follows_and_other_groups_are_left_alone(site):
    there = site()
    assert crew(there) == ["member"]
    asked(there, "reader", REMOTE_GROUPS="staff; DEVELOPERS ,x")
    assert crew(there) == ["member", "reader"]
    assert there.events()[-1].details == {"user": "reader", "voucher": "web-server", "joined": ["crew"], "left": []}
    serial = there.serial()
    asked(there, "reader", REMOTE_GROUPS="Developers")
    assert there.serial() == serial
    asked(there, "reader", REMOTE_GROUPS="staff")
    assert crew(there) == ["member"]
    assert there.events()[-1].kind == "user.groups_followed"
    asked(there, "member", REMOTE_GROUPS="")
    assert crew(there) == []


def test_groups_follow_nobody_where_no_variable_is_named(site):
    there = site(remote_groups_variable="")
    asked(there, "member", REMOTE_GROUPS="")
    assert crew(there) == ["member"]


@pytest.mark.parametrize("header", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_what_a_browser_posts_as_a_program_would_is_not_believed_to_be_the_users(site, header):
    there = site()
    assert asked(there, "uploader", by=actor_by_password).name == "uploader"
    assert asked(there, "uploader", by=actor_by_password, headers=header).is_anonymous
    assert asked(there, "uploader", headers=header).name == "uploader"


def test_an_upload_is_the_act_of_whom_the_web_server_found(site):
    there = site()
    answer = there.app.test_client().post("/", data=form(wheel("foo", "1.0")), environ_base={"REMOTE_USER": "uploader"})
    assert answer.status_code == 200
    assert there.events()[-1].actor == "uploader"


def test_a_page_tells_who_has_no_account_whom_to_ask(site):
    answer = (
        site().app.test_client().get("/", environ_base={"REMOTE_USER": "newcomer"}, headers={"Accept": "text/html"})
    )
    assert answer.status_code == 403
    assert "newcomer" in answer.text
    assert "ask the administrator" in answer.text


@pytest.mark.parametrize("mapping", ["developers", "=crew", "developers=", "a=b; a=c"])
def test_a_mapping_that_says_nothing_stops_the_start(mapping):
    with pytest.raises(ConfigurationError, match="outside_groups"):
        _ = config.load(environ={}, outside_groups=mapping).group_mapping


def test_a_variable_that_any_client_can_set_stops_the_start(peopled):
    settings = config.load(environ={}, data_directory=peopled.data, remote_groups_variable="HTTP_X_GROUPS")
    with pytest.raises(ConfigurationError, match="any client"):
        create_app(settings)


def test_where_others_vouch_for_people_nobody_takes_a_name_with_a_password_of_their_own(site):
    with pytest.raises(ConfigurationError, match="user_creation"):
        create_app(site(user_creation="everyone").settings)
