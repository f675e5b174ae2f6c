"""Every path of the published tree, and of the URLs within it. Nobody else joins them.

    format                                        the number of this layout
    mark                                          what is published and on disk: serial, default index, rebuild
    shown                                         what is published since: start of the machine, serial
    public|restricted/<owner>/<index>/simple/     current.txt: the state of the list; <state>.html, .json, gzip twins
    …/simple/<project>/                           the same for a project
    …/files/<3>/<13>/<filename>                   hard links to blobs, below the first 16 digits of the file's sha256
    …/documentation/<project>/<version>/<16>/…    pages of a release, unpacked; 16 digits of the archive's sha256
    …/files/<3>/<13>/<filename>.metadata          what is served beside a file, likewise; .provenance, .asc
    public|restricted/simple, …/packages          links to the default index's `simple` and `files`
    readers/key, readers/<owner>/<index>/simple/  who reads a restricted index without being asked again; not published,
                                                  and so neither copied nor compared

A state is the serial of an event and some digits of what the page says. Bytes under a page's name never change, so that
a server may look at a file first and open it afterwards.

What is below `public` may be given to anyone without asking; what is below `restricted` only after asking.
"""

import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from mypi.registry.indexes import Index
from mypi.standards.names import NormalizedName
from mypi.standards.negotiation import Representation
from mypi.standards.sidecars import Sidecar

FORMAT = 3
PUBLIC, RESTRICTED, READERS = "public", "restricted", "readers"
CURRENT = "current.txt"
"""The file that says which state of a page is the current one. No project's folder has a dot in its name."""
STATE = re.compile(r"[0-9]+-[0-9a-f]{8}")
PAGE_FILE = re.compile(r"[0-9]+-[0-9a-f]{8}\.(?:html|json)(?:\.gz)?")
_PART = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_PROJECT = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_PART = 255
"""Bytes: what a file system allows for one name."""
_FILENAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]{0,254}")


@dataclass(frozen=True)
class IndexPaths:
    """The places of one index. Raises ValueError for a word that no page or file has in its path."""

    root: Path

    @property
    def list_folder(self) -> Path:
        """The folder of the list of projects, and of the projects' folders."""
        return self.root / "simple"

    @property
    def files_folder(self) -> Path:
        """The folder of the files."""
        return self.root / "files"

    def project_folder(self, project: str) -> Path:
        """The folder of a project's page."""
        return self.list_folder.joinpath(_checked(_PROJECT, project))

    @property
    def all_documentation(self) -> Path:
        """The folder of the folders of projects that have documentation."""
        return self.root / "documentation"

    def documentation_folder(self, project: str) -> Path:
        """The folder of the documentation of a project's releases."""
        return self.all_documentation / _checked(_PROJECT, project)

    def documentation(self, project: str, version: str, sha256: str) -> Path:
        """The folder of the pages of one archive of documentation."""
        return self.documentation_folder(project).joinpath(_checked(_FILENAME, version), sha256[:16])

    def file(self, sha256: str, filename: str) -> Path:
        """The place of a file, by its whole sha256 or the first 16 digits."""
        return self.files_folder.joinpath(sha256[:3], sha256[3:16], _checked(_FILENAME, filename))

    def beside(self, sha256: str, filename: str, sidecar: Sidecar) -> Path:
        """The place of what is served beside a file."""
        return self.file(sha256, filename).with_name(filename + sidecar.value)


