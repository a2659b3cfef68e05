"""Templates quote answers and can do nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.planning.template import (
    LONGEST,
    Listed,
    Template,
    TemplateError,
    is_template,
    trial,
)
from workers.fencing import fenced, unfenced

TEXT = st.text(st.characters(codec="utf-8"), max_size=100)

REFUSED = [
    ("{{ answers.a.__class__ }}", "a template only quotes"),
    ("{{ answers['a'].__class__.__mro__ }}", "a template only quotes"),
    ("{{ answers.a() }}", "it cannot hold a call"),
    ("{{ answers.a.format(1) }}", "it cannot hold a call"),
    ("{{ 'a' * 10**9 }}", "it cannot hold a mul"),
    ("{{ answers.a + answers.b }}", "it cannot hold a add"),
    ("{% for x in answers.a %}x{% endfor %}", "it cannot hold a for"),
    ("{% set x = 1 %}", "it cannot hold a assign"),
    ("{% include '/etc/passwd' %}", "it cannot hold a include"),
    ("{% macro m() %}{% endmacro %}", "it cannot hold a macro"),
    ("{{ cycler }}", "unknown name 'cycler'"),
    ("{{ answers }}", "unknown name 'answers'"),
    ("{{ self }}", "unknown name 'self'"),
    ("{{ answers.a | map('upper') }}", "there is no filter 'map'"),
    ("{{ answers.a | attr('x') }}", "there is no filter 'attr'"),
    ("{{ answers.a | join(answers.b) }}", "takes constants only"),
    ("{{ answers.a | join(d=', ') }}", "takes plain arguments only"),
    ("{{ answers.a | trim | trim | trim | trim }}", "at most 3 filters"),
    ("{{ answers.a", "line 1: unexpected end of template"),
    ("{% if %}", "line 1: "),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_template_that_asks_for_more_than_quoting_is_refused(text: str, message: str) -> None:
    """Attributes, calls, arithmetic, statements and unknown filters end in one clear line."""
    with pytest.raises(TemplateError) as caught:
        Template(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@given(TEXT)
def test_an_answer_is_quoted_between_fences(answer: str) -> None:
    """What another worker wrote stands fenced, and programs get it back as it was."""
    template = Template("Sum up: {{ answers.a }}.")
    assert template.render({"a": answer}) == f"Sum up: {fenced(answer, 'answer')}."
    assert unfenced(template.render({"a": answer})) == f"Sum up: {answer}."


def test_an_answer_is_never_a_template_itself() -> None:
    """Braces in an answer are text."""
    said = "{{ answers.b }}{% raw %}"
    assert unfenced(Template("{{ answers.a }}").render({"a": said})) == said


def test_an_item_of_the_author_needs_no_fence_and_one_of_an_answer_does() -> None:
    """Who wrote the item decides."""
    template = Template("Where is {{ item }}?")
    assert template.uses_item
    assert template.render({}, Listed("Ulm")) == "Where is Ulm?"
    assert template.render({}, "Ulm") == f"Where is {fenced('Ulm', 'answer')}?"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{ answers.l | join(', ') }}", "x, y"),
        ("{{ answers.l | length }}", "2"),
        ("{{ answers.l | first | upper }}", "X"),
        ("{{ answers['l'] | last }}", "y"),
        ("{{ answers.l | tojson }}", '["x", "y"]'),
        ("{{ answers.t | trim | lower }}", "hi"),
    ],
)
def test_filters_do_what_they_say(text: str, shown: str) -> None:
    """Each filter of the table, on a list or on a text."""
    assert unfenced(Template(text).render({"l": ("x", "y"), "t": " HI "})) == shown


@pytest.mark.parametrize(
    "text",
    [
        "{{ answers.l }}",
        "{{ answers.t | join }}",
        "{{ answers.t | first }}",
        "{{ answers.l | upper }}",
        "{{ answers.l | join(1) }}",
        "{{ answers.l | join('x', 'y') }}",
        "{{ item }}",
    ],
)
def test_what_does_not_suit_shows_in_a_trial(text: str) -> None:
    """A list as it is, and filters on the wrong kind of value, are found before any answer."""
    template = Template(text)
    if template.uses_item:
        with pytest.raises(TemplateError, match="there is no item"):
            template.render({})
    else:
        with pytest.raises(TemplateError):
            trial(template, ["l"])


def test_long_quotes_are_cut_and_say_so() -> None:
    """A prompt stays within a size whatever is quoted in it."""
    text = Template("{{ answers.a }}{{ answers.b }}").render({"a": "x" * LONGEST, "b": "y"})
    assert len(text) < LONGEST
    assert f"(cut after {LONGEST // 2} characters)" in text


def test_only_quotes_make_a_template() -> None:
    """Braces of other languages are left alone."""
    assert is_template("{{ answers.a }}")
    assert is_template("{{-item}}")
    assert not is_template(r"\frac{{a}}{{b}} {{ answer }} {% x %}")
