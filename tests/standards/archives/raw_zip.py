"""Writes zip archives record by record, so that a test can make each record say what it likes."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Entry:
    """A member. `local` and `central` replace what its two records say: a field's name, `name`, or `extra`."""

    name: bytes
    data: bytes = b""
    packed: bytes | None = None
    gap: bytes = b""
    local: dict[str, Any] = field(default_factory=dict)
    central: dict[str, Any] = field(default_factory=dict)
    both: dict[str, Any] = field(default_factory=dict)

    def record(self, offset: int) -> dict[str, Any]:
        """Return the truth about this member."""
        packed = self.data if self.packed is None else self.packed
        return {
            "name": self.name,
            "flags": 0,
            "method": 0,
            "crc": zlib.crc32(self.data),
            "packed": len(packed),
            "size": len(self.data),
            "extra": b"",
            "comment": b"",
            "disk": 0,
            "attributes": 0o100644 << 16,
            "offset": offset,
            "signature": b"",
        }


def build(
    entries: Sequence[Entry], *, front: bytes = b"", between: bytes = b"", behind: bytes = b"", **end: Any
) -> bytes:
    """Return the archive; `end` replaces fields of the end record: count, here, size, offset, disk, comment, zip64."""
    body = bytearray(front)
    records = []
    for entry in entries:
        truth = entry.record(len(body) - len(front) * bool(end.get("own_offsets")))
        records.append({**truth, **entry.both, **entry.central})
        body += local_record({**truth, **entry.both, **entry.local})
        body += (entry.data if entry.packed is None else entry.packed) + entry.gap
    body += between
    start = len(body) - len(front) * bool(end.get("own_offsets"))
    directory = b"".join(central_record(record) for record in records)
    said = {
        "count": len(records),
        "here": None,
        "size": len(directory),
        "offset": start,
        "disk": 0,
        "comment": b"",
        **end,
    }
    here = said["count"] if said["here"] is None else said["here"]
    body += directory + said.get("zip64", b"")
    body += struct.pack(
        "<4s4H2LH", b"PK\5\6", said["disk"], 0, here, said["count"], said["size"], said["offset"], len(said["comment"])
    )
    return bytes(body + said["comment"] + behind)


def local_record(said: dict[str, Any]) -> bytes:
    """Return the record in front of a member's data."""
    numbers = (
        said["flags"],
        said["method"],
        0,
        33,
        said["crc"],
        said["packed"],
        said["size"],
        len(said["name"]),
        len(said["extra"]),
    )
    head = struct.pack("<4s5H3L2H", said["signature"] or b"PK\3\4", 20, *numbers)
    return bytes(head + said["name"] + said["extra"])


def central_record(said: dict[str, Any]) -> bytes:
    """Return the record of a member in the directory."""
    numbers = (
        said["flags"],
        said["method"],
        0,
        33,
        said["crc"],
        said["packed"],
        said["size"],
        len(said["name"]),
        len(said["extra"]),
    )
    rest = (len(said["comment"]), said["disk"], 0, said["attributes"], said["offset"])
    head = struct.pack("<4s6H3L5H2L", said["signature"] or b"PK\1\2", 0x0314, 20, *numbers, *rest)
    return bytes(head + said["name"] + said["extra"] + said["comment"])


def zip64_end(count: int, size: int, offset: int, *, rest: int = 44, position: int | None = None) -> bytes:
    """Return the zip64 end record and its locator."""
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", rest, 45, 45, 0, 0, count, count, size, offset)
    return record + struct.pack("<4sLQL", b"PK\6\7", 0, offset + size if position is None else position, 1)


def deflated(data: bytes) -> bytes:
    """Return the data as method 8 packs it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()
