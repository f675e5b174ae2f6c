"""A file that is withheld as damaged, whose bytes are whole."""

from mypi.database import reading
from mypi.registry import damage, files
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry
from mypi.registry.indexes import Index


def withhold(registry: Registry, actor: Actor, index: Index, filename: str) -> bool:
    """Withhold the file as it is now; return whether it was offered."""
    with reading():
        seen = files.get(index, filename).sha256
    return damage.mark_damaged(registry, actor, index, filename, seen=seen, found="")
