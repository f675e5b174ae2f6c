"""What an archive may hold at most, and the fault that a reader of archives raises.

Every limit bounds work or memory before it is spent; the comments show against which real files it was chosen.
"""

MOST_MEMBERS = 100_000
"""Wheels of generated clients for large web services hold 30,000 to 50,000 files; 100,000 cost 125 MB and two
seconds (measured)."""

LONGEST_PATH = 1_024
"""Bytes of one member's path: Windows ends at 260, and the longest in real wheels are below 300."""

DEEPEST_PATH = 64
"""Folders above a member: the test data of real projects goes down some 20."""

LARGEST_LISTING = 32 * 1024 * 1024
"""Bytes of all paths together: 100,000 of 320 bytes."""

LARGEST_RECORD = 48 * 1024 * 1024
"""Bytes of RECORD: the listing, and 100,000 digests and sizes of 70 bytes with room to spare."""

LARGEST_TEXT = 1024 * 1024
"""Bytes of WHEEL, entry_points.txt and an extended tar header: real ones have a few kB."""

EXPANSION_FREE = 64 * 1024 * 1024
MOST_EXPANSION = 50
"""Above 64 MiB of content at most 50 times the size of the archive, as PyPI has it: text packs to a fifth."""

MOST_PAGES = 20_000
LARGEST_DOCUMENTATION = 1024**3
"""Files and unpacked bytes of documentation: that of the largest projects has some 5,000 pages and 300 MB."""

CHUNK = 256 * 1024
"""Bytes read at a time."""


class Fault(Exception):  # noqa: N818 - it is a fault of the archive, not of this program
    """Why an archive is not accepted, in words; `inspect` turns it into `InvalidArchive` with the filename."""


def check_expansion(content: int, archive: int) -> None:
    """Refuse an archive that expands as no honest one does. Raises `Fault`."""
    if content > EXPANSION_FREE and content > MOST_EXPANSION * archive:
        raise Fault(f"it expands to more than {MOST_EXPANSION} times its size")
