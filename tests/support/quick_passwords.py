"""Passwords that tests make cost a small part of the work of real ones; what is asked of them is the same."""

from collections.abc import Iterator

import pytest

from mypi import passwords

QUICK = "scrypt:128:8:1"


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hash with little work in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "METHOD", QUICK)
        patch.setattr(passwords, "NOBODYS_HASH", passwords.generate_password_hash("nobody's", QUICK))
        yield
