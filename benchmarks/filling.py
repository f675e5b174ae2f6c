"""Many projects in an installation, quickly: the rows and blobs that as many uploads would leave."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mypi import config, installation
from mypi.database import writing
from mypi.installation import Installation
from mypi.registry import descriptions, events, files, indexes, projects, releases
from mypi.registry.actors import at_shell
from mypi.registry.events import EventKind
from mypi.registry.indexes import Index
from mypi.standards import core_metadata, filenames
from mypi.standards.filenames import FileType
from mypi.storage.interface import keep_bytes
from tests.support.builders import metadata, wheel

BATCH = 20  # projects in one transaction: each flush looks through all objects of its session
DESCRIPTION = "A package\n=========\n\nIt does *something*.\n" * 5


@dataclass(frozen=True)
class Built:
    """A wheel and the METADATA in it."""

    project: str
    version: str
    filename: str
    body: bytes
    metadata: bytes


def fill(data_directory: Path, *, projects: int, files: int) -> None:
    """Add projects `project-0` … with so many files each, and render them all."""
    fill_with(data_directory, (_built(number, files) for number in range(projects)))


def fill_with(data_directory: Path, projects: Iterable[Iterable[Built]], index: str = "") -> None:
    """Add new projects, each given by its wheels, to an index (the default one, unless named), and render them all."""
    settings = config.load({}, data_directory=data_directory)
    # A power cut during a measurement may lose it.
    sync, os.fsync = os.fsync, lambda _descriptor: None
    try:
        with installation.opened(settings) as opened:
            for some in _batches(projects):
                _add(opened, index or settings.default_index, some)
            opened.publisher.catch_up()
    finally:
        os.fsync = sync


def _built(number: int, files: int) -> Iterator[Built]:
    name = f"project-{number}"
    fields = {"summary": f"Number {name}", "description": DESCRIPTION, "description_content_type": "text/x-rst"}
    for count in range(files):
        version = f"{count}.0"
        described = metadata(name, version, **fields)
        yield Built(name, version, *wheel(name, version, metadata_bytes=described), described)


def _batches(projects: Iterable[Iterable[Built]]) -> Iterator[list[Iterable[Built]]]:
    rest = iter(projects)
    while some := list(islice(rest, BATCH)):
        yield some


def _add(opened: Installation, index_name: str, batch: list[Iterable[Built]]) -> None:
    with writing():
        index = indexes.get(index_name)
        for built in batch:
            project: projects.Project | None = None
            for one in built:
                project = project or projects.add(index, one.project, refuse_lookalikes=False)
                _add_file(opened, index, project, one)
            if project:
                releases.note_newest(project)


def _add_file(opened: Installation, index: Index, project: projects.Project, built: Built) -> None:
    parsed = core_metadata.parse(built.metadata, built.filename)
    release = releases.add(project, parsed, _html(parsed))
    incoming = opened.storage.receive()
    incoming.write(built.body)
    found = incoming.digests()
    incoming.keep()
    event = events.record(
        EventKind.FILE_UPLOADED,
        at_shell(),
        index_name=index.full_name,
        project=project.normalized_name,
        version=built.version,
        filename=built.filename,
        sha256=found.sha256,
        replaced_sha256=None,
    )
    project.serial, project.changed_at = event.serial, event.time
    files.db.session.add(
        files.File(
            index_id=index.id,
            release_id=release.id,
            filename=built.filename,
            filename_key=filenames.key(built.filename),
            file_type=FileType.WHEEL.value,
            python_version="py3",
            size=found.size,
            sha256=found.sha256,
            md5=found.md5,
            blake2b_256=found.blake2b_256,
            requires_python=parsed.requires_python,
            metadata_sha256=keep_bytes(opened.storage, built.metadata),
            comment="",
            yanked=False,
            yanked_reason="",
            damaged=False,
            uploaded_at=event.time,
            uploaded_by=event.actor,
            provenance_sha256=None,
            signature_sha256=None,
        )
    )


_rendered: dict[str, str] = {}


def _html(parsed: core_metadata.CoreMetadata) -> str:
    if parsed.description not in _rendered:
        _rendered[parsed.description] = descriptions.render(parsed)[0]
    return _rendered[parsed.description]
