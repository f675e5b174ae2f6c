"""What is left on a disk when the power goes: a log of strace, replayed up to a moment into a new folder.

Only what was synced is sure to be there: the bytes of a file by a sync of that file, its name by a sync of its folder.
What was not synced may be there, or not, or in part: `Cut` chooses. No file system does all of this at once, and each
of it is done by some. A call that this model does not know is an error, so that nothing passes unseen.
"""

import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

TRACED = (
    "open,openat,creat,write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,copy_file_range,sendfile,"
    "sync,syncfs,fsync,fdatasync,sync_file_range,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,"
    "mkdirat,rmdir,utimensat"
)
OPTIONS = ("-y", "-xx", "-s", "50000000", "-e", f"trace={TRACED}", "-e", "signal=none")
"""What strace must be told for its log to be replayed."""

SECTOR = 512
"""Bytes that a disk writes whole or not at all."""


class Cut(Enum):
    """What becomes of that which was not synced."""

    GONE = "gone"
    THERE = "there"
    SOME = "some"


@dataclass
class Inode:
    """A file or a folder: what is durable of it, and what was done to it since, in order."""

    is_folder: bool = False
    leads_to: str = ""
    """Of a symbolic link."""
    data: bytearray = field(default_factory=bytearray)
    times: tuple[int, int] | None = None
    names: dict[str, "Inode"] = field(default_factory=dict)
    pending: list["Change"] = field(default_factory=list)

    def copy(self) -> "Inode":
        """Return what is durable of it, to go on from."""
        return Inode(self.is_folder, self.leads_to, bytearray(self.data), self.times, dict(self.names))


Change = Callable[[Inode], None]


