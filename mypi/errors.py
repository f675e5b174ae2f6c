"""Every failure that a client can see: its kind, its stable code, its wording.

The domain raises these; each protocol translates the *kind* into its own form. A failure has named facts and no free
text, so that a thing is worded once. `docs/errors.rst` lists them all, and a test holds it to that.
"""

from dataclasses import dataclass, fields
from enum import Enum
from typing import ClassVar

LONGEST_FACT = 200
"""Characters of one quoted value: enough to recognize it; a hostile megabyte does not come back."""


class Kind(Enum):
    """What sort of failure it is; the value is the HTTP status that says so."""

    MALFORMED = 400
    UNAUTHENTICATED = 401
    FORBIDDEN = 403
    NOT_FOUND = 404
    NOT_ALLOWED = 405
    NOT_ACCEPTABLE = 406
    CONFLICT = 409
    GONE = 410
    PRECONDITION_FAILED = 412
    TOO_LARGE = 413
    RANGE_NOT_SATISFIABLE = 416
    TOO_MANY = 429
    BROKEN = 500
    UNAVAILABLE = 503
    NO_ROOM = 507


def shown(value: object) -> str:
    """Return the value as one printable line, cut to `LONGEST_FACT` characters."""
    text = str(value)
    if len(text) > LONGEST_FACT:
        text = text[:LONGEST_FACT] + "…"
    return "".join(character if character.isprintable() else f"\\x{ord(character):02x}" for character in text)


@dataclass(eq=False)
class Failure(Exception):  # noqa: N818 - what a client sees fails; what is wrong with the code is an error
    """A failure that a client can see. Subclasses give kind, code, wording and the facts it names."""

    kind: ClassVar[Kind]
    code: ClassVar[str]
    wording: ClassVar[str]
    retry_after: ClassVar[int | None] = None
    """Seconds after which the same request may succeed, where that is known."""

    @property
    def message(self) -> str:
        """One line of text that names the offending value and what would be right."""
        return self.wording.format(**{field.name: shown(getattr(self, field.name)) for field in fields(self)})

    def __str__(self) -> str:
        return self.message


# --- names, versions, filenames (standards) -------------------------------------------------------------------------


@dataclass(eq=False)
class InvalidProjectName(Failure):
    """The name is not one by the core metadata specification, or it is too long."""

    kind = Kind.MALFORMED
    code = "invalid-project-name"
    wording = (
        "'{name}' is not a project name: use ASCII letters, digits, '.', '-' and '_', begin and end with a letter or "
        "digit, at most {most} characters"
    )
    name: str
    most: int


@dataclass(eq=False)
class InvalidVersion(Failure):
    """The version is not one by the version specifiers specification, or it is too long."""

    kind = Kind.MALFORMED
    code = "invalid-version"
    wording = (
        "'{version}' is not a version that the version specifiers specification allows (for example 1.0 or 2.1rc1)"
    )
    version: str


@dataclass(eq=False)
class InvalidFilename(Failure):
    """The filename cannot be that of a distribution file."""

    kind = Kind.MALFORMED
    code = "invalid-filename"
    wording = "'{filename}' is not the name of a distribution file: {reason}"
    filename: str
    reason: str


@dataclass(eq=False)
class UnsupportedFileType(Failure):
    """A type of file that this index does not take."""

    kind = Kind.MALFORMED
    code = "unsupported-file-type"
    wording = "'{filename}' is not a type of file that is taken: .whl, .tar.gz, .zip, .egg or a bdist_wininst .exe"
    filename: str


# --- archives and metadata (standards) ------------------------------------------------------------------------------


@dataclass(eq=False)
class InvalidArchive(Failure):
    """The archive breaks a rule of its format, or is built to be read in two ways."""

    kind = Kind.MALFORMED
    code = "invalid-archive"
    wording = "'{filename}' is not accepted: {reason}"
    filename: str
    reason: str


