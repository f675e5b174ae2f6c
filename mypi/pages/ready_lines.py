"""Lines that are ready to be copied: how each client installs from an index and uploads to it. Only text, no HTML."""

import shlex
from dataclasses import dataclass
from urllib.parse import urlsplit

from mypi.pages import links
from mypi.registry.project_view import ProjectPage, ReleasePage
from mypi.standards.filenames import FileType

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class ReadyLines:
    """Lines for one client."""

    client: str
    text: str


def nickname(full_name: str) -> str:
    """Return the name by which a client's settings call an index."""
    return full_name.replace("/", "-")


def installing(full_name: str, project: str = "PROJECT", version: str = "") -> list[ReadyLines]:
    """Return how to install a project, a version of it where one is named."""
    address, name = links.simple_address(full_name), nickname(full_name)
    wanted = shlex.quote(f"{project}=={version}" if version else project)
    pinned = shlex.quote(f"{project}@{version}" if version else project)
    return [
        ReadyLines("pip", f"pip install --index-url {address}{_trust(address)} {wanted}"),
        ReadyLines("uv", f"uv add --index {name}={address} {wanted}"),
        ReadyLines(
            "Poetry",
            f"poetry source add --priority=explicit {name} {address}\npoetry add --source {name} {pinned}",
        ),
    ]


def requirements(page: ProjectPage, release: ReleasePage) -> ReadyLines:
    """Return the lines of a requirements file that pin a release to the digests of its files."""
    usable = [file for file in release.files if file.file_type in {FileType.WHEEL, FileType.SDIST} and not file.damaged]
    standing = [file for file in usable if not file.yanked] or usable
    pins = [f"{page.normalized_name}=={release.facts.version}", *(f"--hash=sha256:{file.sha256}" for file in standing)]
    address = links.simple_address(page.index.full_name)
    return ReadyLines("requirements.txt", f"--index-url {address}\n" + " \\\n    ".join(pins))


def pypirc(full_name: str, user: str) -> ReadyLines:
    """Return a whole `.pypirc`: without its list of servers no client finds the section."""
    name = nickname(full_name)
    lines = [
        *("[distutils]", "index-servers =", f"    {name}", "", f"[{name}]"),
        f"repository: {links.upload_address(full_name)}",
        *(f"username: {user or 'YOUR-NAME'}", "password: YOUR-PASSWORD"),
    ]
    return ReadyLines("~/.pypirc", "\n".join(lines))


def uploading(full_name: str) -> list[ReadyLines]:
    """Return how to upload what lies in `dist`, with a `.pypirc` in place for those who read one."""
    address, name = links.upload_address(full_name), nickname(full_name)
    return [
        ReadyLines("twine", f"twine upload -r {name} dist/*"),
        ReadyLines("setup.py", f"python setup.py sdist upload -r {name}"),
        ReadyLines("uv", f"uv publish --publish-url {address} dist/*"),
        ReadyLines("Poetry", f"poetry config repositories.{name} {address}\npoetry publish --build -r {name}"),
        ReadyLines("flit", f"flit publish --repository {name}"),
        ReadyLines("hatch", f"hatch publish -r {address}"),
    ]


def _trust(address: str) -> str:
    """Return the option without which pip does not read from a host that has no TLS."""
    split = urlsplit(address)
    if split.scheme == "https" or split.hostname in LOOPBACK:
        return ""
    return f" --trusted-host {split.netloc}"
