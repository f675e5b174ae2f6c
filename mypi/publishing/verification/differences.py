"""What verification may find: every way in which tree, rows and blobs can disagree, each worded once."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class DifferenceKind(StrEnum):
    """What is wrong. `docs/verification.rst` tells of each what it means and what `--repair` does about it."""

    DATABASE_DAMAGED = "database.damaged"
    ROW_ORPHANED = "row.orphaned"
    EVENT_CHANGED = "event.changed"
    PROJECT_OUTDATED = "project.outdated"
    FILE_MISSING = "file.missing"
    FILE_CHANGED = "file.changed"
    FILE_DAMAGED = "file.damaged"
    FILE_WHOLE_AGAIN = "file.whole-again"
    FILE_ROW_CHANGED = "file.row-changed"
    METADATA_MISSING = "metadata.missing"
    METADATA_CHANGED = "metadata.changed"
    METADATA_OF_ANOTHER = "metadata.of-another"
    PROVENANCE_MISSING = "provenance.missing"
    PROVENANCE_CHANGED = "provenance.changed"
    PROVENANCE_OF_ANOTHER = "provenance.of-another"
    SIGNATURE_MISSING = "signature.missing"
    SIGNATURE_CHANGED = "signature.changed"
    TREE_MISSING = "tree.missing"
    TREE_UNFINISHED = "tree.unfinished"
    TREE_OF_ANOTHER_DEFAULT = "tree.of-another-default"
    TREE_OF_ANOTHER_ADDRESS = "tree.of-another-address"
    TREE_OF_ANOTHER_VERSION = "tree.of-another-version"
    TREE_BEHIND = "tree.behind"
    DEFAULT_LOST = "default.lost"
    INDEX_EXPOSED = "index.exposed"
    INDEX_MISPLACED = "index.misplaced"
    PAGE_MISSING = "page.missing"
    PAGE_CHANGED = "page.changed"
    PAGE_TIME_CHANGED = "page.time-changed"
    LINK_MISSING = "link.missing"
    LINK_CHANGED = "link.changed"
    FILE_STILL_SERVED = "file.still-served"
    DOCUMENTATION_CHANGED = "documentation.changed"
    DOCUMENTATION_STILL_SERVED = "documentation.still-served"
    STRANGER = "stranger"


_K = DifferenceKind
WORDINGS = {
    _K.DATABASE_DAMAGED: "the database says of itself: {found}",
    _K.ROW_ORPHANED: "a row of this table names a row of '{expected}' that is not there",
    _K.EVENT_CHANGED: "this event does not follow from the one before it: the history was changed",
    _K.PROJECT_OUTDATED: "{what} is '{found}' in its row, and its releases and events make it '{expected}'",
    _K.FILE_MISSING: "its bytes are not in storage",
    _K.FILE_CHANGED: "its bytes have the sha256 {found}, it was published with {expected}",
    _K.FILE_DAMAGED: "it is known to be damaged and not given out: upload the same bytes again",
    _K.FILE_WHOLE_AGAIN: "it is marked as damaged, and its bytes are right",
    _K.FILE_ROW_CHANGED: "its row says {what} {found}, and it was published with {expected}",
    _K.METADATA_MISSING: "its metadata is not in storage",
    _K.METADATA_CHANGED: "its metadata has the sha256 {found}, it was published with {expected}",
    _K.METADATA_OF_ANOTHER: "its metadata is not what its archive holds",
    _K.PROVENANCE_MISSING: "its provenance is not in storage",
    _K.PROVENANCE_CHANGED: "its provenance has the sha256 {found}, it was published with {expected}",
    _K.PROVENANCE_OF_ANOTHER: "its provenance is that of other bytes",
    _K.SIGNATURE_MISSING: "its signature is not in storage",
    _K.SIGNATURE_CHANGED: "its signature has the sha256 {found}, it was published with {expected}",
    _K.TREE_MISSING: "there is no published tree of this format",
    _K.TREE_UNFINISHED: "everything is being rendered, or that was interrupted: its pages were not compared",
    _K.TREE_OF_ANOTHER_DEFAULT: "it was rendered for the default index '{found}', the setting is '{expected}'",
    _K.TREE_OF_ANOTHER_ADDRESS: "it was rendered for the address '{found}', the setting is '{expected}'",
    _K.TREE_OF_ANOTHER_VERSION: "its pages are of version {found} of the API, the setting namespaces wants {expected}",
    _K.TREE_BEHIND: "it shows the events up to {found}, the newest is {expected}",
    _K.DEFAULT_LOST: "this link of the default index leads to '{found}' and not to '{expected}'",
    _K.INDEX_EXPOSED: "EXPOSED: this index is not public, and lies where anyone may read it",
    _K.INDEX_MISPLACED: "this public index lies among those that ask who reads",
    _K.PAGE_MISSING: "the page is missing",
    _K.PAGE_CHANGED: "the page is not what is rendered now",
    _K.PAGE_TIME_CHANGED: "its modification time, of which its ETag is made, is not that of its event",
    _K.LINK_MISSING: "a page names this file and it is not there",
    _K.LINK_CHANGED: "this file is not the stored one",
    _K.FILE_STILL_SERVED: "EXPOSED: this file was deleted or is withheld, and lies where it is served",
    _K.DOCUMENTATION_CHANGED: "its pages are not those of its archive, or that is missing or damaged",
    _K.DOCUMENTATION_STILL_SERVED: "EXPOSED: this documentation is of no release that offers it, and is served",
    _K.STRANGER: "nothing of mypi's is here",
}


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it should be."""

    kind: DifferenceKind
    where: str
    """A file as `owner/index: filename`, a place in the tree as a path below it, a row as table and number."""
    what: str = ""
    found: str = ""
    expected: str = ""
    index: str = ""
    """The full name of the index that it is in, where it is in one."""
    project: str = ""

    @property
    def says(self) -> str:
        """One sentence about it."""
        return WORDINGS[self.kind].format(what=self.what, found=self.found, expected=self.expected)


Progress = Callable[[str, int, int], None]
"""Told what is looked at, how much of it is done, and of how much."""


def unheard(_what: str, _done: int, _total: int) -> None:
    """Be told of progress, and do nothing."""
