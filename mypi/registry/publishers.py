"""Who attests: the publisher that a certificate of Sigstore names, as PEP 740's provenance objects write it.

Only kinds that have a form there are known; whoever reads the object would refuse it with another. Needs the extra
`mypi[attestations]`.
"""

import re
from collections.abc import Mapping
from typing import Any

from cryptography.x509 import Certificate, ExtensionNotFound, RFC822Name, SubjectAlternativeName
from pypi_attestations import CircleCIPublisher, GitHubPublisher, GitLabPublisher, GooglePublisher

Publisher = GitHubPublisher | GitLabPublisher | GooglePublisher | CircleCIPublisher

# Sigstore's own extensions of a certificate: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
_FULCIO = "1.3.6.1.4.1.57264.1."
ISSUER, BUILD_SIGNER, REPOSITORY, BUILD_CONFIG = (f"{_FULCIO}{last}" for last in (8, 9, 12, 18))

_GITHUB = re.compile(r"https://github\.com/([^/@\s]+/[^/@\s]+)/\.github/workflows/([^/@\s]+)@.+")
_GITLAB = re.compile(r"https://gitlab\.com/([^@\s]+?)//([^@\s]+)@.+")
_CIRCLECI = re.compile(r"https://circleci\.com/api/v2/projects/([0-9a-f-]+)/pipeline-definitions/([0-9a-f-]+)")


def of_certificate(certificate: Certificate, claims: Mapping[str, str]) -> Publisher:
    """Return the publisher that a certificate names, in its claims by object identifier.

    Raises ValueError when it is of no known kind.
    """
    issuer = claims.get(ISSUER, "")
    match issuer:
        case "https://token.actions.githubusercontent.com":
            repository, workflow = _parts(_GITHUB, claims.get(BUILD_CONFIG, ""))
            _agree(claims.get(REPOSITORY, ""), f"https://github.com/{repository}")
            return GitHubPublisher(repository=repository, workflow=workflow)
        case "https://gitlab.com":
            repository, path = _parts(_GITLAB, claims.get(BUILD_CONFIG, ""))
            _agree(claims.get(REPOSITORY, ""), f"https://gitlab.com/{repository}")
            return GitLabPublisher(repository=repository, workflow_filepath=path)
        case "https://oidc.circleci.com":
            project, definition = _parts(_CIRCLECI, claims.get(BUILD_SIGNER, ""))
            return CircleCIPublisher(project_id=project, pipeline_definition_id=definition)
        case "https://accounts.google.com":
            return GooglePublisher(email=_email(certificate))
    raise ValueError(f"the certificate is of '{issuer}', and no publisher of that kind is known")


def said(publisher: Publisher) -> str:
    """Return a publisher in one line, as `attestation_identities` and events write it."""
    match publisher:
        case GitHubPublisher():
            return f"GitHub:{publisher.repository}/{publisher.workflow}"
        case GitLabPublisher():
            return f"GitLab:{publisher.repository}//{publisher.workflow_filepath}"
        case CircleCIPublisher():
            return f"CircleCI:{publisher.project_id}/{publisher.pipeline_definition_id}"
        case GooglePublisher():
            return f"Google:{publisher.email}"


def _parts(pattern: re.Pattern[str], url: str) -> tuple[Any, ...]:
    if match := pattern.fullmatch(url):
        return match.groups()
    raise ValueError(f"the certificate names '{url}', which is no publisher of its issuer")


def _agree(sources: str, repository: str) -> None:
    # Whose workflow ran, and on whose sources: a workflow that others lend is not their identity.
    if sources != repository:
        raise ValueError(f"the certificate names the sources '{sources}' and a workflow of '{repository}'")


def _email(certificate: Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    except ExtensionNotFound as error:
        raise ValueError("the certificate names nobody") from error
    found: list[str] = names.get_values_for_type(RFC822Name)
    if len(found) != 1:
        raise ValueError("the certificate has not exactly one e-mail address")
    return found[0]
