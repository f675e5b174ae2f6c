"""What a large upload costs: `python -m benchmarks.large_upload [GiB]` prints seconds and the server's peak memory."""

import base64
import hashlib
import io
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from benchmarks.scratch import scratch
from benchmarks.serving import Server, form, initialise, running
from tests.support.builders import metadata

BLOCK = 1024**2
MIB = 1024**2


def main() -> None:
    """Upload a wheel of so many GiB and print what it cost."""
    gibibytes = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    with scratch() as folder:
        wheel = make_wheel(folder, int(gibibytes * 1024**3))
        initialise(folder / "data")
        with running(folder / "data") as server:
            before = server.peak_memory()
            seconds = upload(server, wheel)
            after = server.peak_memory()
    size = gibibytes * 1024
    print(f"{size:.0f} MiB in {seconds:.1f} s; peak memory {before / MIB:.0f} MiB before, {after / MIB:.0f} MiB after")


def make_wheel(folder: Path, size: int) -> Path:
    """Return a wheel with one member of so many bytes, stored as they are."""
    dist_info = "large-1.0.dist-info"
    small = {
        f"{dist_info}/METADATA": metadata("large", "1.0"),
        f"{dist_info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: benchmark\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    file = folder / "large-1.0-py3-none-any.whl"
    content = folder / "content"
    with content.open("wb") as stream:
        stream.truncate(size)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        archive.write(content, "large.bin")
        for name, body in small.items():
            archive.writestr(name, body)
        with content.open("rb") as stream:
            lines = [record_line("large.bin", stream)]
        lines += [record_line(name, io.BytesIO(body)) for name, body in small.items()]
        archive.writestr(f"{dist_info}/RECORD", "".join(lines) + f"{dist_info}/RECORD,,\n")
    content.unlink()
    return file


def record_line(name: str, stream: IO[bytes]) -> str:
    """Return the line of a member in RECORD."""
    digest = base64.urlsafe_b64encode(hashlib.file_digest(stream, "sha256").digest()).rstrip(b"=").decode()  # type: ignore[arg-type]
    return f"{name},sha256={digest},{stream.seek(0, io.SEEK_END)}\n"


def upload(server: Server, file: Path) -> float:
    """Upload a file and return the seconds until the answer."""
    fields = {":action": "file_upload", "name": "large", "version": "1.0"}
    head, tail, content_type = form(fields, file.name)

    def body() -> Iterator[bytes]:
        yield head
        with file.open("rb") as stream:
            while block := stream.read(BLOCK):
                yield block
        yield tail

    length = len(head) + file.stat().st_size + len(tail)
    headers = server.credentials | {"Content-Type": content_type, "Content-Length": str(length)}
    connection = server.connect()
    begun = time.perf_counter()
    connection.request("POST", "/legacy/", body(), headers)
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"{answer.status} {answer.reason}")
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
