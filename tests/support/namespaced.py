"""An installation whose pages tell of namespaces."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.peopled import Peopled, at


@contextmanager
def namespaced(template: Path, directory: Path) -> Iterator[Peopled]:
    """Yield an installation copied from the template, with the setting on for whoever looks at it afterwards, too."""
    with at(template, directory, namespaces="on") as made:
        (directory / "mypi.toml").write_text('namespaces = "on"\n')
        made.installation.publisher.start()
        yield made
