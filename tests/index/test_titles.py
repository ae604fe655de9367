"""Whose words a title says its document is."""

import pytest

from index.speakers import REPORTER
from index.speakers.titles import principals
from tests.index.saying import who


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Remarks by President Biden and Chancellor Scholz at Press Conference", ["Biden", "Scholz"]),
        ("Remarks by President Biden, Vice President Harris, and Dr. Fauci", ["Biden", "Harris", "Fauci"]),
        ("Statement by Press Secretary Jen Psaki on President Biden’s Meeting with Senator Lee", ["Jen Psaki"]),
        ("Secretary Blinken's Remarks with Foreign Minister Wang Yi", ["Blinken"]),
        ("Foreign Minister Sergey Lavrov's interview with Izvestia, Moscow, 5 May 2020", ["Sergey Lavrov"]),
        ("Interview with Foreign Minister Wang Yi", ["Wang Yi"]),
        ("Exclusive Interview with Wang Yi and Sergey Lavrov", ["Wang Yi", "Sergey Lavrov"]),
        ("Transcript of Secretary Blinken's Remarks", ["Blinken"]),
        ("Full text: Xi Jinping's speech at the opening", ["Xi Jinping"]),
    ],
)
def test_a_title_names_whose_words_they_are(title: str, names: list[str]) -> None:
    assert [name for _, name in principals(title)] == names


@pytest.mark.parametrize(
    "title",
    [
        "Letter from the President to Speaker Pelosi and Senator McConnell",
        "Remarks by the President on the Death of Justice Ginsburg and Senator Lewis",
        "Remarks by the President and Dr. Fauci on Ebola",
        "PM press conference with Chancellor Merkel: 21 August 2019",
        "Merkel rejects Trump's UN speech",
        "Readout of President Biden's Press Conference",
    ],
)
def test_those_whom_a_title_only_speaks_of_are_not_whose_words_they_are(title: str) -> None:
    assert list(principals(title)) == []
    assert who("We will act. I have decided it.", title) == [None, None]


def test_who_answers_is_left_open_by_a_title_that_names_who_asks() -> None:
    assert who("Q: Will you act?\n\nA: We will.", "Interview by Jake Tapper with Wang Yi")[1] is None


def test_the_words_of_a_speech_spoken_of_are_those_of_who_rejects_it() -> None:
    text = "Chancellor Angela Merkel said the speech was wrong. It rained in Berlin."
    assert who(text, "Merkel rejects Trump's UN speech")[0] == "Angela Merkel"


def test_news_of_a_speech_that_quotes_others_is_not_the_speech() -> None:
    text = "Chancellor Angela Merkel said the speech was wrong. “We must act,” she added."
    assert who(text, "Trump's UN speech draws criticism") == ["Angela Merkel", "Angela Merkel"]


def test_a_speech_that_quotes_others_is_the_speakers() -> None:
    text = "We meet today. As President Joe Biden said, the world changes."
    assert who(text, "Foreign Minister Wang Yi's Speech at the Summit") == ["Wang Yi", "Wang Yi"]


@pytest.mark.parametrize(
    ("title", "role", "name"),
    [
        ("Remarks by PRESIDENT BIDEN on Jobs", "president", "Biden"),
        ("Remarks by President Sid Haig", "president", "Sid Haig"),
        ("PRIME MINISTER MARTIN's Remarks", "prime minister", "Martin"),
        ("Remarks by Joe Biden", "", "Joe Biden"),
    ],
)
def test_the_role_is_what_stands_before_the_name_however_it_is_written(title: str, role: str, name: str) -> None:
    assert list(principals(title)) == [(role, name)]


def test_the_president_of_a_transcript_is_the_one_of_a_title_with_a_name_in_capitals() -> None:
    text = "THE PRESIDENT: We will act.\n\nQ: When?\n\nTHE PRESIDENT: Soon."
    assert who(text, "Remarks by PRESIDENT BIDEN on Jobs") == ["Biden", REPORTER, "Biden"]
