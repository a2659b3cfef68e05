"""Makes configs/data/recorded.csv.gz: what simulated workers do on every one of 400 questions."""

import csv
import gzip
import io
from pathlib import Path

import anyio

from orchestrator.workflow_file import read_workflow
from protocols.contract import Contract
from protocols.messages import Announcement, Award, Bid, Refusal, Result
from protocols.units import AnnouncementId, Money, units

CONFIGS = Path(__file__).resolve().parent.parent / "configs"


async def rows() -> list[tuple[object, ...]]:
    """Let every worker bid on and do every task."""
    _, fleet = read_workflow(CONFIGS / "simulated.yaml", ["generate.count=400"], {})
    lots = tuple(task.lot("") for task in fleet.tasks)
    made: list[tuple[object, ...]] = []
    for worker in fleet.workers:
        bids: dict[str, Bid] = {}

        def note(message: Bid | Refusal, bids: dict[str, Bid] = bids) -> None:
            if isinstance(message, Bid):
                bids[message.task] = message

        call = Announcement(
            announcement=AnnouncementId("all"),
            number=1,
            lots=lots,
            participants=(worker.participant,),
        )
        await worker.bid(call, note)
        for lot in lots:
            bid = bids[lot.task]
            award = Award(
                announcement=call.announcement,
                task=lot.task,
                worker=worker.name,
                contract=Contract(report=bid.probability),
                score=Money(0),
                pivot=Money(0),
            )
            report = await worker.execute(lot, award)
            right = int(isinstance(report, Result) and report.truth == 1.0)
            made.append(
                (
                    lot.task,
                    lot.kind,
                    worker.name,
                    right,
                    units(report.cost),
                    f"{bid.probability:.3f}",
                )
            )
    return sorted(made, key=lambda row: (int(str(row[0])[1:]), str(row[2])))


def main() -> None:
    """Write the table; the same bytes every time."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("question", "kind", "worker", "correct", "cost", "confidence"))
    writer.writerows(anyio.run(rows))
    target = CONFIGS / "data" / "recorded.csv.gz"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


if __name__ == "__main__":
    main()
