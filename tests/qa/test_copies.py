"""The same release at two places: one answer, and both are named."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from index.build import build_index
from index.embed import SentenceTransformerEmbedder
from index.snapshot import open_snapshot
from qa.answer import Answerer
from qa.contract import answer_json
from qa.types import Answer
from qa.verifier import built_in_verifier
from tests.conftest import SAMPLE
from tests.fakes import BagOfWords
from tests.qa.making import answerer, ask

QUESTIONS = (
    "What did Wang Yi say about vaccines?",
    "What did Lavrov say about vaccines?",
    "What did Psaki say about the climate?",
    "How many executive actions did the President sign with the national strategy against COVID-19?",
    "Who spoke about trade?",
    "What is the most recent statement on climate?",
)

RELEASE = """Wang Yi said that vaccines must become a public good that is within the reach of every country.

Wang Yi said that trade between the two countries will grow to 200 billion dollars by the year 2024.

The ministers then visited the harbour, where ships with grain had arrived in the early morning.
"""
TITLED = "---\ntitle: {}\ndate: {}\nurl: {}\n---\n\n{}"
MINISTRY = TITLED.format("Talks in Moscow", "2020-09-11", "https://ministry.example/talks", RELEASE)
EMBASSY = TITLED.format("Talks held", "2020-09-12", "https://embassy.example/talks", "Press section\n\n" + RELEASE)
CORRECTED = EMBASSY.replace("200 billion", "300 billion")
ELSEWHERE = TITLED.format("Rain", "2020-09-10", "https://rain.example", "Wang Yi said that rain is needed for trade.")


@pytest.fixture
def twice(tmp_path: Path) -> Iterator[Answerer]:
    opened = answerer(tmp_path, {"a/embassy.md": EMBASSY, "b/ministry.md": MINISTRY, "c.md": ELSEWHERE})
    yield opened
    opened.close()


def passages(answer: Answer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer_json(answer)["passages"]
    return found


def test_the_same_words_take_one_place_the_originals_and_the_copy_is_named(twice: Answerer) -> None:
    answer = ask(twice, "What did Wang Yi say about vaccines?", limit=50)
    texts = [passage["text"] for passage in passages(answer)]
    assert len(texts) == len(set(texts))
    first = passages(answer)[0]
    assert first["source"] == "https://ministry.example/talks"
    (copy,) = first["copies"]
    assert (copy["title"], copy["date"]) == ("Talks held", "2020-09-12")
    assert (copy["source"], copy["publisher"]) == ("https://embassy.example/talks", None)
    start, end = map(int, copy["url"].partition("#")[2].split("-"))
    assert copy["url"] == f"/documents/{copy['document']}#{start}-{end}"
    assert twice.document(copy["document"]).text[start:end] == first["text"]
    assert len({quote.text for quote in answer.quotes}) == len(answer.quotes)
    assert [hit.copies for hit in answer.hits if hit.document.title == "Rain"] == [()]


@pytest.mark.parametrize("where", [{"source": "a/*"}, {"since": "2020-09-12"}])
def test_where_only_the_copy_is_asked_for_it_is_the_answer(twice: Answerer, where: dict[str, str]) -> None:
    answer = ask(twice, "What did Wang Yi say about vaccines?", **where)
    assert answer.hits[0].document.title == "Talks held"
    assert [place.title for place in answer.hits[0].copies] == ["Talks in Moscow"]
    if answer.answered:
        assert answer.quotes[0].date == "2020-09-12"


def test_a_corrected_figure_can_be_quoted_from_both_under_their_own_sources(tmp_path: Path) -> None:
    both = answerer(tmp_path, {"a.md": CORRECTED, "b.md": MINISTRY})
    try:
        found = passages(ask(both, "What did Wang Yi say about trade growing to how many billion dollars?"))
        trade = {passage["source"]: passage for passage in found if "dollars" in passage["text"]}
        assert "200 billion" in trade["https://ministry.example/talks"]["text"]
        assert "300 billion" in trade["https://embassy.example/talks"]["text"]
        assert [passage["copies"] for passage in trade.values()] == [[], []]
    finally:
        both.close()


def test_a_sentence_is_quoted_once_where_the_paragraphs_around_it_differ(tmp_path: Path) -> None:
    joined = RELEASE.replace("country.\n\nWang", "country. Wang")
    files = {"a.md": MINISTRY, "b.md": TITLED.format("Talks held", "2020-09-12", "https://b.example", joined)}
    both = answerer(tmp_path, files)
    try:
        answer = ask(both, "What did Wang Yi say about vaccines becoming a public good within reach?", limit=10)
        assert answer.answered
        assert {hit.document.title for hit in answer.hits} == {"Talks in Moscow", "Talks held"}
        assert sum("vaccines" in quote.text for quote in answer.quotes) == 1
    finally:
        both.close()


def test_a_document_names_the_others_that_are_one_text_with_it(twice: Answerer) -> None:
    documents = {hit.document.title: hit.document for hit in ask(twice, "trade and vaccines", limit=50).hits}
    (copy,) = twice.copies(documents["Talks in Moscow"])
    assert copy.title == "Talks held"
    assert [each.title for each in twice.copies(copy)] == ["Talks in Moscow"]
    assert twice.copies(documents["Rain"]) == ()


def doubled(folder: Path) -> Path:
    """The sample, and all of it once more under other names."""
    documents = folder / "documents"
    for name in ("first", "second"):
        shutil.copytree(SAMPLE, documents / name)
    return documents


def agree(single: Answer, double: Answer) -> None:
    """The same words in the same order, as sure, and every passage names its copy."""
    assert double.answered == single.answered
    assert [quote.text for quote in double.quotes] == [quote.text for quote in single.quotes]
    assert [quote.text for quote in double.others] == [quote.text for quote in single.others]
    assert double.text == single.text
    assert double.confidence == pytest.approx(single.confidence, abs=0.03)
    # A word that one of 157 paragraphs has is a little less rare than one that two of 314 have, as BM25 smooths it;
    # that may move what is near a border.
    assert [hit.text for hit in double.hits[:3]] == [hit.text for hit in single.hits[:3]]
    assert [len(hit.copies) for hit in double.hits] == [1] * len(double.hits)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_folder_with_everything_twice_answers_as_the_single_one(
    question: str, sample: Answerer, twofold: Answerer
) -> None:
    agree(ask(sample, question), ask(twofold, question))


@pytest.fixture(scope="module")
def twofold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    folder = tmp_path_factory.mktemp("twofold")
    build_index(doubled(folder), folder / "index", BagOfWords())
    opened = Answerer(open_snapshot(folder / "index"), BagOfWords())
    yield opened
    opened.close()


@pytest.mark.model
def test_with_the_real_model_too(real: Answerer, model: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    build_index(doubled(tmp_path), tmp_path / "index", model)
    opened = Answerer(open_snapshot(tmp_path / "index"), model, verifier=built_in_verifier())
    try:
        for question in QUESTIONS:
            agree(ask(real, question), ask(opened, question))
    finally:
        opened.close()
