"""Small tables of outcomes with known best ways of choosing."""

from collections.abc import Iterator
from pathlib import Path

from orchestrator.bench.dataset import Dataset, read_parts

HEADER = "question,worker,correct,cost,confidence,kind,group,answer"


def lines(count: int = 200) -> Iterator[str]:
    """Yield the rows of a table: kinds a and b alternate, two questions are of one group.

    Worker ann is right at kind a, bob at kind b, each for 1. Worker dear is always right, for 5.
    Worker loud is never right and states 0.99 for 1. Worker cheap is right on every third question,
    costs 0.1 and knows when it is: it states 0.95 then, else 0.05.
    """
    for number in range(count):
        kind = "ab"[number % 2]
        about = f"{kind},g{number // 2}"
        lucky = number % 3 == 0
        yield f"q{number},ann,{int(kind == 'a')},1,0.6,{about},x"
        yield f"q{number},bob,{int(kind == 'b')},1,0.6,{about},y"
        yield f"q{number},dear,1,5,0.8,{about},r"
        yield f"q{number},loud,0,1,0.99,{about},w"
        yield f"q{number},cheap,{int(lucky)},0.1,{0.95 if lucky else 0.05},{about},{'r' if lucky else 'z'}"


def table(folder: Path, text: str | None = None) -> Path:
    """Write a table."""
    path = folder / "table.csv"
    path.write_text("\n".join([HEADER, *lines()]) if text is None else text, encoding="utf-8")
    return path


def parts(folder: Path, orders: int = 2) -> tuple[Dataset, Dataset]:
    """Return the two parts of the table."""
    return read_parts(table(folder), "", seed=0, share=0.6, orders=orders)
