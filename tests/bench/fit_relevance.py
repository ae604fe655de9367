"""Fit qa/relevance.py's weights: every right paragraph before the wrong ones.

    python -m tests.bench.fit_relevance --index INDEX --work FOLDER [--shared ../shared]

INDEX is of ../shared/corpus; FOLDER keeps the indexes of the sets. A softmax over the candidates of each question of
squad2, xquad-en and inscit, of reporters' questions in the White House's transcripts (asked of these without them), and
of tests/bench/questions, the labelled and the written ones, which count twice each. mfa-press and
../shared/questions/dev.jsonl only measure.
"""

import argparse
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from index.build import build_documents
from index.embed import Embedder, load_embedder
from index.snapshot import Snapshot, open_snapshot
from index.speakers import REPORTER
from index.types import Document, Paragraph
from qa.people import Directory
from qa.question import interpret
from qa.request import parse_request
from qa.retrieve import Ranking, allowed_rows, rank
from qa.scoring import Question, overlaps, read_questions
from qa.sets import read_documents, read_lines, read_qrels
from qa.signs import SIGNS
from tests.bench.labelled import Written, read_labelled, read_written

_CANDIDATES, _TRANSCRIPT_QUESTIONS, _RIDGE = 200, 2500, 2e-3
_OWN_WEIGHT = 2.0
# Those of the Chinese ministry are mfa-press, which, as reporters' questions, only measures.
_TRANSCRIPTS = "whitehouse/"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's candidates, (n, len(SIGNS)), which of them are right, (n,), and how many right ones there are."""

    signs: NDArray[np.float32]
    right: NDArray[np.bool_]
    total: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    arguments = parser.parse_args()
    embedder, shared = load_embedder(), arguments.shared
    sets = {name: _set(shared / "eval" / name, arguments.work / name, embedder) for name in _SETS}
    with_questions = open_snapshot(arguments.index)
    sets["transcripts"] = _transcripts(with_questions, arguments.work / "transcripts", embedder)
    own = list(_own(read_labelled(shared / "corpus"), with_questions, embedder))
    dev = list(_own(read_questions(shared / "questions" / "dev.jsonl"), with_questions, embedder))
    written = list(_written(read_written(shared / "corpus", with_questions.corpus), with_questions, embedder))
    measured = sets.pop("mfa-press")
    weights = _fit([*sets.values(), own, written], [*[1.0] * len(sets), _OWN_WEIGHT, _OWN_WEIGHT])
    print({name: round(float(weight), 2) for name, weight in zip(SIGNS, weights, strict=True)})
    for name, asked in {
        **sets,
        "own": own,
        "written": written,
        "mfa-press, not seen": measured,
        "dev, not seen": dev,
    }.items():
        print(f"{name}: nDCG@10 {_ndcg(asked, weights):.4f}")


_SETS = ("squad2", "xquad-en", "inscit", "mfa-press")


def _set(folder: Path, index: Path, embedder: Embedder) -> list[Asked]:
    ids, documents = read_documents(folder)
    build_documents(documents, index, embedder)
    rows, qrels = {name: row for row, name in enumerate(ids)}, read_qrels(folder)
    questions = [row for row in read_lines(folder, "queries") if row["_id"] in qrels]
    right = [[rows[name] for name in qrels[row["_id"]]] for row in questions]
    return _ask([row["text"] for row in questions], right, open_snapshot(index), embedder)


def _ask(texts: Sequence[str], right: Sequence[Sequence[int]], snapshot: Snapshot, embedder: Embedder) -> list[Asked]:
    vectors, _ = embedder.queries(texts)
    found = (rank(text, vector, snapshot, _CANDIDATES) for text, vector in zip(texts, vectors, strict=True))
    return [
        Asked(ranking.signs, np.isin(ranking.rows, rows), len(rows))
        for ranking, rows in zip(found, right, strict=True)
        if ranking.signs is not None
    ]


