"""A long text that is changed in pieces is, byte for byte, the text that is made from nothing."""

import gzip
import zlib

import pytest
from hypothesis import given, strategies

from mypi.publishing import pieces
from mypi.publishing.pieces import Pieces

NAMES = strategies.text("abcdef", min_size=1, max_size=3)
ACTS = strategies.lists(strategies.tuples(NAMES, strategies.one_of(strategies.none(), strategies.text(max_size=20))))


@pytest.fixture(scope="module", autouse=True)
def _short_pieces():
    """Let every third name begin a piece, so that few names make many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "TEXTS_IN_PIECE", 3)
        yield


def made_at_once(texts: dict[str, str]) -> Pieces:
    made = Pieces(",")
    for name, text in texts.items():
        made.put((name,), text)
    return made


@given(ACTS)
def test_whatever_was_put_and_removed_the_bytes_are_those_of_what_is_there(acts):
    grown, texts = Pieces(","), {}
    for name, text in acts:
        if text is None:
            grown.remove((name,))
            texts.pop(name, None)
        else:
            grown.put((name,), text)
            texts[name] = text
        grown.body("", "")  # so that pieces are made, and have to be made anew
    assert grown.body("<", ">") == made_at_once(texts).body("<", ">")
    assert grown.body("<", ">")[0].decode() == f"<{','.join(texts[name] for name in sorted(texts))}>"


@given(strategies.dictionaries(NAMES, strategies.text()), strategies.text(), strategies.text())
def test_the_gzipped_form_is_one_member_that_holds_the_plain_one(texts, before, after):
    plain, gzipped = made_at_once(texts).body(before, after)
    assert gzip.decompress(gzipped) == plain
    # Clients that read only the first member of several, as some do, get everything.
    one = zlib.decompressobj(zlib.MAX_WBITS | 16)
    assert one.decompress(gzipped) == plain
    assert (one.eof, one.unused_data) == (True, b"")


def test_a_change_makes_one_piece_anew(monkeypatch):
    grown = made_at_once({f"{number:03}": "text" for number in range(300)})
    grown.body("", "")
    lengths = []
    monkeypatch.setattr(pieces, "_made", lambda text: lengths.append(len(text)) or (b"", b""))
    grown.put(("150",), "other")
    grown.body("", "")
    assert sum(lengths) < 300
