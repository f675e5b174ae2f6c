"""Making one file whole: its bytes from where they still are, what is beside it, its row from both."""

from contextlib import suppress

from mypi.database import reading
from mypi.errors import NoSuchFile
from mypi.publishing.publisher import Publisher
from mypi.publishing.verification import file_sidecars, places, stored_files
from mypi.publishing.verification.file_sidecars import keep_again
from mypi.publishing.verification.stored_files import StoredFile
from mypi.registry import damage, indexes
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry
from mypi.standards.digests import Digests
from mypi.storage.interface import Storage


def repair_file(publisher: Publisher, registry: Registry, actor: Actor, full_name: str, filename: str) -> None:
    """Restore a file whose bytes are found, withhold it otherwise; one that was replaced or deleted meanwhile is left.

    Raises DatabaseBusy, DiskFull.
    """
    file = stored_files.named(full_name, filename)
    if file is None:
        return
    storage = publisher.storage
    found = _right(storage, file) or _from_tree(publisher, file)
    beside = file_sidecars.found_again(publisher, file) if found else {}
    with reading():
        index = indexes.get(full_name)
    seen = file.digests.sha256
    with suppress(NoSuchFile):
        if found:
            damage.mark_restored(registry, actor, index, filename, found, beside, seen=seen)
        else:
            damage.mark_damaged(registry, actor, index, filename, seen=seen, found=_sha256_now(storage, file))


def _right(storage: Storage, file: StoredFile) -> Digests | None:
    with suppress(KeyError, OSError):
        found = stored_files.digests_now(storage, file.published_sha256)
        return found if found.sha256 == file.published_sha256 else None
    return None


def _from_tree(publisher: Publisher, file: StoredFile) -> Digests | None:
    """Keep the bytes again that the tree still has, when the blob was replaced or removed and its link was not."""
    index = places.find_sides(publisher, file.index)
    if index is None:
        return None
    place = index.right.file(file.published_sha256, file.filename)
    return keep_again(publisher.storage, place, file.published_sha256)


def _sha256_now(storage: Storage, file: StoredFile) -> str:
    with suppress(KeyError, OSError):
        return stored_files.digests_now(storage, file.published_sha256).sha256
    return ""
