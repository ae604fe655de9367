"""What confidence is worth, on verdicts made by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("sklearn", reason="measuring needs the extra 'evaluate'")

from qa.calibration import Judged, auroc, calibration, calibration_error, risk_coverage
from qa.scoring import Question, Verdict
from qa.types import Answer, Query


def judged(
    confidence: float, right: bool = False, answerable: bool = True, answered: bool = True, kind: str = "said"
) -> Judged:
    return Judged(kind, answerable, answered, confidence, right, right)


def test_a_verdict_is_judged_by_its_answer_and_its_first_quote() -> None:
    question = Question("q", "said", "?", (), True, (), (), None, None, None)
    answer = Answer(Query("?", "?", "?"), True, 0.7, "", (), (), (), "index", 0.0)
    assert Judged.of(Verdict(question, answer, {"quoted": True}, False, 1.0)) == Judged(
        "said", True, True, 0.7, True, False
    )
    assert Judged.of(Verdict(question, None, {}, False, 1.0)) == Judged("said", True, False, 0.0, False, False)


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
    asked = [judged(0.9, right=True), judged(0.4), judged(0.6, answerable=False), judged(0.1, answered=False)]
    points = calibration(asked, thresholds=(0.0, 0.5, 0.8, 0.95)).risk_coverage
    assert [(point.answered, point.right) for point in points] == [(0.75, 0.3333), (0.5, 0.5), (0.25, 1.0), (0.0, None)]


def test_confidence_that_is_the_share_of_right_has_no_calibration_error() -> None:
    assert calibration_error([0.5, 0.5, 0.5, 0.5], [True, False, True, False], bins=1) == 0.0
    assert calibration_error([0.2, 0.2, 1.0, 1.0], [False, False, True, True], bins=2) == pytest.approx(0.1)
    assert calibration_error([0.8], [False]) == 0.8
    assert calibration_error([], []) is None


def test_the_calibration_error_is_of_the_answers_given() -> None:
    assert calibration([judged(1.0, right=True), judged(0.7, answered=False)]).calibration_error == 0.0


def test_types_that_hold_both_kinds_have_an_auroc_of_their_own() -> None:
    asked = [
        judged(0.9, kind="both"),
        judged(0.2, answerable=False, kind="both"),
        judged(0.1, kind="on record"),
        judged(0.8, answerable=False, kind="not on record"),
    ]
    found = calibration(asked)
    assert found.auroc_by_type == {"both": 1.0}
    assert found.auroc == 0.5


def test_questions_of_a_single_type_have_no_auroc_beside_the_whole() -> None:
    assert calibration([judged(0.9), judged(0.2, answerable=False)]).auroc_by_type == {}


def test_the_surest_answers_come_first_in_the_curve_and_equals_come_together() -> None:
    asked = [judged(0.9, right=True), judged(0.5), judged(0.5, right=True), judged(0.3), judged(0.8, answered=False)]
    assert risk_coverage(asked) == [(1 / 5, 0.0), (3 / 5, pytest.approx(1 / 3)), (4 / 5, 0.5)]


def test_the_area_is_the_mean_risk_of_the_answers_given() -> None:
    """One answer at risk 0, two at a third, one at a half."""
    asked = [judged(0.9, right=True), judged(0.5), judged(0.5, right=True), judged(0.3), judged(0.8, answered=False)]
    assert calibration(asked).risk_coverage_area == pytest.approx((0 + 2 / 3 + 1 / 2) / 4, abs=1e-4)
    assert calibration([judged(0.8, answered=False)]).risk_coverage_area is None


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_the_curve_ends_with_all_answers_and_the_bins_hold_each_once(rows: list[tuple[int, bool, bool]]) -> None:
    asked = [judged(sure / 5, right=right and answered, answered=answered) for sure, right, answered in rows]
    given_ones = [each for each in asked if each.answered]
    found, curve = calibration(asked), risk_coverage(asked)
    assert sum(each.answers for each in found.reliability) == len(given_ones)
    assert all(each.low - 1e-4 <= each.right <= each.high + 1e-4 for each in found.reliability)
    assert [each.confidence for each in found.reliability] == sorted(each.confidence for each in found.reliability)
    if given_ones:
        wrong = sum(not each.right for each in given_ones) / len(given_ones)
        assert curve[-1] == pytest.approx((len(given_ones) / len(asked), wrong))
        assert [coverage for coverage, _ in curve] == sorted({coverage for coverage, _ in curve})


def test_bins_say_how_often_answers_of_like_confidence_are_right() -> None:
    asked = [judged(0.2), judged(0.2, right=True), *[judged(0.9, right=True)] * 18]
    first, *_, last = calibration(asked).reliability
    assert (first.answers, first.confidence, first.right) == (2, 0.2, 0.5)
    assert (last.answers, last.confidence, last.right, last.high) == (2, 0.9, 1.0, 1.0)
    assert 0 < last.low < 0.5


def test_nothing_answered_has_no_curve_and_no_bins() -> None:
    found = calibration([judged(0.1, answered=False)])
    assert (found.reliability, found.calibration_error) == ((), None)
    assert risk_coverage([judged(0.1, answered=False)]) == []
