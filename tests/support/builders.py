"""Builders of real distribution files in one line: the same arguments give the same bytes, always.

`wheel`, `sdist`, `zip_sdist`, `egg` and `wininst` return (filename, bytes). What pip is given by them it can install.
To break a file, hand in other `metadata`, `record` or `files`, or put one together with `zip_of` and `tar_of`.
"""

import base64
import gzip
import hashlib
import io
import re
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Mapping

Members = Iterable[tuple[str, bytes]]
Builder = Callable[..., tuple[str, bytes]]
_WHEN = (2020, 2, 2, 0, 0, 0)
_WHEN_IN_SECONDS = 1_580_601_600


def metadata(
    name: str,
    version: str,
    *,
    metadata_version: str = "2.1",
    summary: str = "",
    requires_python: str = "",
    requires_dist: Iterable[str] = (),
    classifiers: Iterable[str] = (),
    project_urls: Iterable[str] = (),
    metadata_extra: Iterable[str] = (),
    description: str = "",
    description_content_type: str = "",
) -> bytes:
    """Return the bytes of METADATA or PKG-INFO; `metadata_extra` are whole lines such as 'Dynamic: Version'."""
    lines = [f"Metadata-Version: {metadata_version}", f"Name: {name}", f"Version: {version}"]
    single = {
        "Summary": summary,
        "Requires-Python": requires_python,
        "Description-Content-Type": description_content_type,
    }
    lines += [f"{field}: {value}" for field, value in single.items() if value]
    lines += [f"Classifier: {value}" for value in classifiers]
    lines += [f"Project-URL: {value}" for value in project_urls]
    lines += [f"Requires-Dist: {value}" for value in requires_dist]
    lines += metadata_extra
    return ("\n".join(lines) + "\n" + (f"\n{description}\n" if description else "")).encode()


def wheel(
    name: str,
    version: str,
    *,
    files: Mapping[str, bytes] | None = None,
    tag: str = "py3-none-any",
    build: str = "",
    filename: str = "",
    metadata_bytes: bytes | None = None,
    record: bytes | None = None,
    dist_info: str = "",
    dist_info_files: Mapping[str, bytes] | None = None,
    without: Iterable[str] = (),
    compression: int = zipfile.ZIP_DEFLATED,
    **metadata_fields: object,
) -> tuple[str, bytes]:
    """Return a wheel. `dist_info_files` go into its .dist-info; `without` names members of that which are left out."""
    project = escaped(name)
    folder = dist_info or f"{project}-{version}.dist-info"
    written = metadata(name, version, **metadata_fields) if metadata_bytes is None else metadata_bytes  # type: ignore[arg-type]
    wheel_text = f"Wheel-Version: 1.0\nGenerator: builders\nRoot-Is-Purelib: true\nTag: {tag}\n".encode()
    inner = {"METADATA": written, "WHEEL": wheel_text, **(dist_info_files or {})}
    members = list((_module(project, version) if files is None else files).items())
    members += [(f"{folder}/{path}", data) for path, data in inner.items() if path not in set(without)]
    if "RECORD" not in set(without):
        members.append((f"{folder}/RECORD", record_of(members, folder) if record is None else record))
    parts = [project, version, *([build] if build else []), tag]
    return filename or "-".join(parts) + ".whl", zip_of(members, compression)


def record_of(members: Members, folder: str) -> bytes:
    """Return a right RECORD for these members."""
    lines = []
    for path, data in members:
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        quoted = f'"{path}"' if "," in path else path
        lines.append(f"{quoted},sha256={digest},{len(data)}")
    return ("\n".join([*lines, f"{folder}/RECORD,,"]) + "\n").encode()


def sdist(
    name: str,
    version: str,
    *,
    files: Mapping[str, bytes] | None = None,
    filename: str = "",
    folder: str = "",
    metadata_bytes: bytes | None = None,
    **metadata_fields: object,
) -> tuple[str, bytes]:
    """Return a .tar.gz source distribution with a setup.py that builds."""
    members = _sdist_members(name, version, files, folder, metadata_bytes, metadata_fields)
    return filename or f"{escaped(name)}-{version}.tar.gz", tar_of(members)


