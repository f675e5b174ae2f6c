"""What each method of XML-RPC answers, as its clients read it."""

import xmlrpc.client
from hashlib import sha256

import pytest

from mypi.registry import project_statuses, yanking
from mypi.standards.project_status import ProjectStatus
from tests.protocols.xmlrpc_calls import called, fault
from tests.support import builders
from tests.support.peopled import MAIN, SECRET
from tests.support.withholding import withhold

WHEEL = "foo_bar-1.0-py3-none-any.whl"


@pytest.fixture
def filled(peopled):
    said = {"summary": "a <b>fox</b> & more", "classifiers": ["Framework :: Flask"]}
    peopled.upload(builders.wheel("Foo_Bar", "1.0", **said), by="manager")
    peopled.upload(builders.sdist("Foo_Bar", "1.0", **said), by="manager", comment="a remark")
    return peopled


def test_a_mirror_learns_what_there_is_and_then_what_changed(filled):
    client = filled.client()
    serial = called(client, "changelog_last_serial")
    assert serial == filled.serial()
    assert called(client, "list_packages_with_serial") == {"foo-bar": serial}
    assert called(client, "changelog_since_serial", serial) == []
    filled.upload(builders.wheel("other", "2.0"))
    time = int(filled.events()[-1].time.timestamp())
    assert called(client, "changelog_since_serial", serial) == [
        ["other", None, time, "create", serial + 1],
        ["other", "2.0", time, "new release", serial + 1],
        ["other", "2.0", time, "add py3 file other-2.0-py3-none-any.whl", serial + 1],
    ]


def test_the_serial_of_a_page_is_never_below_the_one_in_the_journal(filled):
    client = filled.client()
    yanking.set_release_yanked(filled.registry, filled.actor("shell"), filled.index(), "foo-bar", "1", yanked=True)
    (name, _, _, action, serial) = called(client, "changelog_since_serial", 0)[-1]
    assert action == "yank release"
    assert client.get(f"/simple/{name}/").headers["X-PyPI-Last-Serial"] == str(serial)
    assert called(client, "list_packages_with_serial")[name] == serial


def test_pip_search_finds_words_in_name_or_summary(filled):
    words = ["fox", "nothing"]
    hits = called(filled.client(), "search", {"name": words, "summary": words}, "or")
    assert hits == [{"name": "Foo_Bar", "summary": "a <b>fox</b> & more", "version": "1.0"}]


def test_search_means_all_words_unless_it_is_told_otherwise(filled):
    client = filled.client()
    assert called(client, "search", {"name": "foo", "summary": "fox"})
    assert not called(client, "search", {"name": "foo", "summary": "hound"})
    assert called(client, "search", {"name": "foo", "summary": "hound"}, "or")


def test_lists_people_and_classifiers(filled):
    client = filled.client()
    assert called(client, "list_packages") == ["Foo_Bar"]
    assert called(client, "user_packages", "manager") == called(client, "package_roles", "foo.bar") == []
    somebody = filled.client("stranger")
    assert called(somebody, "user_packages", "manager") == [["Owner", "Foo_Bar"]]
    assert called(somebody, "package_roles", "foo.bar") == [
        ["Owner", "manager"],
        ["Maintainer", "patterned"],
        ["Maintainer", "uploader"],
    ]
    assert called(client, "browse", ["Framework :: Flask"]) == [["Foo_Bar", "1.0"]]
    assert called(client, "package_releases", "Foo-Bar") == ["1.0"]
    assert called(client, "package_releases", "Foo-Bar", True) == ["1.0"]


def test_a_release_is_told_with_its_files_which_lie_where_their_urls_say(filled):
    client = filled.client()
    data = called(client, "release_data", "foo-bar", "1.0")
    assert (data["name"], data["version"], data["summary"]) == ("Foo_Bar", "1.0", "a <b>fox</b> & more")
    assert data["classifiers"] == ["Framework :: Flask"]
    assert client.get(data["package_url"]).status_code == 200
    wheel, sdist = called(client, "release_urls", "foo-bar", "1.0.0")
    assert (wheel["filename"], wheel["packagetype"], wheel["python_version"]) == (WHEEL, "bdist_wheel", "py3")
    assert (sdist["filename"], sdist["packagetype"], sdist["comment_text"]) == (
        "foo_bar-1.0.tar.gz",
        "sdist",
        "a remark",
    )
    for file in (wheel, sdist):
        body = client.get(file["url"]).data
        assert (len(body), sha256(body).hexdigest()) == (file["size"], file["digests"]["sha256"])
        assert file["url"].startswith("http://localhost/packages/")
        assert isinstance(file["upload_time"], xmlrpc.client.DateTime)


