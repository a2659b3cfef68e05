"""Reading logs of labels."""

from pathlib import Path

import pytest

from orchestrator.errors import InputError
from orchestrator.logs.peer_log import PeerLog, read_peer_log
from scoring.peer import PeerReport


def _log(folder: Path, text: str, name: str = "log.csv") -> PeerLog:
    path = folder / name
    path.write_text(text)
    return read_peer_log(path)


def test_a_row_has_all_that_a_mechanism_may_need(tmp_path: Path) -> None:
    """Owner, family, kind, prediction, confidence and truth are read where they are there."""
    log = _log(
        tmp_path,
        "task,worker,label,owner,family,kind,prediction,confidence,gold\n"
        "t,ann,yes,o,f,k,yes=0.7; no=0.3,0.9,no\n",
    )
    assert log.columns >= {"owner", "family", "kind", "prediction", "confidence", "gold"}
    kind = log.kinds["k"]
    assert kind.reports == [PeerReport("t", "ann", "o", "f", "yes", {"yes": 0.7, "no": 0.3}, 0.9)]
    assert kind.gold == {"t": "no"}
    assert kind.accuracy() == {"ann": (0, 1)}


def test_json_lines_hold_predictions_as_objects(tmp_path: Path) -> None:
    """A prediction may be an object; ``report`` and ``truth`` are known names of label and gold."""
    log = _log(
        tmp_path,
        '{"task": 1, "worker": "ann", "report": "a", "prediction": {"a": 1}, "truth": "a"}\n',
        "log.jsonl",
    )
    (report,) = log.kinds[""].reports
    assert (report.task, report.owner, report.family) == ("1", "ann", "ann")
    assert report.prediction == {"a": 1.0}
    assert log.kinds[""].accuracy() == {"ann": (1, 1)}


def test_a_row_without_a_label_is_silence(tmp_path: Path) -> None:
    """It is counted, and on a task with a known truth it is not right."""
    log = _log(tmp_path, "task,worker,label,gold\nt,ann,,1\nu,ann,1,1\n")
    assert log.kinds[""].silent == [("ann", "t")]
    assert log.kinds[""].accuracy() == {"ann": (1, 2)}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("t,ann,0,o,f,,,1", r"log\.csv:3 expected one label of 'ann' on task 't', found a second"),
        ("u,ann,0,p,f,,,1", r"log\.csv:3 expected one owner and one family of 'ann' throughout"),
        ("t,bob,0,o,f,,,0", r"log\.csv:3 expected one truth of task 't', found a second"),
        (",bob,0,o,f,,,1", r"log\.csv:3 expected a task and a worker in every row"),
        ("u,bob,0,o,f,,9,1", r"log\.csv:3 confidence: expected a number from 0 to 1, not '9'"),
        ("u,bob,0,o,f,a=0.7;b=0.7,,1", r"log\.csv:3 prediction: expected shares .* sum 1"),
        ("u,bob,0,o,f,0.7,,1", r"log\.csv:3 prediction: expected shares"),
        ("u,bob,0,o,f,{},,1", r"log\.csv:3 prediction: expected shares"),
        ("u,bob,0,o,f,a=-1;b=2,,1", r"log\.csv:3 prediction: expected shares"),
    ],
)
def test_a_bad_row_is_told_with_its_line(tmp_path: Path, row: str, message: str) -> None:
    """Contradictions and numbers out of range are one line that says what was expected."""
    header = "task,worker,label,owner,family,prediction,confidence,gold"
    with pytest.raises(InputError, match=message):
        _log(tmp_path, f"{header}\nt,ann,1,o,f,,,1\n{row}\n")
