"""Results of tests that were run on a file: JSON as the tester sent it, beside the file and gone with it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, String, select

from mypi.database import Model, UTCDateTime, db
from mypi.registry.files import File


class TestResult(Model):
    """One run of tests on a file. Canonical."""

    __tablename__ = "test_results"
    __test__ = False  # pytest takes its name for a test

    id: int = Column(Integer, primary_key=True)
    file_id: int = Column(ForeignKey("files.id", ondelete="CASCADE"), nullable=False, index=True)
    sha256: str = Column(String(64), nullable=False, index=True)
    uploaded_at: datetime = Column(UTCDateTime, nullable=False)
    uploaded_by: str = Column(String(128), nullable=False)


_result: Any = TestResult  # its columns; SQLAlchemy 1.4 brings no types


def of_files(file_ids: Collection[int]) -> dict[int, list[TestResult]]:
    """Return the results for each of these files, the oldest first."""
    found: dict[int, list[TestResult]] = {}
    wanted = select(_result).where(_result.file_id.in_(file_ids)).order_by(_result.id)
    for result in db.session.scalars(wanted) if file_ids else ():
        found.setdefault(result.file_id, []).append(result)
    return found


def add(file: File, sha256: str, when: datetime, by: str) -> None:
    """Add a result within an act."""
    db.session.add(TestResult(file_id=file.id, sha256=sha256, uploaded_at=when, uploaded_by=by))
