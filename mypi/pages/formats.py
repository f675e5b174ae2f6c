"""How pages write sizes, moments and types of files. Text only: templates escape it."""

from datetime import UTC, datetime

from mypi.standards.filenames import FileType

_TYPES = {
    FileType.WHEEL: "Wheel",
    FileType.SDIST: "Source",
    FileType.EGG: "Egg",
    FileType.WININST: "Windows installer",
}


def human_size(size: int) -> str:
    """Return a size in the unit that makes it readable: 1,536 is '1.5 kB'; a kB has 1,000 bytes."""
    if size < 1000:
        return f"{size} B"
    value = float(size)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 999.95 or unit == "TB":
            break
    return f"{value:.1f} {unit}"


def exact_size(size: int) -> str:
    """Return a size in bytes with its thousands marked."""
    return f"{size:,} bytes"


def day(moment: datetime) -> str:
    """Return the day of a moment in UTC, such as '3 Feb 2026'."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y}"


def minute(moment: datetime) -> str:
    """Return a moment in UTC to the minute, and that it is in UTC."""
    return f"{day(moment)}, {moment.astimezone(UTC):%H:%M} UTC"


def machine_time(moment: datetime) -> str:
    """Return a moment as the `datetime` of a time element."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def type_name(file_type: FileType) -> str:
    """Return what people call a type of file."""
    return _TYPES[file_type]
