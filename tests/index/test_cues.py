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
