"""An LDAP directory: is this the password of that person, and in which groups are they? Needs the extra `mypi[ldap]`.

A password is right when the directory lets its person bind with it; it is sent nowhere else, and kept nowhere.
"""

import logging
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from mypi import clock
from mypi.config import ConfigurationError, Settings
from mypi.errors import DirectoryUnavailable, WrongPassword

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it uses old names of pyasn1
    import ldap3
    from ldap3.core.exceptions import (
        LDAPCommunicationError,
        LDAPConstraintViolationResult,
        LDAPException,
        LDAPInappropriateAuthenticationResult,
        LDAPInvalidCredentialsResult,
        LDAPNoSuchObjectResult,
        LDAPStartTLSError,
        LDAPUnwillingToPerformResult,
    )
    from ldap3.utils.conv import escape_filter_chars
    from ldap3.utils.dn import escape_rdn

log = logging.getLogger("mypi")
REFUSED = (
    LDAPInvalidCredentialsResult,
    LDAPConstraintViolationResult,  # too many wrong passwords
    LDAPInappropriateAuthenticationResult,  # it has no password
    LDAPNoSuchObjectResult,
    LDAPUnwillingToPerformResult,  # inactive
)
"""What directories say of a person who does not come in. The directory answers: nobody else is kept waiting for it."""
REST = 5.0
"""Seconds for which a directory that does not answer is not asked again: not everybody shall wait for it in vain."""


class Directory:
    """The directory that the settings describe. Nothing is asked before somebody comes with a password."""

    def __init__(self, settings: Settings) -> None:
        """Raises ConfigurationError where the settings cannot be used."""
        if bool(settings.ldap_user) == bool(settings.ldap_filter):
            raise ConfigurationError("settings ldap_user and ldap_filter: one of the two, and not both, finds people")
        self._settings = settings
        self._servers = [_server(url, settings) for url in settings.ldap_url.split()]
        self._rests_until = 0.0

    def groups_of(self, name: str, password: str) -> frozenset[str] | None:
        """Return the groups of the person whose password this is; None where the directory is not asked for groups.

        Raises WrongPassword, DirectoryUnavailable.
        """
        if not password:  # a directory lets everybody bind without one: as nobody
            raise WrongPassword
        if self._rests_until > clock.monotonic():
            raise DirectoryUnavailable
        try:
            return self._asked(name, password)
        except LDAPException as error:
            log.error("the directory %s does not answer as it should: %s", self._settings.ldap_url, error)
            self._rests_until = clock.monotonic() + REST
            raise DirectoryUnavailable from error

    def trouble(self) -> str:
        """Return why the directory cannot be asked now; '' when it can."""
        try:
            searches = bool(self._settings.ldap_filter)
            with self._bound(self._settings.ldap_bind_user, self._settings.ldap_bind_password, binds=searches):
                return ""
        except LDAPException as error:
            return str(error)

    def _asked(self, name: str, password: str) -> frozenset[str] | None:
        if template := self._settings.ldap_user:
            found = template.replace("{user}", escape_rdn(name))
            with self._of_person(found, password) as connection:
                return self._groups(connection, name, found)
        with self._bound(self._settings.ldap_bind_user, self._settings.ldap_bind_password) as connection:
            found = self._sought(connection, name)
            with self._of_person(found, password):
                return self._groups(connection, name, found)

    @contextmanager
    def _of_person(self, distinguished_name: str, password: str) -> Iterator[Any]:
        """Yield a connection as a person. Raises WrongPassword, LDAPException."""
        try:
            with self._bound(distinguished_name, password) as connection:
                yield connection
        except REFUSED as error:
            raise WrongPassword from error

    @contextmanager
    def _bound(self, user: str, password: str, *, binds: bool = True) -> Iterator[Any]:
        """Yield a connection as this user, to the first server that answers. Raises LDAPException."""
        connection = self._connected(user, password, binds)
        try:
            yield connection
        finally:
            _close(connection)

    def _connected(self, user: str, password: str, binds: bool) -> Any:
        for server in self._servers:
            connection = self._connection(server, user, password)
            try:
                connection.open()
                if self._settings.ldap_tls == "starttls" and not server.ssl and not connection.start_tls():
                    raise LDAPStartTLSError(connection.last_error)
                if binds:
                    connection.bind()
            except LDAPException as error:
                _close(connection)
                if server is self._servers[-1] or not isinstance(error, LDAPCommunicationError):
                    raise
            else:
                return connection
        raise DirectoryUnavailable

    def _connection(self, server: Any, user: str, password: str) -> Any:
        return ldap3.Connection(
            server,
            user=user or None,
            password=password or None,
            auto_referrals=False,  # a password is sent to the servers of the settings only
            read_only=True,
            raise_exceptions=True,
            receive_timeout=self._settings.ldap_timeout,
        )

    def _sought(self, connection: Any, name: str) -> str:
        """Return the distinguished name of the one person of this name. Raises WrongPassword, LDAPException."""
        wanted = self._settings.ldap_filter.replace("{user}", escape_filter_chars(name))
        found = _entries(connection, self._settings.ldap_base, wanted, ldap3.NO_ATTRIBUTES)
        if len(found) > 1:
            log.error("the directory has %d entries for %r: setting ldap_filter must find one", len(found), name)
        if len(found) != 1:
            raise WrongPassword
        return str(found[0]["dn"])

    def _groups(self, connection: Any, name: str, distinguished_name: str) -> frozenset[str] | None:
        if not self._settings.ldap_group_filter:
            return None
        wanted = self._settings.ldap_group_filter.replace("{user}", escape_filter_chars(name))
        wanted = wanted.replace("{dn}", escape_filter_chars(distinguished_name))
        attribute = self._settings.ldap_group_name
        found = _entries(connection, self._settings.ldap_group_base or self._settings.ldap_base, wanted, [attribute])
        return frozenset(str(name) for entry in found for name in entry["attributes"].get(attribute, ()))


class _Encryption(ldap3.Tls):  # type: ignore[misc]  # ldap3 brings no types
    """Encryption as the standard library sets it up, which checks the name of the server as well."""

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:  # noqa: ARG002 - it is always done
        context = ssl.create_default_context(cafile=self.ca_certs_file)
        connection.socket = context.wrap_socket(connection.socket, server_hostname=connection.server.host)


def _server(url: str, settings: Settings) -> Any:
    try:
        tls = _Encryption(validate=ssl.CERT_REQUIRED, ca_certs_file=settings.ldap_ca_file or None)
        return ldap3.Server(url, tls=tls, connect_timeout=settings.ldap_timeout, get_info=ldap3.NONE)
    except LDAPException as error:
        raise ConfigurationError(f"setting ldap_url: '{url}' is not of the form ldaps://host: {error}") from error


def _close(connection: Any) -> None:
    with suppress(LDAPException, OSError):
        connection.unbind()
    if connection.socket:  # left open where encryption did not come about
        connection.socket.close()


def _entries(connection: Any, base: str, wanted: str, attributes: Any) -> list[dict[str, Any]]:
    connection.search(base, wanted, attributes=attributes)
    return [entry for entry in connection.response if entry["type"] == "searchResEntry"]
