"""Labelled sets on disk: the BEIR layout, with its objects a line and its judgements."""

import csv
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from index.errors import DocumentsError
from qa.request import MAX_HISTORY, MAX_QUESTION, Request, parse_request
from qa.types import MAX_TURN


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
