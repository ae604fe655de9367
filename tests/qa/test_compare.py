"""Two runs compared question by question: what is said of them, and what is refused."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("scipy", reason="comparing needs the extra 'evaluate'")

from qa.compare import Comparison, Run, chance, compare, pair, read_runs
from qa.errors import ResultsError

NAME = "nDCG@10"


def run(values: Sequence[float | None], measure: str = NAME, **fields: Any) -> Run:
    """A run over questions "0", "1", …; one without a value has none of that measure."""
    measured = {str(number): value for number, value in enumerate(values) if value is not None}
    questions = {str(number): f"Question {number}?" for number in range(len(values))}
    return replace(Run("fusion", Path("a.json"), None, None, questions, {measure: measured}), **fields)


def compared(first: Sequence[float | None], second: Sequence[float | None], measure: str = NAME) -> Comparison:
    (found,) = compare(run(first, measure), run(second, measure))
    return found


def written(path: Path, figures: object) -> Path:
    path.write_text(json.dumps({"commit": "abc", "model": "a-model", "figures": figures}))
    return path


def row(key: str, **fields: Any) -> Mapping[str, Any]:
    return {"id": key, "question": f"{key}?", "ms": 1.5, **fields}


def test_a_comparison_says_how_often_the_second_run_is_better_and_by_how_much() -> None:
    found = compared([0.5, 0.5, 1.0, 0.0], [1.0, 0.5, 0.0, 0.25])
    assert (found.measure, found.questions) == (NAME, 4)
    assert (found.first, found.second, found.difference) == (0.5, 0.4375, -0.0625)
    assert (found.wins, found.ties, found.losses) == (2, 1, 1)


def test_a_run_compared_with_itself_shows_no_difference() -> None:
    found = compared([0.3, 1.0, 0.0], [0.3, 1.0, 0.0])
    assert (found.difference, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)
    assert (found.wins, found.ties, found.losses) == (0, 3, 0)


def test_a_difference_that_nearly_every_question_shows_is_not_chance() -> None:
    values = [(number % 7) / 10 for number in range(200)]
    found = compared(values, [value + 0.1 + value / 10 for value in values])
    assert found.p == pytest.approx(0.0002)
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < found.difference < found.high


def test_differences_that_cancel_out_may_well_be_chance() -> None:
    values = [0.5] * 200
    found = compared(values, [value + (0.1 if place % 2 else -0.1) for place, value in enumerate(values)])
    assert found.p > 0.9
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high


def test_the_same_runs_get_the_same_figures_again() -> None:
    first, second = (
        [(number * 37 % 100) / 100 for number in range(60)],
        [(number * 53 % 100) / 100 for number in range(60)],
    )
    assert compared(first, second) == compared(first, second)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=8))
def test_the_order_of_the_runs_changes_the_sign_and_nothing_else(pairs: list[tuple[int, int]]) -> None:
    first, second = ([pair[side] / 4 for pair in pairs] for side in (0, 1))
    there, back = compared(first, second), compared(second, first)
    assert there.difference == -back.difference
    assert (there.wins, there.losses) == (back.losses, back.wins)
    assert there.p == pytest.approx(back.p)


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=8))
def test_of_few_questions_p_is_the_share_of_all_signs_that_differ_as_much(quarters: list[int]) -> None:
    differences = np.array(quarters) / 4
    sums = [abs(sum(signs * differences)) for signs in product((-1, 1), repeat=len(differences))]
    assert chance(differences) == pytest.approx(np.mean(np.array(sums) >= abs(differences.sum())))


def test_right_and_wrong_are_compared_exactly_however_many_there_are() -> None:
    """McNemar's exact test of 12 against 2: twice the chance of at most 2 heads of 14."""
    first = [0.0] * 12 + [1.0] * 2 + [1.0] * 500
    second = [1.0] * 12 + [0.0] * 2 + [1.0] * 500
    assert compared(first, second).p == pytest.approx(2 * (1 + 14 + 91) / 2**14)


