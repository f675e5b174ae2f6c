"""What is public and lies ready in the published tree, answered before Flask: pages, files and their metadata.

That a whole tree has no such project it says as well: installers ask each index for every name. Whatever else there is
to say (a private index, another spelling, nothing acceptable) it leaves to the application behind it, and a page that
goes away between the look and the opening as well. It never asks a database.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request

from mypi.errors import NoSuchProject, NotAcceptable
from mypi.http import failures
from mypi.http.answer import Answer
from mypi.http.conditional import Caching, refuse
from mypi.http.owners import OwnerConverter, index_name
from mypi.http.security_headers import IN_A_SANDBOX
from mypi.protocols.simple import answers, urls
from mypi.publishing import reading
from mypi.publishing.paths import IndexPaths
from mypi.publishing.reading import PublishedTree

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Answering = Callable[..., Answer | None]


class Published:
    """A WSGI application that answers reads of public indexes and hands all other requests on."""

    def __init__(self, application: "WSGIApplication", tree: PublishedTree, default_index: str) -> None:
        self._application = application
        self._tree = tree
        self._default_index = default_index
        self._routes = _routes().bind("")

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        answer = self._answer(environ) if environ["REQUEST_METHOD"] in {"GET", "HEAD"} else None
        if answer is None:
            return self._application(environ, start_response)
        answer.headers.update(IN_A_SANDBOX)
        return answer.start(start_response)

    def _answer(self, environ: "WSGIEnvironment") -> Answer | None:
        request = Request(environ, populate_request=False)  # Flask makes its own
        if request.query_string and ":action" in request.args:
            return None  # the upload protocol asks at every URL
        try:
            answering, found = self._routes.match(environ["PATH_INFO"], method="GET")
            words = dict(found)
            index = index_name(words.pop("owner", None), words.pop("name", None), self._default_index)
            paths = self._tree.public(index)
            return self._answer_from(paths, index, request, answering, words) if paths else None
        except (HTTPException, NotAcceptable, OSError):
            return None

    def _answer_from(
        self, paths: IndexPaths, index: str, request: Request, answering: Answering, words: dict[str, str]
    ) -> Answer | None:
        try:
            return answering(request, paths, **words)
        except FileNotFoundError:
            return self._unknown(paths, index, request, words.get("project", ""))

    def _unknown(self, paths: IndexPaths, index: str, request: Request, project: str) -> Answer | None:
        # Apache says the same where nothing is yet to be rendered, and can put no words of its own into a status line.
        folder = reading.project_folder(paths, project)
        if folder is None or folder.exists() or failures.form_for(request) != failures.TEXT:
            return None
        if not paths.list_folder.exists() or not self._tree.is_there():
            return None  # Asked last: the index may have been closed a moment ago, and have taken its projects along.
        return refuse(request, NoSuchProject(project=project, index=index), vary=failures.VARY)


def _project_list(request: Request, paths: IndexPaths) -> Answer:
    return answers.page(request, paths.list_folder, answers.representation(request), Caching.PAGE)


def _project_page(request: Request, paths: IndexPaths, project: str) -> Answer | None:
    folder = reading.project_folder(paths, project)
    return answers.page(request, folder, answers.representation(request), Caching.PAGE) if folder else None


def _file(request: Request, paths: IndexPaths, digits3: str, digits13: str, filename: str) -> Answer | None:
    place = reading.file(paths, digits3, digits13, filename)
    return answers.file(request, place, public=True) if place else None


def _routes() -> Map:
    answering: dict[Answering, tuple[str, ...]] = {
        _project_list: urls.LIST,
        _project_page: urls.PROJECT,
        _file: urls.FILE,
    }
    rules = [Rule(rule, endpoint=view) for view, found in answering.items() for rule in found]
    return Map(rules, converters={"owner": OwnerConverter}, merge_slashes=False)
