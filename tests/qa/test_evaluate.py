"""How well the right paragraphs are found, on a set small enough to know the answer, and on a real one."""

import csv
import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("ir_measures", reason="measuring needs the extra 'evaluate'")

from index.embed import SentenceTransformerEmbedder
from index.errors import DocumentsError
from index.types import Spans, Vectors
from qa.evaluate import Retrieval, evaluate_retrieval
from qa.request import MAX_HISTORY, MAX_QUESTION
from qa.retrieve import Mode
from qa.sets import read_lines, request_of
from qa.types import MAX_TURN
from tests.fakes import BagOfWords

CORPUS = [
    {"_id": "p1", "title": "Sea", "text": "Lobsters are blue."},
    {"_id": "p2", "title": "", "text": "Reindeer migrate in winter."},
    {"_id": "p3", "text": "Whisky is brown."},
]
QUERIES = [
    {"_id": "q1", "text": "Which colour have lobsters?"},
    {"_id": "q2", "text": "When do reindeer migrate?"},
    {"_id": "unlabelled", "text": "Who?"},
]
MEASURES = ["nDCG@10", "R@10", "R@100", "RR", "Success@1", "Success@5"]


def lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def labelled(folder: Path, pairs: Mapping[str, str], queries: Iterable[Mapping[str, Any]] = QUERIES) -> Path:
    """A set in the BEIR layout whose questions each have one right paragraph."""
    (folder / "qrels").mkdir(parents=True)
    lines(folder / "corpus.jsonl.gz", CORPUS)
    lines(folder / "queries.jsonl.gz", queries)
    with (folder / "qrels" / "test.tsv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerows([["query-id", "corpus-id", "score"], *([query, right, 1] for query, right in pairs.items())])
    return folder


def measured(folder: Path, index: Path, *modes: Mode, history: bool = True) -> list[Retrieval]:
    return evaluate_retrieval(folder, index, BagOfWords(), modes, lambda stage, done, total: None, history)


@pytest.mark.parametrize("mode", ["dense", "lexical", "fusion", "hybrid"])
def test_a_set_whose_right_paragraphs_come_first_scores_100(mode: Mode, tmp_path: Path) -> None:
    folder = labelled(tmp_path / "set", {"q1": "p1", "q2": "p2"})
    (result,) = measured(folder, tmp_path / "index", mode)
    assert result.mode == mode
    assert result.questions == 2
    assert result.measures == dict.fromkeys(MEASURES, 100.0)


def test_a_set_whose_right_paragraphs_share_no_word_with_the_question_scores_0(tmp_path: Path) -> None:
    folder = labelled(tmp_path / "set", {"q1": "p3", "q2": "p3"})
    (result,) = measured(folder, tmp_path / "index", "lexical")
    assert result.measures == dict.fromkeys(MEASURES, 0.0)


def test_a_question_that_fails_counts_in_the_mean(tmp_path: Path) -> None:
    folder = labelled(tmp_path / "set", {"q1": "p1", "q2": "p3"})
    (result,) = measured(folder, tmp_path / "index", "lexical")
    assert result.measures["nDCG@10"] == 50.0


def test_each_question_has_its_own_measures_whose_mean_is_the_sets(tmp_path: Path) -> None:
    folder = labelled(tmp_path / "set", {"q1": "p1", "q2": "p3"})
    (result,) = measured(folder, tmp_path / "index", "lexical")
    assert [(asked.id, asked.question) for asked in result.asked] == [(row["_id"], row["text"]) for row in QUERIES[:2]]
    assert [asked.measures for asked in result.asked] == [dict.fromkeys(MEASURES, 1.0), dict.fromkeys(MEASURES, 0.0)]
    assert all(asked.ms >= 0 for asked in result.asked)
    for name in MEASURES:
        assert result.measures[name] == 100 * np.mean([asked.measures[name] for asked in result.asked])


FOLLOW_UP = {"_id": "q1", "text": "Why?", "history": ["Which colour have lobsters?", "They are blue."]}


def test_a_question_after_earlier_turns_is_searched_for_as_the_product_understands_it(tmp_path: Path) -> None:
    folder = labelled(tmp_path / "set", {"q1": "p1"}, [FOLLOW_UP])
    (result,) = measured(folder, tmp_path / "index", "lexical")
    (asked,) = result.asked
    assert asked.question == "Why?"
    assert "lobsters" in asked.standalone
    assert asked.as_json()["standalone"] == asked.standalone
    assert result.measures["Success@1"] == 100.0


def test_earlier_turns_can_be_left_out(tmp_path: Path) -> None:
    folder = labelled(tmp_path / "set", {"q1": "p1"}, [FOLLOW_UP])
    (result,) = measured(folder, tmp_path / "index", "lexical", history=False)
    assert result.asked[0].standalone == "Why?"
    assert "standalone" not in result.asked[0].as_json()
    assert result.measures["Success@1"] == 0.0


@pytest.mark.parametrize("history", ["Which colour?", [{"question": "Which colour?"}], [1]])
def test_a_history_that_is_no_list_of_texts_is_refused_and_its_question_named(history: object, tmp_path: Path) -> None:
    folder = labelled(tmp_path / "set", {"q1": "p1"}, [{**FOLLOW_UP, "history": history}])
    with pytest.raises(DocumentsError, match="question q1 has a history"):
        measured(folder, tmp_path / "index", "lexical")
    assert not (tmp_path / "index" / "CURRENT").exists()


def test_a_history_becomes_turns_newest_last_and_is_cut_to_what_the_product_takes() -> None:
    request = request_of({"_id": "q", "text": "And?" * 1000, "history": ["a?", "b.", "c?"]}, history=True)
    assert [(turn.question, turn.answer) for turn in request.history] == [("a?", "b."), ("c?", "")]
    assert len(request.question) == MAX_QUESTION
    many = request_of(
        {"_id": "q", "text": "And?", "history": ["a?", "b."] * 100 + ["last?", "x" * 30_000]}, history=True
    )
    assert len(many.history) == MAX_HISTORY
    assert (many.history[-1].question, len(many.history[-1].answer)) == ("last?", MAX_TURN)
    assert request_of({"_id": "q", "text": "And?", "history": ["a?", "b."]}, history=False).history == ()


def test_every_way_of_searching_is_measured_on_one_index(tmp_path: Path) -> None:
    folder = labelled(tmp_path / "set", {"q1": "p1"})
    results = measured(folder, tmp_path / "index", "dense", "lexical", "hybrid")
    assert [result.mode for result in results] == ["dense", "lexical", "hybrid"]
    assert all(0 <= result.p50_ms <= result.p95_ms for result in results)
    written = json.loads(json.dumps(results[0].as_json(), allow_nan=False))
    assert (written["questions"], list(written["asked"][0])) == (1, ["id", "question", "ms", *MEASURES])


@pytest.mark.parametrize("missing", ["corpus.jsonl.gz", "queries.jsonl.gz", "qrels/test.tsv"])
def test_a_folder_that_lacks_a_part_is_refused_and_the_part_named(missing: str, tmp_path: Path) -> None:
    folder = labelled(tmp_path / "set", {"q1": "p1"})
    (folder / missing).unlink()
    with pytest.raises(DocumentsError, match=missing):
        measured(folder, tmp_path / "index", "dense")
    assert not (tmp_path / "index" / "CURRENT").exists()


def test_no_folder_is_no_set(tmp_path: Path) -> None:
    with pytest.raises(DocumentsError, match="nowhere"):
        measured(tmp_path / "nowhere", tmp_path / "index", "dense")


def test_a_paragraph_is_found_by_its_title(tmp_path: Path) -> None:
    """Before, a record's text alone was searched."""
    folder = labelled(tmp_path / "set", {"q1": "p1"}, [{"_id": "q1", "text": "What is in the sea?"}])
    (result,) = measured(folder, tmp_path / "index", "lexical")
    assert result.measures == dict.fromkeys(MEASURES, 100.0)


def test_paragraphs_of_one_document_are_told_apart_by_their_own_ids(tmp_path: Path) -> None:
    """The rows share a title and stand together; each is right for one question alone."""
    folder = labelled(tmp_path / "set", {"q1": "p1", "q2": "p2"})
    lines(folder / "corpus.jsonl.gz", [{**row, "title": "Animals and drinks"} for row in CORPUS])
    for result in measured(folder, tmp_path / "index", "dense", "lexical", "fusion", "hybrid"):
        assert result.measures["Success@1"] == 100.0


class AllAtOnce:
    """The real model, with all questions of a set embedded in one batch: one by one takes several times as long."""

    def __init__(self, model: SentenceTransformerEmbedder, questions: Sequence[str]) -> None:
        self.name, self.digest, self.dimensions = model.name, model.digest, model.dimensions
        self.passages, self.windows = model.passages, model.windows
        self._vectors = dict(zip(questions, model.queries(questions)[0], strict=True))

    def queries(self, texts: Sequence[str], parts: Sequence[Spans] = ()) -> tuple[Vectors, Vectors]:
        assert not any(parts)
        return np.stack([self._vectors[text] for text in texts]), np.empty((0, self.dimensions), np.float32)


@pytest.mark.model
@pytest.mark.corpus
def test_the_real_model_finds_the_paragraphs_of_a_real_set(
    shared: Path, model: SentenceTransformerEmbedder, tmp_path: Path
) -> None:
    folder = shared / "eval" / "xquad-en"
    embedder = AllAtOnce(model, [row["text"].strip() for row in read_lines(folder, "queries")])
    (result,) = evaluate_retrieval(folder, tmp_path / "index", embedder, ("dense",), lambda stage, done, total: None)
    assert result.questions == 1190
    assert result.measures["nDCG@10"] >= 93.9