@dataclass(eq=False)
class InvalidMetadata(Failure):
    """The core metadata inside the archive breaks a rule of its specification."""

    kind = Kind.MALFORMED
    code = "invalid-metadata"
    wording = "the metadata in '{filename}' is not accepted: {field}: {reason}"
    filename: str
    field: str
    reason: str


@dataclass(eq=False)
class MetadataMismatch(Failure):
    """The form, the filename and the metadata in the file do not name the same thing."""

    kind = Kind.MALFORMED
    code = "metadata-mismatch"
    wording = "{where} says {field} '{found}', but the metadata in the file says '{expected}': they must agree"
    where: str
    field: str
    found: str
    expected: str


@dataclass(eq=False)
class DigestMismatch(Failure):
    """The bytes that arrived do not have the digest that the client computed."""

    kind = Kind.MALFORMED
    code = "digest-mismatch"
    wording = "the {algorithm} digest of the uploaded file is {found}, the form says {expected}: upload it again"
    algorithm: str
    found: str
    expected: str


# --- representations (standards, http) ------------------------------------------------------------------------------


@dataclass(eq=False)
class NotAcceptable(Failure):
    """No representation that the client accepts."""

    kind = Kind.NOT_ACCEPTABLE
    code = "not-acceptable"
    wording = "'{asked}' names none of the types that can be served here: {offered}"
    asked: str
    offered: str


@dataclass(eq=False)
class PreconditionFailed(Failure):
    """The client wants the content only as it knows it, and it is another by now (RFC 9110 §13.1.1)."""

    kind = Kind.PRECONDITION_FAILED
    code = "precondition-failed"
    wording = "none of the entity tags in '{asked}' is that of the present content: ask again without If-Match"
    asked: str


@dataclass(eq=False)
class RangeNotSatisfiable(Failure):
    """The range lies behind the end of the file (RFC 9110 §15.5.17)."""

    kind = Kind.RANGE_NOT_SATISFIABLE
    code = "range-not-satisfiable"
    wording = "the range '{asked}' lies outside the {size} bytes of this file"
    asked: str
    size: int


# --- storage and database -------------------------------------------------------------------------------------------


@dataclass(eq=False)
class DatabaseBusy(Failure):
    """The turn to write did not come within the busy timeout."""

    kind = Kind.UNAVAILABLE
    code = "database-busy"
    wording = "the database is busy: nothing was changed; try again in a few seconds"
    retry_after = 5


@dataclass(eq=False)
class RebuildUnderWay(DatabaseBusy):
    """Another process renders every page, and was not done within the busy timeout."""

    code = "rebuild-under-way"
    wording = "{holder} renders every page at present: nothing was changed; try again when it is done"
    retry_after = 60
    holder: str


@dataclass(eq=False)
class DiskFull(Failure):
    """There is no room, or the disk does not take writes."""

    kind = Kind.NO_ROOM
    code = "disk-full"
    wording = "this server has no room to write: nothing was changed; try again later, or tell its administrator"
    retry_after = 60


@dataclass(eq=False)
class NotYetPublished(Failure):
    """The act is durable, and the pages could not be rendered: the disk is full, or the database busy."""

    kind = Kind.UNAVAILABLE
    code = "not-yet-published"
    wording = "this is recorded, and the pages could not be rendered yet: send it again, or tell the administrator"
    retry_after = 60


@dataclass(eq=False)
class NotInitialized(Failure):
    """There is no database yet, or none of mypi's."""

    kind = Kind.UNAVAILABLE
    code = "not-initialized"
    wording = "this index is not set up yet: its administrator runs 'mypi init'"


@dataclass(eq=False)
class SchemaTooOld(Failure):
    """The database was made by an older version of mypi."""

    kind = Kind.UNAVAILABLE
    code = "schema-too-old"
    wording = "the database has schema {found}, this mypi works with {needed}: its administrator runs 'mypi upgrade'"
    found: int
    needed: int


