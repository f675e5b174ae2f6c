"""The table of medians and ratios."""

from dataclasses import replace

from benchmarks import aims, page
from benchmarks.report import Line, table
from benchmarks.rounds import Figures


def line(less_is_better=False, **medians):
    """Return a line of these figures; the names of systems have an underscore for a space."""
    names = {"static": "Apache, static"}
    figures = {names.get(name, name): Figures([value]) for name, value in medians.items()}
    return Line("pages", "a second", figures, less_is_better)


def titled(title, **medians):
    """Return a line of this title."""
    return replace(line(**medians), title=title)


def test_the_best_peer_is_neither_mypi_nor_a_plain_server():
    assert line(mypi=10.0, static=20.0, nginx=40.0, peryx=4.0, devpi=5.0).ratios == ["0.50", "0.25", "2.00 (devpi)"]


def test_of_seconds_fewer_are_better():
    assert line(True, mypi=1.0, nginx=0.5, peryx=4.0, devpi=5.0).ratios == ["–", "0.50", "4.00 (peryx)"]


def test_a_missing_figure_is_a_dash_whose_reason_stands_below():
    shown = Line("pages", "a second", {"mypi": Figures([1234.0]), "devpi": Figures(why_not="no JSON")})
    text = table([shown], ["mypi", "devpi"])
    assert "     - 1,234\n     - –\n" in text
    assert "* devpi: no JSON (pages)" in text


def test_a_new_run_replaces_what_an_earlier_one_wrote(tmp_path):
    file = tmp_path / "performance.rst"
    file.write_text(f"The method.\n\n{page.MARK}\nOld figures.\n")
    page.write("New figures.\n", "one round", file)
    text = file.read_text("utf-8")
    assert text.startswith(f"The method.\n\n{page.MARK}")
    assert text.endswith("one round.\n\nNew figures.\n")
    assert "Old" not in text


def test_the_page_of_the_documentation_has_its_mark():
    assert page.MARK in page.PAGE.read_text("utf-8")


def test_an_aim_names_the_cell_that_reaches_least():
    lines = [
        titled("small file", mypi=95.0, static=100.0),
        titled("metadata file", mypi=80.0, static=100.0),
        titled("private small file", mypi=19.0),
        titled("uploads, 8 clients", mypi=6.0, peryx=2.0),
    ]
    said = aims.shown(lines).splitlines()
    least = ["the least is 0.80 (metadata file)", "is 0.20 (private small file)", "is 3.00 (uploads, 8 clients)"]
    reached = ["1 of 2 cells", "0 of 1 cells", "1 of 1 cells"]
    assert len(said) == 3
    assert all(text.endswith(end) and part in text for text, end, part in zip(said, least, reached, strict=True))
