"""Labelled sets on disk: the BEIR layout, with its objects a line and its judgements."""

import csv
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any

from index.errors import DocumentsError
from index.paragraphs import split_sentences
from index.types import Basis, Document, Paragraph, Speech
from qa.request import MAX_HISTORY, MAX_QUESTION, Request, parse_request
from qa.types import MAX_TURN

_BETWEEN = "\n\n"


def read_lines(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """The objects of `name`.jsonl.gz in a BEIR folder. Raises DocumentsError where it has none."""
    path = folder / f"{name}.jsonl.gz"
    if not path.is_file():
        raise DocumentsError(f"{folder} is not a set in the BEIR layout: it has no {path.name}")
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield from map(json.loads, file)
    except (OSError, ValueError) as error:
        raise DocumentsError(f"{path} cannot be read: {error}") from error


def read_qrels(folder: Path) -> dict[str, dict[str, int]]:
    """Question id → paragraph id → how right the paragraph is. Raises DocumentsError where there are none."""
    path = folder / "qrels" / "test.tsv"
    if not path.is_file():
        raise DocumentsError(f"{folder} is not a set in the BEIR layout: it has no qrels/test.tsv")
    qrels: dict[str, dict[str, int]] = {}
    with path.open(newline="", encoding="utf-8") as file:
        try:
            for row in csv.DictReader(file, delimiter="\t"):
                qrels.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
        except (KeyError, TypeError, ValueError) as error:
            raise DocumentsError(f"{path} is not query-id, corpus-id, score: {error!r}") from error
    return qrels


def read_documents(folder: Path) -> tuple[list[str], list[tuple[Document, tuple[Paragraph, ...]]]]:
    """The ids of the set's paragraphs, and the documents that these paragraphs, in this order, make up.

    Rows with one title that stand together are one document's, as they would be in the product, and are the words of
    the row's `speaker`, where it has one. A row without a title is a document of its own.
    """
    rows = list(read_lines(folder, "corpus"))
    numbered = groupby(enumerate(rows), key=lambda item: item[1].get("title") or item[0])
    return [str(row["_id"]) for row in rows], [_document([row for _, row in group]) for _, group in numbered]


def _document(rows: Sequence[Mapping[str, Any]]) -> tuple[Document, tuple[Paragraph, ...]]:
    text = _BETWEEN.join(row["text"] for row in rows)
    start, paragraphs = 0, []
    for row in rows:
        end = start + len(row["text"])
        speech = Speech(row["speaker"], Basis.METADATA) if row.get("speaker") else None
        sentences = tuple(replace(sentence, speech=speech) for sentence in split_sentences(text, start, end))
        paragraphs.append(Paragraph(start, end, sentences))
        start = end + len(_BETWEEN)
    name = str(rows[0]["_id"])
    return Document(id=name, title=rows[0].get("title") or "", text=text, source=name), tuple(paragraphs)


def spread(rows: Sequence[dict[str, Any]], limit: int | None) -> list[dict[str, Any]]:
    """At most `limit` rows from all over, or all: sets are ordered by subject, by speaker or by time."""
    count = len(rows) if limit is None else min(limit, len(rows))
    return [rows[place * len(rows) // count] for place in range(count)]


def request_of(row: Mapping[str, Any], history: bool, limit: int = 5) -> Request:
    """What the product is asked for a row; with the row's earlier turns, if it has any and `history` is on.

    A row's `history` holds texts, a question and its answer in turn, newest last. What is longer than the product takes
    is cut.

    Raises:
        DocumentsError: its history is something else.
        RequestError: it asks nothing.
    """
    said = row.get("history") or []
    if not isinstance(said, list) or not all(isinstance(text, str) for text in said):
        raise DocumentsError(f"question {row['_id']} has a history that is not a list of texts")
    pairs = zip_longest(said[::2], said[1::2], fillvalue="")
    turns = [{"question": asked[:MAX_TURN], "answer": answered[:MAX_TURN]} for asked, answered in pairs]
    fields = {"question": row["text"][:MAX_QUESTION], "limit": limit}
    return parse_request({**fields, "history": turns[-MAX_HISTORY:]} if history else fields)
