"""Tokens, and names of projects that are kept for their holders."""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, MetaData, String, Table, Text, UniqueConstraint
from sqlalchemy.engine import Engine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Made by steps 1 and 2, named here for the foreign keys.
Table("users", metadata, Column("id", Integer, primary_key=True))
Table("groups", metadata, Column("id", Integer, primary_key=True))
Table("indexes", metadata, Column("id", Integer, primary_key=True))

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String(100), nullable=False),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=True, index=True),
    Column("purpose", String(16), nullable=False),
    Column("token_sha256", String(64), nullable=False, unique=True),
    Column("rights", Text, nullable=False),
    Column("index_pattern", String(130), nullable=False),
    Column("project_patterns", Text, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("created_by", String(128), nullable=False),
    Column("expires_at", DateTime, nullable=True, index=True),
    Column("last_used_at", DateTime, nullable=True),
)

reserved_names = Table(
    "reserved_names",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("index_id", ForeignKey("indexes.id", ondelete="CASCADE"), nullable=False),
    Column("pattern", String(202), nullable=False),
    Column("contact", String(200), nullable=False),
    Column("created_at", DateTime, nullable=False),
    UniqueConstraint("index_id", "pattern"),
)

reserved_name_holders = Table(
    "reserved_name_holders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reserved_name_id", ForeignKey("reserved_names.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=True, index=True),
    Column("group_id", ForeignKey("groups.id", ondelete="CASCADE"), nullable=True, index=True),
)

made_here = [tokens, reserved_names, reserved_name_holders]


def upgrade(migrate_engine: Engine) -> None:
    metadata.create_all(migrate_engine, tables=made_here, checkfirst=False)


def downgrade(migrate_engine: Engine) -> None:
    metadata.drop_all(migrate_engine, tables=made_here, checkfirst=False)
