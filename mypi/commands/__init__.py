"""The `mypi` command line, one file per command. A command reads what it is told and calls an act; no rule is here."""

from mypi.commands.check import check
from mypi.commands.delete import delete
from mypi.commands.events import events
from mypi.commands.gc import gc
from mypi.commands.grant import grant
from mypi.commands.group import group
from mypi.commands.index import index
from mypi.commands.init import init
from mypi.commands.invocation import main
from mypi.commands.maintainer import maintainer
from mypi.commands.promote import demote, promote
from mypi.commands.publish import publish
from mypi.commands.publisher import publisher
from mypi.commands.reserve import reserve
from mypi.commands.serve import serve
from mypi.commands.status import status
from mypi.commands.token import token
from mypi.commands.upgrade import upgrade
from mypi.commands.user import user
from mypi.commands.verify import verify
from mypi.commands.yank import yank

COMMANDS = [
    *(init, serve, upgrade),
    *(user, group, grant, token, publisher, maintainer, reserve),
    *(index, yank, delete, status, promote, demote),
    *(events, publish, verify, gc, check),
]

for command in COMMANDS:
    main.add_command(command)

__all__ = ["COMMANDS", "main"]
