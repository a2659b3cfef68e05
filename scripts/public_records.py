"""The public records behind the tables in docs/scoring.md, which are not part of this repository.

They are looked for in the folder that TRUTHBID_RECORDS names, else in ../shared/data beside the
repository.
"""

import csv
import gzip
import os
from pathlib import Path
from typing import Final

from orchestrator.logs.peer_log import PeerLog, read_peer_log

ROOT: Final = Path(__file__).resolve().parent.parent
RECORDS: Final = Path(os.environ.get("TRUTHBID_RECORDS", ROOT.parent / "shared" / "data"))

CLOSE_KINDS: Final = ("boolq", "lsat_ar", "sat_en", "sciq")
MODELS: Final = "task=question_id,worker=model,label=answer,kind=task"


def crowd(name: str) -> PeerLog:
    """Return the labels of a crowd, with the truth."""
    log = read_peer_log(RECORDS / "scoring" / f"{name}_label.csv", "task=item")
    with (RECORDS / "scoring" / f"{name}_truth.csv").open(encoding="utf-8") as file:
        log.kinds[""].gold = {row["item"]: row["truth"] for row in csv.DictReader(file)}
    return log


def answers(name: str) -> PeerLog:
    """Return the answers of language models, with the truth of the questions."""
    log = read_peer_log(RECORDS / "routing" / f"{name}.csv.gz", MODELS)
    path = RECORDS / "routing" / f"{name}_questions.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            log.kinds[row["task"]].gold[row["question_id"]] = row["gold"]
    if name == "conf11":
        log.kinds = {kind: log.kinds[kind] for kind in CLOSE_KINDS}
    return log
