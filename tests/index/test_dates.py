from datetime import date as Day

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.dates import find_date, find_date_in, first_day, format_date, last_day, parse_date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2020", "2020"),
        ("2020-09", "2020-09"),
        ("2020/09/11", "2020-09-11"),
        ("2020-9-1", "2020-09-01"),
        ("20200911", "2020-09-11"),
        ("11 September 2020", "2020-09-11"),
        ("11th of June, 2020", "2020-06-11"),
        ("September 11, 2020", "2020-09-11"),
        ("Friday, SEPT. 11, 2020", "2020-09-11"),
        ("September\xa011,\n2020", "2020-09-11"),
        ("Sept. 2020", "2020-09"),
        ("2020-09-11T10:15:00.5+02:00", "2020-09-11"),
        ("2021-01-15 16:17:00-05:00", "2021-01-15"),
        ("September 11, 2020 10:15 AM", "2020-09-11"),
        ("25/12/2020", "2020-12-25"),
        ("12/25/2020", "2020-12-25"),
        ("1 January 1000", "1000-01-01"),
    ],
)
def test_a_date_is_read_as_exactly_as_it_is_given(text: str, date: str) -> None:
    assert parse_date(text) == date


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31 September 2020",
        "29 February 2019",
        "2020-13-01",
        "2020-00-10",
        "0999",
        "2101",
        "1 May 2101",
        "11/09/2020",  # a different day on each side of the Atlantic
        "yesterday",
        "Friday",
        "May",
        "11 September",
        "on 11 September 2020",
        "12 things in 2020",
    ],
)
def test_what_is_no_possible_date_is_none(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Regular Press Conference on May 11, 2018", "2018-05-11"),
        ("Beijing, 5 May 2020 (Xinhua)", "2020-05-05"),
        ("Posted 2020-09-11T10:00 by the office", "2020-09-11"),
        ("From 31 June 2020 or 1 July 2020 on", "2020-07-01"),
        ("Talks of May 11-12, 2018", None),
        ("Talks of 11-12 May 2018", None),
        ("Report for September 2020", None),
        ("Statement on the Anniversary of September 11, 2001", None),
        ("Release 12020-09-111", None),
        ("maybe 5 things in 2020", None),
    ],
)
def test_the_first_day_exact_date_inside_a_title_is_found(text: str, date: str | None) -> None:
    assert find_date(text) == date


@pytest.mark.parametrize(
    "days",
    [
        "11 and 12 September 2020",
        "9 to 12 May 2021",
        "11 & 12 September 2020",
        "11th through 12th of September, 2020",
        "10, 11 and 12 September 2020",
        "10 and the 12 September 2020",
        "30 August to 2 September 2020",
        "September 30 and October 1, 2020",
        "11 - 12 September 2020",
        "Aug. 30 – Sept. 2, 2020",
        "24 and 25/12/2020",
    ],
)
@pytest.mark.parametrize("title", ["{}", "Talks in Rome, {}", "Talks (from {})"])
def test_of_several_days_none_is_the_date(days: str, title: str) -> None:
    assert find_date(title.format(days)) is None


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Briefing on COVID-19 - 12 September 2020", "2020-09-12"),
        ("Agenda item 4 - 15 March 2021", "2021-03-15"),
        ("Resolution 1325 and 12 September 2020", "2020-09-12"),
        ("Talks in 2019 and 12 September 2020", "2020-09-12"),
        ("10:30 to 12 September 2020", "2020-09-12"),
        ("Talks of 11 and 12 May 2021, as published on 14 May 2021", "2021-05-14"),
    ],
)
def test_a_number_before_a_date_that_is_none_of_a_day_leaves_it_the_date(text: str, date: str) -> None:
    assert find_date(text) == date


@pytest.mark.parametrize(
    ("language", "text", "date"),
    [
        ("es", "3 de mayo de 2020", "2020-05-03"),
        ("es", "Cumbre, 3 y 4 de mayo de 2020", None),
        ("fr", "Sommet du 1er au 4 mai 2020", None),
        ("de", "Gipfel am 3. und 4. Mai 2020", None),
        ("de", "Gesetz Nr. 3 vom 4. Mai 2020", "2020-05-04"),
        ("ru", "3 и 4 мая 2020", None),
    ],
)
def test_of_several_days_in_another_language_none_is_the_date(language: str, text: str, date: str | None) -> None:
    assert find_date_in(language, text) == date


@settings(deadline=None)
@given(st.dates(min_value=Day(1000, 1, 1), max_value=Day(2100, 12, 31)))
def test_a_formatted_date_is_read_back_as_itself(day: Day) -> None:
    iso = day.isoformat()
    assert parse_date(format_date(iso)) == iso
    assert parse_date(iso) == iso


def test_a_date_is_formatted_no_more_exactly_than_it_is_known() -> None:
    assert [format_date(date) for date in ("2020-09-11", "2020-09", "2020")] == [
        "11 September 2020",
        "September 2020",
        "2020",
    ]


def test_a_partial_date_spans_from_its_first_day_to_its_last() -> None:
    assert (first_day("2020"), last_day("2020")) == ("2020-01-01", "2020-12-31")
    assert (first_day("2020-02"), last_day("2020-02")) == ("2020-02-01", "2020-02-29")
    assert (first_day("2020-02-03"), last_day("2020-02-03")) == ("2020-02-03", "2020-02-03")
