"""Fit qa/confidence.py's weights: is the first quote right?

    python -m tests.bench.fit_confidence --index INDEX --squad2 INDEX [--shared ../shared]

INDEX is of ../shared/corpus, the other of ../shared/eval/squad2 (`onrecord evaluate retrieval … --work INDEX`). Two
logistic regressions each, for what somebody said and for what is nobody's words: whether it is on what is asked about
at all, and whether it answers.

What somebody said is on what is asked about where it is right, against questions on other things in indexes of one
document; it answers or not on the labelled questions of tests/bench/questions and on what they ask about asked of
somebody else, and the bias is then set on every other question of ../shared/questions/dev.jsonl; the rest of these
measures it. What is nobody's words is on what squad2's questions and these as bare words ask about, against questions
on other things; and it answers on the articles that the verifier has not learnt from.
"""

import argparse
import random
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from index.build import build_index
from index.embed import load_embedder
from index.snapshot import open_snapshot
from index.speakers import REPORTER
from qa.answer import Answerer
from qa.calibration import auroc, calibration_error
from qa.coverage import asked_spans
from qa.evidence import EVIDENCE
from qa.request import parse_request
from qa.scoring import Question, judge, overlaps, read_questions
from qa.sets import read_documents, read_lines
from tests.bench.labelled import plain, read_labelled, read_rows
from tests.bench.pairs import article_of, held_out

_EITHER, _AGAINST = ("whether", "typed", "words", "asked"), ("unnamed", "unheard", "searched")
_SPOKEN = tuple(name for name in EVIDENCE if name != "spoken")
_ABOUT = ("sentence", "weakest", "gap", "words")
_ANSWERS = ("unnamed", "unheard", "whether", "typed", "offered", "verified")
_RIDGE = 1e-3
# So many documents are made an index each, which is asked so many written questions and twice as many on other things.
_ALONE, _ASKED_ALONE = 70, 5
# What a right quote weighs against one given to a question on other things, of which there are more.
_RIGHT_WEIGHT = 3
# Whoever is asked for in somebody's stead has at least so many paragraphs.
_LEAST_SPOKEN, _SEED = 5, 5
_NAMING = ("What did {} say about {}?", "{} on {}", "What is {}’s view of {}?")
_BARE, _ELSEWHERE = "bare", "elsewhere"


@dataclass(frozen=True, slots=True)
class Judged:
    """(n, len(EVIDENCE)), and (n,) whether the first quote is right, whether there is an answer, and what it is of."""

    evidence: NDArray[np.float64]
    right: NDArray[np.bool_]
    answerable: NDArray[np.bool_]
    group: NDArray[np.str_]

    def at(self, rows: NDArray[np.bool_] | slice) -> "Judged":
        return Judged(self.evidence[rows], self.right[rows], self.answerable[rows], self.group[rows])

    @property
    def spoken(self) -> NDArray[np.bool_]:
        return self.evidence[:, EVIDENCE.index("spoken")] > 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--squad2", type=Path, required=True)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    arguments = parser.parse_args()
    own = _asked(read_labelled(arguments.shared / "corpus"), arguments.index)
    dev = _asked(read_questions(arguments.shared / "questions" / "dev.jsonl"), arguments.index)
    _fit_spoken(own.at(own.spoken), dev.at(dev.spoken), arguments.shared / "corpus", arguments.index)
    _fit_prose(_asked_squad2(arguments.shared, arguments.squad2))


def _fit_spoken(own: Judged, dev: Judged, corpus: Path, index: Path) -> None:
    """For somebody's words: whether they are on what is asked about, and then whether they answer."""
    alone = _asked_alone(corpus)
    right = np.concatenate([own.evidence[own.right], alone.evidence[alone.right]])
    elsewhere = alone.evidence[alone.group == _ELSEWHERE]
    on = np.repeat([True, False], [_RIGHT_WEIGHT * len(right), len(elsewhere)])
    about = _fit(np.concatenate([*[right] * _RIGHT_WEIGHT, elsewhere]), on, _ABOUT)
    others = _asked_of_others(read_labelled(corpus), index)
    weights, bias = _fit(
        np.concatenate([own.evidence, others]), np.concatenate([own.right, np.zeros(len(others), bool)]), _SPOKEN
    )
    half = dev.at(slice(0, None, 2))
    bias = _shifted(weights, bias, half, _probability(half.evidence @ about[0] + about[1]))
    _print("SPOKEN_ABOUT", *about)
    _print("SPOKEN", weights, bias)
    for name, part in (("fitted on", own), ("every other of dev, not seen", dev.at(slice(1, None, 2)))):
        sure = _probability(part.evidence @ about[0] + about[1]) * _probability(part.evidence @ weights + bias)
        print(f"{name}: {_figures(sure, part)}")


