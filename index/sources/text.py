"""Plain text: perhaps a heading, then paragraphs, some with a line end at the 80th character of every line."""

import re
from collections.abc import Iterator
from pathlib import Path

from index.dates import find_date, parse_date
from index.sources.base import (
    best_date,
    best_title,
    date_from_dateline,
    date_from_name,
    make_document,
    read_text,
    split_paragraphs,
    title_from_name,
    trim_furniture,
)
from index.types import Document, Origin, Skipped

MAX_TITLE_LINE = 200
SENTENCE_END = re.compile(r"[.?!:;,][\"”’')\]]*$")

NAME = r"[A-ZÀ-Þ][\w.’'-]*(?:\s(?:[A-ZÀ-Þ][\w.’'-]*|of|the|for|and|de|da|von|van|bin|al)){0,9}"
LABEL = re.compile(rf"{NAME}(?:\s\([^)]{{1,60}}\))?\s?:(?:\s|$)|[QA]\s{{2,}}")
"""What a line begins with that says who speaks next: "Q:", "MR. SMITH:", "Geng Shuang:"."""


class TextSource:
    suffixes: tuple[str, ...] = (".txt", ".text")

    def read(self, path: Path, name: str) -> Iterator[Document | Skipped]:
        lines = trim_furniture(read_text(path).split("\n"))
        title, dated, lines = _heading(lines)
        paragraphs = [unwrapped(paragraph) for paragraph in split_paragraphs("\n".join(lines))]
        title, title_origin = best_title(title_from_name(name), (title, Origin.HEADING))
        date, date_origin = best_date(
            (dated, Origin.DATELINE),
            (find_date(title), Origin.TITLE),
            (date_from_name(name), Origin.FILE_NAME),
            (date_from_dateline(paragraphs), Origin.DATELINE),
        )
        yield make_document(name, title, paragraphs, date=date, title_origin=title_origin, date_origin=date_origin)


def _heading(lines: list[str]) -> tuple[str | None, str | None, list[str]]:
    """The title and the date that stand above the text, where they do, and the lines below them."""
    title, date, row = None, None, 0
    if lines and (date := parse_date(lines[0])):
        row = _next_line(lines, 1)
    if row < len(lines) - 1 and _may_be_title(lines[row]):
        below = lines[row + 1]
        if not below.strip() or parse_date(below):
            title, row = lines[row], _next_line(lines, row + 1)
    if row < len(lines) and not date and (date := parse_date(lines[row])):
        row = _next_line(lines, row + 1)
    # A heading heads something; without a text below it, it is the text.
    return (title, date, lines[row:]) if row < len(lines) else (None, date, lines)


def _next_line(lines: list[str], row: int) -> int:
    while row < len(lines) and not lines[row].strip():
        row += 1
    return row


def _may_be_title(line: str) -> bool:
    line = line.strip()
    return 0 < len(line) <= MAX_TITLE_LINE and not SENTENCE_END.search(line) and not LABEL.match(line)


def unwrapped(paragraph: str) -> str:
    """One paragraph with its lines joined, but for those that begin another speaker's words."""
    joined = ""
    for line in map(str.strip, paragraph.split("\n")):
        joined += ("\n" if LABEL.match(line) else " ") + line if joined else line
    return joined
