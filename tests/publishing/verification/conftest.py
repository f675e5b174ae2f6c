"""What the tests of verification damage."""

from pathlib import Path

import pytest

from tests.publishing.verification.damaging import filled, filled_template
from tests.support.integrity import EXEMPT

__all__ = ["filled", "filled_template"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Exempt the tests of this folder from being whole at the end: each looks at the differences itself."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(getattr(pytest.mark, EXEMPT)("the test damages it"))
