"""GET and HEAD of the JSON API: of the default index and of others, by nobody and by everybody."""

import gzip
from urllib.parse import urljoin, urlsplit

import pytest

from mypi.registry import accounts, project_statuses, registering, yanking
from mypi.standards.project_status import ProjectStatus
from tests.support import builders
from tests.support.peopled import HOLDERS, INSIDE, MAIN, SECRET, at

EVERYBODY = ("", "stranger", *HOLDERS, "patterned", "member", "admin")
READERS = {MAIN: set(EVERYBODY), INSIDE: set(EVERYBODY) - {""}} | {
    SECRET: {"reader", "manager", "patterned", "member", "admin"},
}
PLACES = {"default": ("/pypi/", MAIN, ""), "public": (f"/{MAIN}/pypi/", MAIN, "")} | {
    "authenticated": (f"/{INSIDE}/pypi/", INSIDE, "reader"),
    "private": (f"/{SECRET}/pypi/", SECRET, "reader"),
}


@pytest.fixture(params=sorted(PLACES))
def place(request, peopled):
    """The client of a reader, the URL below which projects are, and the index: it has foo-bar 1.0 and 2.0."""
    url, index, name = PLACES[request.param]
    for version in ("1.0", "2.0"):
        peopled.upload(builders.wheel("Foo.Bar", version, summary=f"of {version}"), index=index)
    return peopled.client(name), url, index


def forms(url):
    return [f"{url}foo-bar/{rest}{slash}" for rest in ("json", "1.0/json") for slash in ("", "/")]


