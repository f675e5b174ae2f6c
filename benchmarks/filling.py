"""Many projects in an installation, quickly: the rows and blobs that as many uploads would leave."""

import os
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


def fill(data_directory: Path, *, projects: int, files: int) -> None:
    """Add projects `project-0` … with so many files each, and render them all."""
    settings = config.load({}, data_directory=data_directory)
    # A power cut during a measurement may lose it.
    sync, os.fsync = os.fsync, lambda _descriptor: None
    try:
        with installation.opened(settings) as opened:
            for first in range(0, projects, BATCH):
                _add(opened, range(first, min(first + BATCH, projects)), files)
            opened.publisher.catch_up()
    finally:
        os.fsync = sync


def _add(opened: Installation, numbers: range, count: int) -> None:
    with writing():
        index = indexes.get(opened.settings.default_index)
        for number in numbers:
            name = f"project-{number}"
            project = projects.add(index, name, refuse_lookalikes=False)
            for version in range(count):
                _add_file(opened, index, project, f"{version}.0")
            releases.note_newest(project)


def _add_file(opened: Installation, index: Index, project: projects.Project, version: str) -> None:
    name = project.display_name
    fields = {"summary": f"Number {name}", "description": DESCRIPTION, "description_content_type": "text/x-rst"}
    filename, body = wheel(name, version, **fields)
    parsed = core_metadata.parse(metadata(name, version, **fields), filename)  # type: ignore[arg-type]
    release = releases.add(project, parsed, _html(parsed))
    incoming = opened.storage.receive()
    incoming.write(body)
    found = incoming.digests()
    incoming.keep()
    event = events.record(
        EventKind.FILE_UPLOADED,
        at_shell(),
        index_name=index.full_name,
        project=project.normalized_name,
        version=version,
        filename=filename,
        sha256=found.sha256,
        replaced_sha256=None,
    )
    project.serial, project.changed_at = event.serial, event.time
    opened_metadata = keep_bytes(opened.storage, metadata(name, version, **fields))  # type: ignore[arg-type]
    files.db.session.add(
        files.File(
            index_id=index.id,
            release_id=release.id,
            filename=filename,
            filename_key=filenames.key(filename),
            file_type=FileType.WHEEL.value,
            python_version="py3",
            size=found.size,
            sha256=found.sha256,
            md5=found.md5,
            blake2b_256=found.blake2b_256,
            requires_python="",
            metadata_sha256=opened_metadata,
            comment="",
            yanked=False,
            yanked_reason="",
            damaged=False,
            uploaded_at=event.time,
            uploaded_by=event.actor,
        )
    )


_rendered: dict[str, str] = {}


def _html(parsed: core_metadata.CoreMetadata) -> str:
    if parsed.description not in _rendered:
        _rendered[parsed.description] = descriptions.render(parsed)[0]
    return _rendered[parsed.description]
