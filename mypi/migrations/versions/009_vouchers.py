"""Who else vouches for a user: then no password of mypi opens the account."""

from sqlalchemy.engine import Engine


def upgrade(migrate_engine: Engine) -> None:
    # SQLite adds a column that is never empty only with a default.
    migrate_engine.execute("ALTER TABLE users ADD COLUMN voucher VARCHAR(16) DEFAULT '' NOT NULL")


def downgrade(migrate_engine: Engine) -> None:
    migrate_engine.execute("ALTER TABLE users DROP COLUMN voucher")
