"""Those for whom somebody else vouches: an account at their first arrival, and membership of groups that follows.

Who vouches is asked elsewhere, each time; here it is believed. Groups that the mapping does not name are left alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mypi import passwords
from mypi.errors import NoAccount
from mypi.registry import groups, users
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry, act
from mypi.registry.events import EventKind
from mypi.registry.users import User


class Voucher(StrEnum):
    """Who may vouch for people."""

    WEB_SERVER = "web-server"


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
                user = users.add(arrival.name, passwords.generated())
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
