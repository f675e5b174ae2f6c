"""The URLs of the Simple API, once for both who answer them. `<owner>/<name>` is an index; without, the default one."""

LIST = ("/simple/", "/<owner:owner>/<name>/+simple/")
"""The list of projects."""

PROJECT = (
    "/simple/<project>/",
    "/<owner:owner>/<name>/+simple/<project>/",
    "/+simple/<project>/",  # hatch looks for what is there below the URL it uploads to
    "/legacy/+simple/<project>/",
    "/pypi/+simple/<project>/",
)
"""A project's page."""

WITHOUT_SLASH = (
    "/simple",
    "/<owner:owner>/<name>/+simple",
    "/simple/<project>",
    "/<owner:owner>/<name>/+simple/<project>",
)
"""Where a list or a page is not, but a slash away from it."""

FILE = (
    "/packages/<digits3>/<digits13>/<filename>",
    "/legacy/packages/<digits3>/<digits13>/<filename>",  # relative links of the pages below upload URLs
    "/pypi/packages/<digits3>/<digits13>/<filename>",
    "/<owner:owner>/<name>/+f/<digits3>/<digits13>/<filename>",
    "/<owner:owner>/<name>/packages/<digits3>/<digits13>/<filename>",
)
"""A distribution file, or with `.metadata`, `.provenance` or `.asc` behind its name what is beside it."""

BARE_LIST = ("/<owner:owner>/<named:name>/",)
BARE_PROJECT = ("/<owner:owner>/<named:name>/<named:project>/",)
"""Where people give installers the address of a page of theirs: devpi leads these to the list, and so do we."""
