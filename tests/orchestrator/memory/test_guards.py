"""The circuit breakers: a fold over how awards went."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.guard_settings import GuardSettings
from orchestrator.memory.guards import Fact, Guards, Word
from protocols.guarding import Guarded
from protocols.messages import Participant
from protocols.units import AnnouncementId, WorkerId

ANN, BOB = WorkerId("ann"), WorkerId("bob")
FACTS: Sequence[Fact] = ("answered", "accepted", "turned down", "no answer", "not taken up")


def guards(**settings: object) -> Guards:
    """Return the guards of two workers, one of which may win three lots at most."""
    crowd = [Participant(worker=ANN, capacity=3), Participant(worker=BOB)]
    return Guards(GuardSettings.model_validate(settings), crowd)


def through(watched: Guards, number: int, *facts: Fact, worker: WorkerId = ANN) -> list[Guarded]:
    """Let one announcement pass in which the awards of a worker went like this."""
    told = watched.open(number)
    name = AnnouncementId(f"a{number}")
    told += [each for fact in facts if (each := watched.note(worker, name, fact, number))]
    watched.close(number)
    return told


def test_without_settings_everybody_is_always_invited() -> None:
    """Nothing is decided then, whatever happens."""
    watched = Guards(None, [Participant(worker=ANN)])
    lost: list[Fact] = ["no answer"] * 50
    assert through(watched, 1, *lost) == []
    assert list(watched.roster) == [ANN]


def test_the_responses_follow_each_other_and_a_probe_ends_the_pause() -> None:
    """Warned, then one lot at a time, then two announcements of pause, one lot, trusted again."""
    watched = guards(failures=2, pause=2)

    (warned,) = through(watched, 1, "no answer", "no answer")
    assert (warned.step, warned.announced) == ("warned", 1)
    assert warned.reason == "it gave no answer: it failed 2 times in a row"
    assert watched.roster[ANN].capacity == 3
    (reduced,) = through(watched, 2, "no answer", "not taken up")
    assert (reduced.step, reduced.capacity) == ("reduced", 1)
    assert through(watched, 3, "no answer") == []
    assert watched.roster[ANN].capacity == 1
    (suspended,) = through(watched, 4, "no answer")
    assert (suspended.step, suspended.until) == ("suspended", 6)
    for number in (5, 6):
        assert through(watched, number, "accepted", worker=BOB) == []
        assert list(watched.roster) == [BOB]
        assert watched.waiting == {ANN}
    probed, restored = through(watched, 7, "accepted")
    assert (probed.step, probed.capacity, restored.step) == ("probed", 1, "restored")
    assert probed.reason == "its pause of 2 announcements is over"
    watched.open(8)
    assert watched.roster[ANN].capacity == 3


def test_a_probe_that_fails_is_the_next_step() -> None:
    """The pause begins again, or the worker is not invited any more."""
    watched = guards(failures=1, pause=1, responses=["suspend", "suspend", "exclude"])

    steps = [each.step for n in range(1, 12) for each in through(watched, n, "no answer")]

    assert steps == ["suspended", "probed", "suspended", "probed", "excluded"]
    assert list(watched.roster) == [BOB]
    assert watched.waiting == frozenset()


def test_a_probe_is_one_announcement_at_a_time_and_is_repeated_if_nothing_was_won() -> None:
    """While the first probe is open the worker is not asked again; after it, it is."""
    watched = guards(failures=1, pause=1, responses=["suspend"])
    through(watched, 1, "no answer")
    through(watched, 2)
    watched.open(3)
    assert ANN in watched.roster
    watched.open(4)
    assert ANN not in watched.roster
    assert watched.waiting == {ANN}
    watched.close(3)
    watched.open(5)
    assert ANN in watched.roster


def test_what_was_awarded_before_the_pause_decides_nothing_after_it() -> None:
    """A late failure neither lengthens the pause nor ends the probe."""
    watched = guards(failures=1, pause=1, responses=["suspend", "exclude"])
    through(watched, 1, "no answer")
    assert watched.note(ANN, AnnouncementId("a1"), "no answer", 1) is None
    through(watched, 2)
    watched.open(3)
    assert watched.note(ANN, AnnouncementId("a1"), "no answer", 3) is None
    assert watched.note(ANN, AnnouncementId("a3"), "answered", 3) is not None


def test_a_lot_always_finds_somebody_to_ask() -> None:
    """If nobody is left but those on a pause, they are tried before their time."""
    watched = guards(failures=1, pause=100, responses=["suspend"])
    through(watched, 1, "no answer")
    through(watched, 1, "no answer", worker=BOB)

    told = watched.open(2)

    assert {each.reason for each in told} == {"nobody else is left to ask"}
    assert [each.capacity for each in watched.roster.values()] == [1, 1]


def test_a_worker_on_hold_is_not_invited_until_a_person_has_decided() -> None:
    """Nothing that ends meanwhile counts; the next announcement takes the decision in."""
    watched = guards(failures=1, responses=["review"])
    (held,) = through(watched, 1, "no answer")
    assert (held.step, held.number) == ("held", 1)
    assert through(watched, 2, "no answer") == []
    assert list(watched.roster) == [BOB]
    assert (watched.waiting, watched.held) == (frozenset(), frozenset({ANN}))

    asked: list[tuple[WorkerId, int]] = []

    def say(worker: WorkerId, number: int) -> Word:
        asked.append((worker, number))
        return Word(goes_on=True, reason="seen")

    (restored,) = watched.open(3, say)
    assert asked == [(ANN, 1)]
    assert (restored.step, restored.reason, restored.announced) == ("restored", "seen", 2)
    assert list(watched.roster) == [ANN, BOB]


def test_a_finding_holds_a_worker_once_and_a_person_may_end_it() -> None:
    """Who is on hold or excluded cannot be put on hold again."""
    watched = guards(review=["ring"])
    watched.open(1)
    assert watched.hold(ANN, "ring: it moves with bob", 1) is not None
    assert watched.hold(ANN, "copies: as well", 1) is None

    def say(worker: WorkerId, number: int) -> Word:
        return Word(goes_on=False, reason=f"no: {worker} {number}")

    (excluded,) = watched.hear(say, 1)
    assert (excluded.step, excluded.number) == ("excluded", 2)
    assert watched.hold(ANN, "again", 1) is None
    watched.open(2)
    assert list(watched.roster) == [BOB]


def test_if_all_are_on_hold_nobody_is_invited_and_nobody_is_asked_unbidden() -> None:
    """Whoever runs the market decides when to hear a person then."""
    watched = guards(failures=1, responses=["review"])
    through(watched, 1, "no answer")
    through(watched, 1, "no answer", worker=BOB)

    def say(*_: object) -> Word:
        raise AssertionError

    assert watched.open(2, say) == []
    assert not watched.roster
    assert watched.held == {ANN, BOB}


def test_a_rate_over_a_window_trips_as_a_row_does() -> None:
    """Every second award failed: no row of three, but half of the last ten."""
    watched = guards(failures=3, rate=0.5, window=10, responses=["suspend"])
    pattern: list[Fact] = ["no answer", "accepted"] * 5

    (suspended,) = through(watched, 1, *pattern, "no answer")

    assert suspended.reason == "it failed in 5 of its last 10 awards"


def test_wrong_answers_count_only_if_they_are_to() -> None:
    """The mechanism prices wrong answers already; an outage is no matter of price."""
    wrong: list[Fact] = ["turned down"] * 9
    assert through(guards(), 1, *wrong) == []
    assert [each.step for each in through(guards(counts="failure"), 1, *wrong)] == [
        "warned",
        "reduced",
        "suspended",
    ]


def test_successes_make_up_for_a_response_one_step_at_a_time() -> None:
    """As many in a row as failures called for it."""
    watched = guards(failures=2)
    through(watched, 1, "no answer", "no answer", "no answer", "no answer")

    told = through(watched, 2, "accepted", "answered", "accepted", "accepted", "accepted")

    assert [each.step for each in told] == ["restored", "restored"]
    assert through(watched, 3, "no answer", "no answer")[0].step == "warned"


@given(st.lists(st.lists(st.tuples(st.sampled_from([ANN, BOB]), st.sampled_from(FACTS)))))
def test_decisions_are_a_fold_and_are_numbered(
    announcements: list[list[tuple[WorkerId, Fact]]],
) -> None:
    """The same facts give the same decisions; those about one worker count from 1 without gaps."""

    def fold() -> list[Guarded]:
        watched = guards(failures=2, pause=3, rate=0.5, window=5)
        told: list[Guarded] = []
        for number, facts in enumerate(announcements, 1):
            told += watched.open(number)
            assert watched.roster, "somebody is always invited where nobody is excluded"
            name = AnnouncementId(f"a{number}")
            said = [watched.note(worker, name, fact, number) for worker, fact in facts]
            told += [each for each in said if each is not None]
            watched.close(number)
        return told

    first = fold()
    assert first == fold()
    for worker in (ANN, BOB):
        numbers = [each.number for each in first if each.worker == worker]
        assert numbers == list(range(1, len(numbers) + 1))
