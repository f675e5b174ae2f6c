"""What the methods of XML-RPC take: how many values, and of which type."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mypi.errors import WrongParameters
from mypi.protocols.xmlrpc.calls import Call
from mypi.registry.actors import Actor
from mypi.registry.project_search import FIELDS

LONGEST_TEXT = 200  # characters, as the longest name of a project
MOST_TEXTS = 20


@dataclass(frozen=True)
class Parameter:
    """One value: its name, what it is in words, whether a value is one, and whether it may be left out."""

    name: str
    what: str
    accepts: Callable[[Any], bool]
    optional: bool = False


@dataclass(frozen=True)
class Method:
    """What answers a call, given the actor, the index, and values as `parameters` says."""

    answer: Callable[..., object]
    parameters: tuple[Parameter, ...] = ()

    def __call__(self, call: Call, actor: Actor, full_name: str) -> object:
        """Return the answer. Raises WrongParameters, and what the answering raises."""
        if wrong := self._wrong(call.values):
            raise WrongParameters(method=call.method, wrong=wrong, right=self._right(call.method))
        return self.answer(actor, full_name, *call.values)

    def _wrong(self, values: tuple[Any, ...]) -> str:
        least = sum(not parameter.optional for parameter in self.parameters)
        if not least <= len(values) <= len(self.parameters):
            return f"{len(values)} parameters"
        for parameter, value in zip(self.parameters, values, strict=False):
            if not parameter.accepts(value):
                return f"a '{parameter.name}' that is not {parameter.what}"
        return ""

    def _right(self, name: str) -> str:
        return f"{name}({', '.join(parameter.name for parameter in self.parameters)})"


def _is_number(value: Any) -> bool:
    return type(value) is int


def _is_flag(value: Any) -> bool:
    return type(value) in {bool, int}  # as some languages have no truth values


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST_TEXTS and all(map(_is_text, value))


def _are_fields(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) <= set(FIELDS)
        and all(_is_text(words) or _are_texts(words) for words in value.values())
    )


def _is_operator(value: Any) -> bool:
    return value in ("and", "or")


_SHORT = f"a text of at most {LONGEST_TEXT} characters"
SERIAL = Parameter("serial", "a whole number", _is_number)
PROJECT = Parameter("project", _SHORT, _is_text)
VERSION = Parameter("version", _SHORT, _is_text)
USER = Parameter("user", _SHORT, _is_text)
SHOW_HIDDEN = Parameter("show_hidden", "a truth value", _is_flag, optional=True)
CLASSIFIERS = Parameter("classifiers", f"an array of at most {MOST_TEXTS} such texts", _are_texts)
WORDS = Parameter(
    "words", f"a struct of {' and '.join(FIELDS)}, each a text or an array of at most {MOST_TEXTS}", _are_fields
)
OPERATOR = Parameter("operator", "'and' or 'or'", _is_operator, optional=True)
