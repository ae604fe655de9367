"""Hand-written questions: each figure on an answer made by hand, and the whole on a small index."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa.errors import QuestionsError
from qa.scoring import FIGURES, Question, ask_all, judge, overlaps, read_questions, same_person, tabulate
from qa.types import Answer, Query, Quote
from tests.qa.making import answerer, hit

GOLD = "the virus knows no borders and we will share every dose that we have with the world"
OTHER = "tariffs on steel are going up again next month and nobody has asked for it at all"


def question(**fields: Any) -> Question:
    given = Question("q", "said", "What did Jane Doe say?", (), True, (GOLD,), (), "Jane Doe", None, None)
    return replace(given, **fields)


def answer(*quotes: tuple[str | None, str], passages: tuple[str, ...] = (), text: str = "") -> Answer:
    """Answered with these quotes (speaker, text), each from a passage of its own; not answered where there is none."""
    hits = tuple(hit((who, words), row=row) for row, (who, words) in enumerate(quotes))
    hits += tuple(hit((None, words), row=row) for row, words in enumerate(passages, len(hits)))
    made = tuple(
        Quote(words, found.paragraph.start, found.paragraph.end, rank, who, None, None)
        for rank, ((who, words), found) in enumerate(zip(quotes, hits, strict=False), 1)
    )
    query = Query("?", "?", "?")
    return Answer(query, bool(quotes), 0.6 if quotes else 0.05, text, made, (), hits, "index", 0.0)


def test_a_gold_snippet_quoted_under_the_right_name_is_right() -> None:
    verdict = judge(question(), answer(("Ms. Jane Doe", f"Well, {GOLD}.")))
    assert verdict.figures == {
        "hit@1": True,
        "hit@5": True,
        "quoted": True,
        "over_abstained": False,
        "honest": True,
        "speaker": True,
        "wrong_name": False,
        "verbatim": True,
        "error": False,
    }
    assert verdict.first
    assert verdict.right


def test_gold_words_under_another_name_are_quoted_and_not_the_speakers() -> None:
    figures = judge(question(), answer(("John Roe", GOLD))).figures
    assert (figures["quoted"], figures["speaker"]) == (True, False)


def test_a_gold_snippet_found_and_not_quoted_is_a_hit_and_no_more() -> None:
    figures = judge(question(), answer(passages=(OTHER, GOLD))).figures
    assert (figures["hit@1"], figures["hit@5"], figures["quoted"], figures["over_abstained"]) == (
        False,
        True,
        False,
        True,
    )
    assert "speaker" not in figures


def test_only_the_first_three_quotes_count_and_confidence_is_of_the_first() -> None:
    others = [("Jane Doe", OTHER)] * 3
    assert not judge(question(), answer(*others, ("Jane Doe", GOLD))).right
    third = judge(question(), answer(*others[:2], ("Jane Doe", GOLD)))
    assert (third.right, third.first) == (True, False)


def test_what_is_not_on_record_is_honest_where_it_is_not_answered() -> None:
    silent = question(answerable=False, gold=())
    assert judge(silent, answer(passages=(OTHER,))).figures["honest"]
    figures = judge(silent, answer(("John Roe", OTHER))).figures
    assert (figures["abstained"], figures["honest"], figures["wrong_name"]) == (False, False, False)


def test_a_tempting_passage_under_the_asked_name_is_a_wrong_name() -> None:
    tempted = question(tempting=(OTHER,))
    assert judge(tempted, answer(("Jane Doe", OTHER))).figures["wrong_name"]
    assert not judge(tempted, answer(("John Roe", OTHER))).figures["wrong_name"]


def test_in_a_trap_any_words_under_the_asked_name_are_a_wrong_name() -> None:
    trap = question(type="trap", answerable=False, gold=())
    assert judge(trap, answer(("Doe", "Quite another thing."))).figures["wrong_name"]


def test_a_short_answer_may_stand_in_the_answer_or_in_a_quote() -> None:
    fact = question(answer_string="80  Million", speaker=None)
    assert judge(fact, answer(text="It was 80 million doses.")).figures["string"]
    assert judge(fact, answer(("Jane Doe", "We gave 80 million."))).figures["string"]
    assert not judge(fact, answer(("Jane Doe", GOLD))).figures["string"]


def test_words_that_are_no_slice_of_their_document_are_not_verbatim() -> None:
    given = answer(("Jane Doe", GOLD))
    bent = replace(given, quotes=(replace(given.quotes[0], start=given.quotes[0].start + 1),))
    assert not judge(question(), bent).figures["verbatim"]


def test_a_question_that_is_refused_is_an_error_and_no_answer() -> None:
    verdict = judge(question(), None)
    assert (verdict.figures["error"], verdict.figures["over_abstained"], verdict.confidence) == (True, True, 0.0)


@pytest.mark.parametrize(
    ("snippet", "text", "shared"),
    [
        (GOLD, f"So {GOLD[4:]}", True),
        (GOLD, GOLD[:30], False),
        ("We agree.", "And: we agree!", True),
        ("We agree.", "We disagree.", False),
    ],
)
def test_snippets_overlap_in_eight_words_or_whole(snippet: str, text: str, shared: bool) -> None:
    assert overlaps(snippet, text) is shared


def test_a_name_less_its_titles_is_the_same_person() -> None:
    assert same_person("Press Secretary Psaki", "Jen Psaki")
    assert not same_person("Jen Psaki", None)
    assert not same_person("Mr. President", "President Biden")


def test_the_table_has_shares_of_the_questions_each_figure_applies_to() -> None:
    verdicts = [
        judge(question(), answer(("Jane Doe", GOLD))),
        judge(question(), answer()),
        judge(question(type="none", answerable=False, gold=(), speaker=None), answer()),
    ]
    table = tabulate(verdicts)
    assert list(table) == ["none", "said", "ALL"]
    assert list(table["ALL"]) == ["n", *FIGURES]
    assert (table["said"]["quoted"], table["said"]["speaker"], table["said"]["abstained"]) == (50.0, 100.0, None)
    assert (table["ALL"]["n"], table["ALL"]["honest"]) == (3, 66.7)


def row(**fields: Any) -> Mapping[str, Any]:
    given = {"id": "a", "type": "said", "question": "What did Jane Doe say about vaccines?", "answerable": True}
    snippets = {"gold": [{"file": "a.txt", "text": "Vaccines go to all."}], "tempting": None, "speaker": "Jane Doe"}
    return {**given, **snippets, "history": [], **fields}


def test_questions_are_read_asked_and_judged_in_order(tmp_path: Path) -> None:
    rows = [row(), row(id="b", question="?" * 2000), row(id="c", history=[{"question": "And?", "answer": "No."}])]
    (tmp_path / "questions.jsonl").write_text("\n".join(map(json.dumps, rows)))
    briefing = "JANE DOE: Vaccines go to all.\n\nJOHN ROE: Roads are long."
    held = answerer(tmp_path, {"a.txt": briefing})
    verdicts = ask_all(read_questions(tmp_path / "questions.jsonl"), held, lambda stage, done, total: None)
    held.close()
    assert [verdict.question.id for verdict in verdicts] == ["a", "b", "c"]
    assert verdicts[0].figures["hit@5"]
    assert [verdict.figures["error"] for verdict in verdicts] == [False, True, False]
    assert all(verdict.ms >= 0 for verdict in verdicts)


@pytest.mark.parametrize("content", ["", "{}", "not JSON", "[1]"])
def test_a_file_that_holds_no_labelled_questions_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text(content)
    with pytest.raises(QuestionsError, match=r"questions\.jsonl"):
        read_questions(tmp_path / "questions.jsonl")


def test_a_type_that_no_question_has_is_refused_and_those_it_has_are_named(tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text(json.dumps(row()))
    assert len(read_questions(tmp_path / "questions.jsonl", "said")) == 1
    with pytest.raises(QuestionsError, match="said"):
        read_questions(tmp_path / "questions.jsonl", "trap")
