"""Questions with texts that answer them, and with texts that look as if they did: what the verifier learns from."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from zlib import crc32

from index.embed import load_embedder
from index.paragraphs import split_sentences
from index.snapshot import Snapshot, open_snapshot
from qa.answer import Answerer
from qa.evidence import reporters_question, surrounded
from qa.request import parse_request
from qa.sets import read_documents, read_lines, read_qrels, request_of
from qa.types import Hit, Quote
from qa.verifier import reading
from tests.bench.labelled import Place, read_rows, read_written

_HELD_OUT, _SEED = 4, 7
# Of the wrong texts that search finds for a question that has an answer, so many are learnt from, and of the windows of
# a right paragraph that lack the answer.
_WRONG_SHARE, _BESIDE_SHARE = 0.5, 0.3
# Characters before and after an answer, among which sentences without it are looked for.
_BESIDE = 600
# The written questions on every so many documents are held out.
_WRITTEN_HELD_OUT = 10
_WRITTEN = ("written", "written-later")


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, a text, and whether the text has its answer; `answer` is where, if a short one is known.

    `group` is an article of squad2's, "xquad", "inscit", "polnear" or "written"; what is `held` out only measures.
    `first` is what the product would quote.
    """

    question: str
    text: str
    right: bool
    group: str
    answer: tuple[int, int] | None = None
    first: bool = False
    held: bool = False


def article_of(row: Mapping[str, Any]) -> str:
    """The article that a question of squad2 is about."""
    return str(row["about"]).rpartition(":")[0]


def held_out(articles: Iterable[str]) -> frozenset[str]:
    """Those of all articles that nothing is learnt from; always the same."""
    return frozenset(random.Random(_SEED).sample(sorted(set(articles)), _HELD_OUT))


def squad2_pairs(folder: Path, index: Path) -> Iterator[Pair]:
    """What the product quotes for each question; right where the answer is in it."""
    ids, _ = read_documents(folder)
    texts = {row["_id"]: row["text"] for row in read_lines(folder, "corpus")}
    rows = list(read_lines(folder, "queries"))
    unseen = held_out(map(article_of, rows))
    answerer = Answerer(open_snapshot(index), load_embedder(), least=0.0)
    for row in rows:
        found = answerer.ask(request_of(row, history=False))
        group, chance = article_of(row), random.Random(row["text"])
        seen_right = False
        for place, quote in enumerate(found.quotes):
            hit = found.hits[quote.passage - 1]
            text = surrounded(quote, hit)
            has = _first(text, row["answers"])
            right = bool(row["answerable"] and ids[hit.row] == row["about"] and has)
            seen_right |= right
            if place == 0 or right or (not has and row["answerable"] and chance.random() < _WRONG_SHARE):
                yield Pair(row["text"], text, right, group, has if right else None, place == 0, group in unseen)
        if row["answerable"] and group not in unseen:
            yield from _windows(row, texts[row["about"]], group, chance, with_right=not seen_right)


def xquad_pairs(folder: Path, unseen: Iterable[str]) -> Iterator[Pair]:
    """A window of the right paragraph with the answer, and one without; none of the articles of `unseen` paragraphs."""
    texts, qrels = {row["_id"]: row["text"] for row in read_lines(folder, "corpus")}, read_qrels(folder)
    openings = {text[:60] for text in unseen}
    held = {name.rpartition(":")[0] for name, text in texts.items() if text[:60] in openings}
    for row in read_lines(folder, "queries"):
        own = next(name for name, grade in qrels[row["_id"]].items() if grade > 0)
        if own.rpartition(":")[0] not in held:
            yield from _windows(row, texts[own], "xquad", random.Random(row["text"]), with_right=True, share=1.0)


