"""Which sentences are quoted: whole, verbatim, and one person's."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.speakers import REPORTER
from qa.quotes import Candidate, choose_quotes
from qa.types import Hit
from tests.qa.making import asked, hit


def chosen(topic: str, *hits: Hit, speakers: tuple[str, ...] = ()) -> tuple[Candidate, ...]:
    return choose_quotes(topic, [asked(topic, each) for each in hits], speakers)


def texts(candidates: tuple[Candidate, ...]) -> list[str]:
    return [candidate.quote.text for candidate in candidates]


def test_the_sentence_that_answers_is_quoted_and_not_its_neighbours() -> None:
    found = chosen("vaccines", hit(("Ann", "Good morning."), ("Ann", "Vaccines are free."), ("Ann", "Any questions?")))
    assert texts(found) == ["Vaccines are free."]


def test_a_quote_says_where_it_is_who_spoke_when_and_how_that_is_known() -> None:
    source = hit(("Ann", "Good morning."), ("Ann", "Vaccines are free."))
    (candidate,) = chosen("vaccines", source)
    quote = candidate.quote
    assert source.document.text[quote.start : quote.end] == quote.text == "Vaccines are free."
    assert (quote.speaker, quote.basis, quote.date, quote.passage) == ("Ann", "label", "2020-09-11", 1)


def test_the_narrators_words_are_quoted_as_nobodys() -> None:
    (candidate,) = chosen("vaccines", hit((None, "The talks were on vaccines.")))
    assert (candidate.quote.speaker, candidate.quote.basis) == (None, None)


def test_a_passage_gives_one_quote_and_the_best_comes_first() -> None:
    near = hit(("Bea", "Vaccines for all."), ("Bea", "The weather is fine."), row=1)
    far = hit(("Ann", "Trade, grain, water, vaccines."), row=0, score=0.1, cosine=0.1)
    for passages, order in (([near, far], [1, 2]), ([far, near], [2, 1])):
        found = chosen("vaccines", *passages)
        assert [each.quote.passage for each in found] == order
        assert [each.quote.speaker for each in found] == ["Bea", "Ann"]


def test_the_best_sentence_is_the_one_most_like_the_question_where_words_do_not_tell() -> None:
    source = replace(hit(("Ann", "One."), ("Ann", "Two."), ("Ann", "Three.")), similarities=(0.2, 0.5, 0.3))
    (candidate,) = choose_quotes("vaccines", [source])
    assert candidate.quote.text == "Two."


def test_what_is_chosen_follows_from_the_hits_alone() -> None:
    hits = [hit(("Ann", "Vaccines are free.")), hit(("Bea", "Trade grows."), row=1)]
    assert choose_quotes("vaccines", hits) == choose_quotes("vaccines", tuple(hits)) == choose_quotes("vaccines", hits)


def test_only_the_speakers_asked_for_are_quoted() -> None:
    source = hit(("Ann", "Vaccines are free."), ("Bea", "Vaccines are dear."), (None, "Vaccines were the topic."))
    assert texts(chosen("vaccines", source, speakers=("Bea",))) == ["Vaccines are dear."]
    assert chosen("vaccines", source, speakers=("Cleo",)) == ()


def test_those_besides_whom_others_are_asked_for_are_not_quoted() -> None:
    source = asked("vaccines", hit(("Ann", "Vaccines are free."), ("Bea", "Vaccines are dear.")))
    other = asked("vaccines", hit(("Ann", "Vaccines are free."), row=1))
    nobodys = asked("vaccines", hit((None, "Vaccines were the topic."), row=2))
    found = choose_quotes("vaccines", [source, other, nobodys], besides=("Ann",))
    assert [(each.quote.speaker, each.quote.passage) for each in found] == [("Bea", 1), (None, 3)]


def test_a_passage_in_which_they_do_not_speak_gives_no_quote() -> None:
    found = chosen("vaccines", hit(("Ann", "Vaccines."), row=0), hit(("Bea", "Vaccines."), row=1), speakers=("Bea",))
    assert [each.quote.passage for each in found] == [2]


def test_a_reporters_question_answers_nothing() -> None:
    source = hit((REPORTER, "Are vaccines free?"), ("Ann", "It is too early to tell."))
    assert [each.quote.speaker for each in chosen("Are vaccines free?", source)] == ["Ann"]
    assert chosen("Are vaccines free?", hit((REPORTER, "Are vaccines free?"))) == ()


def test_reporters_are_quoted_where_they_are_asked_for() -> None:
    source = hit((REPORTER, "Are vaccines free?"), ("Ann", "Vaccines are free."))
    assert texts(chosen("vaccines", source, speakers=(REPORTER,))) == ["Are vaccines free?"]


def test_neighbours_that_are_as_good_join_one_quote() -> None:
    source = hit(("Ann", "Hello."), ("Ann", "Vaccines are free."), ("Ann", "Vaccines are safe."), ("Ann", "Goodbye."))
    assert texts(chosen("vaccines", source)) == ["Vaccines are free. Vaccines are safe."]


def test_at_most_three_sentences_join() -> None:
    assert texts(chosen("vaccines", hit(*[("Ann", "Vaccines are free.")] * 6))) == [
        " ".join(["Vaccines are free."] * 3)
    ]


@pytest.mark.parametrize("others", ["Bea", None, REPORTER])
def test_a_neighbour_by_somebody_else_never_joins(others: str | None) -> None:
    source = hit(("Ann", "Vaccines are free."), (others, "Vaccines are free."), ("Ann", "Vaccines are free."))
    (candidate,) = chosen("vaccines", source)
    assert candidate.quote.text == "Vaccines are free."


@pytest.mark.parametrize(
    "label",
    ["A: ", "Q: ", "MS. PSAKI: ", "Geng Shuang: ", "THE PRESIDENT: ", "Ms. Psaki: ", "DR. O’NEIL-SMITH: ", "A:\u00a0"],
)
def test_a_label_is_not_inside_the_quote(label: str) -> None:
    source = hit(("Ann", f"{label}Vaccines are free."), row=1)
    (candidate,) = chosen("vaccines", source)
    assert candidate.quote.text == "Vaccines are free."
    assert source.document.text[candidate.quote.start : candidate.quote.end] == "Vaccines are free."


@pytest.mark.parametrize("label", ["A:", "NOMINATION SENT TO THE SENATE:"])
@pytest.mark.parametrize("after", ["", "\n\n", " "])
def test_a_label_alone_is_not_quoted(label: str, after: str) -> None:
    source = hit((None, label))
    source = replace(source, document=replace(source.document, text=f"{source.document.text}{after}"))
    assert chosen("senate vaccines", source) == ()


def test_the_label_of_another_that_stands_alone_is_nobodys_words() -> None:
    """Though the sentence is credited to whoever spoke before."""
    found = chosen("vaccines", hit(("Ann", "Vaccines work."), ("Ann", "MS. PSAKI:"), ("Ann", "They do work.")))
    assert all("PSAKI" not in text for text in texts(found))


def test_a_sentence_in_capitals_before_a_label_is_no_label() -> None:
    assert texts(chosen("agree", hit((None, "WE AGREE."), (None, "A: no")))) == ["WE AGREE."]


@pytest.mark.parametrize("text", ["I say this: vaccines are free.", "At 10:30 vaccines came.", "vaccines: all free."])
def test_a_colon_inside_a_sentence_is_no_label(text: str) -> None:
    assert texts(chosen("vaccines", hit(("Ann", text)))) == [text]


def test_words_heard_before_are_not_quoted_again_but_others_as_good_beside_them_are() -> None:
    source = asked("vaccines", hit(("Ann", "Vaccines are free."), ("Ann", "Vaccines are safe."), ("Ann", "Goodbye.")))
    (candidate,) = choose_quotes("vaccines", [source], heard=["Vaccines  are free."])
    assert candidate.quote.text == "Vaccines are safe."
    assert choose_quotes("vaccines", [source], heard=["Vaccines are free. Vaccines are sa"]) == ()


def test_no_quote_goes_on_over_words_heard_before() -> None:
    source = hit(("Ann", "Vaccines are free."), ("Ann", "Vaccines are safe."), ("Ann", "Vaccines are few."))
    (candidate,) = choose_quotes("vaccines", [asked("vaccines", source)], heard=["Vaccines are safe."])
    assert candidate.quote.text in ("Vaccines are free.", "Vaccines are few.")


def test_nothing_is_quoted_where_nothing_was_found() -> None:
    assert chosen("vaccines") == ()
    assert chosen("vaccines", hit()) == ()


def test_a_paragraph_that_only_the_words_found_has_a_score_all_the_same() -> None:
    (candidate,) = chosen("vaccines", hit(("Ann", "Vaccines are free."), cosine=float("nan")))
    assert np.isfinite(candidate.score)


def test_of_sentences_equally_like_the_question_the_one_with_its_words_is_quoted() -> None:
    source = hit(("Ann", "It rains."), ("Ann", "The vaccine is dear."), ("Ann", "Snow falls."), ("Ann", "It is hot."))
    (candidate,) = choose_quotes("vaccines", [replace(source, similarities=(0.3, 0.3, 0.3, 0.3))])
    assert "The vaccine is dear." in candidate.quote.text


def test_where_a_number_is_asked_for_a_sentence_that_has_one_is_quoted() -> None:
    source = hit(("Ann", "We help."), ("Ann", "Help is near."), ("Ann", "We gave 300 tons of help."))
    source = replace(source, similarities=(0.3, 0.3, 0.3))
    (candidate,) = choose_quotes("tons of help", [source], question="How many tons of help did they give?")
    assert "300" in candidate.quote.text


def test_a_label_is_not_inside_the_quote_where_a_neighbour_has_it() -> None:
    source = hit(("Ann", "MS. ARCHER: Vaccines are free."), ("Ann", "MS. ARCHER: Vaccines are free."))
    (candidate,) = choose_quotes("vaccines", [replace(source, similarities=(0.79, 0.8))])
    assert "MS. ARCHER" not in candidate.quote.text


def sentences() -> st.SearchStrategy[list[tuple[str | None, str]]]:
    """Sentences with who speaks them; some turns open with a label."""
    words = st.lists(st.sampled_from("vaccines trade are free dear 🙂 naïve 10:30".split()), min_size=1, max_size=6)
    text = st.builds(lambda words: f"{' '.join(words).capitalize()}.", words)
    labels = st.sampled_from(["", "", "A: ", "MS. ARCHER: "])
    speakers = st.sampled_from(["Ann", "Bea", REPORTER, None])
    return st.lists(st.tuples(speakers, labels, text), max_size=8).map(_said)


def _said(drawn: list[tuple[str | None, str, str]]) -> list[tuple[str | None, str]]:
    before = [None, *(speaker for speaker, _, _ in drawn)]
    opens = [place == 0 or speaker != before[place] for place, (speaker, _, _) in enumerate(drawn)]
    return [(speaker, label * new + text) for (speaker, label, text), new in zip(drawn, opens, strict=True)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(sentences(), max_size=4),
    st.sampled_from(["vaccines", "free trade", "the", "?"]),
    st.sampled_from([(), ("Ann",), ("Ann", "Bea"), (REPORTER,)]),
)
def test_every_quote_is_a_verbatim_run_of_one_persons_sentences(
    passages: list[list[tuple[str | None, str]]], topic: str, speakers: tuple[str, ...]
) -> None:
    hits = [hit(*passage, row=row) for row, passage in enumerate(passages)]
    found = chosen(topic, *hits, speakers=speakers)
    passages_quoted = [each.quote.passage for each in found]
    assert len(passages_quoted) == len(set(passages_quoted))
    for quote in (each.quote for each in found):
        source = hits[quote.passage - 1]
        assert quote.text == source.document.text[quote.start : quote.end] != ""
        assert source.paragraph.start <= quote.start < quote.end <= source.paragraph.end
        assert not re.match(r"A: |MS\. ARCHER: ", quote.text)
        inside = [each for each in source.paragraph.sentences if each.start < quote.end and quote.start < each.end]
        assert quote.end == inside[-1].end
        assert {each.speech.speaker if each.speech else None for each in inside} == {quote.speaker}
        assert quote.speaker in speakers if speakers else quote.speaker != REPORTER


def test_a_form_of_address_is_quoted_only_for_want_of_anything_else() -> None:
    address = hit(("Ann", "Mr. President,"))
    said = hit(("Ann", "Vaccines ought to reach every country that asks."), row=1)
    candidates = choose_quotes("president vaccines", [address, said])
    assert [candidate.quote.text for candidate in candidates] == ["Vaccines ought to reach every country that asks."]
    assert choose_quotes("president vaccines", [address])[0].quote.text.startswith("Mr. President")
