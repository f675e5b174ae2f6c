"""A server under measurement: an installation in a folder, `mypi serve` as a process of its own."""

import base64
import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "benchmark-password"
MYPI = Path(sys.executable).parent / "mypi"


@dataclass(frozen=True)
class Server:
    """A running server."""

    pid: int
    host: str
    port: int

    @property
    def credentials(self) -> dict[str, str]:
        """The header by which the administrator is known."""
        return {"Authorization": "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()}

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection to it."""
        return http.client.HTTPConnection(self.host, self.port, timeout=600)

    def peak_memory(self) -> int:
        """Return the most memory that the process ever held, in bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024


def initialise(data_directory: Path) -> None:
    """Make an installation with the administrator `admin`."""
    command = [MYPI, "init", "--administrator", "admin", "--password-stdin"]
    environment = os.environ | {"MYPI_DATA_DIRECTORY": str(data_directory)}
    subprocess.run(command, env=environment, input=PASSWORD.encode(), check=True, stdout=subprocess.DEVNULL)


@contextmanager
def running(data_directory: Path) -> Iterator[Server]:
    """Yield a server on a free port of the loopback interface; it is ended at the end."""
    environment = os.environ | {"MYPI_DATA_DIRECTORY": str(data_directory), "PYTHONUNBUFFERED": "1"}
    command = [MYPI, "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Server(process.pid, *_address(process))
        finally:
            process.terminate()


def _address(process: subprocess.Popen[str]) -> tuple[str, int]:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://([\d.]+):(\d+)", line):
            return found[1], int(found[2])
    raise RuntimeError("the server ended before it listened")


def form(
    fields: dict[str, str], filename: str, boundary: str = "boundary-of-the-benchmark"
) -> tuple[bytes, bytes, str]:
    """Return what stands before and after the file `content` in a multipart body, and its Content-Type."""
    head = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="content"; filename="{filename}"\r\n\r\n'.encode()
    return head, f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
