"""What is answered: the exact words of who was asked for, or that they are not on record."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import IndexMissingError, ModelError
from index.snapshot import open_snapshot
from index.speakers import REPORTER
from qa.answer import Answerer
from qa.errors import DocumentMissingError
from qa.types import Answer
from tests.fakes import BagOfWords
from tests.qa.making import Files, answerer, ask, build

BRIEFING = """Press Briefing by Press Secretary Jen Psaki
6 April 2021

MS. PSAKI: Good morning. Vaccine passports are not planned by this house.

Q Are vaccine passports banned in the states then?

MS. PSAKI: The states decide on vaccine passports themselves.
"""
RELEASE = """Foreign Ministry Spokesperson Geng Shuang's Regular Press Conference
2019/05/13

Q: Will the tariffs on soybeans be raised again?

A: Tariffs on soybeans hurt everybody. We oppose them.
"""
SPEECHES = [
    {
        "id": "old",
        "speaker": "Ann Archer",
        "date": "2018-03-01",
        "text": "Reindeer need lichen, and reindeer migrate.",
    },
    {
        "id": "new",
        "speaker": "Ann Archer",
        "date": "2021-06-02",
        "text": "Reindeer have deputies, and reindeer rest.",
    },
    {"id": "mid", "speaker": "Ann Archer", "date": "2019", "text": "Reindeer have antlers, and reindeer shed."},
    {"id": "other", "speaker": "Bea Baker", "date": "2020-01", "text": "Lobsters are blue. Whisky is brown."},
    {
        "id": "count",
        "speaker": "Cy Cole",
        "date": "2019-04-12",
        "text": "We listened to all sides. To date, 36 harbours have joined the lighthouse pact.",
    },
    {"id": "nobody", "title": "Minutes of a meeting", "text": "Parking was discussed at length."},
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    files: Files = {"briefing.txt": BRIEFING, "release.txt": RELEASE, "speeches.jsonl": SPEECHES}
    opened = answerer(tmp_path_factory.mktemp("small"), files)
    yield opened
    opened.close()


def check(answer: Answer) -> None:
    """What holds of every answer."""
    assert answer.answered == bool(answer.quotes)
    assert not (answer.quotes and answer.others)
    assert 0 <= answer.confidence <= 1
    assert answer.text.strip()
    assert len({hit.row for hit in answer.hits}) == len(answer.hits)
    for quote in (*answer.quotes, *answer.others):
        assert 1 <= quote.passage <= len(answer.hits)
        hit = answer.hits[quote.passage - 1]
        assert quote.text == hit.document.text[quote.start : quote.end]
        assert hit.paragraph.start <= quote.start < quote.end <= hit.paragraph.end
        assert quote.text in hit.text
        assert quote.date == hit.document.date
        assert (quote.speaker is None) == (quote.basis is None)
        inside = [each for each in hit.paragraph.sentences if each.start < quote.end and quote.start < each.end]
        assert {each.speech.speaker if each.speech else None for each in inside} == {quote.speaker}
        if quote.short:
            assert quote is answer.quotes[0]
            assert quote.start <= quote.short.start < quote.short.end <= quote.end
            assert quote.short.text == hit.document.text[quote.short.start : quote.short.end]
            assert answer.text.startswith(f"{quote.short.text} — ")
        assert not quote.text.startswith(("A: ", "Q: ", "MS. PSAKI: ", "DR. FAUCI: ", "THE PRESIDENT: "))
    asked = answer.query.speakers
    if asked:
        assert {quote.speaker for quote in answer.quotes} <= set(asked)
        assert not {quote.speaker for quote in answer.others} & set(asked)
    assert asked == (REPORTER,) or REPORTER not in {quote.speaker for quote in answer.quotes}
    assert all(quote.speaker for quote in answer.others)


def test_the_speaker_asked_for_is_quoted_with_the_date(small: Answerer) -> None:
    answer = ask(small, "What did Psaki say about vaccine passports?")
    check(answer)
    assert answer.answered
    assert answer.quotes[0].speaker == "Jen Psaki"
    assert "vaccine passports" in answer.quotes[0].text.lower()
    assert answer.text == f"Jen Psaki, 6 April 2021: “{answer.quotes[0].text}”"


def test_the_label_of_an_answer_is_not_quoted(small: Answerer) -> None:
    answer = ask(small, "What did Geng Shuang say about tariffs on soybeans?")
    assert answer.quotes[0].text.startswith("Tariffs on soybeans hurt everybody.")
    assert (answer.quotes[0].speaker, answer.quotes[0].basis) == ("Geng Shuang", "label")


def test_a_question_that_repeats_the_reporters_is_answered_by_the_official(small: Answerer) -> None:
    answer = ask(small, "Are vaccine passports banned in the states then?")
    check(answer)
    assert answer.quotes[0].speaker == "Jen Psaki"
    assert REPORTER not in {quote.speaker for quote in answer.quotes}


def test_words_that_are_nobodys_are_introduced_by_their_documents_title(small: Answerer) -> None:
    answer = ask(small, "parking discussed at length")
    assert answer.quotes[0].speaker is None
    assert answer.text == "Minutes of a meeting: “Parking was discussed at length.”"


def test_a_number_asked_for_comes_first_and_is_marked_in_the_quote(small: Answerer) -> None:
    answer = ask(small, "How many harbours joined the lighthouse pact to date?")
    check(answer)
    first = answer.quotes[0]
    assert first.short
    assert first.short.text == "36"
    assert answer.text == f"36 — Cy Cole, 12 April 2019: “{first.text}”"


def test_what_somebody_said_has_no_short_answer(small: Answerer) -> None:
    answer = ask(small, "What did Cole say about the lighthouse pact?")
    assert answer.quotes[0].short is None
    assert answer.text.startswith("Cy Cole, 12 April 2019: ")


def test_who_said_nothing_on_it_is_not_on_record_and_others_are_named(small: Answerer) -> None:
    answer = ask(small, "What did Bea Baker say about reindeer?")
    check(answer)
    assert (answer.answered, answer.quotes) == (False, ())
    assert answer.text.startswith("Not on record")
    assert "Bea Baker" in answer.text
    assert answer.others[0].speaker == "Ann Archer"
    assert answer.hits


def test_who_is_unknown_is_not_on_record_and_others_are_named(small: Answerer) -> None:
    answer = ask(small, "What did Emmanuel Macron say about reindeer?")
    check(answer)
    assert (answer.answered, answer.quotes, answer.confidence) == (False, (), 0.0)
    assert answer.text.startswith("Not on record")
    assert "Emmanuel Macron" in answer.text
    assert answer.others[0].speaker == "Ann Archer"


def test_besides_somebody_others_answer_and_never_they(small: Answerer, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = ask(small, "Who besides Bea Baker spoke about reindeer?")
    check(answer)
    assert {quote.speaker for quote in answer.quotes} == {"Ann Archer"}
    # The stand-in for the model finds everything a little like everything.
    monkeypatch.setattr(small, "_least", 0.99)
    nobody = ask(small, "Who besides Ann Archer spoke about reindeer?")
    check(nobody)
    assert not nobody.answered
    assert nobody.text == "Not on record: these documents hold nothing that anybody but Ann Archer said on this."
    assert "Ann Archer" not in {name for hit in nobody.hits for name in hit.speakers}


def test_an_unknown_speaker_in_its_field_is_not_on_record_either(small: Answerer) -> None:
    answer = ask(small, "reindeer", speaker="Nobody Known")
    check(answer)
    assert not answer.answered
    assert "Nobody Known" in answer.text


def test_where_nobody_in_particular_was_asked_for_there_are_no_others(
    small: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The stand-in for the model finds everything a little like everything.
    monkeypatch.setattr(small, "_least", 0.99)
    answer = ask(small, "zeppelin")
    check(answer)
    assert not answer.answered
    assert answer.others == ()
    assert answer.text.startswith("Not on record")


def test_what_is_not_on_record_names_the_time_asked_for(small: Answerer) -> None:
    assert "in 1999" in ask(small, "reindeer in 1999").text
    assert "on 2 March 1999" in ask(small, "reindeer on 2 March 1999").text
    text = ask(small, "reindeer", since="1998", until="1999-05").text
    assert "since 1998" in text
    assert "until May 1999" in text


def test_a_time_without_documents_has_no_passages(small: Answerer) -> None:
    answer = ask(small, "reindeer", until="1999")
    check(answer)
    assert (answer.answered, answer.hits) == (False, ())


def test_a_time_restricts_what_is_quoted(small: Answerer) -> None:
    answer = ask(small, "What did Ann Archer say about reindeer in 2019?")
    check(answer)
    assert {quote.date for quote in answer.quotes} == {"2019"}


def test_a_source_restricts_what_is_found(small: Answerer) -> None:
    answer = ask(small, "reindeer", source="*.txt")
    assert {hit.document.source for hit in answer.hits} <= {"briefing.txt", "release.txt"}


@pytest.mark.parametrize("limit", [1, 2, 5, 7, 50])
def test_no_more_passages_are_given_than_asked_for(limit: int, small: Answerer) -> None:
    answer = ask(small, "reindeer", limit=limit)
    check(answer)
    # Two of them are a reporter's question and nothing else, which answers nobody.
    assert len(answer.hits) == min(limit, small.paragraphs - 2)


def test_more_passages_are_the_same_ones_and_further_ones(small: Answerer) -> None:
    few, many = (ask(small, "reindeer", limit=limit).hits for limit in (5, 7))
    assert [hit.row for hit in many[:5]] == [hit.row for hit in few]


def test_what_was_said_last_comes_first(small: Answerer) -> None:
    answer = ask(small, "What did Ann Archer most recently say about reindeer?")
    check(answer)
    assert answer.query.latest
    assert [hit.document.date for hit in answer.hits] == ["2021-06-02", "2019", "2018-03-01"]
    dates = [quote.date or "" for quote in answer.quotes]
    assert dates == sorted(dates, reverse=True)
    assert answer.text.startswith("Ann Archer, 2 June 2021: ")


def test_a_follow_up_is_answered_by_the_person_asked_before(small: Answerer) -> None:
    history = [{"question": "What did Ann Archer say about antlers?", "answer": "…"}]
    answer = ask(small, "And on reindeer?", history=history)
    check(answer)
    assert {quote.speaker for quote in answer.quotes} == {"Ann Archer"}
    assert "Ann Archer" in answer.query.standalone


def test_a_document_is_found_by_its_id(small: Answerer) -> None:
    hit = ask(small, "reindeer").hits[0]
    assert small.document(hit.document.id) == hit.document
    with pytest.raises(DocumentMissingError, match="nothing-like-it"):
        small.document("nothing-like-it")


def test_an_answerer_names_its_index_and_counts_it(small: Answerer) -> None:
    assert ask(small, "reindeer").index == small.index
    assert (small.documents, small.paragraphs) == (8, 3 + 2 + 6)
    small.warm_up()


def test_an_index_is_not_asked_with_another_model(tmp_path: Path) -> None:
    opened = open_snapshot(build(tmp_path, {"a.txt": "A few words.\n"}))
    with pytest.raises(ModelError, match="onrecord index build"):
        Answerer(opened, BagOfWords("another"))
    opened.close()


def test_where_there_is_no_index_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="onrecord index build"):
        Answerer.open(tmp_path)


WHO = ("Wang Yi", "Lavrov", "psaki", "Biden", "Xi", "Macron", "Geng Shuang", "Fauci", "Reporter", "China")
WHAT = ("vaccines", "climate change", "New START", "tariffs", "the Paris Agreement", "Biden", "football", "Xinjiang")
FORMS = (
    "What did {who} say about {what}?",
    "What is {who}'s position on {what}?",
    "What did {who} most recently say about {what}?",
    "What did {who} say about {what} since 2020?",
    "{what}",
    "Who spoke about {what}?",
    "Will the administration seek to extend {what}?",
)
QUESTIONS = [form.format(who=who, what=what) for form, who, what in itertools.product(FORMS, WHO, WHAT)]


@settings(max_examples=60, deadline=None)
@given(question=st.sampled_from(QUESTIONS), limit=st.sampled_from([1, 5, 20]))
def test_every_answer_on_the_sample_can_be_looked_up(question: str, limit: int, sample: Answerer) -> None:
    answer = ask(sample, question, limit=limit)
    check(answer)
    assert len(answer.hits) <= limit
    for quote in (*answer.quotes, *answer.others):
        text = sample.document(answer.hits[quote.passage - 1].document.id).text
        assert text[quote.start : quote.end] == quote.text


def test_the_sample_answers_with_a_stand_in_model(sample_answerer: Answerer) -> None:
    answer = ask(sample_answerer, "What did Psaki say about vaccine passports?")
    check(answer)
    assert answer.quotes[0].speaker == "Jen Psaki"
    assert "passports" in answer.quotes[0].text


@pytest.mark.model
def test_a_statement_carried_on_is_found_for_who_opened_it(real: Answerer) -> None:
    answer = ask(real, "what did Wang Yi say about vaccines")
    check(answer)
    assert answer.answered
    first = answer.quotes[0]
    assert (first.speaker, first.basis, first.date) == ("Wang Yi", "carried", "2020-09-11")
    assert "public good" in first.text
    assert answer.text.startswith("Wang Yi, 11 September 2020: “")


@pytest.mark.model
def test_who_spoke_beside_it_is_not_given_the_words_of_another(real: Answerer) -> None:
    answer = ask(real, "what did Lavrov say about vaccines")
    check(answer)
    assert not answer.answered
    assert "Lavrov" in answer.text
    assert answer.others
    assert "Sergey Lavrov" not in {quote.speaker for quote in answer.others}


@pytest.mark.model
@pytest.mark.parametrize("question", QUESTIONS[:: len(QUESTIONS) // 12])
def test_every_answer_of_the_real_model_can_be_looked_up(question: str, real: Answerer) -> None:
    check(ask(real, question))