def zip_sdist(
    name: str,
    version: str,
    *,
    files: Mapping[str, bytes] | None = None,
    filename: str = "",
    folder: str = "",
    metadata_bytes: bytes | None = None,
    **metadata_fields: object,
) -> tuple[str, bytes]:
    """Return a .zip source distribution, named as distutils names them: as the project is spelt."""
    members = _sdist_members(name, version, files, folder, metadata_bytes, metadata_fields)
    return filename or f"{name}-{version}.zip", zip_of(members)


def egg(
    name: str,
    version: str,
    *,
    files: Mapping[str, bytes] | None = None,
    python: str = "2.7",
    filename: str = "",
    metadata_bytes: bytes | None = None,
    **metadata_fields: object,
) -> tuple[str, bytes]:
    """Return an egg as setuptools' bdist_egg lays it out."""
    project = name.replace("-", "_")
    written = metadata(name, version, **metadata_fields) if metadata_bytes is None else metadata_bytes  # type: ignore[arg-type]
    inner = {"PKG-INFO": written, "top_level.txt": f"{project}\n".encode(), "zip-safe": b"\n"}
    members = [(f"EGG-INFO/{path}", data) for path, data in inner.items()]
    members += (_module(project, version) if files is None else files).items()
    return filename or f"{project}-{version.replace('-', '_')}-py{python}.egg", zip_of(members)


def wininst(
    name: str,
    version: str,
    *,
    files: Mapping[str, bytes] | None = None,
    python: str = "",
    platform: str = "win32",
    filename: str = "",
    stub: bytes = b"",
    metadata_bytes: bytes | None = None,
    **metadata_fields: object,
) -> tuple[str, bytes]:
    """Return a bdist_wininst installer: a program, its settings, and a zip archive behind them."""
    written = metadata(name, version, **metadata_fields) if metadata_bytes is None else metadata_bytes  # type: ignore[arg-type]
    members = [
        (f"PURELIB/{path}", data)
        for path, data in (_module(escaped(name), version) if files is None else files).items()
    ]
    members.append((f"PURELIB/{name.replace('-', '_')}-{version}.egg-info", written))
    settings = b"[metadata]\nname=" + name.encode() + b"\n[Setup]\n\0"
    program = stub or b"MZ" + bytes(1022)
    ending = f"-py{python}" if python else ""
    body = program + settings + struct.pack("<iii", 0x1234567A, len(settings), 0) + zip_of(members)
    return filename or f"{name}-{version}.{platform}{ending}.exe", body


def zip_of(members: Members, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive of these members in this order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for path, data in members:
            info = zipfile.ZipInfo(path, _WHEN)
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            info.compress_type = compression
            archive.writestr(info, data)
    return target.getvalue()


def tar_of(members: Iterable[tuple[str | tarfile.TarInfo, bytes]], tar_format: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a .tar.gz of these members in this order; a `TarInfo` in place of a path makes links and the like."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tar_format) as archive:
        for member, data in members:
            info = tarfile.TarInfo(member) if isinstance(member, str) else member
            if isinstance(member, str):
                info.size = len(data)
            info.mtime = _WHEN_IN_SECONDS
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(target.getvalue(), 6, mtime=_WHEN_IN_SECONDS)


def escaped(name: str) -> str:
    """Return the name as today's tools write it into filenames."""
    return re.sub(r"[-_.]+", "_", name).lower()


def _module(project: str, version: str) -> dict[str, bytes]:
    return {f"{project.replace('.', '_')}/__init__.py": f'__version__ = "{version}"\n'.encode()}


def _sdist_members(
    name: str,
    version: str,
    files: Mapping[str, bytes] | None,
    folder: str,
    metadata_bytes: bytes | None,
    metadata_fields: Mapping[str, object],
) -> list[tuple[str, bytes]]:
    top = folder or f"{escaped(name)}-{version}"
    setup = f"from setuptools import setup\n\nsetup(name={name!r}, version={version!r}, packages=[{escaped(name)!r}])\n"
    written = metadata(name, version, **metadata_fields) if metadata_bytes is None else metadata_bytes  # type: ignore[arg-type]
    content = {"PKG-INFO": written, "setup.py": setup.encode(), **(files or _module(escaped(name), version))}
    return [(f"{top}/{path}", data) for path, data in content.items()]
