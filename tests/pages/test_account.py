"""Logging in and out, sessions, the brake on guessing, a new password."""

import re
from http.cookies import SimpleCookie

import pytest

from mypi import config
from mypi.app import create_app
from mypi.commands.init import initialize
from mypi.registry import accounts, actors
from mypi.registry.indexes import Visibility
from mypi.registry.logins import FREE_GUESSES
from mypi.registry.permissions import Right
from tests.pages.site import PASSWORD, Site, post, token, words


def log_in(browser, password=PASSWORD, name="ada", **fields):
    return post(browser, "/+login", {"name": name, "password": password} | fields, "/+login")


def session_cookie(answer):
    return SimpleCookie(answer.headers["Set-Cookie"])["mypi_session"]


def test_a_user_logs_in_and_is_greeted_by_name_on_every_page(site):
    site.add_user("ada")
    browser = site.logged_in("ada")
    assert "ada Log out" in words(browser.get("/"))
    assert "Log in" in words(site.get("/"))


def test_a_user_name_is_the_same_in_capitals(site):
    site.add_user("ada")
    assert log_in(site.browser(), name="ADA").status_code == 303


@pytest.mark.parametrize(
    ("name", "password"), [("ada", "guessed-at"), ("nobody", PASSWORD), ("", ""), ("a\0da", PASSWORD)]
)
def test_a_wrong_name_and_a_wrong_password_are_refused_in_the_same_words(site, name, password):
    site.add_user("ada")
    answer = log_in(site.browser(), password, name)
    assert answer.status_code == 403
    assert "The user name or the password is wrong." in words(answer)
    assert password not in answer.text or not password


def test_guessing_is_slowed_down_for_whoever_guesses(site):
    site.add_user("ada")
    for _ in range(FREE_GUESSES):
        assert log_in(site.browser(), "wrong").status_code == 403
    answer = log_in(site.browser())
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert "too many wrong passwords" in words(answer).lower()


def test_the_login_form_is_protected_too(site):
    site.add_user("ada")
    answer = site.browser().post("/+login", data={"name": "ada", "password": PASSWORD})
    assert answer.status_code == 403
    assert "ada" not in words(answer)


def test_a_login_leads_back_to_the_page_that_asked_for_it(site):
    site.add_index("team/staff", Visibility.AUTHENTICATED)
    site.add_user("ada")
    browser = site.browser()
    answer = browser.get("/team/staff/?q=x&order=name")
    form = browser.get("/" + answer.location.lstrip("./"))
    wanted = re.search(r'name="next" value="([^"]*)"', form.text)[1].replace("&amp;", "&")
    assert wanted == "/team/staff/?q=x&order=name"
    assert log_in(browser, next=wanted).location == "./team/staff/?q=x&order=name"
    assert browser.get("/team/staff/?q=x&order=name").status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        *("https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example", "javascript:alert(1)"),
        *("/\t/evil.example", "/ok\r\nX: y", "evil.example", "", "/\x00"),
    ],
)
def test_a_login_never_leads_to_another_server(site, wanted):
    site.add_user("ada")
    assert log_in(site.browser(), next=wanted).location == "./"


def test_the_cookie_is_for_http_on_this_site_only_and_holds_no_name(site):
    site.add_user("ada")
    cookie = session_cookie(log_in(site.browser()))
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]
    assert "ada" not in cookie.value


def test_the_cookie_goes_over_https_only_where_people_use_https(settings):
    initialize(settings, "admin", PASSWORD)
    (settings.data_directory / "mypi.toml").write_text('base_url = "https://packages.example"\n')
    settings = config.load(environ={}, data_directory=settings.data_directory)
    site = Site(settings, create_app(settings))
    browser = site.browser()
    secure = {"base_url": "https://packages.example", "headers": {"Referer": "https://packages.example/+login"}}
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/+login", **secure).text)
    fields = {"name": "admin", "password": PASSWORD, "csrf_token": found[1]}
    assert session_cookie(browser.post("/+login", data=fields, **secure))["secure"]


def test_a_form_from_another_site_is_refused_over_https(site):
    browser = site.browser()
    secure = {"base_url": "https://localhost"}
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/+login", **secure).text)
    fields = {"name": "admin", "password": "x", "csrf_token": found[1]}
    answer = browser.post("/+login", data=fields, headers={"Referer": "https://evil.example/"}, **secure)
    assert answer.status_code == 403
    assert "out of date" in words(answer)


