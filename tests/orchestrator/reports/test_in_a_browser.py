"""The pages in a real browser: they render, filter and expand, fit their window, and print.

Without Chromium on the machine these tests are skipped.
"""

from collections.abc import Generator
from pathlib import Path

import pytest

from orchestrator.exits import DONE
from tests.browser import Browser, browsing, chromium
from tests.orchestrator.command import CONFIGS, truthbid

SIZES = [(1280, False), (1280, True), (390, False), (390, True)]

SHOWN = "[...document.querySelectorAll('details.item')].filter(e => e.offsetParent).length"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Generator[Browser]:
    """Return a browser for all tests of this file, or skip them."""
    program = chromium()
    with browsing(program, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of the quickstart."""
    folder = tmp_path_factory.mktemp("page")
    journal, target = folder / "run.db", folder / "run.html"
    quick = CONFIGS / "quickstart.yaml"
    assert truthbid("run", quick, "--journal", journal, "--quiet").code == DONE
    assert truthbid("report", journal, "--html", target).code == DONE
    return target


@pytest.fixture(scope="module")
def audit_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a little audit of two mechanisms."""
    target = tmp_path_factory.mktemp("audit") / "audit.html"
    little = ("--replications", "2", "--rounds", "3", "--jobs", "1", "--no-dynamics", "--quiet")
    rules = ("--mechanism", "contingent-vcg", "--mechanism", "first-price")
    quick = CONFIGS / "quickstart.yaml"
    assert truthbid("audit", quick, *little, *rules, "--html", target).code == DONE
    return target


def check_layout(browser: Browser, page: Path, width: int, *, dark: bool) -> None:
    """Assert that nothing is complained of and that the page is as wide as its window."""
    browser.open(page, width=width, dark=dark)
    assert browser.errors == []
    assert browser.evaluate("document.documentElement.scrollWidth") == width
    brightness = browser.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    )
    assert (max(brightness) < 60) == dark
    assert min(browser.evaluate(
        "[...document.querySelectorAll('svg')].filter(e => e.checkVisibility())"
        ".map(e => e.getBoundingClientRect().width)"
    )) > 100  # fmt: skip


@pytest.mark.parametrize(("width", "dark"), SIZES)
def test_the_report_renders(browser: Browser, page: Path, width: int, dark: bool) -> None:
    """No console error, no horizontal overflow, its own colours by light and by dark."""
    check_layout(browser, page, width, dark=dark)


@pytest.mark.parametrize(("width", "dark"), SIZES)
def test_the_audit_renders(browser: Browser, audit_page: Path, width: int, dark: bool) -> None:
    """The same of the page of an audit."""
    check_layout(browser, audit_page, width, dark=dark)


def test_auctions_are_filtered(browser: Browser, page: Path) -> None:
    """A choice of flag and a choice of winner hide what they are not about; all brings it back."""
    browser.open(page)
    everything = browser.evaluate(SHOWN)
    assert everything == browser.evaluate("document.querySelectorAll('details.item').length")
    for chosen in ('[name="auction-flag"][value="failed"]', '[name="auction-winner"][value="w1"]'):
        browser.click(chosen)
    left = browser.evaluate(SHOWN)
    assert 0 < left < everything
    assert left == browser.evaluate("document.querySelectorAll('details.failed.w1').length")
    for chosen in ('[name="auction-flag"][value="all"]', '[name="auction-winner"][value="all"]'):
        browser.click(chosen)
    assert browser.evaluate(SHOWN) == everything


def test_auctions_open_and_fit(browser: Browser, page: Path) -> None:
    """A click on an auction shows its bids, also in a narrow window, without overflow."""
    browser.open(page, width=390)
    browser.click("details.item summary")
    assert browser.evaluate("document.querySelector('details.item table').checkVisibility()")
    assert browser.evaluate("document.documentElement.scrollWidth") == 390


def test_long_tables_unfold(browser: Browser, page: Path) -> None:
    """The table of 49 tasks shows 15 rows, and all of them when asked."""
    rows = "[...document.querySelectorAll('tr.item')].filter(e => e.offsetParent).length"
    browser.open(page)
    browser.click("details.filter summary")
    assert browser.evaluate(rows) == 15
    browser.click("details.filter .more input")
    assert browser.evaluate(rows) == 49


def test_the_keyboard_is_enough(browser: Browser, page: Path) -> None:
    """Every choice, box and auction can be reached without a mouse."""
    browser.open(page)
    unreachable = (
        "[...document.querySelectorAll('input, summary, a')].filter(e => e.tabIndex < 0).length"
    )
    assert browser.evaluate(unreachable) == 0


def test_no_script_runs(browser: Browser, page: Path, tmp_path: Path) -> None:
    """The policy of the page refuses a script even if one got into it."""
    html = page.read_text(encoding="utf-8")
    bad = tmp_path / "bad.html"
    bad.write_text(html.replace("</main>", "<script>document.title='x'</script></main>"), "utf-8")
    browser.open(bad)
    assert browser.evaluate("document.title") == "quickstart: 49 of 49 tasks solved"
    assert any("Content Security Policy" in each for each in browser.errors)


def test_it_prints(browser: Browser, page: Path) -> None:
    """The page becomes a PDF of some pages."""
    browser.open(page)
    assert browser.pdf().startswith(b"%PDF")
