"""Tests of how configurations describe workers and verifiers."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from workers.spec import ParticipantSpec, Several, Shorthand, Spec, Terms, Written, participant


class _Section(Spec):
    share: float = 0.0
    names: Several[str] = ()
    text: Written = ""


class _Square(Spec):
    shape: Literal["square"] = "square"
    side: float


class _Point(Spec):
    shape: Literal["point"] = "point"


_Shape = Annotated[
    Annotated[_Square | _Point, Field(discriminator="shape")],
    Shorthand("shape", {"square": "side", "point": None}),
]
_shapes: TypeAdapter[_Square | _Point] = TypeAdapter(_Shape)


def test_a_section_takes_what_yaml_gives() -> None:
    """A whole number is taken for a fraction, a list for a tuple, a whole number for a text."""
    section = _Section.model_validate({"share": 1, "names": ["a", "b"], "text": 391})
    assert section == _Section(share=1.0, names=("a", "b"), text="391")


@pytest.mark.parametrize(
    "section",
    [
        {"unknown": 1},
        {"share": "0.5"},
        {"share": True},
        {"share": float("nan")},
        {"names": "abc"},
        {"names": [1]},
        {"text": 3.10},
        {"text": True},
    ],
)
def test_a_section_refuses_the_rest(section: dict[str, Any]) -> None:
    """Unknown fields and values of another kind are refused."""
    with pytest.raises(ValidationError):
        _Section.model_validate(section)


@pytest.mark.parametrize(
    "written", [{"shape": "square", "side": 2}, {"square": {"side": 2}}, {"square": 2}]
)
def test_three_forms_mean_the_same(written: object) -> None:
    """The long form, the word with its fields and the word with its subject are equal."""
    assert _shapes.validate_python(written) == _Square(side=2.0)


@pytest.mark.parametrize("written", ["point", {"point": None}, {"point": {}}, {"shape": "point"}])
def test_a_word_may_stand_alone(written: object) -> None:
    """What needs no field is written as its word."""
    assert _shapes.validate_python(written) == _Point()


@pytest.mark.parametrize("written", ["circle", {"circle": 1}, {"shape": "circle"}])
def test_an_unknown_word_is_named(written: object) -> None:
    """The error tells the unknown word and the known ones, in every form."""
    with pytest.raises(ValidationError, match=r"'circle'.*'square', 'point'"):
        _shapes.validate_python(written)


@pytest.mark.parametrize("written", [5, None, [], {"square": 1, "point": 2}])
def test_what_is_no_form_is_refused(written: object) -> None:
    """A number, a list or two words are no form of a tagged union."""
    with pytest.raises(ValidationError):
        _shapes.validate_python(written)


def test_the_json_schema_knows_the_short_forms() -> None:
    """Editors accept the long form, the words and the words with a value."""
    forms = _shapes.json_schema()["anyOf"]
    assert {"enum": ["square", "point"]} in forms
    assert [form["required"] for form in forms if form.get("type") == "object"] == [
        ["square"],
        ["point"],
    ]


def test_the_terms_make_the_participant() -> None:
    """What is described of a worker is what the market knows of it."""
    spec = ParticipantSpec(id="ann", payable=True, capacity=2, owner="o", family="f")
    assert participant(spec.id, spec.terms()).model_dump() == {
        "worker": "ann",
        "payable": True,
        "capacity": 2,
        "owner": "o",
        "family": "f",
    }
    assert participant("ann", Terms()).capacity is None


def test_an_unknown_term_is_an_error() -> None:
    """A misspelt argument of a worker is not dropped in silence."""
    with pytest.raises(TypeError, match="'ann': unexpected arguments: capasity"):
        participant("ann", Terms(capasity=3))  # type: ignore[typeddict-unknown-key]  # on purpose
