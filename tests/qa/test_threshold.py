"""From the share of wrong answers that is accepted to the confidence that an answer needs."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import ThresholdError
from qa.threshold import CALIBRATED, Table, least_confidence

MEASURED: Table = ((0.2, 0.4), (0.5, 0.2), (0.8, 0.1), (0.9, 0.05))


@pytest.mark.parametrize(("percent", "threshold"), [(0, 1.0), (5, 0.95), (12.5, 0.875), (50, 0.5), (100, 0.0)])
def test_a_calibrated_confidence_is_what_is_not_wrong(percent: float, threshold: float) -> None:
    assert least_confidence(percent) == pytest.approx(threshold)


@pytest.mark.parametrize(
    ("percent", "threshold"), [(5, 0.9), (10, 0.8), (20, 0.5), (15, 0.65), (30, 0.35), (40, 0.2), (80, 0.2)]
)
def test_measured_points_are_met_and_what_lies_between_is_even(percent: float, threshold: float) -> None:
    assert least_confidence(percent, MEASURED) == pytest.approx(threshold)


def test_where_the_share_rises_again_the_threshold_lies_above_that() -> None:
    table = ((0.0, 0.5), (0.4, 0.1), (0.6, 0.3), (0.8, 0.1))
    assert least_confidence(10, table) == pytest.approx(0.8)
    assert least_confidence(20, table) == pytest.approx(0.7)
    assert least_confidence(30, table) == pytest.approx(0.2)


def test_fewer_than_are_wrong_among_the_surest_cannot_be_promised() -> None:
    with pytest.raises(ThresholdError, match=r"no confidence keeps wrong answers at 4 %: 5 % of the surest"):
        least_confidence(4, MEASURED)


@pytest.mark.parametrize("percent", [-1, 100.5, math.nan, math.inf, -math.inf])
def test_what_is_no_percentage_is_refused(percent: float) -> None:
    with pytest.raises(ThresholdError, match="from 0 to 100"):
        least_confidence(percent)


def tables() -> st.SearchStrategy[Table]:
    points = st.tuples(st.floats(0, 1), st.floats(0, 1))
    return st.lists(points, max_size=8, unique_by=lambda point: point[0]).map(
        lambda drawn: (*sorted(drawn), (1.0, 0.0))
    )


@given(tables(), st.floats(0, 100))
def test_from_the_threshold_on_no_point_has_more_wrong(table: Table, percent: float) -> None:
    threshold = least_confidence(percent, table)
    assert 0 <= threshold <= 1
    assert all(wrong <= percent / 100 for confidence, wrong in table if confidence > threshold + 1e-9)


@given(st.floats(0, 100), st.floats(0, 100))
def test_who_accepts_more_wrong_answers_needs_no_more_confidence(one: float, other: float) -> None:
    fewer, more = sorted((one, other))
    assert least_confidence(fewer, CALIBRATED) >= least_confidence(more, CALIBRATED)
