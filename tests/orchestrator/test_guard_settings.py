"""The section ``guards``."""

import pytest

from orchestrator.guard_settings import GuardSettings, guard_settings


def test_an_empty_section_is_the_defaults_and_none_is_none() -> None:
    """Guards are on if the section is there."""
    assert guard_settings({}) == GuardSettings()
    assert guard_settings(None) is None


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"failures": 0}, r"^guards: failures: .* greater than or equal to 1"),
        ({"responses": []}, r"^guards: responses: .* at least 1 item"),
        ({"review": ["horoscope"]}, r"^guards: review\.0: .*'shading'"),
        ({"retries": 1}, r"^guards: retries: Extra inputs"),
    ],
)
def test_a_bad_setting_is_one_clear_line(given: dict[str, object], complaint: str) -> None:
    """It says where, and what was expected."""
    with pytest.raises(ValueError, match=complaint):
        guard_settings(given)