@pytest.mark.parametrize("measure", ["over_abstained", "wrong_name", "error"])
def test_less_of_what_should_not_be_is_a_win(measure: str) -> None:
    found = compared([1.0, 1.0, 0.0], [0.0, 0.0, 0.0], measure)
    assert (found.wins, found.losses) == (2, 0)
    assert found.difference < 0


def test_questions_that_a_measure_applies_to_in_one_run_only_are_left_out() -> None:
    found = compared([1.0, None, 0.0], [0.0, 1.0, None])
    assert (found.questions, found.first, found.second, found.low) == (1, 1.0, 0.0, None)


def test_the_runs_of_a_retrieval_are_its_modes(tmp_path: Path) -> None:
    asked = [row("q1", **{"RR": 0.5}), row("q2", **{"RR": 1.0})]
    runs = read_runs(
        written(tmp_path / "a.json", [{"mode": "dense", "asked": asked}, {"mode": "hybrid", "asked": asked}])
    )
    assert list(runs) == ["dense", "hybrid"]
    assert runs["dense"].measures == {"RR": {"q1": 0.5, "q2": 1.0}}
    assert runs["dense"].questions == {"q1": "q1?", "q2": "q2?"}
    assert (runs["dense"].commit, runs["dense"].model) == ("abc", "a-model")


def test_the_run_of_answers_has_what_is_right_or_wrong_and_not_how_sure_it_was(tmp_path: Path) -> None:
    asked = [row("a", type="said", answered=True, confidence=0.8, honest=True), row("b", answered=False, honest=False)]
    runs = read_runs(written(tmp_path / "a.json", {"table": {}, "questions": asked}))
    assert list(runs) == ["answers"]
    assert runs["answers"].measures == {"honest": {"a": 1.0, "b": 0.0}}


def test_runs_are_paired_by_their_names_or_as_asked_for() -> None:
    dense, hybrid = run([1.0], name="dense"), run([0.0], name="hybrid")
    first, second = {"dense": dense, "hybrid": hybrid}, {"hybrid": hybrid}
    assert pair(first, second) == [(hybrid, hybrid)]
    assert pair(first, first, ("dense", "hybrid")) == [(dense, hybrid)]
    with pytest.raises(ResultsError, match="no fusion; it has dense, hybrid"):
        pair(first, first, ("dense", "fusion"))
    with pytest.raises(ResultsError, match="no run in common"):
        pair({"dense": dense}, {"hybrid": hybrid})


def test_runs_over_different_questions_are_not_compared() -> None:
    short = run([1.0, 0.0], file=Path("b.json"))
    with pytest.raises(
        ResultsError, match=r"a\.json and b\.json .*: 1 are only in the first, 0 only in the second \(as 2\)"
    ):
        pair({"fusion": run([1.0, 0.0, 1.0])}, {"fusion": short})
    other = run([1.0], questions={"0": "Another?"})
    with pytest.raises(ResultsError, match="0 is “Question 0\\?” and “Another\\?”"):
        pair({"fusion": run([1.0])}, {"fusion": other})


def test_runs_without_a_common_measure_are_not_compared() -> None:
    with pytest.raises(ResultsError, match="no measure in common"):
        pair({"fusion": run([1.0])}, {"fusion": run([1.0], "honest")})


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", "null", '{"figures": [{"mode": "dense", "questions": 2}]}', '{"figures": {"questions": [{}]}}'],
)
def test_a_file_without_the_measures_of_each_question_is_refused_in_one_line(content: str, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(content)
    with pytest.raises(ResultsError, match=r"^[^\n]*old\.json does not hold the measures of each question[^\n]*$"):
        read_runs(tmp_path / "old.json")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"nowhere\.json cannot be read"):
        read_runs(tmp_path / "nowhere.json")
