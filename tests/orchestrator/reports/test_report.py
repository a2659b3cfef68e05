"""The HTML page is whole, needs nothing from elsewhere, and shows foreign text as text."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

import orchestrator
from orchestrator.evaluation.baselines import compare
from orchestrator.evaluation.summary import STATES
from orchestrator.memory.record import Record
from orchestrator.reports.report import MOST_WINNERS, render, write_report
from orchestrator.reports.story import Story
from orchestrator.reports.tasks import OPEN
from orchestrator.reports.telling import slug
from protocols.events import Event, TaskAdded
from protocols.units import AnnouncementId, TaskId
from tests.orchestrator import labelling
from tests.orchestrator.small_runs import T1, TASKS, events, liar_and_honest, lot, market, write

VOID = {"meta", "br", "hr", "img", "input", "link", "line", "circle", "rect", "polyline", "path"}


class Page(HTMLParser):
    """Checks that elements nest, and collects attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that has no content."""
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """Check that the innermost element ends."""
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data


def page(tmp_path: Path, listed: list[Event] | None = None) -> str:
    """Return the page of the small run."""
    with Record(write(tmp_path / "run.db", events() if listed is None else listed)) as record:
        return render(record)


def test_nothing_from_elsewhere(tmp_path: Path) -> None:
    """No address, script, style sheet, font, image or link but to its own parts."""
    html = page(tmp_path)
    found = Page(html)
    for foreign in ("http:", "https:", "url(", "@import", "src="):
        assert foreign not in html
    assert not found.tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert all(value.startswith("#") for name, value in found.attributes if name == "href")
    assert not any(name.startswith("on") or name == "style" for name, _ in found.attributes)


def test_links_lead_somewhere(tmp_path: Path) -> None:
    """Every link has its target on the page."""
    found = Page(page(tmp_path))
    targets = {value for name, value in found.attributes if name == "id"}
    assert {value[1:] for name, value in found.attributes if name == "href"} <= targets


def test_answers_are_text(tmp_path: Path) -> None:
    """A script in an answer is shown and not run."""
    html = page(tmp_path)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert(1)</script>" in Page(html).text


def test_hostile_names_everywhere(tmp_path: Path) -> None:
    """Markup in the currency, the settings and the names stays text."""
    opening, *rest = events()
    hostile = '"><b onclick=x>'
    config = {hostile: hostile, "mechanism": {"name": hostile}}
    with_name = opening.model_copy(update={"currency": hostile, "run": hostile, "config": config})
    found = Page(page(tmp_path, [with_name, *rest]))
    assert not any(name == "onclick" for name, _ in found.attributes)
    assert found.text.count(hostile) > 3


def test_long_answers_are_cut(tmp_path: Path) -> None:
    """An answer of a hundred thousand characters does not make the page longer than a short one."""
    longer = [
        event.model_copy(
            update={"report": event.report.model_copy(update={"answer": "x" * 100_000})}
        )
        if event.event == "finished"
        else event
        for event in events()
    ]
    assert len(page(tmp_path, longer)) < len(page_of_short(tmp_path)) + 2_000


def page_of_short(tmp_path: Path) -> str:
    """Return the page of the small run from another file."""
    (tmp_path / "short").mkdir()
    return page(tmp_path / "short")


def test_numbers_of_the_small_run(tmp_path: Path) -> None:
    """Cards, facts and auctions show what was worked out by hand."""
    text = " ".join(Page(page(tmp_path)).text.split())
    for piece in (
        "1 of 3 tasks solved",
        "closed: done",
        "2023-11-14 22:13:20 UTC",
        "hash of entry 24",
        "3 of 3 auctions",
        "0.000000055",
        "1 lot announced again",
    ):
        assert piece in text


def test_an_empty_journal_has_a_page(tmp_path: Path) -> None:
    """A run that was opened and nothing more is shown as such."""
    assert "open" in Page(page(tmp_path, events()[:1])).text


@pytest.mark.anyio
async def test_page_of_a_real_run(tmp_path: Path) -> None:
    """With a comparison the page has the other rules, with the liar its diagram and its price."""
    verifiers = {TaskId(str(task.id)): task.verify for task in TASKS if task.verify}
    target = tmp_path / "run.html"
    with Record(await market(tmp_path / "run.db", liar_and_honest())) as record:
        found = await compare(record, liar_and_honest(), verifiers)
        write_report(record, target, found)
    text = Page(target.read_text(encoding="utf-8")).text
    assert "best single worker, in hindsight: honest" in text
    assert "overstating cost it 6.11 USD" in text
    assert "Who could be believed" in text


def test_peers_have_their_table(tmp_path: Path) -> None:
    """Scores with errors and comparisons, who was refused a score and why, and the assumption."""
    path = tmp_path / "peers.db"
    workers = labelling.fleet({"<b>ann</b>": 0.9, "bob": 0.8, "cy": 0.85})
    labelling.run(path, workers, labelling.label_tasks(30))
    with Record(path) as record:
        html = render(record)
    found = Page(html)
    assert "What peers say of the answers" in found.text
    assert "Scored by dasgupta-ghosh: 3 of 3 workers; higher is better." in found.text
    assert "std. error" in found.text
    assert "comparisons" in found.text
    assert "with an answer by consensus, mean support" in found.text
    assert "Assumes: workers answer by the same rule on every task" in found.text
    assert "&lt;b&gt;ann&lt;/b&gt;" in html
    assert ("href", "#peers") in found.attributes


def test_refusals_of_peers_are_words(tmp_path: Path) -> None:
    """Where the answers cannot support a score, the page says for whom and why."""
    path = tmp_path / "few.db"
    labelling.run(path, labelling.fleet(labelling.GOOD), labelling.label_tasks(3))
    with Record(path) as record:
        found = Page(render(record))
    assert "Not scored, " in found.text
    assert "usable tasks shared with peers" in found.text


def test_without_peers_there_is_no_table_of_peers(tmp_path: Path) -> None:
    """A run without redundancy has no empty section about peers."""
    assert "What peers say" not in page(tmp_path)


def test_every_choice_has_its_rule() -> None:
    """What can be filtered for is hidden by a rule of the style: each state, flag and winner."""
    templates = Path(orchestrator.__file__).parent / "templates"
    style = (templates / "style.css").read_text(encoding="utf-8")
    story = Story(AnnouncementId("a1"), lot(T1))
    flags = [slug(flag) for flag in story.marks]
    winners = [f"w{place}" for place in range(MOST_WINNERS)]
    for value in (*STATES, OPEN, *flags, *winners):
        assert f'.filter:has([value="{value}"]:checked) .item:not(.{value})' in style


def test_a_large_run_has_a_page_of_bounded_size(tmp_path: Path) -> None:
    """Two thousand tasks more add rows up to a limit, and the rest is counted."""
    opening, *_ = events()
    many = [TaskAdded(lot=lot(TaskId(f"t{number}"))) for number in range(2_000)]
    html = page(tmp_path, [opening, *many])
    assert len(html) < 250_000
    assert "200 of 2,000" in Page(html).text
