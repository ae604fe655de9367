"""What confidence is worth, on verdicts made by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("sklearn", reason="measuring needs the extra 'evaluate'")

from qa.calibration import auroc, calibration, calibration_error
from qa.scoring import Question, Verdict
from qa.types import Answer, Query


def verdict(confidence: float, right: bool = False, answerable: bool = True, answered: bool = True) -> Verdict:
    question = Question("q", "said", "?", (), answerable, (), (), None, None, None)
    answer = Answer(Query("?", "?", "?"), answered, confidence, "", (), (), (), "index", 0.0)
    return Verdict(question, answer, {"quoted": right} if answerable else {}, right, 1.0)


def test_confidence_that_ranks_every_answerable_question_first_has_an_auroc_of_1() -> None:
    assert auroc([0.9, 0.6, 0.2], [True, True, False]) == 1.0
    assert auroc([0.5, 0.5], [True, False]) == 0.5
    assert auroc([0.5, 0.7], [True, True]) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=20))
def test_the_auroc_is_the_share_of_pairs_in_the_right_order(pairs: list[tuple[int, bool]]) -> None:
    on_record = [sure for sure, answerable in pairs if answerable]
    not_on_record = [sure for sure, answerable in pairs if not answerable]
    found = auroc([float(sure) for sure, _ in pairs], [answerable for _, answerable in pairs])
    if not on_record or not not_on_record:
        assert found is None
        return
    order = [(a > b) + (a == b) / 2 for a in on_record for b in not_on_record]
    assert found == pytest.approx(sum(order) / len(order), abs=1e-4)


def test_a_higher_threshold_answers_fewer_and_says_how_many_of_them_are_right() -> None:
    asked = [verdict(0.9, right=True), verdict(0.4), verdict(0.6, answerable=False), verdict(0.1, answered=False)]
    points = calibration(asked, thresholds=(0.0, 0.5, 0.8, 0.95)).risk_coverage
    assert [(point.answered, point.right) for point in points] == [(0.75, 0.3333), (0.5, 0.5), (0.25, 1.0), (0.0, None)]


def test_confidence_that_is_the_share_of_right_has_no_calibration_error() -> None:
    assert calibration_error([0.5, 0.5, 0.5, 0.5], [True, False, True, False], bins=1) == 0.0
    assert calibration_error([0.2, 0.2, 1.0, 1.0], [False, False, True, True], bins=2) == pytest.approx(0.1)
    assert calibration_error([0.8], [False]) == 0.8
    assert calibration_error([], []) is None


def test_the_calibration_error_is_of_the_answers_given() -> None:
    assert calibration([verdict(1.0, right=True), verdict(0.7, answered=False)]).calibration_error == 0.0
