"""Version 1.5 of the Simple API: pages tell of namespaces where the setting is on, and else are what they were."""

import pytest

from mypi.publishing import verification
from tests.protocols.simple_pages import as_html, as_json
from tests.registry.test_reserved_names import reserve
from tests.support import builders
from tests.support.namespaced import namespaced
from tests.support.peopled import MAIN, SECRET, at


@pytest.fixture
def told(peopled_template, tmp_path):
    with namespaced(peopled_template, tmp_path / "data") as made:
        yield made


def fill(peopled):
    for index in (MAIN, SECRET):
        for name in ("acme-core", "other"):
            peopled.upload(builders.wheel(name, "1.0"), index=index)
        reserve(peopled, "acme-*", "uploader", index=index, by="shell")


def pages(peopled, index=MAIN, who="reader"):
    """Return as JSON the list of projects, the page that a prefix covers, and the other one."""
    client = peopled.client(who)
    return [as_json(client, f"/{index}/+simple/{name}") for name in ("", "acme-core/", "other/")]


@pytest.mark.parametrize("index", [MAIN, SECRET])
def test_where_the_setting_is_on_pages_are_of_version_1_5_and_tell_of_namespaces(told, index):
    fill(told)
    found = pages(told, index)
    assert [page["meta"]["api-version"] for page in found] == ["1.5", "1.5", "1.5"]
    assert [page.get("namespaces", "absent") for page in found] == ["absent", [{"name": "acme", "owned": False}], None]
    assert [file["filename"] for file in found[1]["files"]] == [builders.wheel("acme-core", "1.0")[0]]


def test_a_list_for_one_reader_is_of_the_same_version(told):
    told.upload(builders.wheel("foo-a", "1.0"), index=SECRET)
    told.upload(builders.wheel("other", "1.0"), index=SECRET)
    listing = as_json(told.client("patterned"), f"/{SECRET}/+simple/")
    assert [project["name"] for project in listing["projects"]] == ["foo-a"]
    assert listing["meta"]["api-version"] == "1.5"


def test_html_stays_at_version_1_4(told):
    fill(told)
    for name in ("", "acme-core/"):
        html = as_html(told.client(), f"/simple/{name}")
        assert html.meta["pypi:repository-version"] == "1.4"


def test_where_the_setting_is_off_there_is_no_such_key_and_the_version_is_1_4(peopled):
    fill(peopled)
    for page in pages(peopled):
        assert page["meta"]["api-version"] == "1.4"
        assert "namespaces" not in page


def kinds_of_differences(publisher):
    return [one.kind.value for one in verification.differences(publisher, patience=0)]


@pytest.mark.parametrize("wanted", ["on", "off"])
def test_the_setting_is_on_all_pages_after_the_next_start(peopled_template, tmp_path, wanted):
    before = "off" if wanted == "on" else "on"
    with at(peopled_template, tmp_path / "old", namespaces=before) as old:
        fill(old)
        (tmp_path / "old" / "mypi.toml").write_text(f'namespaces = "{before}"\n')
        old.installation.publisher.start()
    with at(tmp_path / "old", tmp_path / "new", namespaces=wanted) as new:
        (tmp_path / "new" / "mypi.toml").write_text(f'namespaces = "{wanted}"\n')
        publisher = new.installation.publisher
        assert kinds_of_differences(publisher) == ["tree.of-another-version"]
        publisher.start()
        assert kinds_of_differences(publisher) == []
        assert ("namespaces" in pages(new)[1]) is (wanted == "on")
