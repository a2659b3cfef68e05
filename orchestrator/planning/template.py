r"""Prompts that quote the answers of earlier tasks: ``{{ answers.outline }}`` and ``{{ item }}``.

The syntax is that of Jinja and nothing of it is executed: an expression is a name, an attribute
that is a task's id, and filters of the table below. There is no statement, no call, no arithmetic
and no attribute of Python, so a template cannot do more than quote, and it ends after one pass.

Whatever is quoted stands between fences (`workers.fencing`), as data; only numbers and items that
the author of the plan has listed stand as they are. Quotes that are too long are cut, and say so.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, NoReturn, cast

from workers.fencing import fenced

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jinja2 import nodes

Value = str | int | tuple[str, ...]

LONGEST: Final = 200_000
"""Characters that all quotes of one prompt may have together."""

_TEMPLATE: Final = re.compile(r"\{\{-?\s*(?:answers|item)\b")
_LONGEST_SEPARATOR: Final = 100
_MOST_FILTERS: Final = 3
"""Of one quote; in a long row `tojson` would double the size of a text again and again."""


class TemplateError(ValueError):
    """Raised when a template asks for more than quoting; says what, in one line."""


class Listed(str):
    """An item that the author of the plan has written: it is quoted without a fence."""

    __slots__ = ()


def is_template(prompt: str) -> bool:
    """Whether a prompt quotes answers or an item.

    >>> is_template("Sum up: {{ answers.facts }}"), is_template("What is {{x}} in LaTeX?")
    (True, False)
    """
    return _TEMPLATE.search(prompt) is not None


class Template:
    r"""A prompt with quotes.

    Args:
        text: The template.

    Attributes:
        reads: The tasks whose answers it quotes, in the order of their first quote.
        uses_item: Whether it quotes the item.

    Raises:
        TemplateError: If it is no template, or asks for more than quoting.

    >>> template = Template("Sort these words: {{ answers.words | join(', ') }}")
    >>> template.reads
    ('words',)
    >>> from workers.fencing import unfenced
    >>> unfenced(template.render({"words": ("pear", "fig")}))
    'Sort these words: pear, fig'
    """

    def __init__(self, text: str) -> None:
        from jinja2 import Environment, TemplateSyntaxError, nodes

        try:
            tree = Environment(autoescape=False, keep_trailing_newline=True).parse(text)
        except TemplateSyntaxError as error:
            raise TemplateError(f"line {error.lineno}: {error.message}") from None
        self._parts: list[nodes.Expr] = []
        for node in tree.body:
            if not isinstance(node, nodes.Output):
                _refuse(node)
            self._parts += node.nodes
        names = [each for part in self._parts for each in _names(part)]
        self.reads = tuple(dict.fromkeys(name for name in names if name is not None))
        self.uses_item = None in names

    def render(self, answers: Mapping[str, str | tuple[str, ...]], item: str | None = None) -> str:
        """Fill the quotes in.

        Args:
            answers: By task; a tuple for one that was done for each item of a list.
            item: The item, where the task is done for each.

        Raises:
            TemplateError: If a filter does not suit what it is applied to.
        """
        scope: dict[str, object] = {"answers": answers, "item": item}
        texts = [_evaluated(part, scope) for part in self._parts]
        room = LONGEST // max(1, sum(not isinstance(part, _Plain) for part in texts))
        return "".join(_shown(each, room) for each in texts)


class _Plain(str):
    """What the author of a template has written around the quotes."""

    __slots__ = ()


def _shown(value: Value, room: int) -> str:
    if isinstance(value, _Plain | Listed):
        return str(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        raise TemplateError("a list cannot be quoted as it is: write `| join(', ')` behind it")
    cut = value[:room] + f"\n(cut after {room} characters)" if len(value) > room else value
    return fenced(cut, "answer")


def _names(node: nodes.Expr, filters: int = 0) -> list[str | None]:  # noqa: RET503 - _refuse raises
    """Return what an expression quotes, ``None`` for the item; refuse all else."""
    from jinja2 import nodes

    match node:
        case nodes.TemplateData():
            return []
        case nodes.Name(name="item"):
            return [None]
        case nodes.Getattr(node=nodes.Name(name="answers"), attr=str() as name):
            return [name]
        case nodes.Getitem(node=nodes.Name(name="answers"), arg=nodes.Const(value=str() as name)):
            return [name]
        case nodes.Filter(node=nodes.Expr() as inner, name=name):
            if name not in FILTERS:
                raise TemplateError(
                    f"there is no filter {name!r}; these are: {', '.join(sorted(FILTERS))}"
                )
            if node.kwargs or node.dyn_args or node.dyn_kwargs:
                raise TemplateError(f"filter {name!r} takes plain arguments only")
            if not all(isinstance(each, nodes.Const) for each in node.args):
                raise TemplateError(f"filter {name!r} takes constants only")
            if filters == _MOST_FILTERS:
                raise TemplateError(f"a quote takes at most {_MOST_FILTERS} filters")
            return _names(inner, filters + 1)
        case nodes.Name(name=name):
            raise TemplateError(f"unknown name {name!r}: write answers.TASK or item")
        case _:
            _refuse(node)


def _refuse(node: nodes.Node) -> NoReturn:
    raise TemplateError(
        f"line {node.lineno}: a template only quotes, as {{{{ answers.TASK }}}} or"
        f" {{{{ answers.TASK | join(', ') }}}}; it cannot hold a {type(node).__name__.lower()}"
    )


def _evaluated(node: nodes.Expr, scope: Mapping[str, object]) -> Value:
    from jinja2 import nodes

    match node:
        case nodes.TemplateData(data=str() as text):
            return _Plain(text)
        case nodes.Filter(node=nodes.Expr() as inner, name=str() as name):
            arguments = [each.value for each in node.args if isinstance(each, nodes.Const)]
            value = _evaluated(inner, scope)
            try:
                return FILTERS[name](value, *arguments)
            except TypeError:
                raise TemplateError(f"filter {name!r} does not suit its arguments") from None
        case nodes.Name():
            item = scope["item"]
            if not isinstance(item, str):
                raise TemplateError("there is no item: the task is not done for each of a list")
            return item
        case _:
            (task,) = _names(node)
            answers = cast("Mapping[str | None, Value]", scope["answers"])
            return answers[task]


def _join(value: Value, separator: object = ", ") -> str:
    if not isinstance(value, tuple):
        raise TemplateError("'join' is for a task that was done for each item of a list")
    if not isinstance(separator, str) or len(separator) > _LONGEST_SEPARATOR:
        raise TemplateError(f"'join' takes a text of up to {_LONGEST_SEPARATOR} characters")
    return separator.join(value)


def _length(value: Value) -> int:
    return len(str(value) if isinstance(value, int) else value)


def _at(place: int) -> Callable[[Value], str]:
    def one(value: Value) -> str:
        if not isinstance(value, tuple):
            raise TemplateError("'first' and 'last' are for a task that was done for each item")
        return value[place] if value else ""

    return one


def _text(change: Callable[[str], str]) -> Callable[[Value], str]:
    def changed(value: Value) -> str:
        if not isinstance(value, str):
            raise TemplateError("this filter is for a text; `join` a list first")
        return change(value)

    return changed


def _json(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False)


FILTERS: Final[Mapping[str, Callable[..., Value]]] = {
    "join": _join,
    "length": _length,
    "first": _at(0),
    "last": _at(-1),
    "trim": _text(str.strip),
    "upper": _text(str.upper),
    "lower": _text(str.lower),
    "tojson": _json,
}
"""All that can be done to a quote."""


def trial(template: Template, lists: Sequence[str]) -> None:
    """Render a template with answers made up, so that what does not suit shows now.

    Args:
        template: The template.
        lists: The tasks that are done for each item of a list.

    Raises:
        TemplateError: If a filter does not suit what it is applied to.
    """
    answers = {name: ("x",) if name in lists else "x" for name in template.reads}
    template.render(answers, "x" if template.uses_item else None)