def test_files_of_another_index_are_told_where_they_are(peopled):
    peopled.upload(builders.wheel("foo", "1.0"), index=SECRET)
    client = peopled.client("reader")
    (file,) = called(client, "release_urls", "foo", "1.0", url=f"/{SECRET}/")
    assert client.get(file["url"]).status_code == 200
    data = called(client, "release_data", "foo", "1.0", url=f"/{SECRET}/")
    assert client.get(data["package_url"]).status_code == 200


def test_the_address_is_the_one_of_the_settings(filled, monkeypatch):
    client = filled.client()  # which starts the application: under another address it would render the tree anew
    monkeypatch.setitem(filled.settings.__dict__, "base_url", "https://packages.example/mypi")
    files = called(client, "release_urls", "foo-bar", "1.0")
    assert all(file["url"].startswith("https://packages.example/mypi/packages/") for file in files)


@pytest.mark.leaves_damage("a file is marked as damaged that is not")
def test_what_is_not_offered_has_no_url(filled):
    client, shell = filled.client(), filled.actor("shell")
    withhold(filled.registry, shell, filled.index(), WHEEL)
    assert [file["filename"] for file in called(client, "release_urls", "foo-bar", "1.0")] == ["foo_bar-1.0.tar.gz"]
    project_statuses.set_status(filled.registry, shell, filled.index(), "foo-bar", ProjectStatus.QUARANTINED)
    assert called(client, "release_urls", "foo-bar", "1.0") == []


@pytest.mark.parametrize(
    ("method", "values", "answer"),
    [
        ("package_releases", ("nothing",), []),
        ("package_roles", ("nothing",), []),
        ("release_data", ("nothing", "1.0"), {}),
        ("release_data", ("foo-bar", "9.9"), {}),
        ("release_data", ("foo-bar", ""), {}),
        ("release_data", ("foo-bar", "no version"), {}),
        ("release_urls", ("foo-bar", "9.9"), []),
        ("release_urls", ("no name!", "1.0"), []),
        ("user_packages", ("nobody",), []),
        ("browse", ([],), []),
        ("search", ({},), []),
    ],
)
def test_of_what_is_not_there_there_is_nothing_to_tell(filled, method, values, answer):
    assert called(filled.client(), method, *values) == answer


@pytest.mark.parametrize(
    "url", ["/pypi", "/pypi/", "/RPC2", "/", "/simple/", "/legacy/", f"/{MAIN}/", f"/{MAIN}/+simple/"]
)
def test_calls_are_answered_at_every_url_that_clients_are_told(filled, url):
    assert called(filled.client(), "list_packages", url=url) == ["Foo_Bar"]


def test_an_index_by_name_is_asked_at_its_url(peopled):
    peopled.upload(builders.wheel("foo", "1.0"), index=SECRET)
    client = peopled.client("reader")
    assert called(client, "list_packages", url=f"/{SECRET}/") == ["foo"]
    assert called(client, "list_packages", url="/pypi") == []


def test_who_reads_some_projects_is_told_of_these(peopled):
    for name in ("foo-a", "other"):
        peopled.upload(builders.wheel(name, "1.0"), index=SECRET)
    url, client = f"/{SECRET}/", peopled.client("patterned")
    assert called(client, "list_packages", url=url) == ["foo-a"]
    assert list(called(client, "list_packages_with_serial", url=url)) == ["foo-a"]
    assert {line[0] for line in called(client, "changelog_since_serial", 0, url=url)} == {"foo-a"}
    assert called(client, "changelog_last_serial", url=url) == peopled.serial() - 1
    assert called(client, "search", {"name": ["o"]}, url=url)[0]["name"] == "foo-a"
    for method, *more in (("package_releases",), ("package_roles",), ("release_data", "1.0"), ("release_urls", "1.0")):
        assert called(client, method, "other", *more, url=url) == called(client, method, "never", *more, url=url)


def test_an_index_that_one_may_not_read_answers_like_one_that_is_not_there(peopled):
    client = peopled.client("stranger")
    hidden, missing = (fault(client, "list_packages", url=f"/{name}/") for name in (SECRET, "team/nowhere"))
    assert hidden[0] == missing[0] == -32500
    assert hidden[1].replace(SECRET, "") == missing[1].replace("team/nowhere", "")
    for url in (f"/{SECRET}/", "/team/nowhere/"):
        answer = peopled.client().post(url, data=xmlrpc.client.dumps((), "list_packages"), content_type="text/xml")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="pypi"'


def test_a_wrong_password_is_401_also_where_nobody_needs_one(peopled):
    body = xmlrpc.client.dumps((), "list_packages")
    answer = peopled.client("reader", "wrong").post("/pypi", data=body, content_type="text/xml")
    assert answer.status_code == 401
