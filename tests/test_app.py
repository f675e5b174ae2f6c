"""The application as Apache is given it: it starts when it can, and until then says why it does not."""

import os
import stat
from dataclasses import replace

import pytest
from werkzeug.test import Client

from mypi import schema
from mypi.app import PatientApplication
from mypi.commands.init import initialize
from mypi.publishing.tree import Tree
from tests.support.installations import ADMINISTRATOR, PASSWORD


def test_before_init_it_answers_503_with_a_sentence_and_after_init_it_serves(settings):
    client = Client(PatientApplication(lambda: settings))
    refused = client.get("/simple/")
    assert refused.status_code == 503
    assert refused.text == "this index is not set up yet: its administrator runs 'mypi init'\n"
    assert str(settings.data_directory) not in refused.text
    assert refused.headers["Retry-After"] == "60"
    assert refused.headers["Cache-Control"] == "no-store"
    initialize(settings, ADMINISTRATOR, PASSWORD)
    assert client.get("/simple/").status_code == 200


def test_a_start_does_not_wait_for_ever_for_who_renders_everything(settings, caplog):
    initialize(settings, ADMINISTRATOR, PASSWORD)
    tree = Tree(settings.data_directory / "tree")
    tree.paths.mark.unlink()
    with tree.rebuilding():
        client = Client(PatientApplication(lambda: replace(settings, busy_timeout=0)))
        assert client.get("/simple/").status_code == 200
    assert f"process {os.getpid()} on" in caplog.text
    assert Client(PatientApplication(lambda: settings)).get("/simple/").status_code == 200
    assert tree.mark() is not None


def test_a_key_that_cannot_be_found_is_told_without_its_path(settings):
    initialize(settings, ADMINISTRATOR, PASSWORD)
    key = settings.data_directory / "secret_key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    kept = key.read_bytes()
    key.unlink()
    client = Client(PatientApplication(lambda: settings))
    refused = client.get("/")
    assert refused.status_code == 503
    assert "secret_key" not in refused.text
    key.write_bytes(kept)
    assert client.get("/").status_code == 200


def test_with_another_schema_it_answers_503_and_names_both(settings):
    initialize(settings, ADMINISTRATOR, PASSWORD)
    client = Client(PatientApplication(lambda: settings))
    assert client.get("/simple/").status_code == 200
    with pytest.MonkeyPatch.context() as newer:
        newer.setattr(schema, "SCHEMA", schema.SCHEMA + 1)
        refused = Client(PatientApplication(lambda: settings)).get("/simple/")
    assert refused.status_code == 503
    assert f"schema {schema.SCHEMA}" in refused.text
    assert "mypi upgrade" in refused.text
