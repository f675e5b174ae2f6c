"""GET /stats/: how much room projects take, told to who may read them."""

from mypi.registry import indexing
from mypi.registry.indexes import Visibility
from tests.support import builders
from tests.support.peopled import SECRET

JSON = {"Accept": "application/json"}


def test_the_largest_projects_come_first_and_the_total_is_of_all(peopled):
    small, large, larger = (
        builders.wheel("Large", version, files={"x": b"x" * 9000}) for version in ("1.0", "2.0", "3.0")
    )
    tiny = builders.wheel("tiny", "1.0")
    for built in (tiny, small, large, larger):
        peopled.upload(built)
    peopled.upload(builders.wheel("elsewhere", "1.0"), index=SECRET)
    answer = peopled.client().get("/stats/", headers=JSON)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    sizes = {"Large": sum(len(body) for _, body in (small, large, larger)), "tiny": len(tiny[1])}
    assert answer.json["top_packages"] == {name: {"size": size} for name, size in sizes.items()}
    assert list(answer.json["top_packages"]) == ["Large", "tiny"]
    assert answer.json["total_packages_size"] == sum(sizes.values())
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_it_is_json_or_nothing(peopled):
    client = peopled.client()
    assert client.get("/stats/", headers={"Accept": "text/html"}).status_code == 406
    for accept in (None, "*/*", "application/json", "text/html, application/json;q=0.5"):
        answer = client.get("/stats/", headers={"Accept": accept} if accept else {})
        assert (answer.status_code, answer.json["total_packages_size"]) == (200, 0)
        assert "Accept" in answer.headers["Vary"]


def test_it_is_304_until_something_changes(peopled):
    client = peopled.client()
    held = {"If-None-Match": client.get("/stats/").headers["ETag"]}
    assert client.get("/stats/", headers=held).status_code == 304
    peopled.upload(builders.wheel("foo", "1.0"))
    assert client.get("/stats/", headers=held).status_code == 200


def test_it_tells_each_reader_of_what_they_may_read(peopled):
    for name in ("foo-a", "other"):
        peopled.upload(builders.wheel(name, "1.0"))
    indexing.change_index(peopled.registry, peopled.actor("shell"), peopled.index(), visibility=Visibility.PRIVATE)
    assert peopled.client().get("/stats/", headers=JSON).status_code == 401
    assert peopled.client("stranger").get("/stats/", headers=JSON).status_code == 404
    for name, projects in (("reader", {"foo-a", "other"}), ("patterned", {"foo-a"})):
        answer = peopled.client(name).get("/stats/", headers=JSON)
        assert set(answer.json["top_packages"]) == projects
        assert answer.headers["Cache-Control"] == "private, max-age=0"
        assert "Authorization" in answer.headers["Vary"]
        assert "Access-Control-Allow-Origin" not in answer.headers
