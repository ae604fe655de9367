"""The questions of this folder, with the words that their places in ../shared/corpus stand for."""

import html
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa.scoring import Question

QUESTIONS = Path(__file__).parent / "questions"
_TAG = re.compile(r"<script.*?</script>|<style.*?</style>|<[^>]+>", re.S | re.I)


def read_labelled(corpus: Path, files: tuple[str, ...] = ("mfa", "wh", "un")) -> list[Question]:
    """Of these files, in order. Raises OSError where a document is not there."""
    rows = [row for name in files for row in (QUESTIONS / f"{name}.jsonl").read_text("utf-8").splitlines()]
    return [_question(json.loads(row), corpus) for row in rows]


def _question(row: dict[str, Any], corpus: Path) -> Question:
    def words(places: list[dict[str, Any]]) -> tuple[str, ...]:
        return tuple(plain(corpus, place["file"])[place["start"] : place["end"]] for place in places)

    return Question(
        id=row["id"],
        type=row["type"],
        question=row["question"],
        history=tuple({"question": asked, "answer": ""} for asked in row["history"]),
        answerable=row["answerable"],
        gold=words(row["gold"]),
        tempting=words(row["tempting"]),
        speaker=row["speaker"],
        answer_speaker=row["answer_speaker"],
        answer_string=row["answer_string"],
    )


@lru_cache(maxsize=2000)
def plain(corpus: Path, file: str) -> str:
    """The words of a file, or of the record "file#id", without tags and with single spaces between them."""
    path, _, identifier = file.partition("#")
    text = (corpus / path).read_text("utf-8", errors="replace")
    if identifier:
        records = (json.loads(line) for line in text.splitlines() if identifier in line)
        text = next(record["text"] for record in records if record["id"] == identifier)
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())