@dataclass(eq=False)
class SchemaTooNew(Failure):
    """The database was upgraded by a newer version of mypi, which this one must not touch."""

    kind = Kind.UNAVAILABLE
    code = "schema-too-new"
    wording = (
        "the database has schema {found}, this version of mypi works with {needed}: its administrator installs the "
        "version of mypi that upgraded it, or restores the copy from before"
    )
    found: int
    needed: int


@dataclass(eq=False)
class DatabaseUnreachable(Failure):
    """The database does not answer, or does not let mypi in."""

    kind = Kind.UNAVAILABLE
    code = "database-unreachable"
    wording = "the database does not answer: nothing was changed; try again in a few seconds"
    retry_after = 5


@dataclass(eq=False)
class FileTooLarge(Failure):
    """More bytes than an index takes in one file."""

    kind = Kind.TOO_LARGE
    code = "file-too-large"
    wording = "'{filename}' is larger than the {most} bytes that this server takes in one file"
    filename: str
    most: int


# --- who asks, and what they may ------------------------------------------------------------------------------------


@dataclass(eq=False)
class LoginRequired(Failure):
    """Nobody is logged in, and the public may not do this."""

    kind = Kind.UNAUTHENTICATED
    code = "login-required"
    wording = "give a user name and a password to {right} here"
    realm = "pypi"
    """What distutils looks for before it sends the password of its .pypirc."""
    right: str


@dataclass(eq=False)
class WrongPassword(Failure):
    """The user name or the password is wrong; it does not say which."""

    kind = Kind.UNAUTHENTICATED
    code = "wrong-password"
    wording = "the user name or the password is wrong"


@dataclass(eq=False)
class InvalidToken(WrongPassword):
    """The token is not one that holds; it does not say whether it ever was."""

    kind = Kind.UNAUTHENTICATED
    code = "invalid-token"
    wording = "the token is unknown, has expired or was revoked, or is not this user's"


@dataclass(eq=False)
class TooManyGuesses(Failure):
    """Too many wrong passwords for this account from this address."""

    kind = Kind.TOO_MANY
    code = "too-many-guesses"
    wording = "too many wrong passwords for this user from your address: wait {seconds} seconds"
    seconds: int


@dataclass(eq=False)
class PermissionDenied(Failure):
    """The actor is known, and lacks a right."""

    kind = Kind.FORBIDDEN
    code = "permission-denied"
    wording = "user '{user}' may not {right} '{target}'"
    user: str
    right: str
    target: str


@dataclass(eq=False)
class DirectoryUnavailable(Failure):
    """The directory that keeps passwords does not answer, or not as it should; the log has the reason."""

    kind = Kind.UNAVAILABLE
    code = "directory-unavailable"
    wording = "the directory that keeps this password does not answer: try again in a few seconds"
    retry_after = 10


@dataclass(eq=False)
class PasswordKeptElsewhere(Failure):
    """The password of this account is not mypi's to change."""

    kind = Kind.CONFLICT
    code = "password-kept-elsewhere"
    wording = "the {voucher} vouches for '{user}', whose password is not kept here: change it there"
    user: str
    voucher: str


@dataclass(eq=False)
class NoAccount(Failure):
    """Somebody else vouches for whoever asks, and they have no account here."""

    kind = Kind.FORBIDDEN
    code = "no-account"
    wording = "the {voucher} knows you as '{user}', and there is no such account here: ask the administrator for one"
    user: str
    voucher: str


@dataclass(eq=False)
class TrustedPublishingOff(Failure):
    """No issuer of identity tokens is believed here."""

    kind = Kind.NOT_FOUND
    code = "trusted-publishing-off"
    wording = "trusted publishing is not enabled on this server: use a token or a password"


@dataclass(eq=False)
class IdentityTokenRefused(Failure):
    """An identity token that does not hold."""

    kind = Kind.MALFORMED
    code = "identity-token-refused"
    wording = "the identity token is refused: {reason}"
    reason: str


