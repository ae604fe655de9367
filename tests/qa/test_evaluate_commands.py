"""What `onrecord evaluate …` prints and writes."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

pytest.importorskip("sklearn", reason="measuring needs the extra 'evaluate'")

from qa.scoring import FIGURES
from tests.fakes import BagOfWords
from tests.qa.test_abstention import OFF_RECORD, ON_RECORD
from tests.qa.test_attribution import TEXT, label, write
from tests.qa.test_evaluate import labelled
from tests.qa.test_rerank import Counting
from tests.qa.test_who_said import transcript
from web.cli import main


@pytest.fixture(autouse=True)
def _stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.embed.load_embedder", lambda *_: BagOfWords())


def run(*words: str | Path) -> list[str]:
    """The lines that a command prints, after it ended well."""
    result = CliRunner().invoke(main, ["evaluate", *map(str, words)], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return result.stdout.splitlines()


def written(path: Path) -> dict[str, Any]:
    figures = json.loads(path.read_text())["figures"]
    assert isinstance(figures, dict)
    return figures


def test_the_attribution_of_news_is_a_table_and_a_file(tmp_path: Path) -> None:
    write(tmp_path / "articles_dev.jsonl.gz", [{"id": "a", "text": TEXT}])
    write(tmp_path / "attributions_dev.jsonl.gz", [label("Jane Doe", "that peace is near")])
    names, row = run("attribution", tmp_path, "--out", tmp_path / "out.json")
    assert names.split() == [
        *("labels", "recall", "wrong", "nobody", "credited", "confirmed", "contradicted", "precision")
    ]
    assert row.split() == ["1", "100.0%", "0", "0", "2", "1", "1", "50.0%"]
    figures = written(tmp_path / "out.json")
    assert (figures["labels"], figures["recall"], figures["precision"]) == (1, 1.0, 0.5)


def test_the_attribution_of_transcripts_tells_names_in_full_apart(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "b.txt").write_text("Jen Psaki is here.\n\nMS. PSAKI: Hello.\n\nMR. ROE: Hi.")
    rows = [
        {"_id": "b-0", "text": "Hello.", "speaker": "MS. PSAKI"},
        {"_id": "b-1", "text": "Hi.", "speaker": "MR. ROE"},
    ]
    write(tmp_path / "corpus.jsonl.gz", rows)
    names, row = run("attribution", tmp_path, "--documents", tmp_path / "documents")
    assert " ".join(names.split()) == "labels right wrong nobody named in full credited in full"
    assert row.split() == ["2", "100.0%", "0", "0", "1", "100.0%"]


def test_speakers_are_asked_for_and_the_index_is_kept(tmp_path: Path) -> None:
    folder = transcript(tmp_path / "set", {"q": ("What did Ms. Psaki say about vaccines?", "MS. PSAKI")}, {})
    names, row = run("speakers", folder, "--work", tmp_path / "work", "--out", tmp_path / "out.json")
    assert names.split()[:2] == ["questions", "precision@5"]
    assert row.split()[:3] == ["1", "100.0%", "100.0%"]
    assert (tmp_path / "work" / "CURRENT").read_text().strip() == written(tmp_path / "out.json")["index"]


def test_abstention_is_a_table_of_scores_and_a_file(tmp_path: Path) -> None:
    folder = labelled(tmp_path / "set", {"q1": "p1"}, [ON_RECORD, OFF_RECORD])
    lines = run("abstention", folder, "--out", tmp_path / "out.json")
    assert lines[1].split() == ["2", "1", "100.0%", "0.0%", "0"]
    scores = dict(line.split() for line in lines[4 : lines.index("", 4)])
    assert list(scores) == ["confidence", "hybrid", "fusion", "dense", "lexical"]
    assert scores["confidence"] == "1.0"
    assert {name: str(value) for name, value in written(tmp_path / "out.json")["auroc"].items()} == scores
    compared = run("compare", tmp_path / "out.json", tmp_path / "out.json")
    assert [line.split()[:3] for line in compared if line.split()[:1] == ["honest"]] == [["honest", "2", "100.00%"]]


def test_the_file_of_a_retrieval_holds_every_question_of_every_mode(tmp_path: Path) -> None:
    folder = labelled(tmp_path / "set", {"q1": "p1", "q2": "p3"})
    names, *rows = run("retrieval", folder, "--mode", "dense", "--mode", "lexical", "--out", tmp_path / "out.json")
    assert names.split()[:3] == ["mode", "questions", "nDCG@10"]
    assert [row.split()[:2] for row in rows] == [["dense", "2"], ["lexical", "2"]]
    out = json.loads((tmp_path / "out.json").read_text())
    assert out["settings"] == {"set": str(folder), "history": True, "reranker": None}
    figures = out["figures"]
    assert [(run["mode"], [row["id"] for row in run["asked"]]) for run in figures] == [
        ("dense", ["q1", "q2"]),
        ("lexical", ["q1", "q2"]),
    ]
    assert [row["Success@1"] for row in figures[1]["asked"]] == [1.0, 0.0]


def test_a_reranker_reorders_what_answers_are_found_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.rerank.load_reranker", lambda _: Counting("Whisky"))
    folder = labelled(tmp_path / "set", {"q1": "p3", "q2": "p3"})
    options = ("--mode", "fusion", "--mode", "hybrid", "--reranker", "mine", "--out", tmp_path / "out.json")
    run("retrieval", folder, *options)
    out = json.loads((tmp_path / "out.json").read_text())
    assert out["settings"]["reranker"] == "mine"
    assert [run["measures"]["Success@1"] for run in out["figures"]] == [0.0, 100.0]


def test_two_modes_of_a_file_and_two_files_are_compared(tmp_path: Path) -> None:
    folder = labelled(tmp_path / "set", {"q1": "p1", "q2": "p3"})
    for name in ("a.json", "b.json"):
        run("retrieval", folder, "--mode", "lexical", "--mode", "fusion", "--out", tmp_path / name)
    lines = run("compare", tmp_path / "a.json", "--modes", "lexical", "fusion", "--out", tmp_path / "out.json")
    assert [line.partition(" of ")[0] for line in lines[:2]] == ["A: lexical", "B: fusion"]
    assert lines[2].split() == "measure n A B difference from to wins ties losses p".split()
    assert lines[3].split()[:3] == ["nDCG@10", "2", "50.00%"]
    figures = json.loads((tmp_path / "out.json").read_text())["figures"]
    assert [(each["first"]["run"], each["second"]["run"]) for each in figures] == [("lexical", "fusion")]
    assert figures[0]["measures"][0]["measure"] == "nDCG@10"
    both = run("compare", tmp_path / "a.json", tmp_path / "b.json")
    assert [line.partition(" of ")[0] for line in both if line.startswith("B: ")] == ["B: lexical", "B: fusion"]
    assert [line.split()[-2:] for line in both if line.split()[:1] == ["nDCG@10"]] == [["0", "1.0000"]] * 2


def test_one_file_alone_needs_two_modes(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["evaluate", "compare", str(tmp_path / "a.json")])
    assert result.exit_code == 2
    assert "--modes" in result.stderr


def test_files_that_cannot_be_compared_end_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    result = CliRunner().invoke(main, ["evaluate", "compare", str(tmp_path / "a.json"), "--modes", "a", "b"])
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert result.stderr.startswith("Error: ")


def test_answers_are_drawn(tmp_path: Path, sample_index: Path) -> None:
    pytest.importorskip("matplotlib")
    asked = {
        "id": "a",
        "type": "said",
        "question": "What did Wang Yi say about vaccines?",
        "answerable": True,
        "gold": [],
    }
    (tmp_path / "questions.jsonl").write_text(json.dumps(asked))
    run("answers", tmp_path / "questions.jsonl", "--index", sample_index, "--plots", tmp_path / "plots")
    assert sorted(path.name for path in (tmp_path / "plots").iterdir()) == ["reliability.svg", "risk-coverage.svg"]


def test_pictures_that_cannot_be_drawn_are_refused_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "qa.plots", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = CliRunner().invoke(main, ["evaluate", "answers", "nowhere.jsonl", "--plots", str(tmp_path / "plots")])
    assert result.exit_code == 1
    assert "onrecord[evaluate]" in result.stderr
    assert not (tmp_path / "plots").exists()


def test_answers_are_scored_and_failures_shown(tmp_path: Path, sample_index: Path) -> None:
    rows = [
        {"id": "a", "question": "What did Wang Yi say about vaccines?", "answerable": True, "speaker": "Wang Yi"},
        {"id": "b", "question": "What did Lavrov say about vaccines?", "answerable": False, "speaker": "Lavrov"},
    ]
    gold = [[{"file": "x", "text": "vaccines ought to become a public good"}], []]
    for row, snippets in zip(rows, gold, strict=True):
        row |= {"type": "said", "gold": snippets}
    (tmp_path / "questions.jsonl").write_text("\n".join(map(json.dumps, rows)))
    words: list[str | Path] = ["answers", tmp_path / "questions.jsonl", "--index", sample_index, "--failures", "2"]
    lines = run(*words, "--out", tmp_path / "out.json")
    assert lines[0].split() == ["type", "n", *FIGURES]
    assert [line.split()[:2] for line in lines[1:3]] == [["said", "2"], ["ALL", "2"]]
    assert any("AUROC" in line for line in lines)
    figures = written(tmp_path / "out.json")
    assert [asked["id"] for asked in figures["questions"]] == ["a", "b"]
    assert [asked["question"] for asked in figures["questions"]] == [row["question"] for row in rows]
    failed = [asked["id"] for asked in figures["questions"] if not asked["honest"]]
    assert [json.loads(line)["id"] for line in lines if line.startswith("{")] == failed
    assert len(figures["confidence"]["risk_coverage"]) == 10
    answered = sum(asked["answered"] for asked in figures["questions"])
    assert sum(each["answers"] for each in figures["confidence"]["reliability"]) == answered
    compared = run("compare", tmp_path / "out.json", tmp_path / "out.json")
    assert compared[0].startswith("A: answers of ")
    assert [line.split()[-1] for line in compared if line.split()[:1] == ["honest"]] == ["1.0000"]
