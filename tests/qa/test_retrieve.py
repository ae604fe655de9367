"""Which paragraphs are found: fused against an oracle, filtered before the best are chosen."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.lexicon import asked_terms, terms
from index.snapshot import Snapshot
from qa.retrieve import Mode, Ranking, allowed_rows, hydrate, rank
from qa.types import Hit, Query
from tests.fakes import BagOfWords
from tests.qa.making import snapshot

TEXTS = (
    "trade treaty trade summit",
    "climate treaty",
    "vaccine donation energy energy climate summit",
    "grain water border peace climate treaty trade",
    "peace",
    "climate treaty",
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """Six paragraphs of few words, two of them the same."""
    records = [{"id": str(row), "text": text} for row, text in enumerate(TEXTS)]
    opened = snapshot(tmp_path_factory.mktemp("tiny"), {"records.jsonl": records})
    yield opened
    opened.close()


def found(question: str, opened: Snapshot, limit: int = 10, **options: Any) -> Ranking:
    return rank(question, BagOfWords().queries([question])[0][0], opened, limit, **options)


def hydrated(ranking: Ranking, question: str, opened: Snapshot) -> tuple[Hit, ...]:
    return hydrate(ranking, BagOfWords().queries([question])[0][0], opened)


def bm25(question: str) -> dict[int, float]:
    """Okapi BM25 with k1 = 1.2 and b = 0.75 over TEXTS, for those that share a word."""
    texts = [terms(text) for text in TEXTS]
    mean = sum(map(len, texts)) / len(texts)
    scores: dict[int, float] = {}
    for word in dict.fromkeys(asked_terms(question)):
        holders = [row for row, text in enumerate(texts) if word in text]
        rarity = math.log(1 + (len(texts) - len(holders) + 0.5) / (len(holders) + 0.5))
        for row in holders:
            count, length = texts[row].count(word), len(texts[row])
            weight = count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length / mean))
            scores[row] = scores.get(row, 0.0) + rarity * weight
    return scores


def cosines(question: str) -> dict[int, float]:
    model = BagOfWords()
    return dict(enumerate((model.queries(TEXTS)[0] @ model.queries([question])[0][0]).tolist()))


def scaled(scores: dict[int, float]) -> dict[int, float]:
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    return {row: (score - low) / (high - low) if high > low else 1.0 for row, score in scores.items()}


def expected(question: str) -> dict[int, float]:
    dense, lexical = scaled(cosines(question)), scaled(bm25(question))
    return {row: (dense.get(row, 0.0) + lexical.get(row, 0.0)) / 2 for row in range(len(TEXTS))}


@pytest.mark.parametrize(
    "question",
    ["trade", "climate treaty", "peace summit", "energy trade vaccine", "border border border", "what about elephants"],
)
def test_fused_scores_are_the_mean_of_both_sides_scaled(question: str, tiny: Snapshot) -> None:
    ranking = found(question, tiny, mode="fusion")
    scores = expected(question)
    assert sorted(ranking.rows.tolist()) == list(range(len(TEXTS)))
    assert ranking.scores.tolist() == pytest.approx([scores[row] for row in ranking.rows.tolist()], abs=1e-4)
    assert ranking.cosines.tolist() == pytest.approx(
        [cosines(question)[row] for row in ranking.rows.tolist()], abs=1e-4
    )


def test_the_order_of_fusion_is_that_of_a_computation_by_hand(tiny: Snapshot) -> None:
    # "trade" stands twice in row 0 and once in row 3, which is longer; no other row has it.
    ranking = found("trade", tiny, mode="fusion")
    assert ranking.rows[:2].tolist() == [0, 3]
    assert ranking.scores[0] == pytest.approx(1.0)
    second = (cosines("trade")[3] - min(cosines("trade").values())) / (
        cosines("trade")[0] - min(cosines("trade").values())
    )
    # Row 3 is the worse of the two that the words find, so that side gives it 0.
    assert ranking.scores[1] == pytest.approx(second / 2, abs=1e-4)


@pytest.mark.parametrize(
    "mode",
    [
        "dense",
        "lexical",
        "fusion",
        "hybrid",
    ],
)
def test_equal_paragraphs_come_in_the_order_of_the_text(mode: Mode, tiny: Snapshot) -> None:
    assert found("climate treaty", tiny, mode=mode).rows[:2].tolist() == [1, 5]
    assert found("climate treaty", tiny, 1, mode=mode).rows.tolist() == [1]


@settings(max_examples=40, deadline=None)
@given(
    words=st.lists(st.sampled_from("trade treaty climate vaccine peace summit energy zebra the".split()), max_size=5),
    limit=st.integers(1, 8),
    allowed=st.none() | st.sets(st.integers(0, 5)),
)
def test_what_is_found_is_allowed_ordered_and_no_more_than_asked_for(
    words: list[str], limit: int, allowed: set[int] | None, tiny: Snapshot
) -> None:
    rows = None if allowed is None else np.array(sorted(allowed), np.int64)
    for mode in get_args(Mode):
        ranking = found(" ".join(words), tiny, limit, allowed=rows, mode=mode)
        assert len(ranking.rows) == len(ranking.scores) == len(ranking.cosines) <= limit
        assert list(zip((-ranking.scores).tolist(), ranking.rows.tolist(), strict=True)) == sorted(
            zip((-ranking.scores).tolist(), ranking.rows.tolist(), strict=True)
        )
        assert len(set(ranking.rows.tolist())) == len(ranking.rows)
        assert allowed is None or set(ranking.rows.tolist()) <= allowed
        assert not np.isnan(ranking.scores).any()
        if mode == "fusion":
            assert ((ranking.scores >= 0) & (ranking.scores <= 1)).all()


def test_the_dense_side_alone_ranks_by_cosine(tiny: Snapshot) -> None:
    ranking = found("energy trade", tiny, mode="dense")
    by_cosine = cosines("energy trade")
    assert ranking.scores.tolist() == ranking.cosines.tolist()
    assert ranking.scores.tolist() == pytest.approx(sorted(by_cosine.values(), reverse=True), abs=1e-6)


def test_the_lexical_side_alone_finds_only_what_shares_a_word(tiny: Snapshot) -> None:
    ranking = found("energy trade", tiny, mode="lexical")
    scores = bm25("energy trade")
    assert ranking.rows.tolist() == sorted(scores, key=lambda row: (-scores[row], row))
    assert ranking.scores.tolist() == pytest.approx(sorted(scores.values(), reverse=True), abs=1e-4)
    assert np.isnan(ranking.cosines).all()


def test_where_no_word_is_shared_the_lexical_side_finds_nothing(tiny: Snapshot) -> None:
    ranking = found("zebra", tiny, mode="lexical")
    assert hydrated(ranking, "zebra", tiny) == ()


def test_nothing_is_found_where_nothing_is_allowed(tiny: Snapshot) -> None:
    nothing = np.empty(0, np.int64)
    for mode in get_args(Mode):
        assert len(found("trade", tiny, allowed=nothing, mode=mode).rows) == 0


def test_hits_carry_their_paragraph_and_their_scores(tiny: Snapshot) -> None:
    ranking = found("trade", tiny)
    hits = hydrated(ranking, "trade", tiny)
    assert [each.text for each in hits] == [TEXTS[row] for row in ranking.rows]
    assert [each.score for each in hits] == ranking.scores.tolist()
    assert [each.cosine for each in hits] == ranking.cosines.tolist()
    assert hits[0].document.source == "records.jsonl#0"


def test_a_speakers_only_paragraph_is_found_among_hundreds_that_match_better(tmp_path: Path) -> None:
    many = [
        {"id": str(i), "text": f"Vaccine vaccine vaccines number {i}.", "speaker": "Ann Archer"} for i in range(300)
    ]
    few = {"id": "few", "text": "Of the long list, one word at the end is vaccine.", "speaker": "Bea Baker"}
    opened = snapshot(tmp_path, {"records.jsonl": [*many[:150], few, *many[150:]]})
    question = "vaccine"
    everybody = found(question, opened, 250)
    assert "records.jsonl#few" not in [each.document.source for each in hydrated(everybody, question, opened)]
    allowed = allowed_rows(Query(question, question, question, ("Bea Baker",)), opened)
    for mode in get_args(Mode):
        hits = hydrated(found(question, opened, 5, allowed=allowed, mode=mode), question, opened)
        assert [each.document.source for each in hits] == ["records.jsonl#few"]
    opened.close()


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """Documents dated to a day, a month, a year and not at all, in two folders, two of them with an address."""
    ministry = [
        {"id": "day", "date": "2015-09-11", "text": "Trade on a day.", "url": "https://example.org/ministry/day"},
        {"id": "month", "date": "2015-09", "text": "Trade in a month.", "speaker": "Ann Archer"},
    ]
    others = [
        {"id": "year", "date": "2015", "text": "Trade in a year.", "speaker": "Bea Baker"},
        {"id": "never", "text": "Trade at no time.", "url": "https://example.org/other/never", "speaker": "Ann Archer"},
    ]
    opened = snapshot(tmp_path_factory.mktemp("dated"), {"ministry/a.jsonl": ministry, "other/b.jsonl": others})
    yield opened
    opened.close()


Allowed = Callable[..., set[str]]


@pytest.fixture
def allowed(dated: Snapshot) -> Allowed:
    """The ids of the records that a query leaves to search."""

    def find(**restrictions: Any) -> set[str]:
        rows = allowed_rows(Query("trade", "trade", "trade", **restrictions), dated)
        assert rows is not None
        assert rows.tolist() == sorted(rows.tolist())
        return {dated.corpus.paragraph(row)[0].source.partition("#")[2] for row in rows.tolist()}

    return find


def test_a_query_that_restricts_nothing_leaves_all(dated: Snapshot) -> None:
    assert allowed_rows(Query("trade", "trade", "trade"), dated) is None


def test_what_only_those_say_besides_whom_others_are_asked_for_is_left_out(dated: Snapshot) -> None:
    rows = allowed_rows(Query("trade", "trade", "trade", besides=("Ann Archer",)), dated)
    assert rows is not None
    sources = {dated.corpus.paragraph(row)[0].source.partition("#")[2] for row in rows.tolist()}
    assert {"month", "never"}.isdisjoint(sources)
    assert {"day", "year"} <= sources


@pytest.mark.parametrize(
    ("since", "until", "documents"),
    [
        ("2015-09-10", None, {"day", "month", "year"}),
        ("2015-09-12", None, {"month", "year"}),
        ("2015-10", None, {"year"}),
        ("2016", None, set()),
        (None, "2015-09-11", {"day", "month", "year"}),
        (None, "2015-09-10", {"month", "year"}),
        (None, "2015-08-31", {"year"}),
        (None, "2014", set()),
        ("2015-09", "2015-09", {"day", "month", "year"}),
        ("2015-09-11", "2015-09-11", {"day", "month", "year"}),
        ("2015-09-12", "2015-09-12", {"month", "year"}),
        ("2015", "2015", {"day", "month", "year"}),
        ("2014", "2016", {"day", "month", "year"}),
        ("2015-01-01", "2015-01-01", {"year"}),
    ],
)
def test_a_document_counts_where_its_date_lies_at_least_in_part_in_the_period(
    since: str | None, until: str | None, documents: set[str], allowed: Allowed
) -> None:
    assert allowed(since=since, until=until) == documents


@pytest.mark.parametrize(
    ("pattern", "documents"),
    [
        ("ministry/*", {"day", "month"}),
        ("*b.jsonl*", {"year", "never"}),
        ("https://example.org/*", {"day", "never"}),
        ("*/never", {"never"}),
        ("*", {"day", "month", "year", "never"}),
        ("ministry", set()),
        ("*#mont[gh]", {"month"}),
    ],
)
def test_a_source_is_matched_by_its_path_or_its_address(pattern: str, documents: set[str], allowed: Allowed) -> None:
    assert allowed(source=pattern) == documents


@pytest.mark.parametrize("pattern", ["The White House", "*white house", "THE*"])
def test_a_source_is_matched_by_its_publisher_in_any_case(pattern: str, tmp_path: Path) -> None:
    entry = 'documents = [{paths = "a.txt", source = "The White House"}]'
    opened = snapshot(tmp_path, {"a.txt": "Trade.", "b.txt": "Trade, too.", "onrecord.toml": entry})
    rows = allowed_rows(Query("Who?", "Who?", "trade", source=pattern), opened)
    assert rows is not None
    assert [opened.corpus.paragraph(row)[0].publisher for row in rows.tolist()] == ["The White House"]
    opened.close()


def test_restrictions_hold_together(allowed: Allowed) -> None:
    assert allowed(speakers=("Ann Archer",)) == {"month", "never"}
    assert allowed(speakers=("Ann Archer", "Bea Baker")) == {"month", "year", "never"}
    assert allowed(speakers=("Ann Archer",), since="2015") == {"month"}
    assert allowed(speakers=("Ann Archer",), source="other/*") == {"never"}
    assert allowed(speakers=("Ann Archer",), source="other/*", since="2015") == set()
    assert allowed(speakers=("Nobody",)) == set()
