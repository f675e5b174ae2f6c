"""Programs elsewhere that are trusted to publish, and the identity tokens that were exchanged."""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, MetaData, String, Table, Text
from sqlalchemy.engine import Engine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Made by step 2, named here for the foreign key.
Table("indexes", metadata, Column("id", Integer, primary_key=True))

trusted_publishers = Table(
    "trusted_publishers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("index_id", ForeignKey("indexes.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("project_pattern", String(200), nullable=False),
    Column("rights", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("issuer", String(200), nullable=False, index=True),
    Column("claims", Text, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("created_by", String(128), nullable=False),
)

used_identity_tokens = Table(
    "used_identity_tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("expires_at", DateTime, nullable=False, index=True),
)

made_here = [trusted_publishers, used_identity_tokens]


def upgrade(migrate_engine: Engine) -> None:
    metadata.create_all(migrate_engine, tables=made_here, checkfirst=False)


def downgrade(migrate_engine: Engine) -> None:
    metadata.drop_all(migrate_engine, tables=made_here, checkfirst=False)
