"""Checks of those who vouch for people and programs elsewhere: the directory, and issuers of identity tokens."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from mypi import installation
from mypi.commands.checking.findings import Finding
from mypi.config import Settings

HERE = {"localhost", "127.0.0.1", "::1"}


def check_vouching(settings: Settings) -> Iterator[Finding]:
    """Yield what keeps those elsewhere from being asked, or makes it unsafe. Raises ConfigurationError."""
    if settings.ldap_url:
        yield from _directory(settings)
    if verifier := installation.verifier_of(settings):
        for url, trouble in verifier.troubles().items():
            yield Finding(
                "issuer-silent",
                f"the issuer {url} does not tell its keys: {trouble}",
                "builds that it vouches for cannot publish",
                "look at the setting trusted_issuers, the network, and SSL_CERT_FILE of the server",
            )


def _directory(settings: Settings) -> Iterator[Finding]:
    if trouble := installation.directory_of(settings).trouble():
        yield Finding(
            "directory-silent",
            f"the directory {settings.ldap_url} cannot be asked: {trouble}",
            "whoever has their password there cannot log in",
            "look at the settings that begin with ldap_",
        )
    for url in settings.ldap_url.split():
        parts = urlsplit(url)
        if settings.ldap_tls == "none" and parts.scheme == "ldap" and parts.hostname not in HERE:
            yield Finding(
                "directory-in-the-clear",
                f"passwords go to {url} as they are",
                "whoever listens on the way reads them",
                "set ldap_tls to starttls, or begin ldap_url with ldaps:",
            )
