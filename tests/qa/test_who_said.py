"""Speakers' words on a topic: the sets become documents again, and their labels judge what the product finds."""

import csv
import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from index.errors import DocumentsError
from index.snapshot import open_snapshot
from qa.who_said import Label, SpeakerSearch, evaluate_speakers
from tests.fakes import BagOfWords

BRIEFING = [
    ("MS. PSAKI", "Vaccines reach every state this week. The roads plan goes to Congress."),
    ("MS. PSAKI", "Vaccines for teachers come first."),
    ("DR. FAUCI", "Vaccines are safe. Masks still help against the virus."),
    ("MS. PSAKI", "Thank you, doctor. Good evening."),
]
RECORDS = [
    ("NZL-2018", "Jane Ardern|New Zealand|2018", "The climate changes and the oceans rise."),
    ("NZL-2019", "Jane Ardern|New Zealand|2019", "Online hatred must end after Christchurch."),
    ("KEN-2019", "John Kenya|Kenya|2019", "The climate changes in Africa and droughts come."),
]


def lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def made(
    folder: Path, corpus: Iterable[Mapping[str, Any]], queries: Mapping[str, tuple[str, str]], right: Mapping[str, str]
) -> Path:
    """A set whose queries are id → (text, speaker) and whose judgements query → paragraph."""
    (folder / "qrels").mkdir(parents=True)
    lines(folder / "corpus.jsonl.gz", corpus)
    rows = [{"_id": key, "text": text, "speaker": speaker} for key, (text, speaker) in queries.items()]
    lines(folder / "queries.jsonl.gz", rows)
    with (folder / "qrels" / "test.tsv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerows([["query-id", "corpus-id", "score"], *([query, to, 1] for query, to in right.items())])
    return folder


def transcript(folder: Path, queries: Mapping[str, tuple[str, str]], right: Mapping[str, str]) -> Path:
    rows = [
        {"_id": f"briefing-{place}", "title": "Press Briefing", "text": text, "speaker": who, "date": "2021-02-01"}
        for place, (who, text) in enumerate(BRIEFING)
    ]
    return made(folder, rows, queries, right)


def records(folder: Path, queries: Mapping[str, tuple[str, str]]) -> Path:
    rows = [
        {"_id": f"{key}-0", "title": "General Debate", "text": text, "speaker": who, "post": "Leader", "year": 2019}
        for key, who, text in RECORDS
    ]
    return made(folder, rows, queries, {"q": "NZL-2018-0"})


def measured(folder: Path, index: Path, limit: int | None = None) -> SpeakerSearch:
    return evaluate_speakers(folder, index, BagOfWords(), lambda stage, done, total: None, limit)


def test_paragraphs_become_a_transcript_whose_labels_the_product_finds(tmp_path: Path) -> None:
    folder = transcript(tmp_path / "set", {"q": ("What did Ms. Psaki say about roads?", "MS. PSAKI")}, {})
    found = measured(folder, tmp_path / "index")
    snapshot = open_snapshot(tmp_path / "index")
    (document,) = snapshot.corpus.all_documents()
    snapshot.close()
    assert (found.documents, found.paragraphs) == (1, 4)
    assert document.date == "2021-02-01"
    assert document.text.split("\n\n") == [
        f"MS. PSAKI: {BRIEFING[0][1]}",
        BRIEFING[1][1],
        f"DR. FAUCI: {BRIEFING[2][1]}",
        f"MS. PSAKI: {BRIEFING[3][1]}",
    ]


def test_passages_of_the_right_speaker_are_counted_by_the_labels_of_the_set(tmp_path: Path) -> None:
    folder = transcript(
        tmp_path / "set",
        {
            "psaki": ("What did Ms. Psaki say about vaccines?", "MS. PSAKI"),
            # Whose words were asked for is not whose the set says: nothing found can be right.
            "amiss": ("What did Ms. Psaki say about vaccines?", "DR. FAUCI"),
        },
        {"psaki": "briefing-1", "amiss": "briefing-2"},
    )
    found = measured(folder, tmp_path / "index")
    assert [(one.id, one.precision, one.credited, one.understood, one.on_topic) for one in found.asked] == [
        ("psaki", 1.0, 1.0, True, True),
        ("amiss", 0.0, 0.0, False, False),
    ]
    assert (found.questions, found.precision, found.understood, found.on_topic) == (2, 0.5, 0.5, 0.5)
    assert 0 < found.p50_ms <= found.p95_ms


def test_words_of_another_year_are_not_the_ones_asked_for(tmp_path: Path) -> None:
    queries = {
        "q": ("What did Jane Ardern say about climate in 2018?", "Jane Ardern|New Zealand|2018"),
        "any": ("What did Jane Ardern say about climate?", "Jane Ardern|New Zealand|2018"),
    }
    found = measured(records(tmp_path / "set", queries), tmp_path / "index")
    dated, undated = found.asked
    assert (dated.precision, dated.on_topic) == (1.0, True)
    assert (undated.precision, undated.credited) == (0.5, 0.5)


def test_a_limit_takes_questions_from_all_over_the_set(tmp_path: Path) -> None:
    queries = {f"q{number}": ("What did Ms. Psaki say about roads?", "MS. PSAKI") for number in range(6)}
    found = measured(transcript(tmp_path / "set", queries, {}), tmp_path / "index", limit=3)
    assert [one.id for one in found.asked] == ["q0", "q2", "q4"]


def test_a_set_without_speakers_is_refused(tmp_path: Path) -> None:
    folder = transcript(tmp_path / "set", {}, {})
    lines(folder / "queries.jsonl.gz", [{"_id": "q", "text": "Who?"}])
    with pytest.raises(DocumentsError, match="speaker"):
        measured(folder, tmp_path / "index")


def test_labels_of_one_person_agree_across_titles_and_differ_across_years() -> None:
    assert Label.parse("DR. MURTHY").is_same(Label.parse("SURGEON GENERAL MURTHY"))
    assert not Label.parse("DR. MURTHY").is_same(Label.parse("DR. FAUCI"))
    assert Label.parse("Wang Yi|China|2017").is_same(Label("Wang Yi", "China", "2017"))
    assert not Label.parse("Wang Yi|China|2017").is_same(Label.parse("Wang Yi|China|2018"))
