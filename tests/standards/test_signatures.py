"""What is taken for a signature: one block of armor with a signature packet in it, and nothing else."""

import base64

import pytest

from mypi.standards import signatures
from tests.support.signed import SIGNATURE, armor


@pytest.mark.parametrize(
    "data",
    [
        SIGNATURE,
        SIGNATURE.replace(b"\n", b"\r\n"),
        b"\n" + SIGNATURE + b"\n\n",
        armor(b"\xc2\x03\x04\x00\x01"),
        armor(b"\x88\x03\x04\x00\x01", headers=b"Version: GnuPG v1.4.11 (GNU/Linux)\nComment: of old\n"),
        armor(b"\x89\x01\x1c" + bytes(284), checksum=b""),
    ],
    ids=["as gpg writes it", "CRLF", "with empty lines", "a new head", "headers", "no checksum"],
)
def test_armored_signatures_are_taken(data):
    assert signatures.is_armored(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PGP",
        base64.b64decode("iQ=="),
        SIGNATURE.replace(b"SIGNATURE", b"MESSAGE"),
        SIGNATURE.replace(b"-----END", b"----END"),
        b"<html>" + SIGNATURE,
        SIGNATURE + SIGNATURE,
        armor(b"\x99\x01\x0d" + bytes(200)),
        armor(b"\x09" + bytes(20)),
        armor(b""),
        SIGNATURE.replace(b"\n\n", b"\n\n===\n"),
        SIGNATURE.replace(b"\n\n", b"\n\n<script>\n"),
        armor(b"\x89" + bytes(signatures.MOST_BYTES)),
    ],
    ids=[
        *("empty", "a word", "binary", "a message", "no end", "something before", "two", "a key", "no packet"),
        *("nothing in it", "no base64", "markup", "too large"),
    ],
)
def test_anything_else_is_not(data):
    assert not signatures.is_armored(data)
