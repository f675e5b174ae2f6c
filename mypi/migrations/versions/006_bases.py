"""Indexes that show other indexes: their kind, their bases in order, and when projects of bases were deleted."""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, MetaData, String, Table
from sqlalchemy.engine import Engine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Made by step 2, named here for the foreign keys.
Table("indexes", metadata, Column("id", Integer, primary_key=True))

# SQLite adds a column that is never empty only with a default.
COLUMNS = {
    "kind": "VARCHAR(16) DEFAULT 'hosted' NOT NULL",
    "created_serial": "INTEGER DEFAULT 0 NOT NULL",
    "bases_serial": "INTEGER DEFAULT 0 NOT NULL",
}

index_bases = Table(
    "index_bases",
    metadata,
    Column("index_id", ForeignKey("indexes.id", ondelete="CASCADE"), primary_key=True),
    Column("base_id", ForeignKey("indexes.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

deleted_projects = Table(
    "deleted_projects",
    metadata,
    Column("index_id", ForeignKey("indexes.id", ondelete="CASCADE"), primary_key=True),
    Column("normalized_name", String(200), primary_key=True),
    Column("serial", Integer, nullable=False),
    Column("deleted_at", DateTime, nullable=False),
)

made_here = [index_bases, deleted_projects]


def upgrade(migrate_engine: Engine) -> None:
    for name, declared in COLUMNS.items():
        migrate_engine.execute(f"ALTER TABLE indexes ADD COLUMN {name} {declared}")
    metadata.create_all(migrate_engine, tables=made_here, checkfirst=False)


def downgrade(migrate_engine: Engine) -> None:
    metadata.drop_all(migrate_engine, tables=made_here, checkfirst=False)
    for name in reversed(COLUMNS):
        migrate_engine.execute(f"ALTER TABLE indexes DROP COLUMN {name}")
