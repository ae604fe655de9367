"""Tuning: an index learns from its own questions and answers, measures what that is worth, and may decline."""

import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index import snapshot as disk
from index.build import Progress, silent
from index.embed import Embedder
from index.errors import IndexWriteError, ModelError
from index.maps import Maps, mapped
from index.pairs import Pair, mine
from index.snapshot import Snapshot
from index.training import train
from index.types import Rows, Vectors
from index.vectors import SentenceWriter, VectorWriter

# Fewer could not tell a gain from chance.
_FEWEST_PAIRS, _FEWEST_DOCUMENTS = 60, 6
_FOLDS = 3
# Standard errors by which the mean gain has to exceed 0: by chance, one index in forty would be tuned for nothing.
_MARGIN = 2.0
_DEPTH = 10
_CHUNK = 256
# Reporters' questions gain most from whole maps, and short questions of other people lose: of 110 dev questions about
# ../shared/corpus, the right words were quoted for 65.5 % untuned, 58.2 % under whole maps and 63.6 % half-way, which
# so few do not tell from untuned. Half-way, held-out press conferences keep two thirds of the gain.
STRENGTH = 0.5
_REWRITTEN = (disk.MANIFEST, disk.VECTORS, disk.SENTENCES, disk.MAPS)


@dataclass(frozen=True, slots=True)
class Gain:
    """Mean nDCG@10 (0…1) of dense search for pairs that the maps had not seen; `error` is of the difference."""

    before: float
    after: float
    error: float

    @property
    def helps(self) -> bool:
        return self.after - self.before > _MARGIN * self.error


@dataclass(frozen=True, slots=True)
class Tuned:
    """What came of it: `gain` is None where there were too few pairs, `snapshot` where the index is as it was."""

    pairs: int
    documents: int
    gain: Gain | None = None
    snapshot: str | None = None


@dataclass(frozen=True, slots=True)
class _Lesson:
    """Pairs as vectors, as the model made them.

    `queries` (n, dimensions); `passages` (m, dimensions) are the windows that may be found, `owners` (m,) their
    paragraphs, ascending; `answers` are, for each query, ascending rows of `passages`.
    """

    pairs: Sequence[Pair]
    queries: Vectors
    passages: Vectors
    owners: Rows
    answers: Sequence[Rows]


def tune(index: Path, embedder: Embedder, progress: Progress = silent, strength: float = STRENGTH) -> Tuned:
    """Publish a snapshot with maps learned from the pairs mined from the live one, if they help on pairs held out.

    `strength`, 0…1, is how far they go from the identity to what was learned.

    Raises:
        IndexMissingError, IndexInvalidError, IndexWriteError, IndexBusyError: the index is left as it was.
        ModelError: the embedder is not the one that made the index.
    """
    disk.current(index)  # so that no folder is made where there is no index
    with disk.new_snapshot(index) as folder, closing(disk.open_snapshot(index)) as snapshot:
        if embedder.digest != snapshot.manifest.model_digest:
            raise ModelError(f"{index} was built with another model than {embedder.name}; run `onrecord index build`")
        pairs = mine(snapshot.corpus)
        documents = len({pair.document for pair in pairs})
        if len(pairs) < _FEWEST_PAIRS or documents < _FEWEST_DOCUMENTS:
            return Tuned(len(pairs), documents)
        lesson = _lesson(snapshot, pairs, embedder, progress)
        gain = _measure(lesson, strength, progress)
        if not gain.helps:
            return Tuned(len(pairs), documents, gain)
        maps = _learn(lesson, np.arange(len(lesson.pairs)), strength)
        progress("training", _FOLDS + 1, _FOLDS + 1)
        return Tuned(len(pairs), documents, gain, _publish(index, folder, snapshot, maps))


def undo(index: Path) -> str | None:
    """Publish the snapshot with the model's own vectors again, and return its name; None where it was not tuned."""
    disk.current(index)
    with disk.new_snapshot(index) as folder, closing(disk.open_snapshot(index)) as snapshot:
        return _publish(index, folder, snapshot, None) if snapshot.maps else None


