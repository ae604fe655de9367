"""What is answered to "go on", "and before that?" and "tell me more": words beside those quoted, or others on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.answer import Answerer
from qa.types import Answer
from tests.fakes import BagOfWords
from tests.qa.making import Files, answerer, ask, snapshot

BRIEFING = """Press Briefing by Press Secretary Jen Psaki
6 April 2021

MS. PSAKI: Good morning. Vaccine passports are not planned by this house. We care about privacy. We care about rights.

Q Will the corporate tax rise?

MS. PSAKI: Yes. Twenty-eight percent is right.

It was thirty-five before.

DR. FAUCI: Masks still help in buses.

MS. PSAKI: Dr. Fauci has to leave.

Q Will there be a summit on lobsters?
"""
SPEECHES = [
    {
        "id": "first",
        "speaker": "Ann Archer",
        "date": "2018-03-01",
        "text": "I am glad.\n\nReindeer need lichen in winter. Lichen is slow, and reindeer know it. Farewell.",
    },
    {
        "id": "second",
        "speaker": "Ann Archer",
        "date": "2021-06-02",
        "text": "Reindeer need lichen in winter. So they wander.\n\nReindeer rest in summer.",
    },
    {
        "id": "minutes",
        "title": "Minutes of a meeting",
        "text": "Parking was discussed at length.\n\nBicycles\n\nNobody objected to bicycles.",
    },
]
PASSPORTS = "What did Psaki say about vaccine passports?"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    files: Files = {"briefing.txt": BRIEFING, "speeches.jsonl": SPEECHES}
    opened = answerer(tmp_path_factory.mktemp("small"), files)
    yield opened
    opened.close()


def talk(answerer: Answerer, *questions: str | tuple[str, str], limit: int = 5) -> Answer:
    """The last answer of a conversation, with history as the page sends it; a pair has an answer of its own."""
    history: list[dict[str, str]] = []
    *before, last = questions
    for turn in before:
        question, given = turn if isinstance(turn, tuple) else (turn, "")
        if not given:
            answer = ask(answerer, question, history=history)
            given = "\n\n".join([answer.text, *(f"“{quote.text}”" for quote in answer.quotes[1:])])
        history.append({"question": question, "answer": given})
    assert isinstance(last, str)
    return ask(answerer, last, history=history, limit=limit)


def quoted(answer: Answer) -> str:
    """The one quote of an answer, which can be looked up in its first passage."""
    (quote,) = answer.quotes
    hit = answer.hits[quote.passage - 1]
    assert hit.paragraph.start <= quote.start < quote.end <= hit.paragraph.end
    assert quote.text == hit.document.text[quote.start : quote.end]
    assert answer.answered
    assert answer.confidence > 0.9
    return quote.text


def test_going_on_gives_the_sentences_that_follow_in_the_paragraph(small: Answerer) -> None:
    answer = talk(
        small, (PASSPORTS, "Jen Psaki, 6 April 2021: “Vaccine passports are not planned by this house.”"), "go on"
    )
    assert quoted(answer) == "We care about privacy. We care about rights."
    assert answer.text == f"Jen Psaki, 6 April 2021: “{answer.quotes[0].text}”"
    assert (answer.quotes[0].basis, len(answer.hits)) == ("carried", 1)


def test_going_on_passes_a_reporters_question_and_opens_the_next_paragraph_without_its_label(small: Answerer) -> None:
    answer = talk(small, (PASSPORTS, "Jen Psaki, 6 April 2021: “We care about rights.”"), "What did she say next?")
    assert quoted(answer) == "Yes. Twenty-eight percent is right."
    assert [("Twenty-eight" in hit.text, "rights" in hit.text) for hit in answer.hits] == [(True, False), (False, True)]


def test_a_conversation_goes_on_to_the_end_of_what_the_speaker_says(small: Answerer) -> None:
    turn = (PASSPORTS, "Jen Psaki, 6 April 2021: “Yes. Twenty-eight percent is right.”")
    assert quoted(talk(small, turn, "go on")) == "It was thirty-five before."
    assert quoted(talk(small, turn, "go on", "go on")) == "Dr. Fauci has to leave."
    answer = talk(small, turn, "go on", "go on", "go on")
    assert (answer.answered, answer.quotes, answer.confidence) == (False, (), 0.0)
    assert answer.text == "Not on record: Jen Psaki says nothing after that in this document."
    assert "Dr. Fauci has to leave" in answer.hits[0].text
    assert talk(small, turn, *["go on"] * 4).text == answer.text


def test_what_was_said_before_is_what_stands_before_up_to_the_label(small: Answerer) -> None:
    turn = (PASSPORTS, "Jen Psaki, 6 April 2021: “We care about rights.”")
    before = talk(small, turn, "and before that?")
    assert quoted(before) == "Good morning. Vaccine passports are not planned by this house. We care about privacy."
    first = talk(small, turn, "and before that?", "and before that?")
    assert first.text == "Not on record: Jen Psaki says nothing before that in this document."
    assert quoted(talk(small, turn, "and before that?", "and before that?", "go on")) == "We care about rights."


def test_what_was_said_before_a_question_is_another_paragraph(small: Answerer) -> None:
    answer = talk(small, (PASSPORTS, "Jen Psaki, 6 April 2021: “It was thirty-five before.”"), "and before that?")
    assert quoted(answer) == "Yes. Twenty-eight percent is right."


@pytest.mark.parametrize(
    "words", ["We care  about\nprivacy.", "We care about privacy. We care abo", "We care about priv"]
)
def test_words_are_found_with_other_white_space_and_cut_off(words: str, small: Answerer) -> None:
    answer = talk(small, (PASSPORTS, f"Jen Psaki, 6 April 2021: “{words}"), "go on")
    assert quoted(answer) in ("We care about rights.", "Yes. Twenty-eight percent is right.")


def test_of_two_places_the_one_of_the_day_quoted_is_gone_on_from(small: Answerer) -> None:
    question = "What did Ann Archer say about reindeer?"
    earlier = talk(small, (question, "Ann Archer, 1 March 2018: “Reindeer need lichen in winter.”"), "go on")
    later = talk(small, (question, "Ann Archer, 2 June 2021: “Reindeer need lichen in winter.”"), "go on")
    assert quoted(earlier) == "Lichen is slow, and reindeer know it. Farewell."
    assert quoted(later) == "So they wander."


def test_words_that_are_nobodys_go_on_past_a_heading(small: Answerer) -> None:
    answer = talk(small, ("parking", "Minutes of a meeting: “Parking was discussed at length.”"), "go on")
    assert quoted(answer) == "Nobody objected to bicycles."
    assert answer.quotes[0].speaker is None
    end = talk(small, ("parking", "Minutes of a meeting: “Nobody objected to bicycles.”"), "go on")
    assert end.text == "Not on record: this document has nothing after that."


def test_what_was_said_before_does_not_begin_with_the_end_of_a_label(tmp_path: Path) -> None:
    page = "<html><body><p>A:<br>No troops will go there.<br>Vaccines are good for everybody.</p></body></html>"
    opened = answerer(tmp_path, {"talk.html": page})
    answer = talk(opened, ("What is said on vaccines?", "T: “Vaccines are good for everybody.”"), "And before that?")
    assert quoted(answer) == "No troops will go there."
    opened.close()


def test_words_of_somebody_else_are_not_gone_on_from(small: Answerer) -> None:
    answer = talk(small, (PASSPORTS, "Jen Psaki, 6 April 2021: “Masks still help in buses.”"), "go on")
    assert answer.text == "Not on record: these documents do not have the words to go on from."
    assert (answer.answered, answer.confidence) == (False, 0.0)
    assert answer.hits


def test_more_gives_other_words_and_none_twice(small: Answerer) -> None:
    question = "What did Ann Archer say about reindeer?"
    turns = [question, "tell me more", "tell me more", "tell me more"]
    answers = [talk(small, *turns[: number + 1]) for number in range(len(turns))]
    given = [quote.text for answer in answers for quote in answer.quotes]
    assert len(given) > 2
    assert len(set(given)) == len(given)
    assert answers[-1].text == "Not on record: these documents hold nothing more that Ann Archer said on this."


@pytest.mark.parametrize("limit", [1, 50])
def test_no_more_passages_are_given_than_asked_for(limit: int, small: Answerer) -> None:
    turn = (PASSPORTS, "Jen Psaki, 6 April 2021: “We care about rights.”")
    for question in ("go on", "and before that?", "tell me more"):
        assert len(talk(small, turn, question, limit=limit).hits) <= limit


def test_whoever_wants_to_be_surer_than_an_exact_place_is_not_answered(small: Answerer, tmp_path: Path) -> None:
    strict = Answerer(snapshot(tmp_path, {"briefing.txt": BRIEFING}), BagOfWords(), least=0.99)
    answer = talk(strict, (PASSPORTS, "Jen Psaki, 6 April 2021: “We care about privacy.”"), "go on")
    assert (answer.answered, answer.quotes) == (False, ())
    assert answer.text == "Not on record: what is said after that is not sure enough to be quoted."
    strict.close()


@pytest.mark.model
def test_a_conversation_on_the_sample_reads_on_in_the_statement(real: Answerer) -> None:
    turns = [
        "what did Wang Yi say about vaccines",
        "what did he say next?",
        "go on",
        "go on",
        "go on",
        "and before that?",
    ]
    texts = [talk(real, *turns[: number + 1]).text for number in range(len(turns))]
    assert [text.partition("“")[2].partition(",")[0] for text in texts[1:4]] == ["Second", "Third", "Fourth"]
    assert texts[4] == "Not on record: Wang Yi says nothing after that in this document."
    assert texts[5] == texts[2]
