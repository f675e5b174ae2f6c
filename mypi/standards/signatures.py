"""Signatures by OpenPGP as uploaders send them: one armored block. Whether a signature is good is not asked here.

Specification: RFC 9580, 6.2 (the armor) and 4.2 (the head of a packet).
"""

import base64
import binascii
import re

MOST_BYTES = 64 * 1024
"""A signature by RSA of 4096 bits has 0.8 KiB in its armor, one by the largest ML-DSA 7 KiB; several may be in one."""

_ARMOR = re.compile(
    rb"\s*-----BEGIN PGP SIGNATURE-----[ \t]*\r?\n"
    rb"(?:[A-Za-z]+: [^\r\n]*\r?\n)*"  # Version: and the like
    rb"[ \t]*\r?\n"
    rb"(?P<body>(?:[A-Za-z0-9+/]+={0,2}[ \t]*\r?\n)+)"
    rb"(?:=[A-Za-z0-9+/]{4}[ \t]*\r?\n)?"  # the checksum, which RFC 9580 no longer asks for
    rb"-----END PGP SIGNATURE-----\s*"
)
_SIGNATURE_PACKET = 2


def is_armored(data: bytes) -> bool:
    """Return whether these bytes are one block of armor with a signature in it, and not too large for one."""
    match = _ARMOR.fullmatch(data) if len(data) <= MOST_BYTES else None
    if match is None:
        return False
    try:
        packets = base64.b64decode(b"".join(match["body"].split()), validate=True)
    except binascii.Error:
        return False
    return bool(packets) and _packet_type(packets[0]) == _SIGNATURE_PACKET


def _packet_type(head: int) -> int | None:
    if not head & 0x80:
        return None
    return head & 0x3F if head & 0x40 else (head & 0x3C) >> 2
