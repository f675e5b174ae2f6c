"""distlib's own index client: it sends no password until it is asked, for files as well."""

from pathlib import Path

from tests.clients.projects import Project
from tests.clients.site import Site
from tests.support.environments import environment

CLIENT = """
import sys
from distlib.index import PackageIndex
from distlib.metadata import Metadata

index = PackageIndex(sys.argv[1])
index.username, index.password = sys.argv[2:4]
metadata = Metadata(mapping={"name": sys.argv[4], "version": "1.0", "summary": "A test", "metadata_version": "2.0"})
print(index.register(metadata).status)
print(index.upload_file(metadata, sys.argv[5], filetype="bdist_wheel", pyversion="py2.py3").status)
"""


def test_distlib_registers_and_uploads(site: Site, home: Path, built: Project) -> None:
    (wheel,) = (filename for filename in built.built if filename.endswith(".whl"))
    login = (f"{site.url}/legacy/", site.username, site.password)
    command = ("-c", CLIENT, *login, built.name, f"dist/{wheel}")
    outcome = environment("virtualenv").run("python", *command, folder=built.folder, home=home)
    assert (outcome.code, outcome.output.split()) == (0, ["200", "200"]), outcome.output
    assert site.served(built.name) == {wheel: built.built[wheel]}