@dataclass(frozen=True)
class TreePaths:
    """The places of the whole tree."""

    root: Path

    @property
    def format(self) -> Path:
        """The file that says which layout this is."""
        return self.root / "format"

    @property
    def mark(self) -> Path:
        """The file that says what is published."""
        return self.root / "mark"

    @property
    def shown(self) -> Path:
        """The file that says what is published beyond the mark, as long as the machine runs."""
        return self.root / "shown"

    @property
    def lock(self) -> Path:
        """The file that is locked by whoever renders."""
        return self.root / "lock"

    @property
    def rebuild_lock(self) -> Path:
        """The file that is locked by whoever renders everything."""
        return self.root / "rebuild-lock"

    def index(self, index: Index) -> IndexPaths:
        """The places of an index as it is seen now."""
        return self._index(PUBLIC if index.is_public else RESTRICTED, index.owner, index.name)

    def index_unseen(self, index: Index) -> IndexPaths:
        """Where the index would be if it were seen the other way: where it was before that changed."""
        return self._index(RESTRICTED if index.is_public else PUBLIC, index.owner, index.name)

    def default_links(self, full_name: str) -> dict[Path, str]:
        """The links by which the default index is found under the words of its URLs, and where each leads.

        A server of files finds it so without knowing its name; both words are no owner's.
        """
        links = {
            self.root / side / word: f"{full_name}/{folder}"
            for side in (PUBLIC, RESTRICTED)
            for word, folder in (("simple", "simple"), ("packages", "files"))
        }
        return links | {self.root / READERS / "simple": f"{full_name}/simple"}

    @property
    def readers_key(self) -> Path:
        """The file with the key that admits readers."""
        return self.root / READERS / "key"

    def readers(self, full_name: str) -> Path:
        """The folder of the readers who are admitted to an index. Raises ValueError when that is not a name."""
        owner, _, name = full_name.partition("/")
        return self._index(READERS, owner, name).list_folder

    def public(self, full_name: str) -> IndexPaths:
        """The places of an index if it is public. Raises ValueError when that is not a name."""
        owner, _, name = full_name.partition("/")
        return self._index(PUBLIC, owner, name)

    def sides(self, full_name: str) -> tuple[IndexPaths, IndexPaths]:
        """Where an index of this name may be: among the public ones, and among the others."""
        owner, _, name = full_name.partition("/")
        return self._index(PUBLIC, owner, name), self._index(RESTRICTED, owner, name)

    def _index(self, seen: str, owner: str, name: str) -> IndexPaths:
        return IndexPaths(self.root.joinpath(seen, _checked(_PART, owner), _checked(_PART, name)))


def page_state(serial: int, html: bytes, json: bytes) -> str:
    """The state of a page that shows an event and says this."""
    # Nobody but us writes pages: what this tells apart are states of one serial before and after a repair.
    return f"{serial}-{zlib.crc32(json, zlib.crc32(html)):08x}"


def page_name(state: str, representation: Representation, *, gzipped: bool) -> str:
    """The name of a page's file: HTML under either of its types is the same bytes."""
    kind = "json" if representation is Representation.JSON else "html"
    return f"{state}.{kind}.gz" if gzipped else f"{state}.{kind}"


def page_names(state: str) -> tuple[str, ...]:
    """The names of all files of a state of a page."""
    forms = (Representation.HTML, Representation.JSON)
    return tuple(page_name(state, form, gzipped=gzipped) for form in forms for gzipped in (False, True))


def file_url(full_name: str, default_index: str, sha256: str, filename: str) -> str:
    """The URL of a file of an index relative to a project's page.

    The default index's begin with `packages`, as one mirror client takes no other; those of the rest with `+f`, the
    layout that lock files made with devpi know. From `/simple/` and from `/<owner>/<index>/+simple/` it is as deep.
    """
    folder = "packages" if full_name == default_index else "+f"
    return f"../../{folder}/{sha256[:3]}/{sha256[3:16]}/{quote(filename, safe='+!')}"


def provenance_url(base_url: str, full_name: str, default_index: str, sha256: str, filename: str) -> str:
    """The absolute URL of a file's provenance: pages say it whole, as a reader must know that it is https (PEP 740)."""
    index = "" if full_name == default_index else f"/{full_name}"
    relative = file_url(full_name, default_index, sha256, filename).removeprefix("../..")
    return f"{base_url}{index}{relative}{Sidecar.PROVENANCE.value}"


def project_of(folder: Path) -> NormalizedName:
    """The project whose folder this is."""
    return NormalizedName(folder.name)


def _checked(pattern: re.Pattern[str], word: str) -> str:
    if len(word) > LONGEST_PART or not pattern.fullmatch(word):
        raise ValueError(f"'{word}' is no part of a path in the published tree")
    return word
