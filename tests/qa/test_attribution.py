"""How well people are credited, measured on labels."""

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from index.errors import DocumentsError
from index.types import Document
from qa.attribution import Attribution, evaluate_news, evaluate_transcripts, names_in_full, same_person

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


def transcript(folder: Path, briefing: str, rows: Iterable[tuple[str, str]]) -> Attribution:
    """What is found of a document and the (text, speaker) of its labelled paragraphs."""
    (folder / "documents").mkdir()
    (folder / "documents" / "briefing.txt").write_text(briefing)
    labels = (
        {"_id": f"briefing-{place}", "text": text, "speaker": speaker} for place, (text, speaker) in enumerate(rows)
    )
    write(folder / "set" / "corpus.jsonl.gz", labels)
    return evaluate_transcripts(folder / "set", folder / "documents")


def test_a_transcripts_paragraph_is_found_by_its_words(tmp_path: Path) -> None:
    briefing = "MS. PSAKI: Good morning. Vaccines are here.\n\nQ Thank you. When?\n\nMS. PSAKI: Now."
    rows = [("Good morning. Vaccines are here.", "MS. PSAKI"), ("Now.", "MR. SMITH"), ("Lost.", "X")]
    found = transcript(tmp_path, briefing, rows)
    assert (found.labels, found.right, found.wrong, found.nobody) == (2, 1, 1, 0)
    assert (found.named, found.in_full) == (0, 0)


def test_a_person_the_document_names_in_full_is_counted_apart(tmp_path: Path) -> None:
    briefing = (
        "With Press Secretary Jen Psaki and Director Young.\n\nMS. PSAKI: Good morning.\n\nDIRECTOR YOUNG: Hello.\n\n"
        "MS. PSAKI: Goodbye."
    )
    rows = [("Good morning.", "MS. PSAKI"), ("Hello.", "DIRECTOR YOUNG"), ("Goodbye.", "MR. SMITH")]
    found = transcript(tmp_path, briefing, rows)
    assert (found.right, found.wrong, found.named, found.in_full) == (2, 1, 1, 1)
    assert found.as_json()["credited_in_full"] == 1.0


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("Jen Psaki spoke.", True),
        ("JEN PSAKI spoke.", True),
        ("Jennifer R. Psaki spoke.", True),
        ("ADMINISTRATOR PSAKI: I, Administrator Psaki, spoke.", False),
        ("Press Secretary Psaki spoke. MS. PSAKI: And Psaki did.", False),
        ("I thank Ms. Psaki.", False),
        ("thank psaki", False),
        ("Jen Psakian spoke.", False),
    ],
)
def test_a_first_name_before_the_last_is_a_name_in_full(text: str, full: bool) -> None:
    assert names_in_full(Document("d", "A title", text, "d.txt"), "ADMINISTRATOR PSAKI") is full
    assert names_in_full(Document("d", text, "A text.", "d.txt"), "ADMINISTRATOR PSAKI") is full


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
