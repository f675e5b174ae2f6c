"""A project's page and its releases; files by their names."""

import hashlib
import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest

from mypi.registry import actors, deleting, indexes, project_statuses, registering, yanking
from mypi.registry.indexes import Visibility
from mypi.registry.permissions import Right
from mypi.standards.project_status import ProjectStatus
from tests.pages.site import words
from tests.support import builders

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


class Dangers(HTMLParser):
    """What of a page would run somebody's program, read as a browser reads it."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        if tag in {"script", "iframe", "object", "embed", "base", "style"}:
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in {"style", "srcdoc"}:
                self.found.append(name)
            if (value or "").strip().lower().startswith(("javascript:", "data:", "vbscript:")):
                self.found.append(value.strip().lower())


def dangers(text):
    parser = Dangers()
    parser.feed(text)
    return parser.found


def yank(site, **what):
    with site.opened() as parts:
        index = indexes.get("team/main")
        if "filename" in what:
            yanking.set_file_yanked(parts.registry, actors.at_shell(), index, "gearbox", yanked=True, **what)
        else:
            yanking.set_release_yanked(parts.registry, actors.at_shell(), index, "gearbox", yanked=True, **what)


def set_status(site, status, reason=""):
    with site.opened() as parts:
        index = indexes.get("team/main")
        project_statuses.set_status(parts.registry, actors.at_shell(), index, "gearbox", status, reason)


def test_the_page_shows_the_metadata_of_the_newest_release(site):
    site.wheel("gearbox", "1.0", summary="Before")
    site.wheel(
        "gearbox",
        "1.1",
        summary="Turns one speed into another",
        requires_python=">=3.9",
        requires_dist=["attrs>=22"],
        classifiers=["Programming Language :: Python :: 3"],
        metadata_extra=["Author: Ada", "Author-email: ada@example.com", "License: BSD", "Keywords: gear,speed"],
    )
    shown = words(site.get("/package/gearbox/"))
    for fact in (
        "gearbox 1.1",
        "Turns one speed",
        ">=3.9",
        "attrs>=22",
        "Python :: 3",
        "Ada",
        "ada@example.com",
        "BSD",
    ):
        assert fact in shown
    assert "gear, speed" in shown
    assert "Before" not in shown


def test_each_release_has_a_page_that_points_to_the_newest(site):
    site.wheel("gearbox", "1.0", summary="Before")
    site.wheel("gearbox", "1.1")
    shown = words(site.get("/package/gearbox/1.0/"))
    assert "gearbox 1.0" in shown
    assert "Before" in shown
    assert "The newest version is 1.1" in shown
    assert "gearbox==1.0" in shown


def test_releases_are_listed_the_newest_version_first(site):
    for version in ("1.9", "1.10", "2.0rc1", "1.10.post1"):
        site.wheel("gearbox", version)
    table = site.get("/package/gearbox/").text.partition('id="releases"')[2]
    assert re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>', table) == ["2.0rc1", "1.10.post1", "1.10", "1.9"]
    assert "pre-release" in table


def test_files_show_type_size_digests_time_and_who_uploaded_them(site):
    site.add_user("ada", Right.UPLOAD)
    name, data = builders.wheel("gearbox", "1.0", files={"gearbox.py": b"x" * 2000}, compression=0)
    site.upload((name, data), user="ada", comment="built on the new machine")
    page = site.get("/package/gearbox/")
    shown = words(page)
    assert f"{len(data):,} bytes" in shown
    assert f"{len(data) / 1000:.1f} kB" in shown
    assert hashlib.sha256(data).hexdigest() in shown
    assert hashlib.md5(data).hexdigest() in shown
    assert hashlib.blake2b(data, digest_size=32).hexdigest() in shown
    assert "Wheel py3" in shown
    assert "by ada" in shown
    assert "built on the new machine" in shown
    assert re.search(r'<time datetime="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ">\d+ \w+ \d{4}, \d\d:\d\d UTC</time>', page.text)


def test_the_link_of_a_file_and_its_download_url_lead_to_the_bytes(site):
    name, data = builders.sdist("gearbox", "1.0")
    site.upload((name, data))
    link = re.search(r'<a class="filename" href="([^"]*)"', site.get("/package/gearbox/").text)[1]
    assert site.get(urljoin("/package/gearbox/", link)).data == data
    answer = site.get(f"/download/gearbox/{name}")
    assert answer.status_code == 302
    assert site.get(urljoin(f"/download/gearbox/{name}", answer.location)).data == data


def test_files_of_another_index_have_the_url_of_that_index(site):
    site.add_index("team/open", Visibility.PUBLIC)
    name, data = builders.wheel("gearbox", "1.0")
    site.upload((name, data), "team/open")
    page = site.get("/team/open/gearbox/")
    link = re.search(r'<a class="filename" href="([^"]*)"', page.text)[1]
    assert site.get(urljoin("/team/open/gearbox/", link)).data == data
    assert "pip install --index-url http://localhost/team/open/+simple/ gearbox" in words(page)


def test_the_ready_lines_pin_a_release_to_the_digests_of_its_files(site):
    wheel, sdist = builders.wheel("gearbox", "1.0"), builders.sdist("gearbox", "1.0")
    egg = builders.egg("gearbox", "1.0")
    for file in (wheel, sdist, egg):
        site.upload(file)
    shown = words(site.get("/package/gearbox/"))
    assert "pip install --index-url http://localhost/simple/ gearbox" in shown
    assert "--index-url http://localhost/simple/ gearbox==1.0 \\ --hash=sha256:" in shown
    for _, data in (wheel, sdist):
        assert f"--hash=sha256:{hashlib.sha256(data).hexdigest()}" in shown
    assert f"--hash=sha256:{hashlib.sha256(egg[1]).hexdigest()}" not in shown


@pytest.mark.parametrize("spelling", ["Gear_Box", "gear.box", "GEAR-BOX", "gear--box"])
def test_a_name_spelt_otherwise_is_redirected_to_the_normalized_one(site, spelling):
    site.wheel("gear-box")
    answer = site.get(f"/package/{spelling}/")
    assert answer.status_code == 301
    assert urljoin(f"/package/{spelling}/", answer.location) == "/package/gear-box/"
    answer = site.get(f"/team/main/{spelling}/1.0.0/")
    assert answer.status_code == 301
    assert urljoin(f"/team/main/{spelling}/1.0.0/", answer.location) == "/package/gear-box/1.0/"


def test_a_version_with_an_epoch_or_a_local_part_has_its_page(site):
    for version in ("1!2.0", "1.0+cu121"):
        site.wheel("gearbox", version)
        for url in (f"/package/gearbox/{version}/", f"/package/gearbox/{version.replace('!', '%21')}/"):
            answer = site.get(url)
            assert answer.status_code == 200
            assert f"gearbox {version}" in words(answer)
    assert "'gearbox==1!2.0'" in words(site.get("/package/gearbox/1!2.0/"))


def test_a_yanked_release_and_a_yanked_file_say_why(site):
    site.wheel("gearbox", "1.0")
    site.wheel("gearbox", "1.1")
    sdist = builders.sdist("gearbox", "1.1")
    site.upload(sdist)
    yank(site, version="1.0", reason="breaks reverse gear")
    yank(site, filename=sdist[0], reason="from the wrong branch")
    assert "This release is yanked." in words(site.get("/package/gearbox/1.0/"))
    assert "Reason: breaks reverse gear" in words(site.get("/package/gearbox/1.0/"))
    shown = words(site.get("/package/gearbox/"))
    assert f"{sdist[0]} yanked Yanked: from the wrong branch" in shown
    assert "1.0 yanked breaks reverse gear" in shown
    assert f"sha256:{hashlib.sha256(sdist[1]).hexdigest()}" not in shown


def test_the_newest_release_that_is_not_yanked_is_shown(site):
    site.wheel("gearbox", "1.0")
    site.wheel("gearbox", "1.1")
    yank(site, version="1.1")
    assert "gearbox 1.0" in words(site.get("/package/gearbox/"))


def test_the_status_and_its_reason_stand_at_the_top(site):
    site.wheel("gearbox")
    set_status(site, ProjectStatus.DEPRECATED, "use gears")
    assert "This project is deprecated. Look for another one. Reason: use gears" in words(site.get("/package/gearbox/"))


def test_a_quarantined_project_gives_no_link_to_its_files(site):
    name = site.wheel("gearbox")
    set_status(site, ProjectStatus.QUARANTINED)
    page = site.get("/package/gearbox/")
    assert "Its files are not given out." in words(page)
    assert f"/{name}" not in page.text
    assert site.get(f"/download/gearbox/{name}").status_code == 403


def test_a_project_without_files_says_how_to_upload_the_first(site):
    with site.opened() as parts:
        registering.register(parts.registry, actors.at_shell(), indexes.get("team/main"), "gearbox")
    shown = words(site.get("/package/gearbox/"))
    assert "No files yet" in shown
    assert "index-servers = team-main" in shown


def test_a_deleted_file_is_gone_and_not_only_missing(site):
    name = site.wheel("gearbox")
    with site.opened() as parts:
        deleting.delete_file(parts.registry, actors.at_shell(), indexes.get("team/main"), "gearbox", name)
    assert site.get(f"/download/gearbox/{name}").status_code == 410
    assert site.get("/download/gearbox/gearbox-9.0.tar.gz").status_code == 404
    assert "This release has no files." in words(site.get("/package/gearbox/1.0/"))


def test_a_file_is_found_under_its_own_project_only(site):
    name = site.wheel("gearbox")
    site.wheel("clutch")
    assert site.get(f"/download/clutch/{name}").status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        *("/package/nothing/", "/package/gearbox/9.9/", "/package/gearbox/not-a-version/", "/package/-/"),
        *("/package/gearbox/%00/", "/package/%00/", "/package/%C3%A9/", "/package/" + "a" * 5000 + "/"),
        *(
            "/download/gearbox/%00",
            "/download/gearbox/..%5Cx",
            "/download/nothing/x.whl",
            "/download/gearbox/index.html",
        ),
    ],
)
def test_what_is_not_there_is_404_in_words(site, url):
    site.wheel("gearbox")
    answer = site.get(url)
    assert answer.status_code == 404
    assert "Nothing here" in words(answer)


def test_every_text_of_the_metadata_is_escaped(site):
    lines = [
        f"{field}: {HOSTILE}" for field in ("Author", "Author-email", "Maintainer", "License", "Keywords", "Platform")
    ]
    lines += [f"Home-page: {HOSTILE}", "Download-URL: javascript:alert(3)", f"Requires-External: {HOSTILE}"]
    site.upload(
        builders.wheel(
            "gearbox",
            "1.0",
            summary=HOSTILE,
            classifiers=[HOSTILE],
            project_urls=[f"{HOSTILE}, https://example.com/{HOSTILE}", "Docs, javascript:alert(4)"],
            metadata_extra=lines,
            description=f"{HOSTILE}\n\n<a href='javascript:alert(5)'>x</a>",
            description_content_type="text/markdown",
        ),
        comment=HOSTILE,
    )
    yank(site, version="1.0", reason=HOSTILE)
    set_status(site, ProjectStatus.DEPRECATED, HOSTILE)
    for url in ("/", "/package/gearbox/", "/package/gearbox/1.0/", "/?q=script", f"/+search?q={HOSTILE}"):
        assert dangers(site.get(url).text) == []


def test_a_danger_in_a_page_is_seen():
    assert dangers("<p onclick=x>") == ["onclick"]
    assert dangers("<script>") == ["script"]
    assert dangers("<a href=' JavaScript:x'>") == ["javascript:x"]
    assert dangers('<a href="https://x/&quot; onclick=x">onclick=</a>') == []


def test_outside_links_tell_nobody_where_the_reader_comes_from(site):
    site.wheel("gearbox", project_urls=["Source, https://example.com/source"])
    assert 'href="https://example.com/source" rel="nofollow noopener noreferrer"' in site.get("/package/gearbox/").text


def test_a_project_that_may_not_be_read_looks_like_one_that_is_not_there(site):
    site.add_index("team/closed", Visibility.PRIVATE)
    name = site.wheel("secret", index="team/closed")
    site.add_user("ada", Right.READ, pattern="gear-*", index="team/closed")
    browser = site.logged_in("ada")
    there, not_there = browser.get("/team/closed/secret/"), browser.get("/team/closed/nothing/")
    assert (there.status_code, not_there.status_code) == (404, 404)
    assert words(there).replace("secret", "nothing") == words(not_there)
    assert site.get("/team/closed/secret/").status_code == 302
    assert name not in browser.get("/+search?q=secret").text


def test_a_stranger_sees_nothing_to_manage(site):
    site.wheel("gearbox")
    assert "Manage" not in words(site.get("/package/gearbox/"))
    assert "csrf_token" not in site.get("/package/gearbox/").text
