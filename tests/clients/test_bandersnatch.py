"""bandersnatch of two ages, by XML-RPC and by the Simple API: a whole index on disk, and later only what is new."""

import json
import urllib.request
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from mypi.standards.names import normalize
from tests.clients.building import published
from tests.clients.site import JSON, Site
from tests.support.environments import Environment, Outcome, environment

WAYS = [("bandersnatch-6", "xmlrpc"), ("bandersnatch-6", "simple"), ("bandersnatch-8", "simple")]

CONFIGURATION = """
[mirror]
directory = {folder}
master = {site}
allow-non-https = true
api-method = {method}
json = true
timeout = 30
workers = 2
hash-index = false
compare-method = hash
"""


class Mirror:
    """A mirror in a folder, and what lies there."""

    def __init__(self, client: str, method: str, site: Site, folder: Path, home: Path) -> None:
        self._client: Environment = environment(client)
        self._folder, self._home = folder, home
        self.web = folder / "mirror" / "web"
        folder.mkdir()
        text = CONFIGURATION.format(folder=folder / "mirror", site=site.url, method=method)
        (folder / "bandersnatch.conf").write_text(text)

    def run(self) -> Outcome:
        """Bring the mirror up to date."""
        command = ("-c", "bandersnatch.conf", "mirror")
        return self._client.run("bandersnatch", *command, folder=self._folder, home=self._home)

    @property
    def serial(self) -> int:
        """The serial up to which it says that it has everything."""
        return int((self.web.parent / "status").read_text())

    def files(self) -> dict[str, bytes]:
        """Return the distribution files by name."""
        every = (path for path in (self.web / "packages").rglob("*") if path.is_file())
        return {path.name: path.read_bytes() for path in every if path.suffix != ".metadata"}

    def metadata(self) -> dict[str, str]:
        """Return the digests of the metadata that lies beside files, by the names of these."""
        every = (self.web / "packages").rglob("*.metadata")
        return {path.name.removesuffix(".metadata"): sha256(path.read_bytes()).hexdigest() for path in every}

    def page(self, name: str) -> dict[str, dict[str, Any]]:
        """Return what the mirror's own page of a project says of each file."""
        page = json.loads((self.web / "simple" / normalize(name) / "index.v1_json").read_text())
        return {file["filename"]: file for file in page["files"]}


@pytest.fixture(params=WAYS, ids="-".join)
def mirror(request: pytest.FixtureRequest, site: Site, tmp_path: Path, home: Path) -> Mirror:
    """Return a mirror that has nothing yet."""
    return Mirror(*request.param, site, tmp_path / "mirroring", home)


def projects(site: Site) -> dict[str, int]:
    """Return the serial of each project by normalized name."""
    request = urllib.request.Request(site.simple, headers={"Accept": JSON})
    with urllib.request.urlopen(request) as response:
        return {normalize(project["name"]): project["_last-serial"] for project in json.load(response)["projects"]}


def served_by(site: Site) -> dict[str, bytes]:
    """Return every file of the index by name."""
    return {filename: content for project in projects(site) for filename, content in site.served(project).items()}


def test_a_whole_index_is_mirrored_and_later_what_is_new_alone(
    mirror: Mirror, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    one, two = f"{name}.one", f"{name}.two"
    published(site, home, tmp_path / "one", one, "1.0")
    published(site, home, tmp_path / "two", two, "1.0")
    outcome = mirror.run()
    assert outcome.code == 0, outcome.output
    first, serial = served_by(site), max(projects(site).values())
    assert mirror.files() == first
    assert mirror.serial == serial
    for project in projects(site):
        digests = {filename: sha256(content).hexdigest() for filename, content in site.served(project).items()}
        if not digests:  # registered, by another test, and without a file: bandersnatch makes no page of it
            continue
        assert {name: file["hashes"]["sha256"] for name, file in mirror.page(project).items()} == digests

    new = published(site, home, tmp_path / "again", one, "2.0")
    outcome = mirror.run()
    assert outcome.code == 0, outcome.output
    assert "1 packages to sync" in outcome.output
    assert mirror.files() == {**first, **new.built}
    assert mirror.serial == projects(site)[normalize(one)] > serial
    assert set(mirror.page(one)) == {*new.built, *site.served(one)}

    outcome = mirror.run()
    assert outcome.code == 0, outcome.output
    assert "0 packages to sync" in outcome.output


def test_what_is_yanked_or_deleted_is_so_on_the_mirror_after_its_next_run(
    mirror: Mirror, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = published(site, home, tmp_path / "project", name, "1.0")
    assert mirror.run().code == 0
    wheel, sdist = sorted(project.built, key=lambda filename: filename.endswith(".tar.gz"))
    assert not any(file["yanked"] for file in mirror.page(name).values())

    site.mypi("yank", name, "1.0", "--reason", "broken")
    outcome = mirror.run()
    assert outcome.code == 0, outcome.output
    assert "1 packages to sync" in outcome.output
    assert all(file["yanked"] for file in mirror.page(name).values())

    site.mypi("yank", name, "1.0", "--undo")
    site.mypi("delete", name, "--file", sdist, "--yes")
    outcome = mirror.run()
    assert outcome.code == 0, outcome.output
    assert {filename: file["yanked"] for filename, file in mirror.page(name).items()} == {wheel: False}
    assert mirror.serial == projects(site)[normalize(name)]


def test_a_new_mirror_has_the_metadata_beside_each_wheel(site: Site, home: Path, tmp_path: Path, name: str) -> None:
    project = published(site, home, tmp_path / "project", name, "1.0")
    mirror = Mirror("bandersnatch-8", "simple", site, tmp_path / "mirroring", home)
    assert mirror.run().code == 0
    told = {file["filename"]: file["core-metadata"] for file in site.page(name)["files"] if file.get("core-metadata")}
    assert told
    assert set(told) < set(project.built)
    for filename, digests in told.items():
        assert mirror.metadata()[filename] == digests["sha256"]
