"""Conversion between units of measurement, exact where the units are defined exactly."""

import re
from fractions import Fraction
from typing import Final

from workers.skills.arithmetic import spell

_AMOUNT = r"(-?\d{1,12}(?:,\d{3})*(?:\.\d{1,12})?)"
_CONVERT = re.compile(
    rf"{_AMOUNT}\s*(?:degrees\s+)?°?\s*([a-z]+)\s+(?:in|to|into|as)\s+(?:degrees\s+)?°?\s*"
    r"([a-z]+)",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(
    rf"how many ([a-z]+) (?:are|is|make)(?: there)?(?: in)?\s+{_AMOUNT}\s*([a-z]+)", re.IGNORECASE
)
_PLACES = 6

_SIZES: Final[dict[str, dict[str, str]]] = {
    "length": {
        "mm": "0.001", "cm": "0.01", "m": "1", "km": "1000", "inch": "0.0254", "foot": "0.3048",
        "yard": "0.9144", "mile": "1609.344", "nm": "1852",
    },
    "mass": {"mg": "0.000001", "g": "0.001", "kg": "1", "tonne": "1000", "oz": "0.028349523125",
             "lb": "0.45359237"},
    "time": {"s": "1", "minute": "60", "h": "3600", "day": "86400", "week": "604800"},
    "volume": {"ml": "0.001", "l": "1", "gallon": "3.785411784", "pint": "0.473176473"},
    "area": {"ha": "10000", "acre": "4046.8564224"},
    "data": {"bit": "0.125", "byte": "1", "kb": "1000", "mb": "1000000", "gb": "1000000000",
             "kib": "1024", "mib": "1048576", "gib": "1073741824"},
}  # fmt: skip
"""What each unit is worth in the first unit of its quantity."""

_SPELLINGS: Final = {
    "millimeter": "mm", "millimetre": "mm", "centimeter": "cm", "centimetre": "cm", "meter": "m",
    "metre": "m", "kilometer": "km", "kilometre": "km", "inche": "inch", "in": "inch",
    "feet": "foot", "ft": "foot", "yd": "yard", "mi": "mile", "milligram": "mg", "gram": "g",
    "kilogram": "kg", "kilo": "kg", "t": "tonne", "ounce": "oz", "pound": "lb", "second": "s",
    "min": "minute", "hour": "h", "d": "day", "milliliter": "ml", "millilitre": "ml",
    "liter": "l", "litre": "l", "hectare": "ha", "kilobyte": "kb", "megabyte": "mb",
    "gigabyte": "gb", "kibibyte": "kib", "mebibyte": "mib", "gibibyte": "gib",
    "c": "celsius", "f": "fahrenheit", "k": "kelvin",
}  # fmt: skip

_QUANTITY: Final = {unit: name for name, sizes in _SIZES.items() for unit in sizes}

_TO_KELVIN: Final = {
    "celsius": (Fraction(1), Fraction("273.15")),
    "fahrenheit": (Fraction(5, 9), Fraction("459.67") * 5 / 9),
    "kelvin": (Fraction(1), Fraction(0)),
}
"""Factor and offset of each scale of temperature."""


def units(prompt: str) -> str:
    """Convert a measurement; answers that do not end are rounded to six places.

    Raises:
        ValueError: If the prompt names no two units of the same quantity.

    >>> units("Convert 5 miles to kilometers.")
    '8.04672'
    >>> units("What is 212 fahrenheit in celsius?")
    '100'
    >>> units("How many minutes are there in 3 days?")
    '4320'
    """
    if found := _HOW_MANY.search(prompt):
        target, amount, source = found.groups()
    elif found := _CONVERT.search(prompt):
        amount, source, target = found.groups()
    else:
        raise ValueError("expected a measurement and the unit to convert it to")
    value = convert(Fraction(amount.replace(",", "")), _unit(source), _unit(target))
    return spell(round(value, _PLACES))


def convert(amount: Fraction, source: str, target: str) -> Fraction:
    """Return an amount of one unit in another.

    Raises:
        ValueError: If the two do not measure the same quantity.

    >>> convert(Fraction(1), "mile", "km")
    Fraction(25146, 15625)
    """
    if source in _TO_KELVIN and target in _TO_KELVIN:
        factor, offset = _TO_KELVIN[source]
        target_factor, target_offset = _TO_KELVIN[target]
        return (amount * factor + offset - target_offset) / target_factor
    quantity = _QUANTITY.get(source)
    if quantity is None or quantity != _QUANTITY.get(target):
        raise ValueError(f"{source!r} and {target!r} do not measure the same quantity")
    sizes = _SIZES[quantity]
    return amount * Fraction(sizes[source]) / Fraction(sizes[target])


def _unit(word: str) -> str:
    lower = word.lower()
    for name in (lower, lower.removesuffix("s")):
        unit = _SPELLINGS.get(name, name)
        if unit in _QUANTITY or unit in _TO_KELVIN:
            return unit
    return lower
