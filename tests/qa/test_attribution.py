"""How well people are credited, measured on labels."""

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from index.errors import DocumentsError
from qa.attribution import evaluate_news, evaluate_transcripts, same_person

TEXT = "Jane Doe met John Roe.\n\nJane Doe said that peace is near.\n\nHe smiled.\n\nTrade grows, John Roe noted."


def write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def label(source: str, content: str, named: bool = True) -> dict[str, Any]:
    start = TEXT.index(content)
    return {"article": "a", "source": source, "cue": "said", "content": content, "content_start": start, "named": named}


@pytest.fixture
def news(tmp_path: Path) -> Path:
    write(tmp_path / "articles_dev.jsonl.gz", [{"id": "a", "text": TEXT}])
    return tmp_path


def test_a_label_counts_as_right_where_its_words_are_credited_to_its_person(news: Path) -> None:
    write(
        news / "attributions_dev.jsonl.gz",
        [label("Jane Doe", "that peace is near"), label("Jane Doe", "Trade grows"), label("John Roe", "He smiled.")],
    )
    found = evaluate_news(news, "dev")
    assert (found.labels, found.right, found.wrong) == (3, 1, 1)
    assert found.recall == pytest.approx(1 / 3)


def test_a_credited_sentence_is_confirmed_by_a_label_and_contradicted_without_one(news: Path) -> None:
    write(news / "attributions_dev.jsonl.gz", [label("Jane Doe", "that peace is near")])
    found = evaluate_news(news, "dev")
    assert (found.credited, found.confirmed, found.contradicted) == (2, 1, 1)
    assert found.precision == 0.5


def test_a_pronoun_neither_confirms_nor_contradicts(news: Path) -> None:
    rows = [label("Jane Doe", "that peace is near"), label("he", "Trade grows", named=False)]
    write(news / "attributions_dev.jsonl.gz", rows)
    found = evaluate_news(news, "dev")
    assert (found.credited, found.confirmed, found.contradicted) == (2, 1, 0)


@pytest.mark.parametrize("source", ["Jane Doe's aides", "the Jane Doe campaign", "analysts"])
def test_those_around_a_person_are_not_the_person(news: Path, source: str) -> None:
    write(news / "attributions_dev.jsonl.gz", [label(source, "Trade grows"), label("Jane Doe", "that peace is near")])
    assert evaluate_news(news, "dev").labels == 1


def test_a_transcripts_paragraph_is_found_by_its_words(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    briefing = "MS. PSAKI: Good morning. Vaccines are here.\n\nQ Thank you. When?\n\nMS. PSAKI: Now."
    (tmp_path / "documents" / "briefing.txt").write_text(briefing)
    rows = [("0", "Good morning. Vaccines are here.", "MS. PSAKI"), ("1", "Now.", "MR. SMITH"), ("2", "Lost.", "X")]
    write(
        tmp_path / "set" / "corpus.jsonl.gz",
        [{"_id": f"briefing-{number}", "text": text, "speaker": speaker} for number, text, speaker in rows],
    )
    found = evaluate_transcripts(tmp_path / "set", tmp_path / "documents")
    assert (found.labels, found.right, found.wrong) == (2, 1, 1)


def test_labels_that_match_no_document_are_an_error(news: Path) -> None:
    write(news / "attributions_dev.jsonl.gz", [])
    with pytest.raises(DocumentsError, match="no label"):
        evaluate_news(news, "dev")


def test_a_part_of_a_name_is_the_same_person_and_another_first_name_is_not() -> None:
    assert same_person("Psaki", "Press Secretary Jen Psaki")
    assert not same_person("Wang Yi", "Wang Wenbin")
    assert not same_person("", "Jen Psaki")


@pytest.mark.corpus
def test_news_and_transcripts_are_credited_as_well_as_the_changelog_says(shared: Path) -> None:
    found = evaluate_news(shared / "eval" / "polnear", "dev")
    assert found.recall >= 0.62
    assert found.precision >= 0.84