@dataclass(eq=False)
class IdentityTokenUsed(Failure):
    """An identity token that was exchanged before."""

    kind = Kind.MALFORMED
    code = "identity-token-used"
    wording = "this identity token was used before, and each is taken once: ask its issuer for a new one"


@dataclass(eq=False)
class PublisherNotTrusted(Failure):
    """The identity token holds, and nobody here trusts its program with anything of what it asks for."""

    kind = Kind.MALFORMED
    code = "publisher-not-trusted"
    wording = "no trusted publisher here fits '{subject}' of {issuer}: compare its claims with 'mypi publisher list'"
    subject: str
    issuer: str


@dataclass(eq=False)
class IssuerUnavailable(Failure):
    """The issuer of an identity token does not tell its keys."""

    kind = Kind.UNAVAILABLE
    code = "issuer-unavailable"
    wording = "the issuer {issuer} does not answer, so that its token cannot be verified: try again in a minute"
    retry_after = 60
    issuer: str


@dataclass(eq=False)
class FormExpired(Failure):
    """The form did not come from a page of ours that this browser was given, or its session has ended."""

    kind = Kind.FORBIDDEN
    code = "form-expired"
    wording = "this form is out of date: nothing was changed; open its page again and repeat what you did"


# --- what is not there ----------------------------------------------------------------------------------------------


@dataclass(eq=False)
class NoSuchIndex(Failure):
    """No index of this name, or none that the actor may know of."""

    kind = Kind.NOT_FOUND
    code = "no-such-index"
    wording = "there is no index '{index}' here"
    index: str


@dataclass(eq=False)
class UpstreamNotConfigured(Failure):
    """A mirror that has nobody to ask."""

    kind = Kind.UNAVAILABLE
    code = "upstream-not-configured"
    wording = "{index} is a mirror with no upstream configured: there is nothing to read"
    index: str


@dataclass(eq=False)
class NoUploadsToMirror(Failure):
    """A file for an index whose files come from elsewhere."""

    kind = Kind.CONFLICT
    code = "no-uploads-to-mirror"
    wording = "{index} is a mirror: its files come from its upstream, and nobody uploads to it"
    index: str


@dataclass(eq=False)
class NoSuchProject(Failure):
    """No project of this name in the index."""

    kind = Kind.NOT_FOUND
    code = "no-such-project"
    wording = "there is no project '{project}' in the index '{index}'"
    project: str
    index: str


@dataclass(eq=False)
class NoSuchRelease(Failure):
    """The project has no release of this version."""

    kind = Kind.NOT_FOUND
    code = "no-such-release"
    wording = "the project '{project}' has no release '{version}'"
    project: str
    version: str


@dataclass(eq=False)
class NoReleases(Failure):
    """The project is there and has no release yet, or none any more."""

    kind = Kind.NOT_FOUND
    code = "no-releases"
    wording = "the project '{project}' has no release"
    project: str


@dataclass(eq=False)
class NotDocumented(Failure):
    """The project has no documentation, or that release of it has none."""

    kind = Kind.NOT_FOUND
    code = "not-documented"
    wording = "there is no documentation of '{project}' in {index}, or none of that release"
    project: str
    index: str


@dataclass(eq=False)
class NoSuchPageOfDocumentation(Failure):
    """The documentation has no such page."""

    kind = Kind.NOT_FOUND
    code = "no-such-page-of-documentation"
    wording = "the documentation of '{project}' {version} has no page '{page}'"
    project: str
    version: str
    page: str


@dataclass(eq=False)
class NoSuchFile(Failure):
    """The index, or the project, has no file of this name."""

    kind = Kind.NOT_FOUND
    code = "no-such-file"
    wording = "there is no file '{filename}' in the index '{index}'"
    filename: str
    index: str