def test_a_login_begins_a_new_session_and_ends_the_one_before(site):
    site.add_user("ada")
    browser = site.logged_in("ada")
    before = browser.get_cookie("mypi_session").value
    log_in(browser)
    assert browser.get_cookie("mypi_session").value != before
    thief = site.browser()
    thief.set_cookie("mypi_session", before)
    assert "Log out" not in words(thief.get("/"))


def test_whoever_logs_out_is_logged_out_on_the_server(site):
    site.add_user("ada")
    browser = site.logged_in("ada")
    before = browser.get_cookie("mypi_session").value
    answer = post(browser, "/+logout", {}, "/")
    assert answer.status_code == 303
    assert "Log in" in words(browser.get("/"))
    thief = site.browser()
    thief.set_cookie("mypi_session", before)
    assert "Log out" not in words(thief.get("/"))


def test_nobody_is_logged_out_by_a_link(site):
    site.add_user("ada")
    browser = site.logged_in("ada")
    assert browser.get("/+logout").status_code == 405
    assert browser.post("/+logout").status_code == 403
    assert "Log out" in words(browser.get("/"))


def test_a_deleted_user_is_logged_out(site):
    site.add_user("ada")
    browser = site.logged_in("ada")
    with site.opened() as parts:
        accounts.delete_user(parts.registry, actors.at_shell(), "ada")
    assert "Log in" in words(browser.get("/"))


def test_a_new_password_ends_every_other_session_and_keeps_this_one(site):
    site.add_user("ada")
    browser, other = site.logged_in("ada"), site.logged_in("ada")
    fields = {"present": PASSWORD, "new": "another-long-one", "again": "another-long-one"}
    assert post(browser, "/+account/password", fields, "/+account/password").status_code == 303
    assert "Your password is changed" in words(browser.get("/"))
    assert "Log out" in words(browser.get("/"))
    assert "Log out" not in words(other.get("/"))
    assert log_in(site.browser()).status_code == 403
    assert log_in(site.browser(), "another-long-one").status_code == 303


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"present": "wrong", "new": "another-long-one", "again": "another-long-one"}, "present password is wrong"),
        ({"present": PASSWORD, "new": "another-long-one", "again": "another-one"}, "typed in two ways"),
        ({"present": PASSWORD, "new": "short", "again": "short"}, "8 to 512 characters"),
        ({}, "present password is wrong"),
    ],
)
def test_a_password_is_not_changed_by_mistake(site, fields, told):
    site.add_user("ada")
    browser = site.logged_in("ada")
    answer = post(browser, "/+account/password", fields, "/+account/password")
    assert answer.status_code in (400, 403)
    assert told in words(answer)
    assert log_in(site.browser()).status_code == 303


def test_a_stranger_is_led_to_the_login_before_a_password_can_be_changed(site):
    assert site.get("/+account/password").location == "../+login?next=/%2Baccount/password"
    browser = site.browser()
    answer = browser.post("/+account/password", data={"csrf_token": token(browser, "/+login")})
    assert answer.status_code == 302


def test_a_client_with_basic_credentials_reads_pages_as_that_user(site):
    site.add_index("team/staff", Visibility.AUTHENTICATED)
    site.add_user("ada")
    assert site.browser().get("/team/staff/", auth=("ada", PASSWORD)).status_code == 200
    refused = site.browser().get("/team/staff/", auth=("ada", "wrong"))
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == 'Basic realm="pypi"'
    assert "Wrong name or password" in words(refused)


def test_a_session_uploads_nothing_as_a_form_of_another_site_would_send_it_too(site):
    site.add_user("ada", Right.UPLOAD)
    browser = site.logged_in("ada")
    for fields in ({":action": "submit", "name": "forged"}, {":action": "file_upload", "name": "forged"}):
        answer = browser.post("/", data=fields)
        assert answer.status_code == 401
    assert site.get("/simple/forged/").status_code == 404


def test_a_cookie_of_another_application_does_no_harm(site):
    assert site.browser().get("/", headers={"Cookie": "remember_token=x|é"}).status_code == 200
