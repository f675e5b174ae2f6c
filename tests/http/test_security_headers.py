"""The headers that keep a browser from doing what a page does not need."""

from flask import Blueprint, Flask, Response

from mypi.http.security_headers import set_page_policy, set_security_headers


def application() -> Flask:
    """Return an application with a page for people and an address that is none."""
    app = Flask(__name__)
    people = Blueprint("people", __name__)
    people.after_request(set_page_policy)
    people.add_url_rule("/page", "page", lambda: Response("page"))
    app.register_blueprint(people)
    app.add_url_rule("/simple/", "simple", lambda: Response("simple"))
    app.after_request(set_security_headers)
    return app


def policy(path: str) -> dict[str, list[str]]:
    header = application().test_client().get(path).headers["Content-Security-Policy"]
    return {words[0]: words[1:] for words in (directive.split() for directive in header.split(";"))}


def test_what_is_no_page_for_people_runs_in_a_sandbox_and_loads_nothing() -> None:
    for path in ("/simple/", "/nowhere"):
        assert policy(path)["sandbox"] == ["allow-downloads"]
        assert policy(path)["default-src"] == ["'none'"]
        assert not {"script-src", "style-src", "img-src"} & set(policy(path))


def test_a_page_for_people_has_our_styles_and_forms_and_no_script() -> None:
    directives = policy("/page")
    assert directives["default-src"] == directives["base-uri"] == directives["frame-ancestors"] == ["'none'"]
    assert directives["style-src"] == directives["img-src"] == directives["form-action"] == ["'self'"]
    assert not {"script-src", "sandbox"} & set(directives)


def test_no_policy_allows_anything_inline() -> None:
    assert "unsafe" not in str([policy("/page"), policy("/simple/")])


def test_every_answer_says_not_to_guess_its_type_and_not_to_frame_it() -> None:
    for path in ("/page", "/simple/", "/nowhere"):
        headers = application().test_client().get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
