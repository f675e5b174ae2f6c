"""What this server's administrator chose to take or refuse, beyond what the standards say (docs/settings.rst)."""

from dataclasses import dataclass, field

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import Version
from trove_classifiers import classifiers as known_classifiers

from mypi.errors import RefusedByRule
from mypi.registry.attesting import Trust
from mypi.standards import names, versions
from mypi.standards.core_metadata import CoreMetadata
from mypi.standards.filenames import DistributionFilename, FileType


@dataclass(frozen=True)
class Rules:
    """What this server's administrator chose to take or refuse (docs/settings.rst)."""

    max_file_size: int = 8 * 1024**3  # bytes
    refuse_lookalike_names: bool = True
    refuse_unknown_classifiers: bool = False
    refuse_broken_descriptions: bool = False
    refuse_local_versions: bool = False
    refuse_direct_urls: bool = False
    refuse_legacy_filenames: bool = False
    user_indexes: bool = True
    """Whether a user may create indexes that begin with their own name."""
    open_accounts: bool = False
    """Whether everyone may add a user."""
    trust: Trust = field(default_factory=Trust)
    """Whose attestations are taken."""

    def judge(self, filename: DistributionFilename, metadata: CoreMetadata, *, renders: bool) -> None:
        """Return when a file may be taken; `renders` tells whether its description does. Raises RefusedByRule."""
        if self.refuse_local_versions and versions.parse(metadata.version).local:
            raise RefusedByRule("the local version", metadata.version, "local_versions")
        if self.refuse_legacy_filenames and not _is_normalized(filename, metadata):
            raise RefusedByRule("the filename", filename.filename, "legacy_filenames")
        if self.refuse_broken_descriptions and not renders:
            kind = metadata.description_content_type or "text/x-rst"
            raise RefusedByRule("a description that does not render as", kind, "broken_descriptions")
        if self.refuse_unknown_classifiers:
            for classifier in metadata.classifiers:
                if classifier not in known_classifiers and not classifier.startswith("Private ::"):
                    raise RefusedByRule("the classifier", classifier, "unknown_classifiers")
        if self.refuse_direct_urls:
            for requirement in metadata.requires_dist:
                if _is_direct(requirement):
                    raise RefusedByRule("the direct requirement", requirement, "direct_urls")


def _is_normalized(filename: DistributionFilename, metadata: CoreMetadata) -> bool:
    if filename.file_type is not FileType.SDIST:
        return True
    stem = names.normalize(metadata.name).replace("-", "_")
    return filename.filename == f"{stem}-{Version(metadata.version)}.tar.gz"


def _is_direct(requirement: str) -> bool:
    try:
        return Requirement(requirement).url is not None
    except InvalidRequirement:
        return False
