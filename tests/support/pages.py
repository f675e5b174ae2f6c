"""Where a page of the published tree lies: its name says its state, and another file says which state is current."""

from pathlib import Path


def page_file(folder: Path, form: str = "html") -> Path:
    """Return the current page in a folder in one form (`html`, `json.gz`), there or not."""
    current = folder / "current.txt"
    return folder / f"{current.read_text() if current.exists() else 'none'}.{form}"
