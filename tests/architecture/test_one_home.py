"""What has one home: the clock, the environment, writing files, caching headers, SQL, unescaped text, output."""

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.source import ROOT, Module, breaches, modules

MODE = re.compile(r"[rwxabt+U]{1,4}")
WRITES = {
    *("os.open", "os.fdopen", "os.link", "os.symlink", "os.mkfifo", "os.truncate"),
    *("shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.copyfileobj", "shutil.copytree", "shutil.move"),
    *("tempfile.NamedTemporaryFile", "tempfile.TemporaryFile", "tempfile.SpooledTemporaryFile"),
    *("tempfile.mkstemp", "tempfile.mkdtemp", "tempfile.TemporaryDirectory"),
}
WRITING_METHODS = {"write_text", "write_bytes", "touch", "symlink_to", "hardlink_to"}

HOMES: dict[str, tuple[str, ...]] = {
    "the clock": ("mypi.clock",),
    "the environment": ("mypi.config",),
    "writing files": ("mypi.storage.file_system", "mypi.storage.durable", "mypi.publishing"),
    "caching headers": ("mypi.http",),
    "SQL": (
        *("mypi.database", "mypi.schema", "mypi.registry", "mypi.publishing", "mypi.upstream"),
        *("mypi.commands", "mypi.migrations"),
    ),
    "unescaped text": (),
    "output": ("mypi.commands",),
}

EXCEPTIONS: dict[tuple[str, str], str] = {
    ("caching headers", "mypi.commands.checking.answered"): "it looks at what a deployment answers, and sets none",
    ("caching headers", "mypi.protocols.trusted_publishing"): "'expires' is PyPI's word for the end of a token",
}
"""(what has one home, module): why it is elsewhere as well. An exception that nothing needs any more must go."""

UNESCAPED_TEMPLATES: dict[str, str] = {
    "mypi/pages/templates/project.html": "a description, which registry.descriptions let through an allow-list only",
}
"""Templates that put text on the page as it is: where it was made safe."""


def clock(module: Module) -> Iterator[str]:
    """Yield each look at a clock that tells the time of day."""
    named = {"time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.strftime"}
    for name, _ in module.calls:
        if name in named or re.search(r"\bdate(time)?\.(now|utcnow|today)$", name):
            yield name


def environment(module: Module) -> Iterator[str]:
    """Yield each look at the environment of the process."""
    for name in module.attributes:
        if name in {"os.environ", "os.environb", "os.getenv", "os.putenv", "os.getenvb"}:
            yield name


def writing(module: Module) -> Iterator[str]:
    """Yield each call that makes or opens a file for writing."""
    for name, call in module.calls:
        if name in WRITES or name.rpartition(".")[2] in WRITING_METHODS:
            yield name
        elif name in {"open", "io.open", "gzip.open", "bz2.open", "lzma.open", "tarfile.open", "zipfile.ZipFile"}:
            yield from _written(name, call, position=1)
        elif name.endswith(".open"):
            yield from _written(name, call, position=0)


def _written(name: str, call: ast.Call, position: int) -> Iterator[str]:
    given = [keyword.value for keyword in call.keywords if keyword.arg == "mode"]
    mode = (given or call.args[position : position + 1] or [None])[0]
    if isinstance(mode, ast.Constant) and isinstance(mode.value, str):
        if MODE.fullmatch(mode.value.replace(":", "").replace("|", "").replace("gz", "")) and set("wxa+") & set(
            mode.value
        ):
            yield f"{name} with mode {mode.value!r}"
    elif mode is not None and position == 1:
        yield f"{name} with a mode that is computed"


def caching(module: Module) -> Iterator[str]:
    """Yield each mention of a caching header, and of Flask's ways to set one."""
    for text in module.strings:
        if re.fullmatch(r"(?i)cache-control|etag|expires|last-modified|if-(none-)?match|if-(un)?modified-since", text):
            yield text
    for name in module.attributes:
        if name.rpartition(".")[2] in {"cache_control", "set_etag", "add_etag", "make_conditional", "last_modified"}:
            yield name


def sql(module: Module) -> Iterator[str]:
    """Yield each statement and each use of the session."""
    for name, _ in module.calls:
        if name.startswith("sqlalchemy.") or name.rpartition(".")[2] in {"exec_driver_sql", "scalars", "executemany"}:
            yield name
    for name in module.attributes:
        if re.match(r"mypi\.database\.(db|writing|reading)\b", name) or re.search(
            r"\b(db|database)\.(session|engine)\b", name
        ):
            yield name


def unescaped(module: Module) -> Iterator[str]:
    """Yield each place that declares text to be safe HTML."""
    for name in module.attributes:
        if name.rpartition(".")[2] in {"Markup", "render_template_string"}:
            yield name


def output(module: Module) -> Iterator[str]:
    """Yield each line that is printed."""
    for name in module.attributes:
        if name in {"print", "sys.stdout", "sys.stderr", "click.echo", "click.secho"}:
            yield name


RULES: dict[str, Callable[[Module], Iterator[str]]] = {
    "the clock": clock,
    "the environment": environment,
    "writing files": writing,
    "caching headers": caching,
    "SQL": sql,
    "unescaped text": unescaped,
    "output": output,
}


