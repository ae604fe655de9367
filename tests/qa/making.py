"""Small indexes and hits made by hand, so that a test shows all there is to know."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from index.build import build_index
from index.snapshot import Snapshot, open_snapshot
from index.types import Basis, Document, Paragraph, Sentence, Speaker, Speech
from qa.answer import Answerer
from qa.people import Directory
from qa.question import interpret
from qa.request import parse_request
from qa.types import Answer, Hit, Query
from tests.fakes import BagOfWords

Files: TypeAlias = Mapping[str, str | Iterable[Mapping[str, Any]]]
"""Names and contents of documents; a content that is not a text is a list of records, one a line."""

TODAY = date(2021, 11, 24)
"""The day questions are asked on."""


def build(folder: Path, files: Files) -> Path:
    """Write and index documents inside `folder`; returns the index."""
    for name, content in files.items():
        path = folder / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else "\n".join(map(json.dumps, content)), "utf-8")
    build_index(folder / "documents", folder / "index", BagOfWords())
    return folder / "index"


def snapshot(folder: Path, files: Files) -> Snapshot:
    return open_snapshot(build(folder, files))


def answerer(folder: Path, files: Files) -> Answerer:
    return Answerer(snapshot(folder, files), BagOfWords())


def ask(answerer: Answerer, question: str, **fields: Any) -> Answer:
    return answerer.ask(parse_request({"question": question, **fields}))


def understood(question: str, speakers: Iterable[Speaker], history: Iterable[str] = (), **fields: Any) -> Query:
    """The Query of a question after earlier questions, oldest first."""
    turns = [{"question": earlier, "answer": "It is on record."} for earlier in history]
    return interpret(parse_request({"question": question, "history": turns, **fields}), Directory(speakers), TODAY)


def hit(
    *sentences: tuple[str | None, str], row: int = 0, score: float = 1.0, cosine: float = 0.5, topic: str = "vaccines"
) -> Hit:
    """A hit on the second paragraph of a document; its sentences come with who speaks them, and may have a label.

    What has no label is carried from the one that its speaker's turn opened with.
    """
    text, spans = "An opening that is not looked at.\n\n", []
    turn: Speech | None = None
    start = len(text)
    for speaker, words in sentences:
        label = re.match(r"(?:Q|A|[A-Z][\w.’]*(?: [A-Z][\w.’-]*)*)(?=:)", words)
        evidence = (len(text), len(text) + label.end()) if label else None
        if not speaker:
            turn = None
        elif label or turn is None or turn.speaker != speaker:
            turn = Speech(speaker, Basis.LABEL, evidence)
        elif turn.evidence:
            turn = replace(turn, basis=Basis.CARRIED)
        spans.append(Sentence(len(text), len(text) + len(words), turn))
        text += words + " "
    document = Document(f"document{row}", "A title", text + "\n\nAnd an end.", f"{row}.txt", "2020-09-11")
    return asked(topic, Hit(row, document, Paragraph(start, len(text) - 1, tuple(spans)), score, cosine, ()))


def asked(topic: str, hit: Hit) -> Hit:
    """The hit as another question finds it: with how near each of its sentences comes to that topic."""
    model = BagOfWords()
    sentences = [hit.document.text[each.start : each.end] for each in hit.paragraph.sentences]
    return replace(hit, similarities=tuple((model.queries(sentences)[0] @ model.queries([topic])[0][0]).tolist()))
