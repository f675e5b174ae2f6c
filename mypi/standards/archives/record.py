"""RECORD: the list of a wheel's files with their digests (binary distribution format specification)."""

import base64
import binascii
import csv
import hashlib
import io
from collections.abc import Iterable
from typing import BinaryIO

from mypi.standards.archives import zip_content
from mypi.standards.archives.limits import Fault
from mypi.standards.archives.zip_framing import Member

_SECURE = {"sha256", "sha384", "sha512"}
"""What PEP 376 and PEP 427 leave: sha256 or stronger, by the names of hashlib."""

_Row = tuple[str, bytes, str]
"""Algorithm, digest and size as written; all empty for the files that RECORD cannot vouch for."""


def check(stream: BinaryIO, members: Iterable[Member], record: bytes, folder: str) -> None:
    """Compare RECORD with the members of the wheel: each listed, each there, each digest right. Raises `Fault`.

    RECORD itself and its two retired signatures are listed without a digest, or not at all.
    """
    rows = _rows(record)
    exempt = {f"{folder}/{name}" for name in ("RECORD", "RECORD.jws", "RECORD.p7s")}
    for member in members:
        row = rows.pop(member.path, None)
        if member.path in exempt:
            _read_through(stream, member)
            continue
        if row is None:
            raise Fault(f"'{member.path}' is not listed in RECORD")
        _check_member(stream, member, row)
    missing = sorted(path for path in rows if path not in exempt)
    if missing:
        raise Fault(f"RECORD lists '{missing[0]}', which is not in the wheel")


def _rows(record: bytes) -> dict[str, _Row]:
    rows: dict[str, _Row] = {}
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(record.decode("utf-8"), newline=""), strict=True), 1):
            if not cells:
                continue
            if len(cells) != 3:
                raise Fault(f"line {number} of RECORD does not have three fields")
            path, digest, size = cells
            row = (*_digest(path, digest), size)
            if rows.setdefault(path, row) != row:
                raise Fault(f"RECORD lists '{path}' twice with different digests")
    except (UnicodeDecodeError, csv.Error) as fault:
        raise Fault("RECORD is not a table in UTF-8") from fault
    return rows


def _digest(path: str, written: str) -> tuple[str, bytes]:
    if not written:
        return "", b""
    algorithm, _, encoded = written.partition("=")
    algorithm = algorithm.lower()  # wheel 0.33 under Python 2.7 wrote SHA256
    if algorithm not in _SECURE:
        raise Fault(f"RECORD gives a digest for '{path}' that is not sha256 or stronger")
    encoded = encoded.rstrip("=")
    try:
        return algorithm, base64.b64decode(encoded + "=" * (-len(encoded) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError) as fault:
        raise Fault(f"RECORD gives a digest for '{path}' that is not base64") from fault


def _check_member(stream: BinaryIO, member: Member, row: _Row) -> None:
    algorithm, digest, size = row
    if not algorithm:
        raise Fault(f"RECORD gives no digest for '{member.path}'")
    hasher = hashlib.new(algorithm)
    for piece in zip_content.pieces(stream, member):
        hasher.update(piece)
    if hasher.digest() != digest:
        raise Fault(f"the digest in RECORD for '{member.path}' is not that of the file")
    if size and size != str(member.size):
        raise Fault(f"the size in RECORD for '{member.path}' is not that of the file")


def _read_through(stream: BinaryIO, member: Member) -> None:
    for _ in zip_content.pieces(stream, member):
        pass
