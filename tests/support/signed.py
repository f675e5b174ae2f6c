"""Armored signatures as signing programs write them. They sign nothing: an index keeps them as they are."""

import base64
import textwrap


def armor(packets: bytes, *, headers: bytes = b"", checksum: bytes = b"=AbCd\n") -> bytes:
    """Return packets in the armor of a signature (RFC 9580, 6.2)."""
    body = "\n".join(textwrap.wrap(base64.b64encode(packets).decode(), 64)).encode() + b"\n"
    begin, end = b"-----BEGIN PGP SIGNATURE-----\n", b"-----END PGP SIGNATURE-----\n"
    return begin + headers + b"\n" + body + checksum + end


SIGNATURE = armor(b"\x89\x02\x33\x04\x00\x01\x08" + bytes(range(256)) * 2)
