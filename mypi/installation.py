"""One installation put together: database, storage, published tree, registry. Without Flask's routes; `app` adds those.

The commands work in it as it is, so that a command and a request do the same in the same way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from mypi import database
from mypi.config import ConfigurationError, Settings
from mypi.publishing.publisher import Publisher
from mypi.publishing.readers import Readers
from mypi.publishing.reading import PublishedTree
from mypi.publishing.tree import Tree
from mypi.registry.acts import Registry
from mypi.registry.arriving import Arrivals, DirectoryPasswords
from mypi.registry.attesting import Trust
from mypi.registry.minting import Verifier
from mypi.registry.rules import Rules
from mypi.standards.simple_api import API_VERSION, API_VERSION_WITH_NAMESPACES
from mypi.storage.file_system import FileSystemStorage

if TYPE_CHECKING:
    from mypi.identity import directory, verifying


@dataclass(frozen=True)
class Installation:
    """The parts of an installation."""

    settings: Settings
    storage: FileSystemStorage
    publisher: Publisher
    registry: Registry
    arrivals: Arrivals
    directory: DirectoryPasswords | None
    verifier: Verifier | None
    tree: PublishedTree
    readers: Readers


def assemble(settings: Settings) -> Installation:
    """Return the parts that the settings describe. Nothing is opened or written yet."""
    storage = FileSystemStorage(settings.data_directory)
    tree = Tree(settings.data_directory / "tree", settings.busy_timeout)
    publisher = Publisher(tree, storage, settings.default_index, settings.base_url, api_version_of(settings))
    registry = Registry(storage=storage, rules=rules(settings), publish=publisher.catch_up)
    arrivals = Arrivals(registry, settings.outside_users == "create", settings.group_mapping)
    directory = DirectoryPasswords(arrivals, directory_of(settings)) if settings.ldap_url else None
    reading, readers, verifier = (
        PublishedTree(tree.paths, publisher.api_version),
        Readers(tree.paths),
        verifier_of(settings),
    )
    return Installation(settings, storage, publisher, registry, arrivals, directory, verifier, reading, readers)


def api_version_of(settings: Settings) -> str:
    """Return the version of the Simple API as JSON."""
    return API_VERSION_WITH_NAMESPACES if settings.namespaces == "on" else API_VERSION


def verifier_of(settings: Settings) -> "verifying.Verifier | None":
    """Return who verifies identity tokens; None where no issuer is believed. Raises ConfigurationError."""
    if not settings.issuer_urls:
        return None
    try:
        from mypi.identity import verifying
    except ImportError as error:
        raise ConfigurationError(
            "setting trusted_issuers: PyJWT is not installed: install mypi[trusted-publishing]"
        ) from error
    return verifying.Verifier(settings.issuer_urls, settings.audience)


def directory_of(settings: Settings) -> "directory.Directory":
    """Return the directory that is asked for passwords. Raises ConfigurationError."""
    try:
        from mypi.identity import directory
    except ImportError as error:
        raise ConfigurationError("setting ldap_url: ldap3 is not installed: install mypi[ldap]") from error
    return directory.Directory(settings)


@contextmanager
def opened(settings: Settings) -> Iterator[Installation]:
    """Yield an installation with its database attached: what a command works in."""
    app: Flask = database.connect(settings.sqlalchemy_url, settings.busy_timeout)
    with app.app_context():
        try:
            yield assemble(settings)
        finally:
            database.close()


def rules(settings: Settings) -> Rules:
    """Return what the settings say of uploads, and of who may make users and indexes."""
    return Rules(
        max_file_size=settings.max_file_size,
        refuse_lookalike_names=settings.lookalike_names == "refuse",
        refuse_unknown_classifiers=settings.unknown_classifiers == "refuse",
        refuse_broken_descriptions=settings.broken_descriptions == "refuse",
        refuse_local_versions=settings.local_versions == "refuse",
        refuse_direct_urls=settings.direct_urls == "refuse",
        refuse_legacy_filenames=settings.legacy_filenames == "refuse",
        user_indexes=settings.user_indexes == "allow",
        open_accounts=settings.user_creation == "everyone",
        trust=Trust(
            root=Path(settings.attestation_root) if settings.attestation_root else None,
            identities=tuple(settings.attestation_identities.split()),
        ),
    )