@dataclass(eq=False)
class NoSuchPage(Failure):
    """Nothing answers at this URL."""

    kind = Kind.NOT_FOUND
    code = "no-such-page"
    wording = "there is nothing at '{path}'"
    path: str


@dataclass(eq=False)
class FileGone(Failure):
    """The file was deleted; its name stays taken."""

    kind = Kind.GONE
    code = "file-gone"
    wording = "'{filename}' was deleted and its name is not used again"
    filename: str


@dataclass(eq=False)
class FileWithheld(Failure):
    """The file is there and is not given out: its project is quarantined."""

    kind = Kind.FORBIDDEN
    code = "file-withheld"
    wording = "'{filename}' is not given out: the project '{project}' is quarantined"
    filename: str
    project: str


@dataclass(eq=False)
class FileDamaged(Failure):
    """The stored bytes no longer have the digest they were published with."""

    kind = Kind.UNAVAILABLE
    code = "file-damaged"
    wording = "'{filename}' is damaged on this server and is not given out: upload the same bytes again or restore them"
    filename: str


@dataclass(eq=False)
class NoSuchUser(Failure):
    """No user of this name."""

    kind = Kind.NOT_FOUND
    code = "no-such-user"
    wording = "there is no user '{user}'"
    user: str


@dataclass(eq=False)
class NoSuchReservedName(Failure):
    """Nothing is reserved by this pattern."""

    kind = Kind.NOT_FOUND
    code = "no-such-reserved-name"
    wording = "nothing is reserved as '{pattern}' in {index}"
    pattern: str
    index: str


@dataclass(eq=False)
class NoSuchToken(Failure):
    """There is no such token, or none that the actor may know of."""

    kind = Kind.NOT_FOUND
    code = "no-such-token"
    wording = "there is no token {token} of yours"
    token: int


@dataclass(eq=False)
class NoSuchPublisher(Failure):
    """No trusted publisher of this number, or none that the actor may know of."""

    kind = Kind.NOT_FOUND
    code = "no-such-publisher"
    wording = "there is no trusted publisher {publisher}"
    publisher: int


@dataclass(eq=False)
class NoSuchGroup(Failure):
    """No group of this name."""

    kind = Kind.NOT_FOUND
    code = "no-such-group"
    wording = "there is no group '{group}'"
    group: str


@dataclass(eq=False)
class NoSuchGrant(Failure):
    """No such grant to take back."""

    kind = Kind.NOT_FOUND
    code = "no-such-grant"
    wording = "'{subject}' holds no grant to {right} '{target}'"
    subject: str
    right: str
    target: str


@dataclass(eq=False)
class PagesMissing(Failure):
    """The published tree, or a part of it, is not there yet."""

    kind = Kind.UNAVAILABLE
    code = "pages-missing"
    wording = "the pages of this server are being rendered: try again in a minute"
    retry_after = 60


# --- what cannot be done as things stand ----------------------------------------------------------------------------


@dataclass(eq=False)
class FileExists(Failure):
    """Other bytes under a filename that is taken. Clients look for the words "already exists"."""

    kind = Kind.CONFLICT
    code = "file-exists"
    wording = "File already exists: '{filename}' is in this index with other bytes: make a new version"
    filename: str


@dataclass(eq=False)
class FilenameUsedBefore(Failure):
    """The filename belonged to a file that was deleted."""

    kind = Kind.CONFLICT
    code = "filename-used-before"
    wording = "'{filename}' was deleted from this index and its name is not used again: make a new version"
    filename: str


@dataclass(eq=False)
class SdistExists(Failure):
    """The release has a source distribution under another filename."""

    kind = Kind.CONFLICT
    code = "sdist-exists"
    wording = "the release {version} already has the source distribution '{filename}': one for each release"
    version: str
    filename: str


@dataclass(eq=False)
class NameReserved(Failure):
    """The name of a new project is kept for others."""

    kind = Kind.CONFLICT
    code = "name-reserved"
    wording = "the name '{name}' is reserved, as '{pattern}' in {index}: ask {contact}"
    name: str
    pattern: str
    index: str
    contact: str


