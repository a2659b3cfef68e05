"""The value type that crosses every border: immutable, strict, closed to unknown fields."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A frozen value with equality by content.

    Strict: a string is no number, ``True`` is no integer, NaN and infinities are refused, and so
    are unknown fields. Input from outside is therefore validated once, where it becomes a value.
    """

    # `defer_build`: of the many kinds of value a process uses few, and each is built on first use
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True
    )
