"""A verifier for answers that must be one of a list."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from protocols.messages import Lot, Result
from workers.ports import RIGHT, Verdict
from workers.spec import Several, Spec, Written
from workers.verifiers.normalising import normalised


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)  # pyright: ignore[reportUnknownVariableType]


class Exact(Spec):
    """Accepts an answer that is the same but for case, spaces, quotes and final punctuation."""

    type: Literal["exact"] = "exact"
    answer: Annotated[
        Several[Written],
        BeforeValidator(_listed, json_schema_input_type=Written | list[Written]),
        Field(min_length=1, description="The right answer, or a list of them."),
    ]
    case: Annotated[bool, Field(description="Whether capitals matter.")] = False
    verbatim: Annotated[bool, Field(description="Whether every character matters.")] = False

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Compare the answer with the right ones."""
        del lot
        answer = result.answer
        if answer in self._accepted:
            return RIGHT
        if not self.verbatim and normalised(answer, case=self.case) in self._plain:
            return RIGHT
        return self._wrong

    @cached_property
    def _accepted(self) -> frozenset[str]:
        return frozenset(self.answer)

    @cached_property
    def _plain(self) -> frozenset[str]:
        return frozenset(normalised(each, case=self.case) for each in self._accepted)

    @cached_property
    def _wrong(self) -> Verdict:
        return Verdict(0.0, f"expected {' or '.join(map(repr, sorted(self._accepted)))}"[:500])


def exact(answer: str, *others: str, case: bool = False, verbatim: bool = False) -> Exact:
    """Return a verifier that accepts one of some answers.

    >>> exact("391", "three hundred and ninety-one").type
    'exact'
    """
    return Exact(answer=(answer, *others), case=case, verbatim=verbatim)
