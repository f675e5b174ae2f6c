"""The table of settings: name, type, default, one line of help. The only place that reads the environment.

A setting comes from, in this order: the caller, the environment (`MYPI_` and the name in capitals), the file
`mypi.toml` in the data directory (or where `MYPI_CONFIG` points), the default. `docs/settings.rst` lists them.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class ConfigurationError(Exception):
    """A setting that cannot be used; the text names it, its value and what would be right."""


def setting(default: Any, help_: str, choices: tuple[str, ...] = ()) -> Any:
    """Declare a setting: its default, its line of help and, where it is one of a few words, these words."""
    return field(default=default, metadata={"help": help_, "choices": choices})


@dataclass(frozen=True)
class Settings:
    """What an administrator may choose. Every field has a line of help in its metadata."""

    data_directory: Path = setting(Path("var"), "where the database, the files and the published tree are kept")
    database_url: str = setting("", "an SQLAlchemy URL; empty: mypi.sqlite in the data directory")
    default_index: str = setting("team/main", "the index that answers at /, /simple/ and /legacy/, as owner/name")
    base_url: str = setting("", "the address people use, such as https://packages.example/mypi; empty: as asked")
    trusted_proxies: int = setting(0, "how many proxies in front set X-Forwarded-For, -Proto, -Host and -Prefix")
    max_file_size: int = setting(8 * 1024**3, "bytes of the largest distribution file that is taken")
    busy_timeout: int = setting(20, "seconds that a write waits for a locked database before it answers 503")
    session_days: int = setting(14, "days after which a person must log in again")
    user_indexes: str = setting("allow", "users create indexes that begin with their own name", ("allow", "refuse"))
    user_creation: str = setting("administrators", "who may add users", ("administrators", "everyone"))
    devpi_visibility: str = setting(
        "public", "how an index is seen that the devpi client creates", ("public", "authenticated", "private")
    )
    namespaces: str = setting("off", "pages tell of reserved prefixes: version 1.5 of the Simple API", ("off", "on"))
    lookalike_names: str = setting("refuse", "a new project whose name looks like an existing one", ("refuse", "allow"))
    unknown_classifiers: str = setting(
        "allow", "an upload with classifiers that are not on the list", ("allow", "refuse")
    )
    broken_descriptions: str = setting("allow", "an upload whose description does not render", ("allow", "refuse"))
    local_versions: str = setting("allow", "an upload of a local version such as 1.0+cu121", ("allow", "refuse"))
    direct_urls: str = setting("allow", "an upload with 'name @ URL' among its requirements", ("allow", "refuse"))
    legacy_filenames: str = setting(
        "allow", "an sdist whose filename is not normalized, as distutils makes them", ("allow", "refuse")
    )
    remote_user: str = setting("off", "who the web server says is asking (REMOTE_USER)", ("off", "on"))
    remote_user_suffix: str = setting("", "what the web server puts behind names, such as @ACME.EXAMPLE: left out")
    remote_groups_variable: str = setting("", "the variable in which the web server names the groups; empty: in none")
    ldap_url: str = setting("", "the directory that is asked for passwords: ldaps://host, several with spaces between")
    ldap_tls: str = setting("starttls", "encryption where ldap_url begins with ldap:", ("starttls", "none"))
    ldap_ca_file: str = setting("", "the certificates of those who may vouch for the directory; empty: the system's")
    ldap_user: str = setting("", "the entry of a person, such as uid={user},ou=people,dc=acme,dc=example")
    ldap_bind_user: str = setting("", "who searches for people, where ldap_filter finds them; empty: nobody")
    ldap_bind_password: str = setting("", "the password of ldap_bind_user")
    ldap_base: str = setting("", "below which entry people are searched for")
    ldap_filter: str = setting("", "how a person is searched for, such as (uid={user})")
    ldap_group_base: str = setting("", "below which entry groups are searched for; empty: ldap_base")
    ldap_group_filter: str = setting("", "how the groups of a person are searched for, such as (member={dn})")
    ldap_group_name: str = setting("cn", "the attribute with the name of a group")
    ldap_timeout: int = setting(5, "seconds that the directory may take for each answer")
    outside_users: str = setting(
        "refuse", "who is vouched for by the web server and has no account here yet", ("refuse", "create")
    )
    outside_groups: str = setting("", "groups of ours that follow those outside: 'theirs=ours; other=ours'")
    trusted_issuers: str = setting("", "issuers of identity tokens for trusted publishing, by URL; empty: it is off")
    trusted_audience: str = setting("", "for whom identity tokens must be made; empty: the host of base_url")
    attestation_identities: str = setting("", "patterns of those whose attestations are taken; empty: of everyone")
    attestation_root: str = setting("", "a trusted_root.json for attestations; empty: the one of the public Sigstore")

    @property
    def issuer_urls(self) -> list[str]:
        """The issuers that are believed."""
        return self.trusted_issuers.split()

    @property
    def audience(self) -> str:
        """For whom identity tokens must be made. Never what a client says: theirs could be for another server."""
        audience = self.trusted_audience or urlsplit(self.base_url).hostname or ""
        if self.issuer_urls and not audience:
            raise ConfigurationError("setting trusted_issuers: base_url or trusted_audience must be set as well")
        return audience

    @property
    def group_mapping(self) -> dict[str, str]:
        """The groups outside in lower case, and those of ours that follow them. Raises ConfigurationError."""
        pairs = [pair.rpartition("=") for pair in self.outside_groups.split(";") if pair.strip()]
        mapping = {theirs.strip().lower(): ours.strip().lower() for theirs, _, ours in pairs}
        if not all([*mapping, *mapping.values()]) or len(mapping) < len(pairs):
            said = self.outside_groups
            raise ConfigurationError(f"setting outside_groups: '{said}' is not of the form 'theirs=ours; other=ours'")
        return mapping

    @property
    def sqlalchemy_url(self) -> str:
        """The URL of the database, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_directory.resolve() / 'mypi.sqlite'}"


def load(environ: Mapping[str, str] | None = None, file: Path | None = None, **given: Any) -> Settings:
    """Return the settings of this installation.

    Raises ConfigurationError when a name is unknown or a value is not of its type.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {
        item.name: environ[f"MYPI_{item.name.upper()}"]
        for item in fields(Settings)
        if f"MYPI_{item.name.upper()}" in environ
    } | given
    directory = Path(values.get("data_directory", Settings.data_directory))
    named = file or (Path(environ["MYPI_CONFIG"]) if "MYPI_CONFIG" in environ else None)
    values = _read(named, required=True) | values if named else _read(directory / "mypi.toml") | values
    return Settings(**{name: _typed(name, value) for name, value in values.items()})


def _read(file: Path, *, required: bool = False) -> dict[str, Any]:
    if not required and not file.exists():
        return {}
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{file} cannot be read as TOML: {error}") from error


def _typed(name: str, value: Any) -> Any:
    declared = {item.name: item for item in fields(Settings)}
    if name not in declared:
        raise ConfigurationError(f"there is no setting '{name}'; the settings are {', '.join(sorted(declared))}")
    kind: Any = declared[name].type
    try:
        typed = kind(value)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"setting {name}: '{value}' is not of type {kind.__name__}") from error
    choices = declared[name].metadata["choices"]
    if choices and typed not in choices:
        raise ConfigurationError(f"setting {name}: '{value}' is none of {', '.join(choices)}")
    return typed