@dataclass
class Call:
    """One line of the log: what was asked, by whom, and what came of it."""

    name: str
    arguments: str
    result: int = -1
    synced: list[tuple["Inode", list["Change"]]] = field(default_factory=list)
    """Of a sync: the changes to each file or folder that were there to be synced when it began."""

    @property
    def texts(self) -> list[bytes]:
        """The strings among its arguments: paths, and bytes that are written."""
        return [_plain(text) for text in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', self.arguments)]

    @property
    def path(self) -> str:
        """The path of the open file that is its first argument; '' when it is none, or was removed."""
        found = re.match(r"-?\d+<((?:\\x[0-9a-f]{2})+)>(?!\(deleted\))", self.arguments)
        return _plain(found[1]).decode("utf-8", "replace") if found else ""

    @property
    def numbers(self) -> list[int]:
        """The plain numbers among its arguments, in order."""
        return [int(part) for part in self.arguments.split(", ") if re.fullmatch(r"-?\d+", part)]


def _plain(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def moments(log: Path) -> Iterator[tuple[str, Call]]:
    """Yield ('begin' or 'end', call) in the order in which it happened."""
    begun: dict[str, Call] = {}
    for line in log.read_text("ascii").splitlines():
        thread, said = line.split(maxsplit=1)
        if said.startswith(("+++", "---")):
            continue
        if resumed := re.match(r"<\.\.\. (\w+) resumed>(.*)\) += (-?\d+|\?)", said):
            call = begun.pop(thread)
            call.arguments, call.result = call.arguments + resumed[2], -1 if resumed[3] == "?" else int(resumed[3])
            yield "end", call
            continue
        name, _, rest = said.partition("(")
        if rest.endswith("<unfinished ...>"):
            begun[thread] = Call(name, rest.removesuffix("<unfinished ...>").rstrip())
            yield "begin", begun[thread]
            continue
        # A call in which the process was killed has no result.
        whole = re.match(r"(.*)\) += (-?\d+|\?)", rest)
        assert whole, line
        call = Call(name, whole[1], -1 if whole[2] == "?" else int(whole[2]))
        yield "begin", call
        yield "end", call


class Disk:
    """A folder on a disk, as it was copied before, with the calls of a log done to it one after the other."""

    def __init__(self, before: Path, lived_at: Path, ignored: Callable[[str], bool] = lambda _: False) -> None:
        """Begin with `before`, which lived at another path; syncs of paths for which `ignored` holds do nothing.

        The path of a sync of everything is "syncfs": all of it lies on one file system.
        """
        self._at = str(lived_at)
        self._ignored = ignored
        self._known: dict[int, Inode] = {}
        self._durable_root = self._load(before)
        self._now: dict[str, Inode] = {}
        self._walk(self._durable_root, self._at)

    def _load(self, place: Path) -> Inode:
        if place.is_symlink():
            return Inode(leads_to=str(place.readlink()))
        status = place.stat()
        if status.st_ino not in self._known:
            inode = Inode(place.is_dir(), times=(status.st_mode, status.st_mtime_ns))
            self._known[status.st_ino] = inode
            if inode.is_folder:
                inode.names = {child.name: self._load(child) for child in place.iterdir()}
            else:
                inode.data[:] = place.read_bytes()
        return self._known[status.st_ino]

    def _walk(self, inode: Inode, path: str) -> None:
        self._now[path] = inode
        for name, child in inode.names.items():
            self._walk(child, f"{path}/{name}")

    def do(self, when: str, call: Call) -> None:
        """Do what a call did."""
        if call.name in {"fsync", "fdatasync", "syncfs"}:
            self._sync(when, call)
        elif when == "end" and call.result >= 0:
            self._change(call)

    def _sync(self, when: str, call: Call) -> None:
        if when == "begin" and call.name == "syncfs" and not self._ignored("syncfs"):
            call.synced = [(inode, list(inode.pending)) for inode in self._now.values()]
        elif when == "begin" and call.path in self._now and not self._ignored(call.path):
            call.synced = [(self._now[call.path], list(self._now[call.path].pending))]
        elif when == "end" and call.result >= 0:
            for inode, changes in call.synced:
                # Another sync that ended meanwhile, or a second name of the file, may have taken them along.
                for change in [one for one in changes if one in inode.pending]:
                    change(inode)
                    inode.pending.remove(change)

    def _change(self, call: Call) -> None:
        paths = [text.decode("utf-8", "replace") for text in call.texts]
        if call.name in {"open", "openat"}:
            self._open(paths[0], call.arguments)
        elif call.name in {"write", "pwrite64"}:
            self._written(call)
        elif call.name == "ftruncate" and call.path in self._now:
            self._pend(call.path, _truncated(call.numbers[-1]))
        elif call.name == "utimensat" and call.path in self._now:
            seconds, nanoseconds = re.findall(r"tv_sec=(\d+)[^,]*, tv_nsec=(\d+)", call.arguments)[-1]
            self._pend(call.path, _timed(int(seconds) * 10**9 + int(nanoseconds)))
        elif call.name == "mkdir" and self._is_ours(paths[0]):
            self._name(paths[0], Inode(is_folder=True))
        elif call.name in {"link", "symlink"} and self._is_ours(paths[1]):
            self._name(paths[1], self._now[paths[0]] if call.name == "link" else Inode(leads_to=paths[0]))
        elif call.name == "rename" and self._is_ours(paths[0]):
            self._rename(*paths)
        elif call.name in {"unlink", "rmdir"} and self._is_ours(paths[0]):
            self._unname(paths[0])
        elif any(self._is_ours(path) for path in (call.path, *paths)):
            raise NotImplementedError(f"{call.name}({call.path}, {paths})")

    def _is_ours(self, path: str) -> bool:
        return path.startswith(self._at + "/")

    def _open(self, path: str, arguments: str) -> None:
        if "O_CREAT" in arguments and self._is_ours(path) and path not in self._now:
            self._name(path, Inode())
        elif "O_TRUNC" in arguments and path in self._now:
            self._pend(path, _truncated(0))

    def _written(self, call: Call) -> None:
        if call.path not in self._now:
            return
        inode, data = self._now[call.path], call.texts[-1][: call.result]
        # `write` goes on where the file ends now: nothing here is written twice by it.
        place = call.numbers[-1] if call.name == "pwrite64" else len(after(inode).data)
        for start in range(0, len(data), SECTOR):
            inode.pending.append(_put(place + start, data[start : start + SECTOR]))

    def _pend(self, path: str, change: Change) -> None:
        self._now[path].pending.append(change)

    def _name(self, path: str, inode: Inode) -> None:
        folder, _, name = path.rpartition("/")
        self._pend(folder, lambda into: into.names.__setitem__(name, inode))
        self._now[path] = inode

    def _unname(self, path: str) -> None:
        folder, _, name = path.rpartition("/")
        self._pend(folder, _without(name))
        del self._now[path]

    def _rename(self, old: str, new: str) -> None:
        inode = self._now[old]
        assert not inode.is_folder, "a folder is renamed: its files' paths would have to follow"
        folder, _, name = old.rpartition("/")
        if folder == new.rpartition("/")[0]:
            target = new.rpartition("/")[2]

            def change(into: Inode) -> None:
                into.names.pop(name, None)
                into.names[target] = inode

            self._pend(folder, change)
            self._now[new] = self._now.pop(old)
        else:
            self._name(new, inode)
            self._unname(old)

    def left(self, cut: Cut, into: Path, chance: random.Random) -> None:
        """Write what is left after a power cut into a new folder."""
        self._write(self._durable_root, into, cut, chance, {})

    def _write(self, inode: Inode, place: Path, cut: Cut, chance: random.Random, linked: dict[int, Path]) -> None:
        if id(inode) in linked:
            os.link(linked[id(inode)], place)
            return
        linked[id(inode)] = place
        chosen = {Cut.GONE: 0.0, Cut.THERE: 1.0, Cut.SOME: chance.random()}[cut]
        state = after(inode, [change for change in inode.pending if chance.random() < chosen])
        if state.leads_to:
            place.symlink_to(state.leads_to)
            return
        if state.is_folder:
            place.mkdir()
            for name, child in state.names.items():
                self._write(child, place / name, cut, chance, linked)
        else:
            place.write_bytes(state.data)
        if state.times and not state.is_folder:
            place.chmod(state.times[0] & 0o777)
            os.utime(place, ns=(state.times[1], state.times[1]))


def after(inode: Inode, changes: list[Change] | None = None) -> Inode:
    """Return a copy of what is durable with these changes done to it, with all pending ones by default."""
    state = inode.copy()
    for change in inode.pending if changes is None else changes:
        change(state)
    return state


def _put(place: int, data: bytes) -> Change:
    def change(inode: Inode) -> None:
        inode.data.extend(bytes(max(0, place - len(inode.data))))
        inode.data[place : place + len(data)] = data

    return change


def _without(name: str) -> Change:
    def change(inode: Inode) -> None:
        inode.names.pop(name, None)

    return change


def _truncated(length: int) -> Change:
    def change(inode: Inode) -> None:
        inode.data[length:] = bytes(max(0, length - len(inode.data)))

    return change


def _timed(nanoseconds: int) -> Change:
    def change(inode: Inode) -> None:
        mode = inode.times[0] if inode.times else 0o644
        inode.times = (mode, nanoseconds)

    return change
