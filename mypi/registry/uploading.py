"""The act of uploading a distribution file.

Read `upload` from the top: what it checks, then bytes, rows, and the pages follow from the event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mypi.errors import FileTooLarge, MetadataMismatch, MissingField, UploadsClosed
from mypi.registry import attesting, damage, descriptions, files, permissions, projects, registering, releases
from mypi.registry.actors import Actor
from mypi.registry.acts import Act, Registry, act, end_snapshot, show
from mypi.registry.attesting import Attested
from mypi.registry.events import Event, EventKind
from mypi.registry.files import File
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.registry.rules import Rules
from mypi.standards import archives, digests, filenames, names, versions
from mypi.standards.archives import Inspection
from mypi.standards.core_metadata import CoreMetadata
from mypi.standards.digests import Digests
from mypi.standards.filenames import DistributionFilename, FileType
from mypi.standards.sidecars import Sidecar
from mypi.standards.simple_api import one_line
from mypi.storage.interface import Incoming, keep_bytes

Beside = dict[Sidecar, str | None]


@dataclass(frozen=True)
class Submission:
    """What a client sends: the bytes as they were received, and what the form says of them."""

    filename: str
    incoming: Incoming
    name: str = ""
    version: str = ""
    claimed_digests: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    attestations: str = ""
    """The JSON list of PEP 740."""
    signature: bytes = b""
    """An armored signature by OpenPGP, for whoever can check it: it is kept as it is."""


@dataclass(frozen=True)
class Checked:
    """A submission that holds what it promises: everything that is stored of it."""

    filename: DistributionFilename
    digests: Digests
    inspection: Inspection
    comment: str
    description_html: str
    attested: Attested | None
    signature: bytes

    @property
    def core_metadata(self) -> CoreMetadata:
        """What the file says of itself."""
        return self.inspection.core_metadata


@dataclass(frozen=True)
class Recorded:
    """What the rows had to say of a file."""

    is_new: bool
    """Not when it was there already."""
    shares_bytes: bool
    """Whether other files stand on the same bytes, which may have been withheld until these were kept anew."""


def upload(registry: Registry, actor: Actor, index: Index, submission: Submission) -> bool:
    """Publish a distribution file; return False when exactly this file is there already and nothing changed.

    The metadata is read from the file, never from the form. Raises the failures of names, filenames, archives, metadata
    and digests; LoginRequired, PermissionDenied, UploadsClosed; FileExists, FilenameUsedBefore, SdistExists,
    NameReserved, NameTooSimilar; RefusedByRule, AttestationsRefused, AttestationsUnsupported, FileTooLarge,
    DatabaseBusy, DiskFull.
    Then nothing is stored.
    """
    try:
        filename = filenames.parse(submission.filename)
        found = _digests_checked(submission, registry.rules)
        is_there = _admit_early(actor, index, submission, filename, found)
        is_there = is_there and registry.storage.contains(found.sha256)
        end_snapshot()  # An archive may take long to look into, and nobody shall wait for that.
        if is_there:
            show(registry)  # the first time it may have been stored and not shown
            return False
        checked = _inspected(submission, filename, found, registry.rules)
        beside = _store_bytes(registry, submission.incoming, checked)
        recorded = _record(registry, actor, index, checked, beside)
        if recorded.shares_bytes:
            damage.offer_sharers_again(registry, found.sha256)
        return recorded.is_new
    finally:
        submission.incoming.discard()


def _digests_checked(submission: Submission, rules: Rules) -> Digests:
    found = submission.incoming.digests()
    if found.size > rules.max_file_size:
        raise FileTooLarge(filename=submission.filename, most=rules.max_file_size)
    if not found.size:
        raise MissingField(field="content")
    digests.check_claims(submission.claimed_digests, found)
    return found


def _admit_early(
    actor: Actor, index: Index, submission: Submission, filename: DistributionFilename, found: Digests
) -> bool:
    """Return whether exactly this file is there already. Raises what `upload` does of permissions and conflicts."""
    held = permissions.patterns(actor, Right.UPLOAD, index)
    # Whoever may not upload learns nothing of what is there; the name in the file is asked about again.
    claimed = names.normalize(submission.name) if submission.name else None
    if not (permissions.matches(held, claimed) if claimed else held):
        permissions.require(actor, Right.UPLOAD, index, claimed)
    # A short way for what is sent again, and for nobody else: a filename tells of a project that one may not know of.
    if not permissions.matches(held, names.normalize(filename.project)):
        return False
    twin = files.existing_twin(index, filename.filename, found.sha256)
    return twin is not None and twin.sha256 == found.sha256 and not twin.damaged


def _inspected(submission: Submission, filename: DistributionFilename, found: Digests, rules: Rules) -> Checked:
    with submission.incoming.reader() as stream:
        inspection = archives.inspect(stream, filename)
    _form_agrees(submission, inspection.core_metadata)
    html, renders = descriptions.render(inspection.core_metadata)
    rules.judge(filename, inspection.core_metadata, renders=renders)
    attested = None
    if submission.attestations:
        attested = attesting.attested(rules.trust, submission.attestations, filename.filename, found.sha256)
    return Checked(filename, found, inspection, submission.comment, html, attested, submission.signature)


def _form_agrees(submission: Submission, core_metadata: CoreMetadata) -> None:
    if submission.name and names.normalize(submission.name) != names.normalize(core_metadata.name):
        raise MetadataMismatch("the form", "name", submission.name, core_metadata.name)
    if submission.version and versions.identity(submission.version) != versions.identity(core_metadata.version):
        raise MetadataMismatch("the form", "version", submission.version, core_metadata.version)


def _store_bytes(registry: Registry, incoming: Incoming, checked: Checked) -> Beside:
    """Keep the file and what will be served beside it; return the digests of that."""
    incoming.keep()
    bodies = {
        Sidecar.METADATA: checked.inspection.metadata if checked.inspection.advertised else None,
        Sidecar.PROVENANCE: checked.attested.provenance if checked.attested else None,
        Sidecar.SIGNATURE: checked.signature or None,
    }
    return {kind: keep_bytes(registry.storage, body) if body is not None else None for kind, body in bodies.items()}


def _record(registry: Registry, actor: Actor, index: Index, checked: Checked, beside: Beside) -> Recorded:
    # Everything is asked again: now, and only now, nobody else can write.
    with act(registry, actor) as under_way:
        name = names.normalize(checked.core_metadata.name)
        permissions.require(actor, Right.UPLOAD, index, name)
        existing = files.existing_twin(index, checked.filename.filename, checked.digests.sha256)
        if existing and existing.sha256 == checked.digests.sha256:
            return Recorded(is_new=_restore(under_way, index, existing), shares_bytes=True)
        shares_bytes = files.has_bytes(checked.digests.sha256)
        project = _project_for(registry, actor, index, checked)
        if existing:
            files.refuse_to_replace_for_another(existing, project.id)
        new_project = project.serial == 0  # as no event has told of it
        known = releases.find(project, checked.core_metadata.version)
        release = known or releases.add(project, checked.core_metadata, checked.description_html)
        if existing:
            under_way.session.delete(existing)
            under_way.session.flush()
        if known and not files.of_release(known):
            releases.describe(known, checked.core_metadata, checked.description_html)
        if checked.filename.file_type is FileType.SDIST:
            files.refuse_second_sdist(release)
        event = under_way.record(
            EventKind.FILE_REPLACED if existing else EventKind.FILE_UPLOADED,
            index=index,
            project=project,
            version=release.version,
            filename=checked.filename.filename,
            sha256=checked.digests.sha256,
            replaced_sha256=existing.sha256 if existing else None,
            files=[[existing.filename, existing.sha256]] if existing else None,
            new_project=new_project,
            new_release=known is None,
            provenance_sha256=beside[Sidecar.PROVENANCE],
            attested_by=list(checked.attested.by) if checked.attested else None,
            signature_sha256=beside[Sidecar.SIGNATURE],
            shares_bytes=shares_bytes,
        )
        files.add(**_columns(index, release, checked, beside, event))
        releases.note_added(project, release, is_new=known is None)
    return Recorded(is_new=True, shares_bytes=shares_bytes)


def _restore(under_way: Act, index: Index, file: File) -> bool:
    if not file.damaged:
        return False
    release = under_way.session.get(Release, file.release_id)
    project = under_way.session.get(Project, release.project_id)
    file.damaged = False
    under_way.record(
        EventKind.FILE_RESTORED,
        index=index,
        project=project,
        version=release.version,
        filename=file.filename,
        sha256=file.sha256,
    )
    return True


def _project_for(registry: Registry, actor: Actor, index: Index, checked: Checked) -> Project:
    name = checked.core_metadata.name
    project = projects.find(index, name)
    if project is None:
        return registering.found(registry, actor, index, name)
    if not project.project_status.allows_upload:
        raise UploadsClosed(project=project.display_name, status=project.status)
    project.display_name = name  # as its owners spell it today
    return project


def _columns(index: Index, release: Release, checked: Checked, beside: Beside, event: Event) -> dict[str, object]:
    return dict(  # noqa: C408 - names of columns, not keys
        index_id=index.id,
        release_id=release.id,
        filename=checked.filename.filename,
        filename_key=filenames.key(checked.filename.filename),
        file_type=checked.filename.file_type.value,
        python_version=checked.filename.python_version[:64],  # the column's width
        size=checked.digests.size,
        sha256=checked.digests.sha256,
        md5=checked.digests.md5,
        blake2b_256=checked.digests.blake2b_256,
        requires_python=checked.core_metadata.requires_python,
        metadata_sha256=beside[Sidecar.METADATA],
        comment=one_line(checked.comment),
        yanked=False,
        yanked_reason="",
        damaged=False,
        uploaded_at=event.time,
        uploaded_by=event.actor,
        provenance_sha256=beside[Sidecar.PROVENANCE],
        signature_sha256=beside[Sidecar.SIGNATURE],
    )
