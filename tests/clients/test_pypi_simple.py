"""pypi-simple, the library that programs read an index with: HTML and JSON say the same, files are what was built."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.clients.projects import Project
from tests.clients.site import Site
from tests.support.environments import environment

READER = """
import json, sys
from pathlib import Path
from pypi_simple import ACCEPT_HTML_ONLY, ACCEPT_JSON_ONLY, PyPISimple

url, name, form, user, password = sys.argv[1:]
accept = {"html": ACCEPT_HTML_ONLY, "json": ACCEPT_JSON_ONLY}[form]
with PyPISimple(url, auth=(user, password) if user else None, accept=accept) as client:
    listed = client.get_index_page()
    page = client.get_project_page(name)
    for package in page.packages:
        client.download_package(package, Path("got", package.filename), verify=True)
    said = {
        "projects": listed.projects,
        "version": page.repository_version,
        "serial": page.last_serial,
        "metadata": {
            package.filename: client.get_package_metadata(package, verify=True)
            for package in page.packages
            if package.has_metadata
        },
        "files": [
            [package.filename, package.project, package.version, package.package_type, package.digests]
            + [package.requires_python, package.is_yanked, package.url]
            for package in page.packages
        ],
    }
print(json.dumps(said))
"""


def read(site: Site, name: str, form: str, folder: Path, home: Path, login: tuple[str, str] = ("", "")) -> Any:
    """Return what the library says of a project; its files are in `got` then."""
    (folder / "got").mkdir(exist_ok=True)
    words = ("-c", READER, site.simple, name, form, *login)
    outcome = environment("pypi-simple").run("python", *words, folder=folder, home=home)
    assert outcome.code == 0, outcome.output
    return json.loads(outcome.output)


@pytest.mark.parametrize("form", ["html", "json"])
def test_files_are_what_was_built_whichever_form_the_page_has(
    form: str, site: Site, home: Path, tmp_path: Path, on_site: Project
) -> None:
    said = read(site, on_site.name, form, tmp_path, home)
    assert {path.name: path.read_bytes() for path in (tmp_path / "got").iterdir()} == on_site.built
    assert {name: digests["sha256"] for name, _, _, _, digests, *_ in said["files"]} == {
        filename: sha256(content).hexdigest() for filename, content in on_site.built.items()
    }
    assert {kind for _, _, _, kind, *_ in said["files"]} == {"sdist", "wheel"}
    assert on_site.name in said["projects"]
    assert [text.count("\nVersion: 1.0\n") for text in said["metadata"].values()] == [1]


def test_html_and_json_say_the_same(site: Site, home: Path, tmp_path: Path, on_site: Project) -> None:
    html, js = (read(site, on_site.name, form, tmp_path, home) for form in ("html", "json"))
    assert html == js
    assert html["version"] == "1.4"
    assert int(html["serial"]) > 0


@pytest.mark.parametrize("form", ["html", "json"])
def test_a_private_index_is_read_with_name_and_password(
    form: str, private: Site, home: Path, tmp_path: Path, hidden: Project
) -> None:
    login = (private.username, private.password)
    read(private, hidden.name, form, tmp_path, home, login)
    assert {path.name: path.read_bytes() for path in (tmp_path / "got").iterdir()} == hidden.built
    words = ("-c", READER, private.simple, hidden.name, form, "", "")
    outcome = environment("pypi-simple").run("python", *words, folder=tmp_path, home=home)
    assert outcome.code != 0
    assert "401" in outcome.output
