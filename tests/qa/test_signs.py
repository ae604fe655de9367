"""What speaks for a paragraph: each sign against a computation by hand, and what its neighbours have to do with it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import log, log1p
from pathlib import Path

import numpy as np
import pytest

from index.lexicon import asked_terms, terms
from index.snapshot import Snapshot
from index.types import Rows, Vectors
from qa.signs import SIGNS, Signs, sentences_of, signs_of, spread
from tests.fakes import BagOfWords
from tests.qa.making import snapshot

BRIEFING = """Press Briefing by Press Secretary Jen Psaki
6 April 2021

MS. PSAKI: Good morning. Grain prices rose.

Q Are vaccine passports banned? What about trade?

MS. PSAKI: We have nothing to announce. The states decide.

We will come back to that.
"""
SPEECHES = [
    {
        "id": "ann",
        "title": "On vaccine passports",
        "speaker": "Ann Archer",
        "text": "Vaccines are old.\n\nTrade grew. Passport vaccines.\n\nReindeer rest.\n\nBanned.\n\nIt rained.",
    },
    {"id": "bea", "title": "Reindeer", "speaker": "Bea Baker", "text": "Reindeer need lichen."},
]
QUESTION = "Are vaccine passports banned?"
# Rows of the snapshot below; Ann Archer's statement is five paragraphs.
GREETING, ASKED, ANSWER, CARRIED, ANN, BEA = 0, 1, 2, 3, 4, 9
EVERY = np.arange(10)
FUSED = np.array([0.1, 0.9, 0.2, 0.3, 0.05, 0.6, 0.4, 0.8, 0.7, 1.0], np.float32)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    opened = snapshot(tmp_path_factory.mktemp("small"), {"briefing.txt": BRIEFING, "speeches.jsonl": SPEECHES})
    assert opened.corpus.answers.tolist() == [-1, -1, ASKED, ASKED, *[-1] * 6]
    assert opened.corpus.goes_on.tolist() == [False, False, False, True, False, True, True, True, True, False]
    yield opened
    opened.close()


def vector_of(text: str) -> Vectors:
    return np.asarray(BagOfWords().queries([text])[0][0])


def signs(
    question: str,
    opened: Snapshot,
    rows: Rows | Sequence[int] = EVERY,
    fused: Vectors | Sequence[float] | None = None,
    speakers: tuple[str, ...] = (),
) -> Signs:
    rows = np.array(rows, np.int64)
    given = FUSED[rows] if fused is None else np.array(fused, np.float32)
    return signs_of(question, vector_of(question), opened, rows, given, speakers)


def sign(name: str, question: str, opened: Snapshot, rows: Sequence[int], fused: Sequence[float]) -> list[float]:
    """One sign of these paragraphs."""
    found: list[float] = signs(question, opened, rows, fused)[:, SIGNS.index(name)].tolist()
    return [round(value, 4) for value in found]


def cosine(question: str, text: str) -> float:
    return float(vector_of(question) @ vector_of(text))


def by_hand(question: str, opened: Snapshot, row: int, speakers: tuple[str, ...] = ()) -> Mapping[str, float]:
    """The signs of a paragraph, computed from its text and that of its neighbours, where all are candidates."""
    corpus, lexicon = opened.corpus, opened.lexicon
    asked = asked_terms(question)
    rarity = {word: lexicon.rarity(word) for word in asked}
    in_titles = {word: lexicon.rarity(word, "title") / log(2 + 2 * len(lexicon)) for word in asked}
    pairs = set(pairwise(asked))

    def text(row: int) -> str:
        document, paragraph = corpus.paragraph(row)
        return document.text[paragraph.start : paragraph.end]

    def sentences(row: int, speakers: tuple[str, ...] = ()) -> list[str]:
        document, paragraph = corpus.paragraph(row)
        theirs = [s for s in paragraph.sentences if not speakers or (s.speech and s.speech.speaker in speakers)]
        return [document.text[s.start : s.end] for s in theirs]

    def best(row: int, speakers: tuple[str, ...] = ()) -> float:
        return max((cosine(question, each) for each in sentences(row, speakers)), default=-1.0)

    def coverage(*texts: str) -> float:
        held = {word for each in texts for word in terms(each)}
        return sum(rarity[word] for word in rarity if word in held) / (sum(rarity.values()) or 1)

    def beside(steps: int, otherwise: float) -> float:
        back = all(corpus.goes_on[row - step] for step in range(steps))
        on = row + steps < len(corpus) and all(corpus.goes_on[row + step] for step in range(1, steps + 1))
        return max(
            [float(FUSED[row + step]) for step, there in ((-steps, back), (steps, on)) if there], default=otherwise
        )

    found, scores = lexicon.search(question, len(corpus))
    words = dict(zip(found.tolist(), (scores / scores.max()).tolist(), strict=True)) if len(found) else {}
    document, _ = corpus.paragraph(row)
    first = row == 0 or corpus.paragraph(row - 1)[0] != document
    question_row = int(corpus.answers[row])
    held, title = terms(text(row)), terms(document.title)
    together = {pair for each in sentences(row) for pair in pairwise(terms(each))}
    around = beside(1, float(FUSED[row]))
    values = {
        "cosine": cosine(question, text(row)),
        "words": words.get(row, 0.0),
        "sentence": best(row, speakers),
        "coverage": coverage(text(row)),
        "sentence_coverage": max((coverage(each) for each in sentences(row, speakers)), default=0.0),
        "pairs": len(pairs & together) / max(1, len(pairs)),
        "title": sum(rarity[w] * in_titles[w] for w in rarity if w in title and w not in held)
        / (sum(rarity.values()) or 1),
        "length": log1p(len(held)),
        "fused": float(FUSED[row]),
        "around": around,
        "farther": beside(2, around),
        "before": cosine(question, text(row if first else row - 1)),
        **dict.fromkeys(("asked", "asked_cosine", "asked_words", "asked_sentence", "asked_coverage"), 0.0),
    }
    if question_row >= 0:
        values |= {
            "asked": 1.0,
            "asked_cosine": cosine(question, text(question_row)),
            "asked_words": words.get(question_row, 0.0),
            "asked_sentence": best(question_row),
            "asked_coverage": coverage(text(row), text(question_row)) - coverage(text(row)),
        }
    return values


@pytest.mark.parametrize(
    "question", [QUESTION, "trade", "reindeer lichen", "the states decide", "zeppelin", "?", "what did you say"]
)
@pytest.mark.parametrize("speakers", [(), ("Jen Psaki",), ("Ann Archer", "Bea Baker"), ("Nobody",)])
def test_signs_are_those_of_a_computation_by_hand(question: str, speakers: tuple[str, ...], small: Snapshot) -> None:
    found = signs(question, small, speakers=speakers)
    expected = [by_hand(question, small, row, speakers) for row in EVERY.tolist()]
    # One by one, so that no mistake hides behind another.
    for name, column in zip(SIGNS, found.T.tolist(), strict=True):
        assert column == pytest.approx([each[name] for each in expected], abs=2e-3), name


def test_signs_are_a_row_a_paragraph_and_a_column_a_name(small: Snapshot) -> None:
    found = signs(QUESTION, small)
    assert found.shape == (10, len(SIGNS))
    assert found.dtype == np.float32
    assert not np.isnan(found).any()
    assert by_hand(QUESTION, small, ANN).keys() == set(SIGNS)


def test_where_nothing_was_found_there_are_no_signs(small: Snapshot) -> None:
    assert signs(QUESTION, small, []).shape == (0, len(SIGNS))


@pytest.mark.parametrize("rows", [[ANSWER], [ANN], [GREETING, CARRIED], [ASKED, BEA]])
def test_what_else_was_found_changes_no_sign_but_those_of_what_stands_around(small: Snapshot, rows: list[int]) -> None:
    alone, together = signs(QUESTION, small, rows), signs(QUESTION, small)[rows]
    same = [place for place, name in enumerate(SIGNS) if name not in ("around", "farther")]
    np.testing.assert_allclose(alone[:, same], together[:, same], atol=1e-5)


def test_only_the_sentences_of_who_is_asked_for_are_the_best(tmp_path: Path) -> None:
    apart = "Wang Yi said that vaccine passports are banned.\n\nJen Psaki said that grain prices rose."
    one = "Wang Yi said that vaccine passports are banned. Jen Psaki said that grain prices rose."
    opened = snapshot(tmp_path, {"a.txt": one, "b.txt": apart})
    of = {who: signs(QUESTION, opened, range(3), FUSED[:3], who) for who in ((), ("Wang Yi",), ("Jen Psaki",))}
    sentence = {who: found[:, SIGNS.index("sentence")].tolist() for who, found in of.items()}
    covered = {who: found[:, SIGNS.index("sentence_coverage")].tolist() for who, found in of.items()}
    assert sentence["Wang Yi",][0] == pytest.approx(sentence[()][0])
    assert -1 < sentence["Jen Psaki",][0] < sentence[()][0] - 0.2
    # Where somebody says nothing, nothing of theirs is near.
    assert sentence["Wang Yi",][1:] == pytest.approx([sentence[()][1], -1])
    assert sentence["Jen Psaki",][1:] == pytest.approx([-1, sentence[()][2]])
    assert covered["Wang Yi",] == pytest.approx([1, 1, 0])
    assert covered["Jen Psaki",] == [0, 0, 0]
    # What the whole paragraph has does not depend on who is asked for.
    for name in ("coverage", "pairs", "cosine", "title", "length"):
        place = SIGNS.index(name)
        for found in of.values():
            np.testing.assert_allclose(found[:, place], of[()][:, place], atol=1e-5)
    opened.close()


def test_around_is_the_better_neighbour_in_the_same_statement(small: Snapshot) -> None:
    statement = [4, 5, 6, 7, 8]
    assert sign("around", QUESTION, small, statement, [0.5, 0.1, 0.2, 0.9, 0.3]) == [0.1, 0.5, 0.9, 0.3, 0.9]
    assert sign("farther", QUESTION, small, statement, [0.5, 0.1, 0.2, 0.9, 0.3]) == [0.2, 0.9, 0.5, 0.1, 0.2]


def test_what_stands_alone_has_itself_around(small: Snapshot) -> None:
    """The paragraphs beside it are of somebody else, or of another document."""
    rows, fused = [GREETING, ASKED, ANSWER, ANN + 4, BEA], [0.1, 0.9, 0.2, 0.8, 0.6]
    for name in ("around", "farther"):
        found = dict(zip(rows, sign(name, QUESTION, small, rows, fused), strict=True))
        assert (found[GREETING], found[ASKED], found[BEA]) == (0.1, 0.9, 0.6)


def test_where_a_statement_is_of_two_paragraphs_what_is_farther_is_what_is_around(small: Snapshot) -> None:
    assert sign("around", QUESTION, small, [ANSWER, CARRIED], [0.2, 0.7]) == [0.7, 0.2]
    assert sign("farther", QUESTION, small, [ANSWER, CARRIED], [0.2, 0.7]) == [0.7, 0.2]


def test_a_neighbour_that_was_not_found_counts_nothing(small: Snapshot) -> None:
    assert sign("around", QUESTION, small, [ANN, 6], [0.5, 0.4]) == [0, 0]
    assert sign("farther", QUESTION, small, [ANN, 6], [0.5, 0.4]) == [0.4, 0.5]
    assert sign("around", QUESTION, small, [CARRIED], [0.4]) == [0]


def test_before_is_the_paragraph_before_whoever_speaks_it_found_or_not(small: Snapshot) -> None:
    texts = "MS. PSAKI: Good morning. Grain prices rose.", "Q Are vaccine passports banned? What about trade?"
    found = sign("before", QUESTION, small, [ASKED, ANSWER], [0, 0])
    assert found == pytest.approx([cosine(QUESTION, text) for text in texts], abs=1e-3)
    # The first of a document has none and counts itself.
    assert sign("before", QUESTION, small, [ANN, BEA], [0, 0]) == sign("cosine", QUESTION, small, [ANN, BEA], [0, 0])


def test_an_answer_has_the_signs_of_its_question_and_nothing_else_has(small: Snapshot) -> None:
    names = [name for name in SIGNS if name.startswith("asked")]
    found = signs(QUESTION, small)[:, [SIGNS.index(name) for name in names]]
    assert (found[[ANSWER, CARRIED], :] > 0).all()
    assert found[ANSWER].tolist() == pytest.approx(found[CARRIED].tolist())
    assert not np.delete(found, [ANSWER, CARRIED], axis=0).any()
    assert found[ANSWER, names.index("asked_coverage")] == pytest.approx(1)


def test_an_answer_that_repeats_the_question_gains_nothing_by_it(small: Snapshot) -> None:
    """The question adds to the coverage what the answer lacks."""
    (lacking,) = sign("asked_coverage", "vaccine states", small, [ANSWER], [0])
    (repeated,) = sign("asked_coverage", "states decide", small, [ANSWER], [0])
    assert 0 < lacking < 1
    assert repeated == 0


def test_speakers_are_not_asked_of_the_question_that_is_answered(small: Snapshot) -> None:
    places = [SIGNS.index(name) for name in SIGNS if name.startswith("asked")]
    of_psaki, of_all = signs(QUESTION, small, speakers=("Jen Psaki",)), signs(QUESTION, small)
    np.testing.assert_allclose(of_psaki[:, places], of_all[:, places], atol=1e-5)


def test_a_title_counts_where_it_says_what_the_paragraph_does_not(small: Snapshot) -> None:
    found = dict(enumerate(sign("title", QUESTION, small, EVERY.tolist(), FUSED.tolist())))
    # Its second paragraph says all that its title does, the first and the others only a part of it or nothing.
    assert found[ANN + 1] == 0 < found[ANN] < found[ANN + 2] == found[ANN + 4] < 1
    assert found[BEA] == found[ASKED] == 0


def test_words_are_a_share_of_the_best_in_the_whole_index(small: Snapshot) -> None:
    every = sign("words", QUESTION, small, EVERY.tolist(), FUSED.tolist())
    assert max(every) == 1
    assert 0 < every[ANN] < 1
    assert every[GREETING] == every[BEA] == 0
    assert sign("words", QUESTION, small, [ANN], [0]) == [every[ANN]]


def test_the_sentences_of_paragraphs_are_their_rows_and_whose_they_are(small: Snapshot) -> None:
    rows, owners = sentences_of(small.corpus, np.array([ANSWER, GREETING, BEA]))
    assert rows.tolist() == [4, 5, 0, 1, 13]
    assert owners.tolist() == [0, 0, 1, 1, 2]
    nothing = sentences_of(small.corpus, np.empty(0, np.int64))
    assert [len(each) for each in nothing] == [0, 0]


def test_scores_are_spread_over_the_rows_they_belong_to() -> None:
    rows, found = np.array([2, 3, 5, 9]), np.array([9, 3])
    scores = np.array([0.9, 0.3], np.float32)
    assert spread(rows, found, scores).tolist() == pytest.approx([0, 0.3, 0, 0.9])
    assert spread(rows, found, scores, -1).tolist() == pytest.approx([-1, 0.3, -1, 0.9])
