"""Bids from the past alone, without a call."""

from typing import Literal

from workers.spec import Spec


class Prior(Spec):
    """Bids the chance of success that the record of the worker and its colleagues gives."""

    type: Literal["prior"] = "prior"


class Learned(Spec):
    """Bids that chance, moved by how hard the words of the prompt are: see `Hardness`."""

    type: Literal["learned"] = "learned"