def _lesson(snapshot: Snapshot, pairs: Sequence[Pair], embedder: Embedder, progress: Progress) -> _Lesson:
    queries: list[Vectors] = []
    for start in range(0, len(pairs), _CHUNK):
        queries.append(embedder.queries([pair.text for pair in pairs[start : start + _CHUNK]])[0])
        progress("embedding", min(start + _CHUNK, len(pairs)), len(pairs))
    corpus = snapshot.corpus
    # A mined question stands in the index itself and would find itself first, so it is sought among answers only. That
    # is also why dense search is measured alone: the whole search looks at the question that a paragraph answers.
    places = np.arange(len(corpus.windows))
    if corpus.answering is not None:
        places = np.flatnonzero(np.isin(corpus.windows, corpus.answering))
    own = np.concatenate(list(snapshot.vectors.batches()))[places]
    if snapshot.maps:
        own = mapped(own, np.linalg.inv(snapshot.maps.passages))
    owners = corpus.windows[places]
    answers = [_places(owners, pair.answers) for pair in pairs]
    kept = [place for place, rows in enumerate(answers) if len(rows)]
    return _Lesson(
        [pairs[place] for place in kept], np.concatenate(queries)[kept], own, owners, [answers[place] for place in kept]
    )


def _places(owners: Rows, rows: Rows) -> Rows:
    """Where in `owners` (ascending, with repeats) these ascending rows are."""
    first, last = np.searchsorted(owners, rows), np.searchsorted(owners, rows, "right")
    return np.concatenate([np.arange(start, end) for start, end in zip(first, last, strict=True)])


def _learn(lesson: _Lesson, chosen: Rows, strength: float) -> Maps:
    return train(lesson.queries[chosen], lesson.passages, [lesson.answers[place] for place in chosen]).at(strength)


def _measure(lesson: _Lesson, strength: float, progress: Progress) -> Gain:
    """Every pair is searched for once with maps from other documents' pairs, and once without any.

    Pairs of a document rise and fall together, so the error is the one between documents.
    """
    documents, document = np.unique([pair.document for pair in lesson.pairs], return_inverse=True)
    folds = np.random.default_rng(0).permutation(len(documents))[document] % _FOLDS
    before = _ndcg(lesson, np.arange(len(folds)), lesson.queries, lesson.passages)
    after = np.empty_like(before)
    for fold in range(_FOLDS):
        progress("training", fold, _FOLDS + 1)
        held = np.flatnonzero(folds == fold)
        maps = _learn(lesson, np.flatnonzero(folds != fold), strength)
        after[held] = _ndcg(
            lesson, held, mapped(lesson.queries[held], maps.queries), mapped(lesson.passages, maps.passages)
        )
    sums = np.bincount(document, after - before - (after - before).mean())
    return Gain(float(before.mean()), float(after.mean()), float(np.sqrt((sums**2).sum()) / len(folds)))


def _ndcg(lesson: _Lesson, chosen: Rows, queries: Vectors, passages: Vectors) -> Vectors:
    """(n,) nDCG@10 of n queries, whose pairs are `chosen`, over all paragraphs; ties by row."""
    paragraphs, starts = np.unique(lesson.owners, return_index=True)
    discounts = 1 / np.log2(np.arange(2, _DEPTH + 2))
    found = np.empty(len(queries), np.float32)
    for start in range(0, len(queries), _CHUNK):
        scores = np.maximum.reduceat(queries[start : start + _CHUNK] @ passages.T, starts, axis=1)
        for place, row in enumerate(scores, start):
            right = np.unique(lesson.owners[lesson.answers[chosen[place]]])
            best = np.argpartition(-row, min(_DEPTH, len(row)) - 1)[:_DEPTH]
            best = best[np.lexsort((best, -row[best]))]
            gains = np.isin(paragraphs[best], right) * discounts[: len(best)]
            found[place] = gains.sum() / discounts[: len(right)].sum()
    return found


def _publish(index: Path, folder: Path, snapshot: Snapshot, maps: Maps | None) -> str:
    """The same snapshot under other maps, or under none."""
    step = np.eye(snapshot.vectors.dimensions, dtype=np.float32)
    if snapshot.maps:
        step = np.linalg.inv(snapshot.maps.passages)
    if maps:
        step = step @ maps.passages
    source = index / "snapshots" / snapshot.name
    try:
        shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_REWRITTEN, "*.lock"))
        vectors = VectorWriter(snapshot.vectors.dimensions)
        for batch in snapshot.vectors.batches():
            vectors.add(mapped(batch, step))
        vectors.write(folder / disk.VECTORS)
        with closing(SentenceWriter(folder / disk.SENTENCES)) as sentences:
            for batch in snapshot.sentences.batches():
                sentences.add(mapped(batch, step))
        if maps:
            maps.write(folder / disk.MAPS)
        return disk.publish(index, folder, replace(snapshot.manifest, tuned=maps.pairs if maps else 0))
    except OSError as error:
        raise IndexWriteError(f"{index} cannot be written: {error}; what was live is live still") from error
