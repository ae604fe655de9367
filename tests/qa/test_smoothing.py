"""What stands beside a good answer in one statement rises; nothing else changes."""

from collections.abc import Iterator
from math import exp, log

import numpy as np
import pytest

from index.snapshot import Snapshot
from qa.smoothing import smoothed
from tests.qa.making import snapshot

SPEECHES = [
    {"id": "ann", "speaker": "Ann Archer", "text": "\n\n".join(f"Paragraph {number}." for number in range(7))},
    {"id": "bea", "speaker": "Bea Baker", "text": "Reindeer need lichen.\n\nThey eat it."},
]
BEA = 7


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    opened = snapshot(tmp_path_factory.mktemp("small"), {"speeches.jsonl": SPEECHES})
    assert opened.corpus.goes_on.tolist() == [False, *[True] * 6, False, True]
    yield opened
    opened.close()


def test_neighbours_share_the_odds_of_an_answer(small: Snapshot) -> None:
    found = smoothed(small.corpus, np.arange(9), np.array([0, 9, 0, 0, 0, 0, 0, 0, 0], np.float32))
    beside = 0.07 * (exp(9) + 1) + 0.035 + 0.0175 + 0.00875
    assert found[2] == pytest.approx(log(1 + beside), abs=1e-4)
    assert found[1] == pytest.approx(9, abs=0.01)
    assert found[1] > found[2] > found[3] > found[4] > found[5] > found[6]
    assert found[6] < 0.3  # five away is too far


def test_one_statement_says_nothing_of_another(small: Snapshot) -> None:
    scores = np.array([0, 0, 0, 0, 0, 0, 9, 0, 0], np.float32)
    found = smoothed(small.corpus, np.arange(9), scores)
    assert found[BEA] == pytest.approx(log(1.07), abs=1e-4)


def test_an_order_by_far_is_kept(small: Snapshot) -> None:
    scores = np.array([0, 3, 6, 9, 12, 15, 18, 21, 24], np.float32)
    assert np.argsort(smoothed(small.corpus, np.arange(9), scores)).tolist() == list(range(9))


def test_what_was_not_found_is_no_neighbour(small: Snapshot) -> None:
    rows = np.array([0, 2, BEA])
    alone = smoothed(small.corpus, rows, np.array([5, 1, 1], np.float32))
    assert alone[1] == pytest.approx(log(exp(1) + 0.035 * exp(5)), abs=1e-4)
    assert alone[2] == 1


def test_nothing_stays_nothing(small: Snapshot) -> None:
    nothing = np.empty(0, np.int64)
    assert smoothed(small.corpus, nothing, np.empty(0, np.float32)).shape == (0,)
