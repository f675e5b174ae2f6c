"""People in front of a real browser and a real server: a stranger finds and copies, an owner logs in and governs."""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mypi import installation
from mypi.registry import accounts, actors, indexes, uploading, users, yanking
from mypi.registry.actors import Actor
from mypi.registry.permissions import Right, Subject, SubjectKind
from mypi.registry.uploading import Submission
from tests.support import builders
from tests.support.installations import running_server
from tests.system.browser import Browser, chromium

PASSWORD = "a-long-enough-password"
NARROW, WIDE = 360, 1400
README = "Gear box\n========\n\n.. code-block:: python\n\n   " + "shift(up=True) or " * 30 + "None\n\nIt turns."


@dataclass(frozen=True)
class Shown:
    """A browser in front of a filled server."""

    browser: Browser
    url: str


@pytest.fixture
def shown(settings) -> Iterator[Shown]:
    """Yield a browser in front of a server with the project gear-box of the user ada."""
    with running_server(settings) as server:
        with installation.opened(settings) as parts:
            fill(parts)
        with chromium(server.url) as browser:
            yield Shown(browser, server.url)


def fill(parts):
    """Add the user ada, and two releases of a project of theirs, one with a long name of a file."""
    user = accounts.add_user(parts.registry, actors.at_shell(), "ada", PASSWORD)
    index = indexes.get("team/main")
    subject = Subject(SubjectKind.USER, user=user)
    accounts.set_grant(parts.registry, actors.at_shell(), subject, Right.UPLOAD, index, given=True)
    actor = Actor(users.get("ada").id, "ada")
    tags = ["py3-none-any", "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_2_x86_64"]
    for version in ("1.0", "1.1"):
        for tag in tags:
            fields = {
                "summary": "Turns one speed into another",
                "requires_dist": ["a-project-with-quite-a-long-name[extra1,extra2]>=1.0 ; python_version >= '3.9'"],
                "project_urls": ["Source, https://example.com/" + "source/" * 20],
                "description": README,
                "description_content_type": "text/x-rst",
            }
            name, data = builders.wheel("gear-box", version, tag=tag, **fields)
            incoming = parts.storage.receive()
            incoming.write(data)
            uploading.upload(parts.registry, actor, indexes.get("team/main"), Submission(name, incoming))
    reason = "breaks reverse gear"
    yanking.set_release_yanked(
        parts.registry, actor, indexes.get("team/main"), "gear-box", "1.0", yanked=True, reason=reason
    )


def log_in(browser: Browser, path: str) -> None:
    """Log in as ada and come back to a path."""
    browser.open(path)
    browser.press("Log in")
    browser.fill("#name", "ada")
    browser.fill("#password", PASSWORD)
    browser.click(browser.find("button.main"))


def test_a_stranger_finds_a_project_and_installs_it_with_the_line_that_the_page_gives(shown: Shown, tmp_path: Path):
    browser = shown.browser
    browser.open("/")
    browser.fill("#q", "speed")
    browser.press("Search")
    browser.press("gear-box")
    assert "Turns one speed into another" in browser.text
    line = shlex.split(browser.find(".install pre").text)
    assert line[:2] == ["pip", "install"]
    options = ["--target", str(tmp_path / "site"), "--no-cache-dir", "--disable-pip-version-check", "--no-deps"]
    command = [sys.executable, "-m", *line[:2], *options, *line[2:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "1.1" in (tmp_path / "site" / "gear_box" / "__init__.py").read_text()
    assert browser.complaints() == []


def test_a_stranger_downloads_a_file_by_its_link(shown: Shown):
    shown.browser.open("/package/gear-box/")
    link = shown.browser.find("a.filename").get_attribute("href")
    assert link.startswith(f"{shown.url}/packages/")


def test_an_owner_logs_in_yanks_a_release_and_sees_it(shown: Shown):
    browser = shown.browser
    log_in(browser, "/package/gear-box/")
    assert "/package/gear-box/" in browser.driver.current_url
    browser.fill("#yank-reason", "wrong <ratio>")
    browser.press("Yank this release")
    assert "1.1 is yanked." in browser.text
    assert "Reason: wrong <ratio>" in browser.text
    browser.press("Unyank this release")
    assert "1.1 is no longer yanked." in browser.text
    browser.press("Log out")
    assert "Log in" in browser.text
    assert browser.complaints() == []


def test_an_owner_deletes_a_file_only_after_its_name_was_typed(shown: Shown):
    browser = shown.browser
    log_in(browser, "/package/gear-box/")
    browser.press("Manage this file")
    name = browser.find("a.filename").text
    browser.fill("#confirm-1", "something else")
    browser.press("Delete this file")
    assert "Nothing was deleted" in browser.text
    browser.press("Manage this file")
    browser.fill("#confirm-1", name)
    browser.press("Delete this file")
    assert f"{name} is deleted" in browser.text
    assert name not in [element.text for element in browser.driver.find_elements("css selector", "a.filename")]


def test_no_page_is_wider_than_a_phone_and_none_breaks_its_own_policy(shown: Shown):
    browser = shown.browser
    pages = ["/", "/package/gear-box/", "/package/gear-box/1.0/", "/+help", "/+login", "/+indexes", "/+search?q=gear"]
    for width in (NARROW, WIDE):
        browser.resize(width)
        for page in pages:
            browser.open(page)
            assert browser.content_width <= width, page
    assert browser.complaints() == []


def test_the_forms_of_an_owner_fit_on_a_phone(shown: Shown):
    browser = shown.browser
    log_in(browser, "/package/gear-box/")
    browser.resize(NARROW)
    for page in ("/package/gear-box/", "/+account/password"):
        browser.open(page)
        assert browser.content_width <= NARROW, page
    browser.open("/package/gear-box/")
    for summary in browser.driver.find_elements("css selector", "summary"):
        browser.driver.execute_script("arguments[0].parentNode.open = true", summary)
    assert browser.content_width <= NARROW


def test_the_keyboard_reaches_the_content_first(shown: Shown):
    browser = shown.browser
    browser.open("/package/gear-box/")
    browser.find("body").send_keys("\ue004")  # the tabulator
    assert browser.driver.switch_to.active_element.text == "Skip to the content"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_told_from_its_ground(shown: Shown, scheme: str):
    """The contrast of every text that is seen is at least 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    browser = shown.browser
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    for page in ("/", "/package/gear-box/", "/package/gear-box/1.0/", "/+login", "/+help"):
        browser.open(page)
        assert browser.driver.execute_script(TOO_FAINT) == [], page


TOO_FAINT = """
const part = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
const numbers = text => text.match(/[\\d.]+/g).map(Number);
function ground(element) {
  for (let e = element; e; e = e.parentElement) {
    const found = numbers(getComputedStyle(e).backgroundColor);
    if (found.length === 3 || found[3] > 0) return found;
  }
  return [255, 255, 255];
}
return [...document.querySelectorAll('body *')].filter(element => {
  const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  if (!own || !element.checkVisibility()) return false;
  const [a, b] = [light(numbers(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05) < 4.5;
}).map(element => element.tagName + '.' + element.className + ': ' + element.textContent.trim().slice(0, 40));
"""
