"""`mypi events`: who did what, when, with which token; as it happens, and whether the history was changed."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict

import click

from mypi.commands.answers import as_json_option, written
from mypi.commands.invocation import NOT_DONE, Invocation, pass_invocation
from mypi.database import reading
from mypi.errors import DatabaseBusy, shown
from mypi.registry import history
from mypi.registry.event_filters import FAMILIES, Filter, filter_of
from mypi.registry.events import FIRST_DIGEST, EventKind, breaks_in_chain, newest
from mypi.registry.history import EventFacts

KINDS = click.Choice([*FAMILIES, *(kind.value for kind in EventKind)])
MOST = 100
LOOK_EVERY = 1.0  # seconds


@click.command()
@click.option("--index", metavar="OWNER/NAME", help="Events of this index.")
@click.option("--project", metavar="NAME", help="Events of this project, in any spelling.")
@click.option("--actor", metavar="NAME", help="What this user did, or 'shell:ACCOUNT'.")
@click.option("--kind", type=KINDS, metavar="KIND", help="A kind, such as file.uploaded, or file for all.")
@click.option("--since", metavar="TIME", help="From this day, or moment: 2026-01-31, 2026-01-31T12:00 (UTC).")
@click.option("--until", metavar="TIME", help="To the end of this day, or before this moment.")
@click.option("--most", type=click.IntRange(0), default=MOST, show_default=True, help="How many of the newest.")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.option("--follow", is_flag=True, help="Go on with what happens, until Ctrl-C.")
@click.option("--verify", is_flag=True, help="Follow the chain of digests instead, and name the first break.")
@as_json_option
@pass_invocation
def events(
    invocation: Invocation,
    /,
    *,
    most: int,
    everything: bool,
    follow: bool,
    verify: bool,
    as_json: bool,
    **asked: str | None,
) -> None:
    """Show who did what, when, and with which token.

    The newest events, in order. --verify looks at every event instead. Exit code 0: each follows from the one before
    it. 1: one does not; the first such is named.

    \b
    mypi events --project demo --kind file --since 2026-01-01
    mypi events --follow --json
    mypi events --verify
    """
    with invocation.opened():
        if verify:
            click.get_current_context().exit(_verify(as_json=as_json))
        wanted = filter_of(asked)
        serial = _newest()[0]
        found = history.after(wanted, 0) if everything else iter(history.newest(wanted, most))
        if follow:
            with suppress(KeyboardInterrupt):
                _follow(found, wanted, serial, as_json=as_json)
        elif as_json:
            _print_json(found)
        else:
            _print_lines(found)


def _verify(*, as_json: bool) -> int:
    """Say whether the chain is whole, and return the exit code."""
    serial, digest = _newest()
    first_break = next(breaks_in_chain(), None)
    if as_json:
        click.echo(json.dumps({"first_break": first_break, "serial": serial, "digest": digest}, indent=2))
    elif first_break is None:
        click.echo(f"each event follows from the one before it, up to {serial} with the digest {digest}")
    else:
        click.echo(f"event {first_break} does not follow from the one before it: it was changed, or one was removed")
    return 0 if first_break is None else NOT_DONE


def _newest() -> tuple[int, str]:
    """Return the serial and the digest of the newest event."""
    with reading():
        event = newest()
        return (event.serial, event.digest) if event else (0, FIRST_DIGEST)


def _follow(found: Iterator[EventFacts], wanted: Filter, serial: int, *, as_json: bool) -> None:
    """Print events, and then for ever those after the serial that was the newest before these were read."""
    while True:
        for one in found:
            serial = max(serial, one.serial)
            click.echo(_json(one) if as_json else _line(one))
        time.sleep(LOOK_EVERY)
        found = _look(wanted, serial)


def _look(wanted: Filter, serial: int) -> Iterator[EventFacts]:
    with suppress(DatabaseBusy):  # The next look will find them.
        yield from history.after(wanted, serial)


def _print_lines(found: Iterator[EventFacts]) -> None:
    line = ""
    for one in found:
        line = _line(one)
        click.echo(line)
    if not line:
        click.echo("there are no such events")


def _print_json(found: Iterator[EventFacts]) -> None:
    # One after another: there may be more than should be held at once.
    before = "["
    for one in found:
        click.echo(f"{before}\n{_json(one)}", nl=False)
        before = ","
    click.echo("[]" if before == "[" else "\n]")


def _json(one: EventFacts) -> str:
    return json.dumps(asdict(one), default=written)


def _line(one: EventFacts) -> str:
    who = f"{one.actor or 'nobody'} ({one.token})" if one.token else one.actor or "nobody"
    # Of a file the name says project and version.
    what = one.filename or f"{one.project} {one.version}"
    facts = [one.index, what, *(f"{name}: {text}" for name, text in one.said)]
    told = [f"{one.time:%Y-%m-%d %H:%M:%S}", who, one.kind, *facts]
    return "  ".join([f"{one.serial:>6}", *(shown(fact.strip()) for fact in told if fact.strip())])