@dataclass(eq=False)
class NameTooSimilar(Failure):
    """A new name that could be taken for an existing one."""

    kind = Kind.CONFLICT
    code = "name-too-similar"
    wording = "the name '{name}' looks too much like the existing project '{existing}': choose another"
    name: str
    existing: str


@dataclass(eq=False)
class AlreadyExists(Failure):
    """A user, group, index or token of this name is there."""

    kind = Kind.CONFLICT
    code = "already-exists"
    wording = "{what} '{name}' already exists"
    what: str
    name: str


@dataclass(eq=False)
class BaseLoop(Failure):
    """An index that would show itself by way of its bases."""

    kind = Kind.CONFLICT
    code = "base-loop"
    wording = "{index} cannot have the base {base}, which shows {index} itself"
    index: str
    base: str


@dataclass(eq=False)
class UnknownBase(Failure):
    """A base of an index that is not there, or not for the actor to know of."""

    kind = Kind.MALFORMED
    code = "unknown-base"
    wording = "base index '{index}' does not exist"
    index: str


@dataclass(eq=False)
class PushOutside(Failure):
    """A push to another server: this one would be told where to connect to, and be given a password for it."""

    kind = Kind.FORBIDDEN
    code = "push-outside"
    wording = "this server uploads to no other one: download the files and give them to 'twine upload'"


@dataclass(eq=False)
class NotVolatile(Failure):
    """Nothing is removed by the devpi client from an index that is not volatile, unless it says that it means it."""

    kind = Kind.FORBIDDEN
    code = "not-volatile"
    wording = "cannot delete on non-volatile index {index}: give -f to do it all the same; the filenames stay taken"
    index: str


@dataclass(eq=False)
class UserHasIndexes(Failure):
    """A user under whose name there are indexes is not deleted."""

    kind = Kind.CONFLICT
    code = "user-has-indexes"
    wording = "user '{user}' has the indexes {indexes}: delete them first"
    user: str
    indexes: str


@dataclass(eq=False)
class IndexInUse(Failure):
    """An index that others have among their bases is not deleted."""

    kind = Kind.CONFLICT
    code = "index-in-use"
    wording = "{index} is a base of {users}: take it out of there first"
    index: str
    users: str


@dataclass(eq=False)
class IndexNotVolatile(Failure):
    """An index in which filenames are taken for ever is not deleted."""

    kind = Kind.CONFLICT
    code = "index-not-volatile"
    wording = "{index} is not volatile, and its filenames mean one content for ever: make it volatile first"
    index: str


@dataclass(eq=False)
class UploadsClosed(Failure):
    """The project's status does not allow uploads (PEP 792)."""

    kind = Kind.FORBIDDEN
    code = "uploads-closed"
    wording = "the project '{project}' is {status} and takes no uploads"
    project: str
    status: str


@dataclass(eq=False)
class RefusedByRule(Failure):
    """A rule of this server, set by its administrator, does not allow this."""

    kind = Kind.MALFORMED
    code = "refused-by-rule"
    wording = "{what} '{value}' is not taken by this server (setting {setting})"
    what: str
    value: str
    setting: str


# --- what was asked is not well formed ------------------------------------------------------------------------------


@dataclass(eq=False)
class InvalidValue(Failure):
    """A value that is not one of those that are right."""

    kind = Kind.MALFORMED
    code = "invalid-value"
    wording = "'{value}' is not a {what}: {right}"
    what: str
    value: str
    right: str


@dataclass(eq=False)
class UnknownSetting(Failure):
    """Words in a configuration that mean nothing here: none of them is passed over in silence."""

    kind = Kind.MALFORMED
    code = "unknown-setting"
    wording = "{what} got unexpected keyword arguments: {settings}"
    what: str
    settings: str


