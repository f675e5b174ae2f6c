"""Indexes and what is in them: projects, releases, files, tombstones; and the grants on them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine import Engine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Made by step 1, named here for the foreign keys.
Table("users", metadata, Column("id", Integer, primary_key=True))
Table("groups", metadata, Column("id", Integer, primary_key=True))

indexes = Table(
    "indexes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("visibility", String(16), nullable=False),
    Column("volatile", Boolean, nullable=False),
    Column("title", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("created_at", DateTime, nullable=False),
    UniqueConstraint("owner", "name"),
)

projects = Table(
    "projects",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("index_id", ForeignKey("indexes.id"), nullable=False),
    Column("normalized_name", String(200), nullable=False),
    Column("display_name", String(200), nullable=False),
    Column("lookalike_name", String(200), nullable=False, index=True),
    Column("status", String(16), nullable=False),
    Column("status_reason", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("newest_version", String(100), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("changed_at", DateTime, nullable=False, index=True),
    Column("serial", Integer, nullable=False),
    UniqueConstraint("index_id", "normalized_name"),
)

releases = Table(
    "releases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("version", String(100), nullable=False),
    Column("version_identity", String(100), nullable=False),
    Column("yanked", Boolean, nullable=False),
    Column("yanked_reason", Text, nullable=False),
    Column("core_metadata_json", Text, nullable=False),
    Column("description_html", Text, nullable=False),
    Column("created_at", DateTime, nullable=False),
    UniqueConstraint("project_id", "version_identity"),
)

files = Table(
    "files",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("index_id", ForeignKey("indexes.id"), nullable=False),
    Column("release_id", ForeignKey("releases.id"), nullable=False, index=True),
    Column("filename", String(255), nullable=False),
    Column("filename_key", String(512), nullable=False),
    Column("file_type", String(16), nullable=False),
    Column("python_version", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("md5", String(32), nullable=False),
    Column("blake2b_256", String(64), nullable=False),
    Column("requires_python", Text, nullable=False),
    Column("metadata_sha256", String(64), nullable=True, index=True),
    Column("comment", Text, nullable=False),
    Column("yanked", Boolean, nullable=False),
    Column("yanked_reason", Text, nullable=False),
    Column("damaged", Boolean, nullable=False),
    Column("uploaded_at", DateTime, nullable=False),
    Column("uploaded_by", String(128), nullable=False),
    UniqueConstraint("index_id", "filename_key"),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("index_id", ForeignKey("indexes.id"), nullable=False),
    Column("filename", String(255), nullable=False),
    Column("filename_key", String(512), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("deleted_at", DateTime, nullable=False),
    UniqueConstraint("index_id", "filename_key"),
)

grants = Table(
    "grants",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject_kind", String(16), nullable=False),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=True, index=True),
    Column("group_id", ForeignKey("groups.id", ondelete="CASCADE"), nullable=True, index=True),
    Column("index_id", ForeignKey("indexes.id", ondelete="CASCADE"), nullable=True, index=True),
    Column("project_pattern", String(200), nullable=False),
    Column("right", String(16), nullable=False),
    Column("created_at", DateTime, nullable=False),
)

made_here = [indexes, projects, releases, files, tombstones, grants]


def upgrade(migrate_engine: Engine) -> None:
    metadata.create_all(migrate_engine, tables=made_here, checkfirst=False)


def downgrade(migrate_engine: Engine) -> None:
    metadata.drop_all(migrate_engine, tables=made_here, checkfirst=False)
