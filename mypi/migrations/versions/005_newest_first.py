"""Lists that begin with the newest: of an index its projects by change and by age, of a project its releases by age."""

from sqlalchemy.engine import Engine

INDEXES = {
    "ix_projects_index_id_changed_at": "projects (index_id, changed_at)",
    "ix_projects_index_id_created_at": "projects (index_id, created_at)",
    "ix_releases_project_id_created_at": "releases (project_id, created_at)",
}


def upgrade(migrate_engine: Engine) -> None:
    for name, columns in INDEXES.items():
        migrate_engine.execute(f"CREATE INDEX {name} ON {columns}")
    migrate_engine.execute("DROP INDEX ix_projects_changed_at")


def downgrade(migrate_engine: Engine) -> None:
    migrate_engine.execute("CREATE INDEX ix_projects_changed_at ON projects (changed_at)")
    for name in reversed(INDEXES):
        migrate_engine.execute(f"DROP INDEX {name}")
