"""Events: one row for each recorded act."""

from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, Text
from sqlalchemy.engine import Engine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

events = Table(
    "events",
    metadata,
    Column("serial", Integer, primary_key=True, autoincrement=False),
    Column("time", DateTime, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("address", String(64), nullable=False),
    Column("client", String(200), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("index_name", String(130), nullable=False, index=True),
    Column("project", String(200), nullable=False, index=True),
    Column("version", String(100), nullable=False),
    Column("filename", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("previous_digest", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
)


def upgrade(migrate_engine: Engine) -> None:
    metadata.create_all(migrate_engine, checkfirst=False)


def downgrade(migrate_engine: Engine) -> None:
    metadata.drop_all(migrate_engine, checkfirst=False)
