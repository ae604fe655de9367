"""Questions for a speaker's words on a topic → how often the passages found are that speaker's.

The sets label paragraphs with who speaks: "MS. PSAKI" in a transcript, "Wang Yi|China|2017" where a record says so.
Their paragraphs become documents again, with labels or metadata as the originals have them, and the product builds an
index of them: who speaks is then the product's own finding, and the set's labels judge it.
"""

import json
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from index.build import build_index
from index.embed import Embedder
from index.errors import DocumentsError
from index.snapshot import open_snapshot
from qa.answer import Answerer
from qa.attribution import person_of, same_person
from qa.request import MAX_QUESTION, parse_request
from qa.rerank import Reranker
from qa.results import latency
from qa.sets import read_lines, read_qrels, spread
from qa.types import Answer, Hit

_FIRST = 5
_FILE = "documents.jsonl"

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Label:
    """Who speaks, as a set has it: `name` is a transcript's label or a full name, `year` that of a record."""

    name: str
    country: str | None = None
    year: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Label":
        return cls(*text.split("|")[:3])

    def is_same(self, other: "Label") -> bool:
        return self.year == other.year and same_person(person_of(self.name), person_of(other.name))


@dataclass(frozen=True, slots=True)
class Asked:
    """What one question got. Shares are of the passages found, at most five; 0 where there are none."""

    id: str
    understood: bool
    answered: bool
    precision: float
    credited: float
    on_topic: bool


@dataclass(frozen=True, slots=True)
class SpeakerSearch:
    """Means over questions; latencies in milliseconds a question, the model included.

    Attributes:
        precision: of the first five passages, those in which the set says that the right speaker speaks.
        credited: the same where the product says so; what lies between the two is attribution, not search.
        on_topic: questions with a paragraph among the first five that the set's judgements hold right.
        understood: questions whose speaker was recognised as one of the index.
        answered: questions answered rather than "not on record".
    """

    questions: int
    documents: int
    paragraphs: int
    precision: float
    credited: float
    on_topic: float
    understood: float
    answered: float
    p50_ms: float
    p95_ms: float
    index: str
    asked: tuple[Asked, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def evaluate_speakers(
    folder: Path,
    index: Path,
    embedder: Embedder,
    progress: Progress,
    limit: int | None = None,
    reranker: Reranker | None = None,
) -> SpeakerSearch:
    """Index a set's paragraphs as documents into `index` and ask its questions, or `limit` of them evenly spread.

    Raises:
        DocumentsError: the folder is not such a set.
    """
    qrels = read_qrels(folder)
    questions = spread(list(read_lines(folder, "queries")), limit)
    if not questions or not all("speaker" in row for row in questions):
        raise DocumentsError(f"{folder} has no questions that say whose words they ask for (speaker)")
    documents = list(_documents(read_lines(folder, "corpus")))
    labels = _Labels(documents)
    with tempfile.TemporaryDirectory() as temporary:
        with (Path(temporary) / _FILE).open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(document.record, ensure_ascii=False) + "\n" for document in documents)
        build_index(Path(temporary), index, embedder, progress)
    answerer = Answerer(open_snapshot(index), embedder, reranker=reranker)
    try:
        answerer.warm_up()
        asked, times = [], []
        for number, row in enumerate(questions, 1):
            started = time.perf_counter()
            answer = answerer.ask(parse_request({"question": row["text"][:MAX_QUESTION], "limit": _FIRST}))
            times.append((time.perf_counter() - started) * 1000)
            asked.append(_judged(row, answer, labels, qrels.get(row["_id"], {})))
            progress("asking", number, len(questions))
        return _means(asked, times, answerer)
    finally:
        answerer.close()


@dataclass(frozen=True, slots=True)
class _Document:
    """A record that the product reads, and (id, label, text) of each of its paragraphs, as written there."""

    record: dict[str, Any]
    paragraphs: tuple[tuple[str, Label, str], ...]


def _documents(rows: Iterable[Mapping[str, Any]]) -> Iterator[_Document]:
    """Rows of one document stand together, in its order; their ids end in the place in it."""
    for key, group in groupby(rows, key=lambda row: str(row["_id"]).rpartition("-")[0]):
        yield _document(key, list(group))


def _document(key: str, rows: Sequence[Mapping[str, Any]]) -> _Document:
    first = rows[0]
    label = Label.parse(first["speaker"])
    paragraphs: list[tuple[str, Label, str]] = []
    for row in rows:
        text = re.sub(r"\n\s*\n", "\n", row["text"].strip())
        changes = not paragraphs or paragraphs[-1][1].name != row["speaker"]
        labelled = f"{row['speaker']}: {text}" if label.year is None and changes else text
        paragraphs.append((row["_id"], Label.parse(row["speaker"]), labelled))
    record = {"id": key, "title": first.get("title"), "text": "\n\n".join(text for _, _, text in paragraphs)}
    if label.year is None:
        record |= {"date": first.get("date")}
    else:
        # The keys that such records have, whatever the product makes of them.
        record |= {"date": label.year, "speaker": label.name, "country": label.country, "post": first.get("post")}
    return _Document(record, tuple(paragraphs))


class _Labels:
    """(id, label) of the set's paragraphs, found again by the words of a passage of the index."""

    def __init__(self, documents: Iterable[_Document]) -> None:
        self._found = {
            (f"{_FILE}#{document.record['id']}", _plain(text)): (identifier, label)
            for document in documents
            for identifier, label, text in document.paragraphs
        }

    def of(self, hit: Hit) -> tuple[str, Label]:
        """Raises DocumentsError: a passage that is no paragraph of the set cannot be judged."""
        try:
            return self._found[hit.document.source, _plain(hit.text)]
        except KeyError:
            raise DocumentsError(f"{hit.document.source}: no paragraph of the set is “{hit.text[:60]}…”") from None


def _judged(row: Mapping[str, Any], answer: Answer, labels: _Labels, right: Mapping[str, int]) -> Asked:
    wanted = Label.parse(row["speaker"])
    person = person_of(wanted.name)
    hits = answer.hits[:_FIRST]
    found = [labels.of(hit) for hit in hits]
    dated = [wanted.year is None or (hit.document.date or "").startswith(wanted.year) for hit in hits]
    credited = [
        fits and any(same_person(person, who) for who in hit.speakers) for fits, hit in zip(dated, hits, strict=True)
    ]
    return Asked(
        id=row["_id"],
        understood=any(same_person(person, name) for name in answer.query.speakers),
        answered=answer.answered,
        precision=_share([wanted.is_same(label) for _, label in found]),
        credited=_share(credited),
        on_topic=any(right.get(identifier, 0) > 0 for identifier, _ in found),
    )


def _means(asked: Sequence[Asked], times: Sequence[float], answerer: Answerer) -> SpeakerSearch:
    def mean(name: str) -> float:
        return round(_share([getattr(one, name) for one in asked]), 4)

    names = ("precision", "credited", "on_topic", "understood", "answered")
    return SpeakerSearch(
        questions=len(asked),
        documents=answerer.documents,
        paragraphs=answerer.paragraphs,
        **{name: mean(name) for name in names},
        **latency(times),
        index=answerer.index,
        asked=tuple(asked),
    )


def _share(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
