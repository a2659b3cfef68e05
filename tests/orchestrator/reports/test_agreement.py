"""Equal answers are counted over tasks that two workers shared."""

from itertools import combinations
from pathlib import Path

from orchestrator.reports.agreement import Agreement
from protocols.events import Announced, Finished
from protocols.messages import Result
from tests.orchestrator import labelling


def test_shares_are_those_of_the_answers(tmp_path: Path) -> None:
    """Counted again from the results, task by task and pair by pair."""
    path = tmp_path / "run.db"
    labelling.run(path, labelling.fleet(labelling.GOOD), labelling.label_tasks(12))
    found, answers, origins = Agreement(), dict[str, dict[str, str]](), dict[str, str]()
    for event in labelling.events(path):
        found.note(event)
        if isinstance(event, Announced):
            origins |= {lot.task: str(lot.group) for lot in event.announcement.lots}
        if isinstance(event, Finished) and isinstance(event.report, Result):
            report = event.report
            answers.setdefault(origins[report.task], {})[report.worker] = report.answer
    workers = found.workers()
    assert workers == sorted(labelling.GOOD)
    for one, other in combinations(workers, 2):
        both = [said for said in answers.values() if one in said and other in said]
        equal = sum(said[one] == said[other] for said in both)
        assert found.share(one, other) == found.share(other, one) == (equal / len(both), len(both))
