"""Makes the tables on real records in docs/scoring.md: ``python -m scripts.scoring_tables``."""

from typing import Final

from scripts.confidence_tables import SHUFFLES, rain, stated_confidences, verbal_confidences
from scripts.label_tables import capitals, crowds, grades, rankings, votes
from scripts.public_records import ROOT

PAGE: Final = ROOT / "docs" / "scoring.md"
BEGIN, END = "<!-- begin of what scripts/scoring_tables.py prints -->", "<!-- end -->"


TABLES: Final = (
    (
        "Rain at Niamey",
        (
            "92 days of 2016, four forecasts. Brier = MCB - DSC + UNC; the published decomposition"
            " (Dimitriadis, Gneiting and Jordan 2021) has the same digits."
        ),
        rain,
    ),
    (
        "Verbal confidences",
        (
            "Ten language models of 2023, 382 answers to 40 problems. Brier loss of the next ten answers,"
            f" lower is better: mean over models and {SHUFFLES} orders of their answers each; the map"
            " that starts the newcomer is that of the nine others."
        ),
        verbal_confidences,
    ),
    (
        "Stated confidences, in the order of the file",
        (
            "Means over models; Brier losses. Recalibrated: each forecast uses the rows above it alone."
            " Own rate: the loss of a worker's overall success rate, known only afterwards. Missing"
            " reports score as the base rate of their kind. conf11 without HaluEval, where the stated"
            " number is not the chance that the own answer is right. rlcr5 is one model in five trainings."
        ),
        stated_confidences,
    ),
    (
        "Answers of three crowds",
        (
            "Accuracy of the consensus, over all tasks with a known truth. Weighted by score: votes count"
            " as much as the worker's Dasgupta-Ghosh score. GLAD loses on bluebird, where errors lean one"
            " way. Workers with fewer than four tasks shared with peers are not scored."
        ),
        crowds,
    ),
    (
        "Who is good, without the truth",
        (
            "Spearman's rank correlation of score and true accuracy, over the workers that were scored"
            " (in brackets), with its bootstrap standard error over workers. Scores are averages over all"
            " peers and all pairs of tasks, so no draw is in them. What moves the figure for dog is who"
            " counts: the 26 workers with fewer than 20 labels have accuracies that are noise themselves."
            " Dasgupta-Ghosh and Correlated Agreement with `assigned=True`. conf11:"
            " eleven close models, kinds BoolQ, LSAT, SAT and SciQ; mmlupro29: 29 models, 14 subjects;"
            " each kind is scored by itself and an answer that could not be read earns 0 (output"
            " agreement leaves it out). Dawid-Skene ranks all workers, those with one label too."
            " Correlated Agreement pays nothing for telling apart labels that peers often confuse, and"
            " on dog, where similar breeds go together, that is the skill."
        ),
        rankings,
    ),
    (
        "Votes weighted without the truth",
        (
            "Accuracy of the vote over the questions of those kinds, votes weighted by Dasgupta-Ghosh"
            " scores against one vote each; the best single model is known only afterwards."
        ),
        votes,
    ),
    (
        "Peer grades",
        (
            "Joint distributions of two graders of 1,893 questions in courses of edX (Shnayder, Agarwal,"
            " Frongillo and Parkes 2016). Where an off-diagonal cell is larger than chance, plain"
            " agreement is not truthful and Correlated Agreement is needed."
        ),
        grades,
    ),
    (
        "State capitals",
        (
            "Is the named city the capital of its state? 33 people per state, 50 of the 490 items on which Prelec,"
            " Seung and McCoy (2017) report 21.3 % fewer errors; the others are not among the records, so"
            " that number is not reproduced."
        ),
        capitals,
    ),
)
"""Title, what it rests on, and the table."""


def page() -> str:
    """Return all tables as markdown."""
    return "\n\n".join(f"### {title}\n\n{about}\n\n{made()}" for title, about, made in TABLES)


def main() -> None:
    """Write the tables into the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{page()}\n\n{END}{after}", encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