@pytest.mark.parametrize("what", RULES)
def test_it_is_found_in_its_home_only(what):
    found = [
        f"{module.name}: {place}"
        for module in modules()
        if not module.inside(*HOMES[what]) and (what, module.name) not in EXCEPTIONS
        for place in RULES[what](module)
    ]
    assert not found, breaches(f"{what}, outside {HOMES[what]}", found)


def test_every_exception_is_still_needed():
    present = {module.name: module for module in modules()}
    stale = [key for key in EXCEPTIONS if key[1] not in present or not list(RULES[key[0]](present[key[1]]))]
    assert not stale, breaches("exceptions that can go", [str(key) for key in stale])


@pytest.mark.parametrize(
    ("what", "source"),
    [
        ("the clock", "from datetime import datetime\ndatetime.now()"),
        ("the clock", "import datetime\ndatetime.datetime.utcnow()"),
        ("the clock", "import datetime as d\nd.date.today()"),
        ("the clock", "from time import time as seconds\nseconds()"),
        ("the environment", "import os\nos.environ['HOME']"),
        ("the environment", "from os import environ\nenviron.get('HOME')"),
        ("the environment", "from os import getenv\ngetenv('HOME')"),
        ("writing files", "open(path, 'wb')"),
        ("writing files", "open(path, mode=mode)"),
        ("writing files", "path.open('a')"),
        ("writing files", "path.open(mode='x')"),
        ("writing files", "path.write_text('x')"),
        ("writing files", "import os\nos.open(path, os.O_CREAT)"),
        ("writing files", "from shutil import copyfile\ncopyfile(a, b)"),
        ("writing files", "import tarfile\ntarfile.open(path, 'w:gz')"),
        ("writing files", "import zipfile\nzipfile.ZipFile(path, 'w')"),
        ("caching headers", "response.headers['Cache-Control'] = 'no-store'"),
        ("caching headers", "response.headers['ETag'] = tag"),
        ("caching headers", "response.cache_control.no_store = True"),
        ("caching headers", "response.set_etag(tag)"),
        ("SQL", "from sqlalchemy import select\nselect(File)"),
        ("SQL", "from mypi.database import db\ndb.session.get(File, 1)"),
        ("SQL", "connection.exec_driver_sql('SELECT 1')"),
        ("unescaped text", "from markupsafe import Markup\nMarkup(text)"),
        ("unescaped text", "import markupsafe as m\nm.Markup(text)"),
        ("output", "print('done')"),
        ("output", "import sys\nsys.stdout.write('done')"),
    ],
)
def test_a_breach_is_seen(what, source):
    assert list(RULES[what](Module("mypi.made_up", source)))


@pytest.mark.parametrize(
    ("what", "source"),
    [
        ("the clock", "from mypi import clock\nclock.now()"),
        ("the clock", "import time\ntime.monotonic()"),
        ("writing files", "open(path)\nopen(path, 'rb')\npath.open()\npath.open('rb')\nstorage.open(digest)"),
        ("writing files", "import tarfile\ntarfile.open(fileobj=stream, mode='r|gz')"),
        ("caching headers", "'''ETag and Cache-Control are set elsewhere.'''\nx = 'Content-Type'"),
        ("SQL", "from flask import session\nsession['user'] = 1\nuploading.upload(actor, form)"),
        ("output", "log.warning('done')"),
    ],
)
def test_what_is_right_is_not_reported(what, source):
    assert list(RULES[what](Module("mypi.made_up", source))) == []


def lapses(template: str) -> list[str]:
    """Return what a template may not hold: text that is not escaped, and what the Content-Security-Policy forbids."""
    patterns = {
        "unescaped": r"\|\s*safe\b|\bMarkup\b|{%-?\s*autoescape\s+false",
        "a script in the page": r"(?i)<script(?![^>]*\bsrc=)",
        "a style in the page": r"(?i)<style\b|<[a-z][^>]*\sstyle=",
        "an event handler in the page": r"(?i)<[a-z][^>]*\son[a-z]+=",
        "another server": r"(?i)<(script|link|img|iframe|form)\b[^>]*\b(src|href|action)=[\"']?(https?:)?//",
        "an attribute without quotes": r"<[a-zA-Z][^>]*=\{\{",
    }
    return [name for name, pattern in patterns.items() if re.search(pattern, template)]


def test_templates_escape_everything_and_bring_nothing_that_the_security_policy_forbids():
    found = []
    for path in sorted((ROOT / "mypi").rglob("*.html")):
        name = str(path.relative_to(ROOT))
        wrong = [
            lapse
            for lapse in lapses(path.read_text("utf-8"))
            if not (lapse == "unescaped" and name in UNESCAPED_TEMPLATES)
        ]
        found += [f"{name}: {lapse}" for lapse in wrong]
    assert not found, breaches("templates", found)


@pytest.mark.parametrize(
    "template",
    [
        "<p>{{ text|safe }}</p>",
        "{% autoescape false %}",
        "<script>go()</script>",
        "<style>p {}</style>",
        '<p style="color: red">',
        '<a onclick="go()">',
        '<script src="https://elsewhere.example/x.js"></script>',
        "<a href={{ url }}>",
    ],
)
def test_a_lapse_in_a_template_is_seen(template):
    assert lapses(template)


def test_a_plain_template_has_no_lapse():
    assert lapses('<script src="{{ url_for("x") }}"></script><a href="{{ url }}" class="safe">{{ text }}</a>') == []
