"""Whom a command means: a user, a group, whoever is logged in, everyone."""

import click

from mypi.registry import groups, users
from mypi.registry.permissions import Subject, SubjectKind


def subject_named(words: str) -> Subject:
    """Return who is meant by `user:NAME` and the like. Raises click.UsageError, NoSuchUser, NoSuchGroup."""
    kind, _, name = words.partition(":")
    if kind == SubjectKind.USER.value and name:
        return Subject(SubjectKind.USER, user=users.get(name))
    if kind == SubjectKind.GROUP.value and name:
        return Subject(SubjectKind.GROUP, group=groups.get(name))
    if words in (SubjectKind.AUTHENTICATED.value, SubjectKind.EVERYONE.value):
        return Subject(SubjectKind(words))
    raise click.UsageError(f"'{words}' is not a subject: say user:NAME, group:NAME, authenticated or everyone")
