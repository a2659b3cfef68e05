"""Takes secrets out of what is kept: keys, authorisations, secret values of the environment."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    M = TypeVar("M", bound=BaseModel)

SHORTEST: Final = 12
"""Characters that a secret value has at least: a shorter one is a stand-in or an ordinary word."""

_SECRET_NAME: Final = re.compile(
    r"(?:^|_)(?:API)?(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)(?:_|\d*$)",
    re.IGNORECASE,
)

_FORMS: Final[Mapping[str, str]] = {
    "sk-": r"\bsk-[A-Za-z0-9_-]{16,}",
    "rk-": r"\brk-[A-Za-z0-9_-]{16,}",
    "ghp_": r"\bghp_[A-Za-z0-9]{20,}",
    "gho_": r"\bgho_[A-Za-z0-9]{20,}",
    "ghs_": r"\bghs_[A-Za-z0-9]{20,}",
    "ghu_": r"\bghu_[A-Za-z0-9]{20,}",
    "github_pat_": r"\bgithub_pat_\w{20,}",
    "glpat-": r"\bglpat-[\w-]{20,}",
    "hf_": r"\bhf_[A-Za-z0-9]{20,}",
    "npm_": r"\bnpm_[A-Za-z0-9]{20,}",
    "pypi-": r"\bpypi-[\w-]{20,}",
    "xox": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    "AKIA": r"\bAKIA[0-9A-Z]{16}\b",
    "ASIA": r"\bASIA[0-9A-Z]{16}\b",
    "AIza": r"\bAIza[\w-]{35}",
    "eyJ": r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}",  # a signed token
    "PRIVATE KEY-----": (
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)"
    ),
}
"""How every form of key is written -> the whole of it. Looking for the mark first takes no time."""

_KEYS: Final = {mark: re.compile(form) for mark, form in _FORMS.items()}

_ANNOUNCED: Final = ("bearer", "authorization")

_AUTHORISATION: Final = re.compile(
    r"\b(?P<head>(?:proxy-)?authorization\\?[\"']?\s*[:=]\s*\\?[\"']?(?:bearer|basic|token)?\s*"
    r"|bearer\s+)(?P<secret>[A-Za-z0-9._~+/=-]{8,})",
    re.IGNORECASE,
)


class Redactor:
    """Takes secrets out of texts.

    The same text gives the same result wherever the same names hold secrets, so what is redacted
    in a recording is found again when it is redacted in a question.

    Args:
        environment: The variables; the values of those with the name of a secret, such as
            ``OPENAI_API_KEY`` or ``DB_PASSWORD``, are taken out if they are long enough.

    >>> redact = Redactor({"MY_TOKEN": "correct horse"})
    >>> redact.text("It is correct horse. Authorization: Bearer abcdefgh12345678")
    'It is [MY_TOKEN]. Authorization: Bearer [redacted]'
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        values = {
            value.strip(): f"[{name}]"
            for name, value in sorted(environment.items())
            if _SECRET_NAME.search(name) and len(value.strip()) >= SHORTEST
        }
        longest_first = sorted(values, key=len, reverse=True)
        self._values = values
        self._known = re.compile("|".join(map(re.escape, longest_first))) if values else None
        self._written = [json.dumps(value, ensure_ascii=False)[1:-1] for value in longest_first]

    def text(self, text: str) -> str:
        """Return a text without its secrets."""
        if self._known is not None:
            text = self._known.sub(lambda found: self._values[found[0]], text)
        if _is_announced(text):
            text = _AUTHORISATION.sub(lambda found: f"{found['head']}[redacted]", text)
        for mark, form in _KEYS.items():
            if mark in text:
                text = form.sub("[redacted]", text)
        return text

    def model(self, model: M) -> M:
        """Return a model without the secrets in its texts; itself, if there are none."""
        written = model.model_dump_json()
        if not self._may_hold(written):
            return model
        clean = self._all(model.model_dump(mode="json"))
        return type(model).model_validate_json(json.dumps(clean))

    def _may_hold(self, written: str) -> bool:
        marks = (*_KEYS, *self._written)
        return _is_announced(written) or any(mark in written for mark in marks)

    def _all(self, value: object) -> object:
        match value:
            case str():
                return self.text(value)
            case list():
                return [self._all(each) for each in cast("list[object]", value)]
            case dict():
                fields = cast("dict[str, object]", value)
                return {name: self._all(each) for name, each in fields.items()}
            case _:
                return value


def _is_announced(text: str) -> bool:
    small = text.lower()
    return any(word in small for word in _ANNOUNCED)