def test_a_project_is_answered_with_its_newest_release_and_all_files(place, peopled):
    client, url, _ = place
    answer = client.get(f"{url}foo-bar/json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    found = answer.json
    assert (found["info"]["name"], found["info"]["version"], found["info"]["summary"]) == ("Foo.Bar", "2.0", "of 2.0")
    assert list(found["releases"]) == ["1.0", "2.0"]
    assert found["urls"] == found["releases"]["2.0"]
    assert found["last_serial"] == peopled.serial() == int(answer.headers["X-PyPI-Last-Serial"])


def test_a_release_is_answered_alone_in_every_spelling_of_its_version(place):
    client, url, _ = place
    for version in ("1.0", "1.0.0", "v1", "1"):
        found = client.get(f"{url}foo-bar/{version}/json").json
        assert found["info"]["version"] == "1.0"
        assert "releases" not in found
        assert [file["filename"] for file in found["urls"]] == ["foo_bar-1.0-py3-none-any.whl"]


def test_with_a_slash_at_the_end_the_answer_is_the_same(place):
    client, url, _ = place
    assert client.get(f"{url}foo-bar/json/").data == client.get(f"{url}foo-bar/json").data
    assert client.get(f"{url}foo-bar/1.0/json/").data == client.get(f"{url}foo-bar/1.0/json").data


def test_every_url_in_it_is_whole_and_leads_to_what_it_says(place):
    client, url, _ = place
    found = client.get(f"{url}foo-bar/json").json
    for version, files in found["releases"].items():
        for file in files:
            assert file["url"].startswith("http://localhost/")
            answer = client.get(urlsplit(file["url"]).path)
            assert (answer.status_code, len(answer.data)) == (200, file["size"])
            metadata = client.get(urlsplit(file["url"]).path + ".metadata")
            assert f"Version: {version}" in metadata.text
    for key in ("package_url", "project_url", "release_url"):
        page = client.get(urlsplit(found["info"][key]).path)
        assert page.status_code == 200
        assert "of 2.0" in page.text


def test_files_of_the_default_index_are_below_packages(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    for url in ("/pypi/foo/json", f"/{MAIN}/pypi/foo/json"):
        (file,) = peopled.client().get(url).json["urls"]
        digits = file["digests"]["sha256"]
        assert file["url"] == f"http://localhost/packages/{digits[:3]}/{digits[3:16]}/{file['filename']}"


def test_addresses_are_below_base_url_where_it_is_set(peopled_template, tmp_path):
    with at(peopled_template, tmp_path / "other", base_url="http://packages.example/mypi/") as made:
        made.upload(builders.wheel("foo", "1.0"))
        found = made.client().get("/pypi/foo/json", headers={"Host": "elsewhere.example"}).json
        assert found["urls"][0]["url"].startswith("http://packages.example/mypi/packages/")
        assert found["info"]["package_url"] == "http://packages.example/mypi/package/foo/"


def test_addresses_are_below_the_prefix_that_was_asked_through(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    found = peopled.client().get("/pypi/foo/json", base_url="https://packages.example/mypi").json
    assert found["urls"][0]["url"].startswith("https://packages.example/mypi/packages/")
    assert found["info"]["release_url"] == "https://packages.example/mypi/package/foo/1.0/"


@pytest.mark.parametrize("host", ['"><script>', "a b", "evil.example/x?", "\\evil"])
def test_a_host_that_is_none_is_not_repeated(peopled, host):
    peopled.upload(builders.wheel("foo", "1.0"))
    answer = peopled.client().get("/pypi/foo/json", headers={"Host": host})
    assert answer.status_code in {200, 400}
    assert host not in answer.text


def test_another_spelling_of_the_name_is_redirected_relatively_with_its_query(place):
    client, url, _ = place
    for spelling in ("Foo.Bar", "foo_bar", "FOO--BAR"):
        for rest in ("json", "json/", "1.0/json", "1.0/json/", "1!1.0+local/json"):
            answer = client.get(f"{url}{spelling}/{rest}?a=b")
            assert answer.status_code == 301
            location = answer.headers["Location"]
            assert urljoin(f"{url}{spelling}/{rest}", location) == f"{url}foo-bar/{rest}?a=b"
            assert location.startswith("../")


MISSING = ["nothing/json", "nothing/1.0/json", "foo-bar/9/json", "foo-bar/nonsense/json", "not a name/json", "-/json/"]


def test_what_is_missing_is_404_in_json_whatever_is_accepted(place):
    client, url, _ = place
    for path in MISSING:
        for accept in (None, "text/html", "*/*", "application/json"):
            answer = client.get(url + path, headers={"Accept": accept} if accept else {})
            assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json")
            assert set(answer.json) == {"message", "code", "title", "error"}


def test_a_project_without_a_release_is_404(peopled):
    registering.register(peopled.registry, peopled.actor("shell"), peopled.index(), "empty")
    answer = peopled.client().get("/pypi/empty/json")
    assert (answer.status_code, answer.json["error"]) == (404, "no-releases")


def test_head_says_what_get_says(place):
    client, url, _ = place
    for page in [*forms(url), f"{url}nothing/json", f"{url}Foo.Bar/json"]:
        got, headed = client.get(page), client.head(page)
        assert (headed.status, dict(headed.headers)) == (got.status, dict(got.headers))
        assert headed.data == b""


def test_an_answer_has_a_strong_tag_and_is_304_to_who_has_it_also_when_gzipped(place):
    client, url, index = place
    tags = set()
    for page in forms(url)[::2]:
        for encoding in ("identity", "gzip"):
            headers = {"Accept-Encoding": encoding}
            answer = client.get(page, headers=headers)
            tag = answer.headers["ETag"]
            assert not tag.startswith("W/")
            assert answer.headers["Cache-Control"] == ("max-age=0" if index == MAIN else "private, max-age=0")
            again = client.get(page, headers={**headers, "If-None-Match": tag})
            assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
            tags.add(tag)
    assert len(tags) == 4


def test_it_comes_gzipped_to_who_takes_it_and_is_the_same(place):
    client, url, _ = place
    plain = client.get(f"{url}foo-bar/json", headers={"Accept-Encoding": "identity"})
    packed = client.get(f"{url}foo-bar/json", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in plain.headers


def test_the_tag_and_the_serial_change_with_every_act_on_the_project(peopled):
    client, shell, registry = peopled.client(), peopled.actor("shell"), peopled.registry
    acts = [
        lambda: peopled.upload(builders.wheel("foo", "1.0")),
        lambda: peopled.upload(builders.wheel("foo", "2.0")),
        lambda: yanking.set_release_yanked(registry, shell, peopled.index(), "foo", "2.0", yanked=True),
        lambda: project_statuses.set_status(registry, shell, peopled.index(), "foo", ProjectStatus.ARCHIVED, "no more"),
    ]
    seen = []
    for act in acts:
        act()
        answer = client.get("/pypi/foo/json")
        seen.append((int(answer.headers["X-PyPI-Last-Serial"]), answer.headers["ETag"]))
    assert seen == sorted(seen, key=lambda pair: pair[0])
    assert len(dict(seen)) == len({tag for _, tag in seen}) == len(acts)


def test_the_tag_differs_by_the_address_that_was_asked(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    tags = {
        peopled.client().get("/pypi/foo/json", base_url=base).headers["ETag"]
        for base in ("http://a.example", "http://b.example", "https://a.example", "http://a.example/mypi")
    }
    assert len(tags) == 4


def test_answers_vary_by_what_they_depend_on_and_by_nothing_else(place):
    client, url, index = place
    found = {word.strip() for word in client.get(f"{url}foo-bar/json").headers["Vary"].split(",")}
    assert found - {"Cookie"} == {"Accept-Encoding"} | (set() if index == MAIN else {"Authorization"})
    assert "Cookie" not in found or index != MAIN


def test_scripts_of_other_sites_may_read_public_answers_only(place):
    client, url, index = place
    for path in ("foo-bar/json", "foo-bar/1.0/json/", "Foo.Bar/json", "nothing/json"):
        for answer in (client.get(url + path), client.options(url + path)):
            shared = answer.headers.get("Access-Control-Allow-Origin")
            assert shared == ("*" if index == MAIN else None)
            assert "Access-Control-Allow-Credentials" not in answer.headers


def test_the_same_people_read_it_as_read_the_simple_page(peopled):
    for index, readers in READERS.items():
        peopled.upload(builders.wheel("foo-a", "1.0"), index=index)
        peopled.upload(builders.wheel("other", "1.0"), index=index)
        for name in EVERYBODY:
            expected = 200 if name in readers else 401 if name == "" else 404
            client = peopled.client(name)
            for path in ("foo-a/json", "foo-a/json/", "foo-a/1.0/json", "foo-a/1.0/json/"):
                assert client.get(f"/{index}/pypi/{path}").status_code == expected, (name, index)
                assert client.head(f"/{index}/pypi/{path}").status_code == expected, (name, index)
    assert peopled.client("patterned").get(f"/{SECRET}/pypi/other/json").status_code == 404


def shape(answer):
    return answer.status_code, {key: value for key, value in answer.headers.items() if key != "Content-Length"}


def test_what_one_may_not_read_answers_like_what_is_not_there(peopled):
    peopled.upload(builders.wheel("other", "1.0"), index=SECRET)
    for name in ("", "stranger", "uploader"):
        for rest in ("other/json", "nothing/json", "other/1.0/json"):
            hidden, absent = (peopled.client(name).get(f"/{index}/pypi/{rest}") for index in (SECRET, "team/nowhere"))
            assert shape(hidden) == shape(absent)
            assert hidden.text.replace(SECRET, "") == absent.text.replace("team/nowhere", "")
    client = peopled.client("patterned")
    for rest in ("json", "1.0/json", "nonsense/json"):
        hidden, absent = (client.get(f"/{SECRET}/pypi/{name}/{rest}") for name in ("other", "nothing"))
        assert shape(hidden) == shape(absent)
        assert hidden.text.replace("other", "") == absent.text.replace("nothing", "")


def test_who_is_not_logged_in_is_asked_to_and_led_nowhere(peopled):
    for url in (f"/{SECRET}/pypi/foo/json", f"/{INSIDE}/pypi/foo/json/", "/team/nowhere/pypi/foo/1.0/json"):
        for accept in ("text/html", "application/json"):
            answer = peopled.client().get(url, headers={"Accept": accept})
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"] == 'Basic realm="pypi"'
            assert not {"Location", "Set-Cookie"} & set(answer.headers.keys())


def test_owners_stand_in_what_is_not_public_and_change_the_tag(peopled):
    for index in (MAIN, SECRET):
        peopled.upload(builders.wheel("foo", "1.0"), index=index)
    reader = peopled.client("reader")
    assert reader.get("/pypi/foo/json").json["ownership"] == {"organization": None, "roles": []}
    before = reader.get(f"/{SECRET}/pypi/foo/json")
    assert [role["user"] for role in before.json["ownership"]["roles"]] == ["admin", "manager"]
    held = {"If-None-Match": before.headers["ETag"]}
    assert reader.get(f"/{SECRET}/pypi/foo/json", headers=held).status_code == 304
    accounts.delete_user(peopled.registry, peopled.actor("shell"), "manager")
    after = reader.get(f"/{SECRET}/pypi/foo/json", headers=held)
    assert after.json["ownership"]["roles"] == [{"role": "Owner", "user": "admin"}]


def test_wrong_credentials_do_not_close_a_public_index(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    assert peopled.client("reader", "wrong-password").get("/pypi/foo/json").status_code == 200


def test_hostile_texts_come_out_as_they_were(peopled):
    summary = '"><script>alert(1)</script> ]]> \\u0000'
    peopled.upload(builders.wheel("foo", "1.0", summary=summary, project_urls=["Home, javascript:alert(1)"]))
    answer = peopled.client().get("/pypi/foo/json")
    assert answer.json["info"]["summary"] == summary
    assert answer.json["info"]["project_urls"] == {"Home": "javascript:alert(1)"}
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/json"


HOSTILE = ["%00", "%ff", "..%2f..", "%0d%0aX:y", "%5c%5cevil.example", "@evil.example", "a" * 5000, "%20", "1" * 3000]


def test_a_hostile_path_is_refused_and_leads_to_no_other_host(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    client = peopled.client("reader")
    for word in HOSTILE:
        for path in (f"{word}/json", f"foo/{word}/json", f"Foo/{word}/json", f"{word}/{word}/json/"):
            for prefix in ("/pypi/", f"/{SECRET}/pypi/"):
                answer = client.get(prefix + path)
                assert answer.status_code in {301, 400, 404}, (prefix, path, answer.status)
                location = answer.headers.get("Location", "")
                assert urlsplit(urljoin(f"http://localhost{prefix}{path}", location)).netloc == "localhost"


def test_other_methods_are_405(peopled):
    for method in ("POST", "PUT", "DELETE"):
        assert peopled.client().open("/pypi/foo/json", method=method).status_code == 405
