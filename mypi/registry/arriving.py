"""Those for whom somebody else vouches: an account at their first arrival, and membership of groups that follows.

Who vouches is asked elsewhere, each time; here it is believed. Groups that the mapping does not name are left alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from mypi import passwords
from mypi.errors import NoAccount, WrongPassword
from mypi.registry import groups, users
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry, act, end_snapshot
from mypi.registry.events import EventKind
from mypi.registry.users import User


class Voucher(StrEnum):
    """Who may vouch for people."""

    WEB_SERVER = "web-server"
    LDAP = "ldap"


@dataclass(frozen=True)
class Arrival:
    """Somebody who is vouched for in this request."""

    name: str
    groups: frozenset[str] | None
    """The groups they are in, in the voucher's words; None where it says nothing of groups."""
    by: Voucher
    address: str = ""
    client: str = ""

    @property
    def actor(self) -> Actor:
        """Who does what follows from the arrival. No user has a name with a colon."""
        return Actor(user_id=None, name=f"{self.by}:{self.name}", address=self.address, client=self.client)


@dataclass(frozen=True)
class Arrivals:
    """What the settings say of those who are vouched for."""

    registry: Registry
    creates_users: bool
    mapping: Mapping[str, str]
    """The voucher's groups in lower case, and ours that follow them."""

    def user_of(self, arrival: Arrival) -> User:
        """Return the account of somebody who arrived, made now if the settings say so, with its groups up to date.

        Raises NoAccount, DatabaseBusy, DiskFull.
        """
        if not users.NAME.fullmatch(arrival.name.lower()):
            raise NoAccount(user=arrival.name, voucher=arrival.by)
        user = users.find(arrival.name)
        if user is None and not self.creates_users:
            raise NoAccount(user=arrival.name, voucher=arrival.by)
        if user is None or any(self._moves(user, arrival)):
            self._settle(arrival)
        return users.get(arrival.name)

    def _settle(self, arrival: Arrival) -> None:
        with act(self.registry, arrival.actor) as under_way:
            user = users.find(arrival.name)  # again: now nobody else can write
            if user is None:
                # A password that nobody knows, so that none opens the account until an administrator sets one.
                user = users.add(arrival.name, passwords.generated(), voucher=arrival.by)
                joined, _ = self._move(user, arrival)
                under_way.record(EventKind.USER_ADDED, user=user.name, voucher=arrival.by, groups=joined)
                return
            joined, left = self._move(user, arrival)
            if joined or left:
                under_way.record(
                    EventKind.USER_GROUPS_FOLLOWED, user=user.name, voucher=arrival.by, joined=joined, left=left
                )

    def _moves(self, user: User, arrival: Arrival) -> tuple[set[str], set[str]]:
        """Return the groups that the user must join, and those that they must leave."""
        if arrival.groups is None or not self.mapping:
            return set(), set()
        said = {name.lower() for name in arrival.groups}
        wanted = {ours for theirs, ours in self.mapping.items() if theirs in said}
        present = groups.named(self.mapping.values())
        member_of = set(groups.of_user(user.id)) & present
        return (wanted & present) - member_of, member_of - wanted

    def _move(self, user: User, arrival: Arrival) -> tuple[list[str], list[str]]:
        joined, left = self._moves(user, arrival)
        for name in joined:
            groups.join(groups.get(name), user)
        for name in left:
            groups.leave(groups.get(name), user)
        return sorted(joined), sorted(left)


class Directory(Protocol):
    """Where passwords of people are kept elsewhere."""

    def groups_of(self, name: str, password: str) -> frozenset[str] | None:
        """Return the groups of the person whose password this is. Raises WrongPassword, DirectoryUnavailable."""


@dataclass(frozen=True)
class DirectoryPasswords:
    """The passwords that a directory keeps: of those for whom it vouches, and of those who have no account here yet."""

    arrivals: Arrivals
    directory: Directory

    def keeps_of(self, user: User | None) -> bool:
        """Return whether the password of this user is the directory's. Whom mypi knows by itself is not."""
        return user is None or user.voucher == Voucher.LDAP

    def user_of(self, name: str, password: str, address: str) -> User | None:
        """Return whose password this is, or None when it is wrong.

        Raises NoAccount, DirectoryUnavailable, DatabaseBusy, DiskFull.
        """
        if not users.NAME.fullmatch(name.lower()):
            return None
        end_snapshot()  # the directory may take its time
        try:
            groups_there = self.directory.groups_of(name.lower(), password)
        except WrongPassword:
            return None
        return self.arrivals.user_of(Arrival(name.lower(), groups_there, Voucher.LDAP, address))
