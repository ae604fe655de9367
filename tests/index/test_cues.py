"""Whom prose credits with what it reports, and whom it only speaks of."""

import pytest

from tests.index.saying import said, who

AIMS = (
    "The implementation of the plan of action for the protection of the rights of women and children and for the "
    "promotion of the values of democracy and of the rule of law and for the strengthening of the role of parliaments "
    "and of civil society and for the defence of freedom of the press is in everybody's interest."
)


def test_a_long_sentence_of_and_for_after_a_statement_is_read_to_its_end() -> None:
    """A pattern that reads each "of" in two ways would not come to an end of this one."""
    assert who(f"Wang Yi said that trade must grow. {AIMS}") == ["Wang Yi", "Wang Yi"]


def test_what_somebody_without_a_name_says_after_a_statement_is_not_carried_on() -> None:
    assert who("Wang Yi said trade must grow. It grows, a senior official of the ministry said.") == ["Wang Yi", None]


@pytest.mark.parametrize(
    "text",
    [
        "Donald Trump was accused by prosecutors of fraud.",
        "Donald Trump is accused of fraud.",
        "Donald Trump was asked to resign by his party.",
        "Donald Trump is expected to attend the dinner on Monday.",
        "Donald Trump was called a liar by his party.",
        "Sergey Lavrov was told by reporters that it failed.",
    ],
)
def test_what_is_said_of_somebody_or_to_him_is_not_his(text: str) -> None:
    assert who(text) == [None]


def test_he_who_is_accused_says_nothing() -> None:
    assert who("Sergey Lavrov arrived. He was accused of fraud.") == [None, None]


@pytest.mark.parametrize(
    "text", ["Wang Yi is calling for talks.", "Wang Yi has been calling for talks.", "Wang Yi is warning of war."]
)
def test_who_is_saying_something_is_credited(text: str) -> None:
    assert said(text) == [(text, "Wang Yi", "cue")]


@pytest.mark.parametrize(
    "text",
    [
        "Narendra Modi and Emmanuel Macron said they will act.",
        "Prime Minister Narendra Modi and President Emmanuel Macron said they will act.",
        "Wang Yi (right) and Sergey Lavrov said the talks went well.",
        "Wang Yi, Sergey Lavrov and Antony Blinken agreed to meet.",
    ],
)
def test_what_two_people_say_together_is_neithers(text: str) -> None:
    assert who(text) == [None]


@pytest.mark.parametrize(
    "text",
    [
        "Critics of Prime Minister Boris Johnson said it was wrong.",
        "Supporters of Donald Trump said he won.",
        "Lawyers for President Donald Trump said no.",
        "Aides to Donald Trump told reporters he is fine.",
        "A lawyer for Donald Trump said he is innocent.",
        "Yesterday a lawyer for former president Donald Trump said no.",
        "The critics of Boris Johnson said no.",
    ],
)
def test_what_the_lawyers_and_critics_of_somebody_say_is_not_his(text: str) -> None:
    assert who(text) == [None]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Secretary of Health and Human Services Xavier Becerra said yes.", "Xavier Becerra"),
        ("Secretary of State Antony Blinken said yes.", "Antony Blinken"),
        ("State Councilor and Foreign Minister Wang Yi said yes.", "Wang Yi"),
        ("Centers for Disease Control Director Rochelle Walensky said yes.", "Rochelle Walensky"),
        ("Bank of England Governor Mark Carney said yes.", "Mark Carney"),
        ("Stacy Baker of Columbia said yes.", "Stacy Baker"),
        ("According to Donald Trump, it rained.", "Donald Trump"),
        ("They voted for Donald Trump, who said that he won.", "Donald Trump"),
    ],
)
def test_an_office_that_is_of_something_and_where_somebody_is_from_hide_nobody(text: str, speaker: str) -> None:
    assert who(text) == [speaker]


@pytest.mark.parametrize("subject", ["A senior aide", "An aide", "One of them"])
def test_he_after_somebody_without_a_name_who_speaks_is_not_who_was_named_before(subject: str) -> None:
    text = f"Antony Blinken said the deal is near. {subject} disputed that. He said no deal was close."
    assert who(text) == ["Antony Blinken", None, None]


def test_he_after_an_office_without_a_name_is_not_who_was_named_before() -> None:
    assert who("Sergey Lavrov arrived. The minister of France was late. He said talks go on.") == [None, None, None]
