"""What is served beside a file: its provenance and its signature, each by the digest of its blob."""

from sqlalchemy.engine import Engine

# Columns that may be empty are all that SQLite can add to a table, and all that is needed; it drops them since 3.35.
COLUMNS = ("provenance_sha256", "signature_sha256")


def upgrade(migrate_engine: Engine) -> None:
    for column in COLUMNS:
        migrate_engine.execute(f"ALTER TABLE files ADD COLUMN {column} VARCHAR(64)")
        migrate_engine.execute(f"CREATE INDEX ix_files_{column} ON files ({column})")


def downgrade(migrate_engine: Engine) -> None:
    for column in reversed(COLUMNS):
        migrate_engine.execute(f"DROP INDEX ix_files_{column}")
        migrate_engine.execute(f"ALTER TABLE files DROP COLUMN {column}")
