"""Which of a question's words stand in a text, and how much they weigh: against a computation in plain Python."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.forward import ForwardIndex, ForwardWriter
from index.lexicon import asked_terms, terms
from index.snapshot import Snapshot
from qa.matching import AskedWords
from tests.qa.making import snapshot
from tests.strategies import words

MOST = 62


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """Where some words are rarer than others, in texts and in titles."""
    records = [
        {"id": "a", "title": "Trade summit", "text": "Trade and the trade treaty. Peace."},
        {"id": "b", "title": "Trade", "text": "Trade at the border, grain at the border."},
        {"id": "c", "title": "Notes", "text": "Water and peace. Trade and peace."},
        {"id": "d", "title": "Energy", "text": "Nothing happened."},
    ]
    opened = snapshot(tmp_path_factory.mktemp("tiny"), {"records.jsonl": records})
    yield opened
    opened.close()


def forward(path: Path, texts: Sequence[Sequence[str]]) -> ForwardIndex:
    with closing(ForwardWriter(path)) as writer:
        writer.add(texts)
    return ForwardIndex(path, len(texts))


def shares(question: str, opened: Snapshot, path: Path, *texts: str) -> tuple[list[float], list[float], list[float]]:
    """The share of the question's words, of its pairs, and of its words as those of titles, for each text."""
    asked = AskedWords.of(question, opened)
    held, pairs = asked.found(forward(path / "words.u4", [terms(text) for text in texts]), np.arange(len(texts)))
    return asked.share(held).tolist(), asked.pair_share(pairs).tolist(), asked.title_share(held).tolist()


def by_hand(question: str, opened: Snapshot, text: Sequence[str]) -> tuple[float, float, float]:
    asked = asked_terms(question)
    rarity = {word: opened.lexicon.rarity(word) for word in asked}
    total, most = sum(rarity.values()), log(2 + 2 * len(opened.lexicon))
    looked_at = sorted(rarity, key=lambda word: -rarity[word])[:MOST]
    held = [word for word in looked_at if word in text]
    together = [pair for pair in dict.fromkeys(pairwise(asked)) if set(pair) <= set(looked_at)][:MOST]
    return (
        sum(rarity[word] for word in held) / total if total else 0.0,
        sum(pair in list(pairwise(text)) for pair in together) / max(1, len(together)),
        sum(rarity[word] * opened.lexicon.rarity(word, "title") / most for word in held) / total if total else 0.0,
    )


NUMBERED = st.integers(0, 89).map("number{}".format)


@given(
    st.lists(words(), max_size=8) | st.lists(words() | NUMBERED, min_size=55, max_size=90),
    st.lists(st.lists(words() | NUMBERED | st.just("zeppelin"), max_size=12), max_size=6),
    st.data(),
)
@settings(max_examples=60, deadline=None)
def test_shares_are_those_of_a_computation_in_plain_python(
    tmp_path_factory: pytest.TempPathFactory,
    tiny: Snapshot,
    question: list[str],
    texts: list[list[str]],
    data: st.DataObject,
) -> None:
    stems = [terms(" ".join(text)) for text in texts]
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=8)) if texts else []
    asked = AskedWords.of(" ".join(question), tiny)
    index = forward(tmp_path_factory.mktemp("forward") / "words.u4", stems)
    held, pairs = asked.found(index, np.array(rows, np.int64))
    expected = [by_hand(" ".join(question), tiny, stems[row]) for row in rows]
    assert asked.share(held).tolist() == pytest.approx([each[0] for each in expected], abs=1e-5)
    assert asked.pair_share(pairs).tolist() == pytest.approx([each[1] for each in expected], abs=1e-5)
    assert asked.title_share(held).tolist() == pytest.approx([each[2] for each in expected], abs=1e-5)
    assert held.shape == pairs.shape == asked.share(held).shape == (len(rows),)
    assert ((asked.share(held) >= 0) & (asked.share(held) <= 1 + 1e-5)).all()


