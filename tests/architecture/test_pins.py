"""The versions that only work together, held in setup.cfg, and proof that they do work together."""

import configparser
import subprocess
import sys

import pytest
from packaging.requirements import Requirement

from tests.architecture.source import ROOT

PINS = [
    ("SQLAlchemy", "1.4.54", "2.0.0"),
    ("Flask-SQLAlchemy", "3.0.5", "3.1.0"),
    ("sqlalchemy-migrate", "0.13.0", "1.0"),
    ("setuptools", "80.9.0", "81.0.0"),
    ("Flask", "3.1.0", "4.0"),
    ("Werkzeug", "3.1.0", "4.0"),
    ("Flask-Login", "0.6.3", "0.7.0"),
]
"""(project, a version that must be let in, one that must not)."""

MIGRATE_A_DATABASE = """
import sys, warnings
warnings.simplefilter("ignore")  # sqlalchemy-migrate uses pkg_resources, which warns of its own end
from pathlib import Path
import sqlalchemy
from migrate.versioning import api
folder, url = str(Path(sys.argv[1]) / "repository"), f"sqlite:///{sys.argv[1]}/database"
api.create(folder, "proof")
Path(folder, "versions", "001_first.py").write_text(
    "from sqlalchemy import Column, Integer, MetaData, Table\\n"
    "def upgrade(engine):\\n    Table('proof', MetaData(), Column('id', Integer)).create(engine)\\n"
    "def downgrade(engine):\\n    Table('proof', MetaData(), Column('id', Integer)).drop(engine)\\n"
)
api.version_control(url, folder)
api.upgrade(url, folder)
assert "proof" in sqlalchemy.inspect(sqlalchemy.create_engine(url)).get_table_names()
api.downgrade(url, folder, 0)
assert "proof" not in sqlalchemy.inspect(sqlalchemy.create_engine(url)).get_table_names()
print(sqlalchemy.__version__)
"""


def requirements(extra: str = "") -> dict[str, Requirement]:
    """Return the requirements in setup.cfg by project, those of an extra when one is named."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = config["options.extras_require"][extra] if extra else config["options"]["install_requires"]
    found = [Requirement(line) for line in lines.splitlines() if line and not line.startswith("#")]
    return {requirement.name: requirement for requirement in found}


@pytest.mark.parametrize(("project", "inside", "outside"), PINS)
def test_setup_cfg_lets_in_what_works_and_keeps_out_what_does_not(project, inside, outside):
    specifier = requirements()[project].specifier
    assert specifier.contains(inside)
    assert not specifier.contains(outside)


def test_sqlalchemy_migrate_works_beside_the_pinned_sqlalchemy(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", MIGRATE_A_DATABASE, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(next(iter(requirements()["SQLAlchemy"].specifier)).version)


def test_the_python_versions_of_setup_cfg_are_those_that_make_accepts():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    script = (ROOT / "tools" / "environment.sh").read_text("utf-8")
    assert config["options"]["python_requires"] == ">=3.11,<3.14"
    assert "(3, 11) <= sys.version_info[:2] <= (3, 13)" in script
    for minor in (11, 12, 13):
        assert f"Programming Language :: Python :: 3.{minor}" in config["metadata"]["classifiers"]
