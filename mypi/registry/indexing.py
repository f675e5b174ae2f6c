"""The acts on indexes: create one, change how it is seen and what it shows, delete it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select

from mypi.database import db
from mypi.errors import IndexInUse, IndexNotVolatile, InvalidValue, NoSuchIndex
from mypi.registry import bases, indexes, permissions, tokens, uploaders
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry, act
from mypi.registry.events import EventKind
from mypi.registry.files import File, Tombstone
from mypi.registry.indexes import Index, IndexKind, Visibility
from mypi.registry.permissions import Right, Subject, SubjectKind
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.registry.users import User

COLUMNS = frozenset({"visibility", "volatile", "title", "description"})
SubjectName = tuple[SubjectKind, str]
"""To whom rights are given, before anybody looked whether there is such a user or group."""


@dataclass(frozen=True)
class Chosen:
    """What is chosen of a new index beside its name and who sees it."""

    volatile: bool = False
    title: str = ""
    description: str = ""
    kind: IndexKind = IndexKind.HOSTED
    base_names: Sequence[str] = ()
    uploader_names: Sequence[SubjectName] = ()


def create_index(registry: Registry, actor: Actor, full_name: str, visibility: Visibility, **chosen: Any) -> Index:
    """Create an index that shows its own files and then those of its bases; whoever creates it manages it.

    Raises InvalidValue, AlreadyExists, NoSuchIndex, NoSuchUser, NoSuchGroup, BaseLoop, PermissionDenied, LoginRequired.
    """
    choices = Chosen(**chosen)
    with act(registry, actor) as under_way:
        permissions.require_creating(actor, full_name, own=registry.rules.user_indexes)
        index = _added(full_name, visibility, choices)
        _give_rights(actor, index, choices)
        wanted = _bases(actor, index, choices.base_names)
        bases.put(index, wanted)
        event = under_way.record(
            EventKind.INDEX_CREATED,
            index=index,
            visibility=visibility.value,
            volatile=choices.volatile,
            title=choices.title,
            index_kind=choices.kind.value,
            bases=[base.full_name for base in wanted],
            uploaders=[str(subject) for subject in uploaders.of_index(index)],
        )
        index.created_serial = event.serial
        index.bases_serial = event.serial if wanted else 0
    return index


def change_index(
    registry: Registry,
    actor: Actor,
    index: Index,
    *,
    base_names: Sequence[str] | None = None,
    uploader_names: Sequence[SubjectName] | None = None,
    **changes: Any,
) -> bool:
    """Change visibility, volatile, title, description, bases or uploaders; return whether that changed anything.

    Raises InvalidValue, NoSuchIndex, NoSuchUser, NoSuchGroup, BaseLoop, PermissionDenied, LoginRequired.
    """
    with act(registry, actor) as under_way:
        permissions.require(actor, Right.MANAGE, index)
        if "title" in changes:
            changes["title"] = indexes.checked_title(changes["title"])
        new = {name: value for name, value in changes.items() if getattr(index, name) != value}
        wanted = None if base_names is None else _bases(actor, index, base_names)
        has_other_bases = wanted is not None and wanted != bases.of(index)
        has_others = uploader_names is not None and uploaders.put(
            index, [uploaders.named(*name) for name in uploader_names]
        )
        if not new and not has_other_bases and not has_others:
            return False
        if has_others:
            new["uploaders"] = [str(subject) for subject in uploaders.of_index(index)]
        for name in new.keys() & COLUMNS:
            value = new[name]
            setattr(index, name, value.value if isinstance(value, Visibility) else value)
        if wanted is not None and has_other_bases:
            bases.put(index, wanted)
            new["bases"] = [base.full_name for base in wanted]
        event = under_way.record(EventKind.INDEX_CHANGED, index=index, **new)
        if has_other_bases:
            bases.note_change(index, event.serial)
    return True


def delete_index(registry: Registry, actor: Actor, index: Index) -> None:
    """Delete an index with all that is in it; what other indexes show of the same bytes stays.

    Filenames mean one content for ever, so that only a volatile index, or one that never had a file, can go. Raises
    IndexInUse, IndexNotVolatile, PermissionDenied, LoginRequired, NoSuchIndex, DatabaseBusy, DiskFull.
    """
    with act(registry, actor) as under_way:
        permissions.require(actor, Right.MANAGE, index)
        _refuse_to_take_from_above(actor, index)
        projects = _count(Project, index)
        files = _count(File, index)
        if not index.volatile and (files or _count(Tombstone, index)):
            raise IndexNotVolatile(index=index.full_name)
        tokens.end_of_publishers(index.full_name)
        under_way.record(EventKind.INDEX_DELETED, index=index, projects=projects, distribution_files=files)
        _empty(index)
        db.session.delete(index)


def _added(full_name: str, visibility: Visibility, chosen: Chosen) -> Index:
    index = indexes.add(full_name, visibility, volatile=chosen.volatile, title=chosen.title, kind=chosen.kind)
    index.description = chosen.description
    return index


def _give_rights(actor: Actor, index: Index, chosen: Chosen) -> None:
    if actor.user_id is not None:
        creator = Subject(SubjectKind.USER, user=db.session.get(User, actor.user_id))
        permissions.give(creator, Right.MANAGE, index)
    uploaders.put(index, [uploaders.named(*name) for name in chosen.uploader_names])


def _bases(actor: Actor, index: Index, names: Sequence[str]) -> list[Index]:
    """Return the bases of these names, each once, of which the actor may read the whole."""
    if index.is_mirror and names:
        raise InvalidValue(what="bases of a mirror", value=", ".join(names), right="a mirror has none")
    found = {}
    for name in names:
        base = indexes.find(name)
        # Whoever reads through an index needs a right on that one alone: nobody shows others what they may not read.
        if base is None or not permissions.allows(actor, Right.READ, base):
            raise NoSuchIndex(index=name)
        found[base.id] = base
    return list(found.values())


def _refuse_to_take_from_above(actor: Actor, index: Index) -> None:
    users = [one for one in bases.above(index) if index in bases.of(one)]
    if users:
        known = [one.full_name for one in users if permissions.may_know(actor, one.full_name)]
        raise IndexInUse(index=index.full_name, users=", ".join(known) or "an index that you may not know of")


def _empty(index: Index) -> None:
    of_index: Any = select(Project.id).where(Project.index_id == index.id).scalar_subquery()
    release: Any = Release
    doomed = [delete(model).where(model.index_id == index.id) for model in (File, Tombstone)]
    doomed += [
        delete(release).where(release.project_id.in_(of_index)),
        delete(Project).where(Project.index_id == index.id),
    ]
    for statement in doomed:
        db.session.execute(statement, execution_options={"synchronize_session": False})


def _count(model: Any, index: Index) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model).where(model.index_id == index.id)) or 0)
