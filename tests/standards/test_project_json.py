"""The writer of the JSON API: every key with its type, and any text survives the way through JSON."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from mypi.standards.core_metadata import CoreMetadata
from mypi.standards.filenames import FileType
from mypi.standards.names import NormalizedName
from mypi.standards.project_json import Addresses, DescribedProject, ReleasedFile, document
from tests.standards.simple_values import HOSTILE, digests, times

ADDRESSES = Addresses(
    project="https://packages.example/package/gear/",
    release="https://packages.example/package/gear/1.0/",
    file=lambda file: f"https://packages.example/packages/{file.sha256[:3]}/{file.sha256[3:16]}/{file.filename}",
)
TEXT, OPTIONAL, LIST = (str,), (str, type(None)), (list, type(None))
INFO = {
    **dict.fromkeys(("author", "author_email", "description", "download_url", "home_page", "keywords"), TEXT),
    **dict.fromkeys(("license", "maintainer", "maintainer_email", "name", "package_url", "platform"), TEXT),
    **dict.fromkeys(("project_url", "release_url", "summary", "version"), TEXT),
    **dict.fromkeys(("description_content_type", "license_expression", "requires_python", "yanked_reason"), OPTIONAL),
    **dict.fromkeys(("bugtrack_url", "docs_url"), (type(None),)),
    **dict.fromkeys(("dynamic", "license_files", "provides_extra", "requires_dist"), LIST),
    "classifiers": (list,),
    "downloads": (dict,),
    "project_urls": (dict, type(None)),
    "yanked": (bool,),
}
FILE = {
    **dict.fromkeys(("comment_text", "filename", "md5_digest", "packagetype", "python_version", "url"), TEXT),
    **dict.fromkeys(("upload_time", "upload_time_iso_8601"), TEXT),
    **dict.fromkeys(("requires_python", "yanked_reason"), OPTIONAL),
    **dict.fromkeys(("downloads", "size"), (int,)),
    **dict.fromkeys(("has_sig", "yanked"), (bool,)),
    "core-metadata": (dict, bool),
    "digests": (dict,),
}


def released(filename="gear-1.0.tar.gz", **facts):
    values = {
        "version": "1.0",
        "filename": filename,
        "file_type": FileType.SDIST,
        "python_version": "source",
        "size": 12,
        "md5": "0" * 32,
        "sha256": "1" * 64,
        "blake2b_256": "2" * 64,
        "metadata_sha256": None,
        "requires_python": "",
        "comment": "",
        "yanked": False,
        "yanked_reason": "",
        "upload_time": datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC),
        "has_signature": False,
    }
    return ReleasedFile(**{**values, **facts})


def described(*files, **facts):
    values = {
        "name": "Gear",
        "normalized_name": NormalizedName("gear"),
        "version": "1.0",
        "yanked": False,
        "yanked_reason": "",
        "core_metadata": CoreMetadata("2.1", "Gear", "1.0"),
        "versions": ("1.0",),
        "files": files,
        "owners": (),
        "last_serial": 7,
    }
    return DescribedProject(**{**values, **facts})


def written(project):
    return json.loads(document(project, ADDRESSES))


def assert_types(entry, types):
    assert set(entry) == set(types)
    assert not [key for key, allowed in types.items() if type(entry[key]) not in allowed]


lines = st.text(max_size=30) | st.sampled_from(HOSTILE) | st.sampled_from(["\ud800", "]]>", "\x00\x08", "{}"])
tuples = st.lists(lines, max_size=3).map(tuple)


@st.composite
def metadata(draw):
    names = (
        *("summary", "description", "description_content_type", "author", "author_email", "maintainer", "license"),
        *("maintainer_email", "license_expression", "home_page", "download_url", "requires_python"),
    )
    many = ("keywords", "license_files", "classifiers", "platforms", "requires_dist", "provides_extra", "dynamic")
    texts = {name: draw(lines) for name in names}
    lists = {name: draw(tuples) for name in many}
    urls = draw(st.lists(st.tuples(lines, lines), max_size=3).map(tuple))
    return CoreMetadata("2.1", "Gear", "1.0", project_urls=urls, **texts, **lists)


@st.composite
def files(draw):
    yanked = draw(st.booleans())
    return released(
        draw(lines),
        version=draw(st.sampled_from(["1.0", "2.0"])),
        file_type=draw(st.sampled_from(FileType)),
        size=draw(st.integers(0, 2**45)),
        metadata_sha256=draw(st.none() | digests),
        requires_python=draw(lines),
        comment=draw(lines),
        yanked=yanked,
        yanked_reason=draw(lines) if yanked else "",
        upload_time=draw(times),
        has_signature=draw(st.booleans()),
    )


@given(metadata(), st.lists(files(), max_size=4), st.booleans(), tuples)
def test_every_key_is_there_with_its_type_and_every_text_comes_back(core_metadata, found, yanked, owners):
    project = described(*found, core_metadata=core_metadata, versions=("1.0", "2.0"), yanked=yanked, owners=owners)
    answer = written(project)
    assert_types(answer["info"], INFO)
    assert set(answer) == {"info", "last_serial", "ownership", "releases", "urls", "vulnerabilities"}
    assert answer["urls"] == answer["releases"]["1.0"]
    for file in [file for released in answer["releases"].values() for file in released]:
        assert_types(file, FILE)
    for name in ("summary", "description", "author", "license"):
        assert answer["info"][name] == getattr(core_metadata, name)
    assert answer["info"]["requires_dist"] == (list(core_metadata.requires_dist) or None)
    assert sum(map(len, answer["releases"].values())) == len(found)
    assert [role["user"] for role in answer["ownership"]["roles"]] == list(owners)


@given(metadata(), st.lists(files(), max_size=3))
def test_the_bytes_are_ascii_and_the_same_for_the_same_value(core_metadata, found):
    project = described(*found, core_metadata=core_metadata, versions=("1.0", "2.0"))
    assert document(project, ADDRESSES) == document(project, ADDRESSES)
    assert document(project, ADDRESSES).isascii()


def test_times_have_the_two_forms_that_clients_read():
    (file,) = written(described(released()))["urls"]
    assert file["upload_time"] == "2026-02-03T04:05:06"
    assert file["upload_time_iso_8601"] == "2026-02-03T04:05:06.000789Z"


def test_one_release_comes_without_the_list_of_all():
    answer = written(described(released(), versions=None))
    assert "releases" not in answer
    assert [file["filename"] for file in answer["urls"]] == ["gear-1.0.tar.gz"]


def test_a_version_without_files_is_an_empty_list():
    answer = written(described(released(), versions=("0.9", "1.0")))
    assert answer["releases"]["0.9"] == []
    assert list(answer["releases"]) == ["0.9", "1.0"]


def test_core_metadata_is_told_by_its_digest_or_false():
    answer = written(described(released(metadata_sha256="3" * 64), released("gear-1.0.zip")))
    assert [file["core-metadata"] for file in answer["urls"]] == [{"sha256": "3" * 64}, False]


def test_a_release_is_yanked_by_itself_or_when_each_of_its_files_is():
    gone, there = released("a.whl", yanked=True, yanked_reason="broken"), released("b.whl")
    by_itself = written(described(there, yanked=True, yanked_reason="all of it"))["info"]
    by_files = written(described(gone))["info"]
    by_some = written(described(gone, there))["info"]
    without_files = written(described())["info"]
    assert (by_itself["yanked"], by_itself["yanked_reason"]) == (True, "all of it")
    assert (by_files["yanked"], by_files["yanked_reason"]) == (True, "broken")
    assert (by_some["yanked"], by_some["yanked_reason"]) == (False, None)
    assert without_files["yanked"] is False
