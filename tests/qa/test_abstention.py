"""Questions with and without an answer, on a set small enough to know which is which."""

import json
from pathlib import Path

import pytest

pytest.importorskip("sklearn", reason="measuring needs the extra 'evaluate'")
pytest.importorskip("ir_measures", reason="measuring needs the extra 'evaluate'")

from index.errors import DocumentsError
from qa.abstention import MODES, Abstention, evaluate_abstention
from tests.fakes import BagOfWords
from tests.qa.test_evaluate import CORPUS, labelled, lines

ON_RECORD = {"_id": "q1", "text": "Which lobsters are blue?", "answerable": True}
OFF_RECORD = {"_id": "q2", "text": "Who invented quantum chromodynamics?", "answerable": False}


def measured(folder: Path, index: Path, limit: int | None = None, history: bool = True) -> Abstention:
    return evaluate_abstention(folder, index, BagOfWords(), lambda stage, done, total: None, limit, history)


def test_questions_whose_words_are_there_are_told_from_those_whose_words_are_not(tmp_path: Path) -> None:
    found = measured(labelled(tmp_path / "set", {"q1": "p1"}, [ON_RECORD, OFF_RECORD]), tmp_path / "index")
    assert (found.questions, found.answerable) == (2, 1)
    assert found.auroc == dict.fromkeys(["confidence", *MODES], 1.0) | {"fusion": found.auroc["fusion"]}
    assert (found.abstained, found.over_abstained, found.nothing_found) == (1.0, 0.0, 0)
    assert found.confidence.auroc == 1.0


def test_an_answer_is_right_where_it_quotes_a_right_paragraph(tmp_path: Path) -> None:
    asked = [ON_RECORD, {**ON_RECORD, "_id": "elsewhere"}, {**ON_RECORD, "_id": "near", "answerable": False}]
    pairs = {"q1": "p1", "elsewhere": "p2", "near": "p1"}
    found = measured(labelled(tmp_path / "set", pairs, asked), tmp_path / "index")
    assert [each.judged.answered for each in found.asked] == [True, True, True]
    assert [(each.judged.right, each.judged.first) for each in found.asked] == [
        (True, True),
        (False, False),
        (False, False),
    ]
    assert [each.judged.honest for each in found.asked] == [True, False, False]
    assert sum(each.answers for each in found.confidence.reliability) == 3


def test_a_quote_of_another_paragraph_of_the_right_document_is_not_right(tmp_path: Path) -> None:
    """The rows share a title and stand together, so that they are one document's."""
    asked = [ON_RECORD, {**ON_RECORD, "_id": "beside"}, OFF_RECORD]
    folder = labelled(tmp_path / "set", {"q1": "p1", "beside": "p2"}, asked)
    lines(folder / "corpus.jsonl.gz", [{**row, "title": "Animals"} for row in CORPUS])
    found = measured(folder, tmp_path / "index")
    assert [each.judged.first for each in found.asked[:2]] == [True, False]


def test_every_question_is_written_down_with_the_scores_it_was_compared_by(tmp_path: Path) -> None:
    found = measured(labelled(tmp_path / "set", {"q1": "p1"}, [ON_RECORD, OFF_RECORD]), tmp_path / "index")
    written = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert [row["id"] for row in written["asked"]] == ["q1", "q2"]
    assert [row["answerable"] for row in written["asked"]] == [True, False]
    assert [list(row["scores"]) for row in written["asked"]] == [list(MODES)] * 2
    assert written["asked"][0]["scores"]["lexical"] > written["asked"][1]["scores"]["lexical"] == 0.0


def test_a_time_restricts_nothing_where_no_record_has_a_date(tmp_path: Path) -> None:
    asked = [ON_RECORD, {"_id": "q2", "text": "What was said about lobsters in May 1999?", "answerable": False}]
    found = measured(labelled(tmp_path / "set", {"q1": "p1"}, asked), tmp_path / "index")
    assert found.nothing_found == 0
    assert found.asked[1].scores["lexical"] > 0


def test_a_question_is_asked_after_its_earlier_turns_and_told_apart(tmp_path: Path) -> None:
    follow_up = {**OFF_RECORD, "_id": "q3", "text": "Why?", "history": ["Which lobsters are blue?", "All."]}
    folder = labelled(tmp_path / "set", {"q1": "p1"}, [ON_RECORD, OFF_RECORD, follow_up])
    found = measured(folder, tmp_path / "index")
    assert [each.judged.type for each in found.asked] == ["first", "first", "follow-up"]
    assert found.asked[2].scores["lexical"] > 0
    assert found.confidence.auroc_by_type == {"first": 1.0}
    alone = measured(folder, tmp_path / "index", history=False)
    assert alone.asked[2].scores["lexical"] == 0


def test_some_of_the_questions_come_from_all_over(tmp_path: Path) -> None:
    asked = [{**(OFF_RECORD if place % 2 else ON_RECORD), "_id": f"q{place}"} for place in range(9)]
    found = measured(labelled(tmp_path / "set", {"q0": "p1"}, asked), tmp_path / "index", limit=3)
    assert [each.id for each in found.asked] == ["q0", "q3", "q6"]


@pytest.mark.parametrize("answerable", [True, False, None])
def test_a_set_of_questions_of_one_kind_is_refused(answerable: bool | None, tmp_path: Path) -> None:
    folder = labelled(tmp_path / "set", {"q1": "p1"}, [{**ON_RECORD, "answerable": answerable}])
    with pytest.raises(DocumentsError, match="both kinds"):
        measured(folder, tmp_path / "index")
    assert not (tmp_path / "index" / "CURRENT").exists()
