"""How a command gets a new password: typed, from standard input, or made up. Others would see an argument."""

import sys

import click

from mypi import passwords

from_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
generate = click.option("--generate", is_flag=True, help="Make up a password and print it, once.")


def asked(*, password_stdin: bool, generated: bool) -> str:
    """Return the new password; a made up one is for the caller to print. Raises click.UsageError."""
    if password_stdin and generated:
        raise click.UsageError("--password-stdin and --generate exclude each other")
    if password_stdin:
        return read_line()
    if generated:
        return passwords.generated()
    if not sys.stdin.isatty():
        raise click.UsageError("nobody is there to be asked for a password: give --password-stdin or --generate")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed


def read_line() -> str:
    """Return the first line of standard input without its end."""
    return sys.stdin.readline().rstrip("\r\n")
