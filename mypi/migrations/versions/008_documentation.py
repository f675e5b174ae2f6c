"""Documentation of releases, results of tests beside files, and what users say of themselves."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer, MetaData, String, Table
from sqlalchemy.engine import Engine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Made by step 2, named here for the foreign keys.
Table("releases", metadata, Column("id", Integer, primary_key=True))
Table("files", metadata, Column("id", Integer, primary_key=True))

# SQLite adds a column that is never empty only with a default.
COLUMNS = {
    "email": "VARCHAR(254) DEFAULT '' NOT NULL",
    "title": "VARCHAR(200) DEFAULT '' NOT NULL",
}

documentation = Table(
    "documentation",
    metadata,
    Column("release_id", ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("uploaded_at", DateTime, nullable=False),
    Column("uploaded_by", String(128), nullable=False),
)

test_results = Table(
    "test_results",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file_id", ForeignKey("files.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("uploaded_at", DateTime, nullable=False),
    Column("uploaded_by", String(128), nullable=False),
)

made_here = [documentation, test_results]


def upgrade(migrate_engine: Engine) -> None:
    for name, declared in COLUMNS.items():
        migrate_engine.execute(f"ALTER TABLE users ADD COLUMN {name} {declared}")
    metadata.create_all(migrate_engine, tables=made_here, checkfirst=False)


def downgrade(migrate_engine: Engine) -> None:
    metadata.drop_all(migrate_engine, tables=made_here, checkfirst=False)
    for name in reversed(COLUMNS):
        migrate_engine.execute(f"ALTER TABLE users DROP COLUMN {name}")