def test_a_rare_word_weighs_more_than_one_that_is_everywhere(tiny: Snapshot, tmp_path: Path) -> None:
    (trade, grain, both), *_ = shares("trade grain", tiny, tmp_path, "trade", "grain", "grain trade")
    assert 0 < trade < grain < both == pytest.approx(1)


def test_a_word_that_many_titles_have_counts_less_in_a_title(tiny: Snapshot, tmp_path: Path) -> None:
    """ "Peace" and "trade" are told apart by the titles, which have the one never and the other twice."""
    _, _, (trade, peace) = shares("trade peace", tiny, tmp_path, "trade", "peace")
    in_texts = {word: tiny.lexicon.rarity(word) for word in ("trade", "peac")}
    assert trade / peace < in_texts["trade"] / in_texts["peac"]
    assert peace == pytest.approx(in_texts["peac"] / sum(in_texts.values()))


def test_words_meet_in_other_forms_and_those_of_the_asking_do_not_count(tiny: Snapshot, tmp_path: Path) -> None:
    (whole, none), *_ = shares("What did he say about TREATIES?", tiny, tmp_path, "The treaty.", "What did he say?")
    assert whole == pytest.approx(1)
    assert none == 0


def test_pairs_stand_side_by_side_in_the_order_of_the_question(tiny: Snapshot, tmp_path: Path) -> None:
    texts = ("grain trade treaty", "trade grain", "treaty trade grain", "grain and the trade", "grain peace trade")
    _, pairs, _ = shares("grain trade treaty", tiny, tmp_path, *texts)
    assert pairs == pytest.approx([1, 0, 0, 0.5, 0])


def test_pairs_do_not_cross_from_one_sentence_into_the_next(tiny: Snapshot, tmp_path: Path) -> None:
    texts = ("grain", "trade", "", "grain", "", "trade treaty")
    _, pairs, _ = shares("grain trade treaty", tiny, tmp_path, *texts)
    assert pairs == pytest.approx([0, 0, 0, 0, 0, 0.5])


def test_texts_without_words_have_nothing_though_their_neighbours_have(tiny: Snapshot, tmp_path: Path) -> None:
    held, pairs, _ = shares("grain trade", tiny, tmp_path, "", "grain trade", "", "", "grain trade", "")
    assert held == pytest.approx([0, 1, 0, 0, 1, 0])
    assert pairs == pytest.approx([0, 1, 0, 0, 1, 0])


@pytest.mark.parametrize("question", ["", "?!", "the of and"])
def test_a_question_without_words_has_no_share_anywhere(tiny: Snapshot, tmp_path: Path, question: str) -> None:
    assert shares(question, tiny, tmp_path, "grain trade", "") == ([0, 0], [0, 0], [0, 0])


def test_where_nothing_is_looked_at_nothing_is_found(tiny: Snapshot, tmp_path: Path) -> None:
    assert shares("grain trade", tiny, tmp_path) == ([], [], [])


@pytest.mark.parametrize("count", [61, 62])
def test_every_word_of_a_question_of_62_is_looked_at(tiny: Snapshot, tmp_path: Path, count: int) -> None:
    asked = [f"number{place}" for place in range(count)]
    held, pairs, _ = shares(" ".join(asked), tiny, tmp_path, *asked, " ".join(asked))
    assert held == pytest.approx([*[1 / count] * count, 1])
    assert pairs == pytest.approx([*[0] * count, 1])


def test_of_a_longer_question_the_rarest_words_are_looked_at(tiny: Snapshot, tmp_path: Path) -> None:
    """What nobody says is rarer than "trade", wherever that stands; what is not looked at counts as missing."""
    asked = [*(f"number{place}" for place in range(31)), "trade", *(f"number{place}" for place in range(31, 62))]
    held, pairs, _ = shares(" ".join(asked), tiny, tmp_path, "trade", "number61", " ".join(asked))
    assert held[0] == 0
    assert held[1] > 0
    assert 0.9 < held[2] < 1
    # The pairs with "trade" are not looked at either, nor counted.
    assert pairs == pytest.approx([0, 0, 1])