@dataclass(eq=False)
class MissingField(Failure):
    """A field of a form that must be there."""

    kind = Kind.MALFORMED
    code = "missing-field"
    wording = "the field '{field}' is missing from the form"
    field: str


@dataclass(eq=False)
class RepeatedField(Failure):
    """A field that may be there once came several times with different values."""

    kind = Kind.MALFORMED
    code = "repeated-field"
    wording = "the field '{field}' may be given once in the form, and came several times"
    field: str


@dataclass(eq=False)
class UnreadableBody(Failure):
    """The body is not what its headers announce, or it was cut off."""

    kind = Kind.MALFORMED
    code = "unreadable-body"
    wording = "the body of this request cannot be read as {expected}: {reason}"
    expected: str
    reason: str


@dataclass(eq=False)
class BodyTooLarge(Failure):
    """A body that is no file, and larger than any that makes sense at its URL."""

    kind = Kind.TOO_LARGE
    code = "body-too-large"
    wording = "the body of this request is larger than the {most} bytes that are read at this URL"
    most: int


@dataclass(eq=False)
class UnknownMethod(Failure):
    """A method that XML-RPC does not have here."""

    kind = Kind.NOT_FOUND
    code = "unknown-method"
    wording = "there is no method '{method}' here; those that there are: {known}"
    method: str
    known: str


@dataclass(eq=False)
class WrongParameters(Failure):
    """An XML-RPC method was called with other parameters than it takes."""

    kind = Kind.MALFORMED
    code = "wrong-parameters"
    wording = "the method '{method}' was called with {wrong}: call it as {right}"
    method: str
    wrong: str
    right: str


@dataclass(eq=False)
class TooManyFields(Failure):
    """A form with more parts, or larger ones, than is read."""

    kind = Kind.TOO_LARGE
    code = "form-too-large"
    wording = "the form has more fields or larger ones than this server reads: {reason}"
    reason: str


@dataclass(eq=False)
class UnknownAction(Failure):
    """An `:action` that the legacy upload protocol does not know."""

    kind = Kind.MALFORMED
    code = "unknown-action"
    wording = "':action' is '{action}': this server answers {known}"
    action: str
    known: str


@dataclass(eq=False)
class ActionNotOffered(Failure):
    """An old action that this server has no use for; the text says what to do instead."""

    kind = Kind.GONE
    code = "action-not-offered"
    wording = "':action' '{action}' is not offered here: {instead}"
    action: str
    instead: str


@dataclass(eq=False)
class AttestationsUnsupported(Failure):
    """Attestations cannot be verified here, so that PEP 740 forbids to take them."""

    kind = Kind.MALFORMED
    code = "attestations-unsupported"
    wording = "attestations cannot be verified by this server: upload '{filename}' without them (--no-attestations)"
    filename: str


@dataclass(eq=False)
class AttestationsRefused(Failure):
    """An attestation that does not hold, is about another file, or comes from somebody who is not accepted."""

    kind = Kind.MALFORMED
    code = "attestations-refused"
    wording = "the attestations of '{filename}' are refused, and so is the file: {reason}"
    filename: str
    reason: str


@dataclass(eq=False)
class NoProvenance(Failure):
    """The file is there, and nobody attested anything of it."""

    kind = Kind.NOT_FOUND
    code = "no-provenance"
    wording = "there is no provenance of '{filename}' in {index}: it was uploaded without attestations"
    filename: str
    index: str


@dataclass(eq=False)
class MethodNotAllowed(Failure):
    """The URL is there, for other methods."""

    kind = Kind.NOT_ALLOWED
    code = "method-not-allowed"
    wording = "{method} is not what this URL is for: {hint}"
    method: str
    hint: str


@dataclass(eq=False)
class Broken(Failure):
    """A mistake of this server; the log has the story under the same reference."""

    kind = Kind.BROKEN
    code = "broken"
    wording = "this server made a mistake: tell its administrator the reference {reference}"
    reference: str
