"""Which time a question asks about, counted from a day that the test names."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.dates import first_day, last_day
from qa.when import period

DAY = date(2021, 7, 14)  # a Wednesday


@pytest.mark.parametrize(
    ("phrase", "since", "until"),
    [
        ("today", "2021-07-14", "2021-07-14"),
        ("yesterday", "2021-07-13", "2021-07-13"),
        ("this week", "2021-07-12", "2021-07-18"),
        ("last week", "2021-07-05", "2021-07-11"),
        ("this month", "2021-07", "2021-07"),
        ("last month", "2021-06", "2021-06"),
        ("this year", "2021", "2021"),
        ("last year", "2020", "2020"),
        ("last Year", "2020", "2020"),
        ("last spring", "2021-03", "2021-05"),
        ("this summer", "2021-06", "2021-08"),
        ("last summer", "2020-06", "2020-08"),
        ("last autumn", "2020-09", "2020-11"),
        ("last fall", "2020-09", "2020-11"),
        ("last winter", "2020-12", "2021-02"),
    ],
)
def test_a_relative_time_counts_from_today(phrase: str, since: str, until: str) -> None:
    found = period(f"What was said on trade {phrase}?", DAY)
    assert (found.since, found.until) == (since, until)
    assert found.rest == "What was said on trade?"


@pytest.mark.parametrize(
    ("today", "phrase", "since"),
    [
        (date(2021, 1, 1), "yesterday", "2020-12-31"),
        (date(2021, 1, 31), "last month", "2020-12"),
        (date(2020, 3, 31), "last month", "2020-02"),
        (date(2021, 1, 4), "last week", "2020-12-28"),
    ],
)
def test_the_turn_of_a_year_is_no_border(today: date, phrase: str, since: str) -> None:
    assert period(f"trade {phrase}", today).since == since


def test_the_year_of_an_occasion_goes_and_its_name_stays() -> None:
    found = period("What did he say at the 2017 General Debate on trade?", DAY)
    assert (found.since, found.until) == ("2017", "2017")
    assert "General Debate" in found.rest
    assert "2017" not in found.rest


@pytest.mark.parametrize("phrase", ["in early 2020", "in mid-2020", "in late 2020"])
def test_a_part_of_a_year_means_the_year(phrase: str) -> None:
    found = period(f"trade {phrase}", DAY)
    assert (found.since, found.until, found.rest) == ("2020", "2020", "trade")


def test_a_question_without_a_time_is_left_as_it_is() -> None:
    found = period("What  was said on trade?", DAY)
    assert (found.since, found.until, found.rest) == (None, None, "What  was said on trade?")


UNITS = ["week", "month", "year", "spring", "summer", "autumn", "winter"]


@settings(max_examples=60, deadline=None)
@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.sampled_from(UNITS))
def test_what_was_last_has_ended_and_comes_before_what_is_now(today: date, unit: str) -> None:
    last, this = period(f"trade last {unit}", today), period(f"trade this {unit}", today)
    assert last.since
    assert last.until
    assert this.since
    assert this.until
    assert first_day(last.since) <= last_day(last.until) < today.isoformat()
    assert first_day(this.since) <= today.isoformat()
    assert last_day(last.until) < first_day(this.since) or last == this
