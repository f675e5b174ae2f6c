"""How what several indexes have of one project becomes one: the nearest wins, link and bytes from the same place."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, strategies

from mypi.registry.listed import Layer, ListedFile, ProjectName, merge, merge_names
from mypi.standards.names import NormalizedName

WHEN = datetime(2026, 11, 20, tzinfo=UTC)
NAMES = [f"foo-{number}.0-py3-none-any.whl" for number in range(1, 5)]


def a_file(filename, sha256="a", damaged=False):
    version = filename.split("-")[1]
    file = ListedFile(filename, version, sha256 * 64, 1, WHEN, "", None, None, None, yanked=False, yanked_reason="")
    return file, damaged


FILES = strategies.dictionaries(
    strategies.sampled_from(NAMES), strategies.tuples(strategies.sampled_from("abc"), strategies.booleans())
)
LAYERS = strategies.lists(strategies.tuples(strategies.booleans(), FILES), min_size=1, max_size=4)


def layers_of(drawn):
    return [
        Layer(offers, [a_file(name, digit, damaged) for name, (digit, damaged) in files.items()])
        for offers, files in drawn
    ]


@given(LAYERS)
def test_of_each_filename_the_nearest_file_counts_or_none(drawn):
    layers = layers_of(drawn)
    offered, withheld = merge(layers)
    for name in NAMES:
        holding = [(layer, file, damaged) for layer in layers for file, damaged in layer.files if file.filename == name]
        found = [file for file in offered if file.filename == name]
        if not holding:
            assert found == []
            continue
        layer, nearest, damaged = holding[0]
        is_offered = layers[0].offers_files and layer.offers_files and not damaged
        assert found == ([nearest] if is_offered else [])
        others = {file.sha256 for _, file, _ in holding[1:]} - {nearest.sha256}
        hidden = {file.sha256 for file in withheld if file.filename == name}
        assert hidden == others | (set() if is_offered else {nearest.sha256})


@given(LAYERS)
def test_files_come_by_version_and_no_place_is_both_offered_and_withheld(drawn):
    offered, withheld = merge(layers_of(drawn))
    assert [file.filename for file in offered] == sorted(file.filename for file in offered)
    served = {(file.filename, file.sha256) for file in offered}
    assert served.isdisjoint((file.filename, file.sha256) for file in withheld)


@given(LAYERS)
def test_what_is_asked_later_hides_nothing_of_what_is_asked_earlier(drawn):
    layers = layers_of(drawn)
    assert set(merge(layers[:1])[0]) <= set(merge(layers)[0])


def test_a_nearer_file_with_the_same_bytes_decides_what_is_said_of_it():
    file, _ = a_file(NAMES[0])
    offered, withheld = merge([Layer(True, [(replace(file, yanked=True), False)]), Layer(True, [(file, False)])])
    assert offered == (replace(file, yanked=True),)
    assert withheld == ()


def test_a_name_is_spelt_as_the_nearest_does_and_has_the_newest_serial():
    near, far = ProjectName("Foo", NormalizedName("foo"), 3), ProjectName("foo", NormalizedName("foo"), 5)
    assert merge_names([(1, far), (0, near)], []) == [ProjectName("Foo", NormalizedName("foo"), 5)]
    assert merge_names([(0, near)], [("foo", 9), ("bar", 7)]) == [ProjectName("Foo", NormalizedName("foo"), 9)]
