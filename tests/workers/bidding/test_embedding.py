"""What a prompt means by a static embedding model, and what is learned from it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.messages import Lot
from protocols.units import Money, TaskId
from tests.workers.bidding.static_model import static_model
from workers.bidding.embedding import DIMENSIONS, Embedding, embedding
from workers.bidding.hardness import SLOTS, Hardness, features
from workers.bidding.unpaid import Learned
from workers.llm import OpenAIWorker

if TYPE_CHECKING:
    from pathlib import Path


def lot(prompt: str) -> Lot:
    """Return a lot with a prompt."""
    return Lot(task=TaskId("t"), prompt=prompt, value=Money(5), reserve=Money(5))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small model."""
    return static_model(tmp_path_factory.mktemp("model"))


def test_words_that_were_never_seen_are_judged_by_their_meaning(folder: Path) -> None:
    """Failures at proofs make a derivation look hard, which words alone cannot know."""
    chances: dict[str, float] = {}
    for way, read in (("words", features), ("meaning", Embedding(folder).features)):
        hardness = Hardness()
        for _ in range(60):
            hardness.observe(read(lot("prove")), 0.6, 0.0)
            hardness.observe(read(lot("add")), 0.6, 1.0)
        chances[way] = hardness.chance(read(lot("sum")), 0.6) - hardness.chance(
            read(lot("derive")), 0.6
        )
    assert abs(chances["words"]) < 0.01
    assert chances["meaning"] > 0.2


def test_the_features_are_those_of_the_words_and_a_meaning_of_length_one(folder: Path) -> None:
    """The meaning lies behind the slots of the words, rounded, in the direction of its tokens."""
    read = Embedding(folder).features
    *words, first, second, third = read(lot("prove derive"))
    assert words == features(lot("prove derive"))
    assert min(slot for slot, _ in (first, second, third)) > SLOTS
    numbers = [number for _, number in (first, second, third)]
    assert numbers == pytest.approx([0.95 / 0.9513, 0.05 / 0.9513, 0], abs=1e-4)
    assert numbers == [round(number, 4) for number in numbers]


def test_a_prompt_of_unknown_words_has_no_meaning(folder: Path) -> None:
    """What is left are its words."""
    assert Embedding(folder).features(lot("xyzzy")) == features(lot("xyzzy"))


@given(st.text(max_size=300))
def test_any_prompt_has_bounded_features(folder: Path, prompt: str) -> None:
    """Lone surrogates and control characters too, and twice the same."""
    given_lot = lot("p").model_copy(update={"prompt": prompt})
    found = embedding(folder).features(given_lot)
    meaning = [number for slot, number in found if slot > SLOTS]
    assert len(meaning) in {0, 3}
    assert sum(number**2 for number in meaning) == pytest.approx(float(bool(meaning)), abs=1e-3)
    assert found == Embedding(folder).features(given_lot)


def test_of_a_large_model_the_first_dimensions_count(tmp_path: Path) -> None:
    """An update takes the same time, however large the model is."""
    found = Embedding(static_model(tmp_path / "large", 300)).features(lot("prove"))
    assert len(found) == len(features(lot("prove"))) + DIMENSIONS


def test_two_models_share_no_slots(folder: Path, tmp_path: Path) -> None:
    """Workers with different models can learn together."""
    models = [Embedding(folder), Embedding(static_model(tmp_path / "other", 4))]
    slots = [{slot for slot, _ in each.features(lot("add")) if slot > SLOTS} for each in models]
    assert models[0].version != models[1].version
    assert not slots[0] & slots[1]


def test_a_worker_names_the_model_by_which_it_bids(folder: Path) -> None:
    """In code as in a configuration; workers with one folder share what was loaded."""
    bid = {"learned": {"embeddings": str(folder)}}
    worker = OpenAIWorker("w", model="m", base_url="http://127.0.0.1:1/v1", free=True, bid=bid)
    assert worker.quote(lot("prove")).source == "learned"
    assert Learned(embeddings=str(folder)).version == f"; embeddings {embedding(folder).version}"
    assert Learned().version == ""
    assert embedding(folder) is embedding(folder)


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line with the command."""
    monkeypatch.setitem(sys.modules, "model2vec", None)
    with pytest.raises(ValueError, match=r'`semantic`.*pip install "truthbid\[semantic\]"$'):
        Embedding(tmp_path)


def test_a_folder_without_a_model_is_refused(folder: Path, tmp_path: Path) -> None:
    """Nothing is looked for in the network, and a torn file is no model."""
    with pytest.raises(ValueError, match="there is no static embedding model in 'minishlab"):
        Learned(embeddings="minishlab/potion-base-8M").reader()
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        (tmp_path / name).write_bytes((folder / name).read_bytes()[:50])
    with pytest.raises(ValueError, match="cannot be read: "):
        Embedding(tmp_path)


def test_numbers_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    """They would spoil every later forecast."""
    place = static_model(tmp_path / "model")
    raw = (place / "model.safetensors").read_bytes()
    (place / "model.safetensors").write_bytes(raw[:-4] + b"\xff\xff\xff\x7f")
    with pytest.raises(ValueError, match="not finite"):
        Embedding(place)