def _transcripts(snapshot: Snapshot, index: Path, embedder: Embedder) -> list[Asked]:
    """Reporters' questions and their answers, in an index of the same documents without the questions."""
    documents, kept = list[tuple[Document, tuple[Paragraph, ...]]](), dict[int, int]()
    row = 0
    for document in snapshot.corpus.all_documents():
        paragraphs = snapshot.corpus.paragraphs_of(document)
        rows = range(row, row + len(paragraphs))
        row += len(paragraphs)
        if not document.source.startswith(_TRANSCRIPTS) or not any(
            snapshot.corpus.answers[place] >= 0 for place in rows
        ):
            continue
        answering = [(place, each) for place, each in zip(rows, paragraphs, strict=True) if not _asks(each)]
        for place, _ in answering:
            kept[place] = len(kept)
        documents.append((document, tuple(each for _, each in answering)))
    build_documents(documents, index, embedder)
    answers: dict[int, list[int]] = {}
    for place, new in kept.items():
        if snapshot.corpus.answers[place] >= 0:
            answers.setdefault(int(snapshot.corpus.answers[place]), []).append(new)
    chosen = sorted(answers)[:: max(1, len(answers) // _TRANSCRIPT_QUESTIONS)]
    return _ask([_text(snapshot, place) for place in chosen], [answers[place] for place in chosen],
                open_snapshot(index), embedder)  # fmt: skip


def _asks(paragraph: Paragraph) -> bool:
    return {each.speech.speaker for each in paragraph.sentences if each.speech} == {REPORTER}


def _text(snapshot: Snapshot, row: int) -> str:
    document, paragraph = snapshot.corpus.paragraph(row)
    return re.sub(r"^Q(?:uestion)?\s*:?\s+", "", document.text[paragraph.start : paragraph.end])


def _own(questions: Iterable[Question], snapshot: Snapshot, embedder: Embedder) -> Iterator[Asked]:
    people = Directory(snapshot.corpus.speakers.values())
    for question in (each for each in questions if each.answerable):
        found = _found(question.question, question.history, people, snapshot, embedder)
        texts = [_text(snapshot, int(row)) for row in found.rows]
        right = np.array([any(overlaps(gold, text) for gold in question.gold) for text in texts], bool)
        if found.signs is not None and len(texts):
            yield Asked(found.signs, right, len(question.gold))


def _written(questions: Iterable[Written], snapshot: Snapshot, embedder: Embedder) -> Iterator[Asked]:
    people = Directory(snapshot.corpus.speakers.values())
    for question in questions:
        found = _found(question.ask, (), people, snapshot, embedder)
        if found.signs is not None and len(found.rows):
            yield Asked(found.signs, found.rows == question.answer.row, 1)


def _found(
    question: str, history: Sequence[Mapping[str, str]], people: Directory, snapshot: Snapshot, embedder: Embedder
) -> Ranking:
    request = parse_request({"question": question, "history": history} if history else {"question": question})
    query = interpret(request, people, datetime.now(UTC).date())
    vector = snapshot.adapt(embedder.queries([query.topic])[0])[0]
    allowed = allowed_rows(query, snapshot)
    return rank(query.topic, vector, snapshot, _CANDIDATES, allowed, speakers=query.speakers)


def _fit(parts: Sequence[Sequence[Asked]], shares: Sequence[float]) -> NDArray[np.float64]:
    """Each part weighs its share, whatever its number of questions; those without a right candidate teach nothing."""
    useful = [[each for each in part if each.right.any()] for part in parts]
    asked = [(each, share / len(part)) for part, share in zip(useful, shares, strict=True) for each in part]
    whole = sum(share for _, share in asked)
    scale = np.concatenate([each.signs for each, _ in asked]).std(axis=0).astype(float) + 1e-6
    prepared = [(each.signs / scale, each.right / each.right.sum(), share / whole) for each, share in asked]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, gradient = _RIDGE * float(weights @ weights), 2 * _RIDGE * weights
        for signs, target, share in prepared:
            scores = signs @ weights
            scores -= scores.max()
            norm = np.log(np.exp(scores).sum())
            total -= share * float(target @ scores - norm)
            gradient -= share * ((target - np.exp(scores - norm)) @ signs)
        return total, gradient

    found = minimize(loss, np.zeros(len(SIGNS)), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return np.asarray(found.x / scale)


def _ndcg(asked: Sequence[Asked], weights: NDArray[np.float64], depth: int = 10) -> float:
    discounts = 1 / np.log2(np.arange(2, depth + 2))
    values = []
    for each in asked:
        order = np.argsort(-(each.signs @ weights), kind="stable")[:depth]
        values.append((each.right[order] * discounts[: len(order)]).sum() / discounts[: min(depth, each.total)].sum())
    return float(np.mean(values))


if __name__ == "__main__":
    main()