def _fit_prose(prose: Judged) -> None:
    """For what is nobody's words, the same."""
    on = prose.at(prose.group != _ELSEWHERE)
    about = _fit(prose.evidence, prose.group != _ELSEWHERE, _ABOUT)
    _print("ABOUT", *about)
    _print("ANSWERS", *_fit(on.evidence, on.right, _ANSWERS))
    articles = on.at(on.group != _BARE)
    sure = _probability(articles.evidence @ about[0] + about[1])
    for article in np.unique(articles.group):
        rows = articles.group == article
        weights, bias = _fit(*_but(on, article), _ANSWERS)
        sure[rows] *= _probability(articles.evidence[rows] @ weights + bias)
    print(f"each article, with what is fitted on the others: {_figures(sure, articles)}")


def _but(part: Judged, group: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    rest = part.at(part.group != group)
    return rest.evidence, rest.right


def _print(name: str, weights: NDArray[np.float64], bias: float) -> None:
    rounded = {key: round(float(value), 2) for key, value in zip(EVIDENCE, weights, strict=True)}
    print(name, round(bias, 2), {key: value for key, value in rounded.items() if value})


def _asked(questions: Iterable[Question], index: Path) -> Judged:
    """Those that find something, asked with nothing withheld."""
    answerer = Answerer.open(index, least=0.0)
    rows = []
    for question in questions:
        fields = {"question": question.question, "history": question.history}
        request = parse_request(fields if question.history else {"question": question.question})
        evidence = answerer.evidence(request)
        if evidence is not None:
            rows.append((evidence, judge(question, answerer.ask(request)).first, question.answerable, ""))
    return _together(rows)


def _asked_of_others(questions: Iterable[Question], index: Path) -> NDArray[np.float64]:
    """(n, len(EVIDENCE)) of what each question that has an answer is about, asked of somebody drawn by chance.

    That they, too, spoke about it is rare enough: what is asked for is one passage's.
    """
    answerer, chance = Answerer.open(index, least=0.0), random.Random(_SEED)
    with closing(open_snapshot(index)) as snapshot:
        corpus = snapshot.corpus
        names = sorted(speaker.name for speaker in corpus.speakers.values())
        names = [name for name in names if len(corpus.rows_of_speakers([name])) >= _LEAST_SPOKEN]
    rows = []
    for question in questions:
        if question.answerable and not question.history:
            query = answerer.ask(parse_request({"question": question.question})).query
            name = chance.choice([name for name in names if name not in query.speakers])
            fields = {"question": f"What did {name} say about {query.topic}?", "speaker": name}
            rows.append(answerer.evidence(parse_request(fields)))
    found = np.array([row for row in rows if row is not None], float)
    return found[found[:, EVIDENCE.index("spoken")] > 0]


def _asked_alone(corpus: Path) -> Judged:
    """What somebody says in answer to written questions on documents that are an index each, and to others."""
    chance = random.Random(_SEED)
    written = defaultdict[str, list[dict[str, Any]]](list)
    for row in read_rows("written-later"):
        if "#" not in row["file"]:
            written[row["file"]].append(row)
    labelled = [question for question in read_labelled(corpus) if question.answerable and not question.history]
    rows = []
    for file in chance.sample(sorted(written), _ALONE):
        with TemporaryDirectory() as folder:
            documents, index = Path(folder) / "documents", Path(folder) / "index"
            documents.mkdir()
            shutil.copy(corpus / file, documents)
            build_index(documents, index, load_embedder())
            rows += _asked_in(index, written[file][:_ASKED_ALONE], labelled, plain(corpus, file), chance)
    found = _together(rows)
    return found.at(found.spoken)


def _asked_in(
    index: Path, written: Sequence[Mapping[str, Any]], labelled: Sequence[Question], text: str, chance: random.Random
) -> list[tuple[NDArray[np.float32], bool, bool, str]]:
    """As `_together` takes them, of one such index, whose document's words are `text`."""
    with closing(Answerer.open(index, least=0.0)) as answerer, closing(open_snapshot(index)) as snapshot:
        names = sorted(speaker.name for speaker in snapshot.corpus.speakers.values() if speaker.name != REPORTER)
        rows = []

        def ask(question: str, gold: str | None) -> None:
            request = parse_request({"question": question})
            evidence, answer = answerer.evidence(request), answerer.ask(request)
            if evidence is not None and answer.quotes:
                right = gold is not None and overlaps(gold, answer.quotes[0].text)
                rows.append((evidence, right, gold is not None, _ELSEWHERE if gold is None else ""))

        for row in written:
            ask(row["ask"], text[slice(*row["at"])])
        for question in chance.sample(labelled, _ASKED_ALONE if names else 0):
            topic = answerer.ask(parse_request({"question": question.question})).query.topic
            named = chance.choice(_NAMING).format(chance.choice(names), topic)
            for each in (named, question.question):
                ask(each.lower() if chance.random() < 0.5 else each, None)
        return rows


def _asked_squad2(shared: Path, index: Path) -> Judged:
    """The questions of held-out articles, then the same as bare words, then questions that nothing there answers."""
    folder = shared / "eval" / "squad2"
    ids, _ = read_documents(folder)
    questions = list(read_lines(folder, "queries"))
    articles = held_out(article_of(row) for row in questions)
    answerer = Answerer.open(index, least=0.0)
    rows = []

    def ask(question: str, paragraph: str | None, group: str) -> None:
        request = parse_request({"question": question})
        evidence, answer = answerer.evidence(request), answerer.ask(request)
        if evidence is not None and answer.quotes:
            found = ids[answer.hits[answer.quotes[0].passage - 1].row]
            rows.append((evidence, found == paragraph, paragraph is not None, group))

    asked = [row for row in questions if article_of(row) in articles]
    for row in asked:
        ask(row["text"], row["about"] if row["answerable"] else None, article_of(row))
    for row in asked[::2]:
        ask(_bare(row["text"]), row["about"] if row["answerable"] else None, _BARE)
    for question in read_labelled(shared / "corpus"):
        ask(question.question, None, _ELSEWHERE)
        ask(_bare(question.question), None, _ELSEWHERE)
    return _together(rows)


def _bare(question: str) -> str:
    """The words that a question asks for, as people type them into a search box."""
    return " ".join(question[start:end] for start, end in asked_spans(question)).lower()


def _together(rows: Sequence[tuple[NDArray[np.float32], bool, bool, str]]) -> Judged:
    evidence, right, answerable, group = zip(*rows, strict=True)
    return Judged(np.array(evidence, float), np.array(right, bool), np.array(answerable, bool), np.array(group))


def _fit(
    evidence: NDArray[np.float64], right: NDArray[np.bool_], names: Sequence[str]
) -> tuple[NDArray[np.float64], float]:
    """A logistic regression in which what speaks for an answer cannot count against it, nor the other way round.

    What is not among the names has no weight.
    """
    scale = evidence.std(axis=0) + 1e-6
    inputs = np.column_stack([evidence / scale, np.ones(len(right))])

    def loss(weights: NDArray[np.float64]) -> float:
        logits = inputs @ weights
        fit = (np.logaddexp(0, logits) - right * logits).mean()
        return float(fit + _RIDGE * (weights[:-1] @ weights[:-1]))

    sides = [
        (0, 0) if name not in names
        else (None, None) if name in _EITHER
        else (None, 0) if name in _AGAINST
        else (0, None)
        for name in EVIDENCE
    ]  # fmt: skip
    found = minimize(loss, np.zeros(inputs.shape[1]), bounds=[*sides, (None, None)], method="L-BFGS-B").x
    return found[:-1] / scale, float(found[-1])


def _shifted(weights: NDArray[np.float64], bias: float, part: Judged, about: NDArray[np.float64]) -> float:
    """The bias at which the mean confidence is the share of right ones; `about` is how probably each is on topic."""
    logits, right = part.evidence @ weights, part.right.mean()
    found = minimize_scalar(
        lambda shift: ((about * _probability(logits + bias + shift)).mean() - right) ** 2, bounds=(-5, 5)
    )
    return bias + float(found.x)


def _probability(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-logits)))


def _figures(sure: NDArray[np.float64], part: Judged) -> str:
    lines = [f"{len(sure)} questions, AUROC of answerable {auroc(sure.tolist(), part.answerable.tolist())}"]
    for least in np.arange(0.1, 0.55, 0.05):
        given = sure >= least
        error = calibration_error(sure[given].tolist(), part.right[given].tolist())
        withheld = [100 * float((~given[part.answerable == kind]).mean()) for kind in (False, True)]
        lines.append(
            f"  from {least:.2f}: withheld {withheld[0]:.1f} % of unanswerable, {withheld[1]:.1f} % of answerable, "
            f"calibration error {error}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
