"""``truthbid audit`` as a shell sees it."""

from pathlib import Path

import pytest

from orchestrator.exits import BAD_INPUT, DONE, UNSOLVED
from tests.orchestrator.command import CONFIGS, truthbid

QUICK = str(CONFIGS / "quickstart.yaml")
LITTLE = ("--replications", "2", "--rounds", "3", "--jobs", "1")


def test_the_configured_mechanism_is_audited_lie_by_lie() -> None:
    """A table of lies and a sentence that none of them pays."""
    said = truthbid("audit", QUICK, *LITTLE)
    assert (said.code, said.err) == (DONE, "")
    for word in ("contingent-vcg", "whitewashing", "each liar gains", "ways to lie alone"):
        assert word in said.out


def test_a_lie_that_pays_fails_the_build() -> None:
    """With --fail-above the exit code says so, and standard error names the mechanism."""
    given = ("--mechanism", "highest-confidence", "--misreport", "cost-double", "--no-dynamics")
    lenient = truthbid("audit", QUICK, *given, "--fail-above", "1.0", "--jobs", "1", "--quiet")
    strict = truthbid("audit", QUICK, *given, "--fail-above", "0.00001", "--jobs", "1", "--quiet")
    assert (lenient.code, lenient.out) == (DONE, "")
    assert strict.code == UNSOLVED
    assert "highest-confidence" in strict.err


def test_the_data_name_every_lie_and_its_errors() -> None:
    """With --json, for programs; the price of anarchy is a number or null."""
    found = truthbid("audit", QUICK, *LITTLE, "--json").data()
    (rule,) = found["mechanisms"]
    assert rule["rule"] == "contingent-vcg"
    assert {"gain", "loss", "others", "recovery"} == rule["lies"]["sybil"].keys()
    assert rule["anarchy"] >= 1.0


def test_a_journal_is_audited(tmp_path: Path) -> None:
    """Its configuration says which mechanism and which workers."""
    journal = str(tmp_path / "run.db")
    assert truthbid("run", QUICK, "--journal", journal, "--quiet").code == DONE
    said = truthbid("audit", journal, *LITTLE, "--mechanism", "first-price")
    assert said.code == DONE
    assert "first-price" in said.out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--mechanism", "frist-price"), "first-price"),
        (("--mechanism", "{name: joint-value, combin: any}"), "combin"),
        (("--misreport", "sybill"), "sybil"),
        (("--fail-above", "much"), "--fail-above"),
        (("--replications", "1"), "--replications"),
    ],
)
def test_a_wrong_option_is_explained_in_one_line(given: tuple[str, ...], said: str) -> None:
    """Before anything is played, with exit code 2."""
    found = truthbid("audit", QUICK, *given)
    assert (found.code, found.out) == (BAD_INPUT, "")
    assert found.err.count("\n") == 1
    assert said in found.err


def test_an_audit_has_a_page(tmp_path: Path) -> None:
    """With --html FILE, beside the table; a page is never written over what is audited."""
    page, journal = tmp_path / "audit.html", tmp_path / "run.db"
    said = truthbid("audit", QUICK, *LITTLE, "--misreport", "sybil", "--html", page)
    assert (said.code, said.err) == (DONE, f"wrote {page}\n")
    assert "Gain by lie and mechanism" in page.read_text(encoding="utf-8")
    assert truthbid("run", QUICK, "--journal", journal, "--quiet").code == DONE
    over = truthbid("audit", journal, *LITTLE, "--misreport", "sybil", "--html", journal)
    assert over.code == BAD_INPUT
    assert "is what is read" in over.err
    nowhere = truthbid("audit", QUICK, "--html", tmp_path / "none" / "audit.html")
    assert (nowhere.code, nowhere.out) == (BAD_INPUT, "")
    assert "there is no such folder" in nowhere.err


def test_a_report_has_an_audit(tmp_path: Path) -> None:
    """With --audit the page of a run says who would gain by lying; without a page that is no use."""
    page, journal = tmp_path / "run.html", tmp_path / "run.db"
    assert truthbid("run", QUICK, "--journal", journal, "--quiet").code == DONE
    assert truthbid("report", journal, "--html", page, "--audit").code == DONE
    assert "Who gains by lying" in page.read_text(encoding="utf-8")
    alone = truthbid("report", journal, "--audit")
    assert (alone.code, alone.out) == (BAD_INPUT, "")
    assert "give --html FILE" in alone.err