def written_pairs(folder: Path, index: Path) -> Iterator[Pair]:
    """Each question with its answer and with what search wrongly finds; the one like it with what looks like one."""
    snapshot = open_snapshot(index)
    answerer = Answerer(snapshot, load_embedder(), least=0.0)
    for each in chain.from_iterable(read_written(folder, snapshot.corpus, file) for file in _WRITTEN):
        held, chance = _is_held_out(each.answer.document.source), random.Random(each.ask)
        text = _read_at(each.answer, snapshot)
        start = text.find(each.string, max(0, text.find(each.answer.text()))) if each.string else -1
        answer = (start, start + len(each.string or "")) if start >= 0 else None
        yield Pair(each.ask, text, True, "written", answer, held=held)
        yield Pair(each.miss, _read_at(each.near, snapshot), False, "written", held=held)
        found = answerer.ask(parse_request({"question": each.ask}))
        wrong = [quote for quote in found.quotes if found.hits[quote.passage - 1].row != each.answer.row]
        if wrong and not held and chance.random() < _WRONG_SHARE:
            quote = chance.choice(wrong)
            yield Pair(each.ask, _read(quote, found.hits[quote.passage - 1], snapshot), False, "written")


def prose_pairs(sets: Path) -> Iterator[Pair]:
    """The same of encyclopedia passages and of news, and, of a question with a short answer, sentences that lack it."""
    inscit = {row["_id"]: row["text"] for row in read_lines(sets / "inscit", "corpus")}
    polnear = {row["id"]: row["text"] for row in read_lines(sets / "polnear", "articles_train")}
    for group, texts in (("inscit", inscit), ("polnear", polnear)):
        for row in read_rows(f"written-{group}"):
            text, held = " ".join(texts[row["id"]].split()), _is_held_out(row["id"].rpartition(":")[0] or row["id"])
            around, near = (_widened(text, *row[name]) for name in ("at", "near"))
            answers = [row["string"]] if row["string"] else []
            yield Pair(row["ask"], around, True, group, _first(around, answers), held=held)
            yield Pair(row["miss"], near, False, group, held=held)
            if answers and not held:
                asked = {"text": row["ask"], "answers": answers}
                beside = text[max(0, row["at"][0] - _BESIDE) : row["at"][1] + _BESIDE]
                yield from _windows(asked, beside, group, random.Random(row["ask"]), with_right=False)


def _is_held_out(document: str) -> bool:
    return crc32(document.encode()) % _WRITTEN_HELD_OUT == 0


def _widened(text: str, start: int, end: int) -> str:
    """The sentences there, with the one before and the one after them."""
    sentences = split_sentences(text, 0, len(text))
    inside = [place for place, each in enumerate(sentences) if each.start < end and each.end > start]
    return text[sentences[max(0, inside[0] - 1)].start : sentences[min(inside[-1] + 1, len(sentences) - 1)].end]


def _read(quote: Quote, hit: Hit, snapshot: Snapshot) -> str:
    return reading(surrounded(quote, hit), quote.speaker, reporters_question(hit.row, snapshot))


def _read_at(place: Place, snapshot: Snapshot) -> str:
    speech = place.sentences[place.first].speech
    asked = reporters_question(place.row, snapshot)
    return reading(place.text(around=1), speech.speaker if speech else None, asked)


def _windows(
    row: Mapping[str, Any],
    text: str,
    group: str,
    chance: random.Random,
    with_right: bool,
    share: float = _BESIDE_SHARE,
) -> Iterator[Pair]:
    """Three sentences of a paragraph that hold the answer, and, of so many questions, three that do not."""
    sentences = split_sentences(text, 0, len(text))
    windows = [
        text[sentences[max(0, place - 1)].start : sentences[min(place + 1, len(sentences) - 1)].end]
        for place in range(len(sentences))
    ]
    with_it = [each for each in windows if _first(each, row["answers"])]
    without = [each for each in windows if not _first(each, row["answers"])]
    if with_right and with_it:
        chosen = chance.choice(with_it)
        yield Pair(row["text"], chosen, True, group, _first(chosen, row["answers"]))
    if without and chance.random() < share:
        yield Pair(row["text"], chance.choice(without), False, group)


def _first(text: str, answers: Sequence[str]) -> tuple[int, int] | None:
    """Where the shortest answer that a text has stands in it."""
    for answer in sorted(answers, key=len):
        start = text.lower().find(answer.lower())
        if start >= 0:
            return start, start + len(answer)
    return None
