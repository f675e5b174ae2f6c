"""A person's tokens on their page: made by a form, its secret shown once, renewed and revoked."""

import re

import pytest

from mypi.registry import actors, events, issuing, tokens, users
from mypi.registry.permissions import Right
from tests.pages.site import post, words

PAGE = "/+account/tokens"
SECRET = re.compile(r"mypi-[A-Za-z0-9]{43}")


@pytest.fixture
def ada(site):
    """Return the browser of a user who may upload."""
    site.add_user("ada", Right.UPLOAD)
    return site.logged_in("ada")


def make(browser, **fields):
    """Send the form for a token."""
    return post(browser, PAGE, {"name": "ci", "right": ["upload"], "days": "90", **fields}, PAGE)


def own(site):
    """Return the tokens of the user as the rows have them."""
    with site.opened():
        return tokens.of_user(users.get("ada"))


def test_a_token_is_made_and_its_secret_shown_once(site, ada):
    answer = make(ada, index="team/main", projects="acme-* gearbox")
    (secret,) = SECRET.findall(answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    (token,) = own(site)
    assert (token.rights, token.index_pattern, token.project_patterns) == (
        ["upload"],
        "team/main",
        ["acme-*", "gearbox"],
    )
    assert token.expires_at is not None
    assert not SECRET.search(ada.get(PAGE).text)
    assert "ci" in words(ada.get(PAGE))
    with site.opened():
        assert tokens.bearer(secret).name == "ada"


def test_a_token_is_renewed_and_revoked_by_a_button(site, ada):
    (first,) = SECRET.findall(make(ada).text)
    number = own(site)[0].id
    (second,) = SECRET.findall(post(ada, f"{PAGE}/{number}/+rotate", {}, PAGE).text)
    with site.opened():
        assert tokens.bearer(first) is None
        assert tokens.bearer(second)
    assert post(ada, f"{PAGE}/{number}/+revoke", {}, PAGE).status_code == 303
    assert own(site) == []
    with site.opened():
        assert events.newest().kind == "token.revoked"


def test_somebody_elses_token_is_not_there(site, ada):
    with site.opened() as parts:
        token, _ = issuing.create_token(parts.registry, actors.at_shell(), "admin", "theirs", rights=[Right.READ])
        number = token.id
    assert "theirs" not in words(ada.get(PAGE))
    for act in ("rotate", "revoke"):
        assert post(ada, f"{PAGE}/{number}/+{act}", {}, PAGE).status_code == 404


@pytest.mark.parametrize("fields", [{"name": ""}, {"right": []}, {"index": "nonsense"}, {"projects": "<script>"}])
def test_what_means_nothing_is_said_above_the_form(ada, site, fields):
    answer = make(ada, **fields)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "<script>" not in answer.text
    assert own(site) == []


def test_a_form_of_another_site_makes_nothing(site, ada):
    assert ada.post(PAGE, data={"name": "ci", "right": "upload"}).status_code == 403
    assert own(site) == []


def test_nobody_is_led_to_the_form_to_log_in(site):
    assert "+login" in site.get(PAGE).location
