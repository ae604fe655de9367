"""PDF: its lines, read by PDFium in a process of its own, become paragraphs that know their pages."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from index.dates import find_date, parse_date
from index.errors import PassingError, SourceError
from index.sources import base, pdfprocess
from index.sources.base import (
    best_date,
    best_title,
    date_from_dateline,
    date_from_name,
    make_document,
    one_line,
    title_from_name,
)
from index.sources.layout import LIGATURES, Line, lay_out
from index.sources.titles import stated_title
from index.types import Document, Origin, Skipped

MAX_BYTES = 200_000_000
MAX_PAGES = 10_000
MAX_SECONDS = 300
"""For one file. A page takes about a hundredth of a second."""

DATELINES = 10
"""Lines of the first page among which one that says little but a date is looked for, running ones among them."""

# What others send to a process, the system among them where memory is short; the rest it brings upon itself.
ENDED = [getattr(signal, name, None) for name in ("SIGHUP", "SIGINT", "SIGKILL", "SIGTERM")]

CREATED = re.compile(r"(?:D:)?((?:19|20)\d{6})")


@dataclass(frozen=True, slots=True)
class _Pages:
    """What was read: a page's lines are empty where it has none, and None where it is damaged."""

    lines: list[list[Line] | None]
    pictures: tuple[int, ...]
    """The pages, from 1, that hold a picture and no text."""
    title: str
    created: str


class PdfSource:
    suffixes: tuple[str, ...] = (".pdf",)

    def read(self, path: Path, name: str) -> Iterator[Document | Skipped]:
        pages = _read(path)
        damaged = [number for number, lines in enumerate(pages.lines, 1) if lines is None]
        if not any(any(map(str.isalnum, line.text)) for lines in pages.lines for line in lines or ()):
            raise SourceError(_without_text(len(pages.lines), len(pages.pictures), len(damaged)))
        yield _document(pages, name)
        if pages.pictures:
            reason = "pictures without text, as scans are; recognise it (OCR) and build again"
            yield Skipped(f"{name} {_numbers(pages.pictures)}", reason)
        if damaged:
            yield Skipped(f"{name} {_numbers(damaged)}", "damaged")


def _document(pages: _Pages, name: str) -> Document:
    lines = [page or [] for page in pages.lines]
    layout = lay_out(lines)
    title, title_origin = best_title(
        title_from_name(name), (stated_title(pages.title), Origin.METADATA), (layout.heading, Origin.HEADING)
    )
    created = CREATED.match(pages.created)
    head = next(filter(None, lines), [])[:DATELINES]
    date, date_origin = best_date(
        (find_date(title), Origin.TITLE),
        (date_from_name(name), Origin.FILE_NAME),
        (date_from_dateline(["\n".join(line.text for line in head)]), Origin.DATELINE),
        # Last: it is when the file was made, which may be long after the words were said.
        (parse_date(created[1]) if created else None, Origin.METADATA),
    )
    return make_document(
        name,
        title,
        layout.paragraphs,
        date=date,
        title_origin=title_origin,
        date_origin=date_origin,
        pages=layout.pages,
    )


def _read(path: Path) -> _Pages:
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise SourceError(f"{size:,} bytes, more than the {MAX_BYTES:,} a PDF may have; split it")
    # -P: beside the script lie modules that are named as Python's own are.
    command = [sys.executable, "-P", pdfprocess.__file__, str(base.MAX_CHARACTERS), str(MAX_PAGES)]
    with path.open("rb") as file:
        try:
            done = subprocess.run(command, stdin=file, capture_output=True, timeout=MAX_SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise PassingError(f"not read within {MAX_SECONDS} seconds; the next build tries again") from error
    values: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines() if line.endswith(b"}")]
    _check(values, done)
    facts, *pages = values
    return _Pages(
        [None if page["lines"] is None else [_line(*line) for line in page["lines"]] for page in pages],
        tuple(number for number, page in enumerate(pages, 1) if page["picture"]),
        facts["title"],
        facts["created"],
    )


def _check(values: list[dict[str, Any]], done: "subprocess.CompletedProcess[bytes]") -> None:
    error = values[-1].get("error") if values else None
    if error == "password":
        raise SourceError("protected by a password; save it without one")
    if error == "damaged":
        raise SourceError("damaged, or no PDF")
    if error == "pages":
        raise SourceError(f"{values[-1]['pages']:,} pages, more than the {MAX_PAGES:,} a PDF may have; split it")
    if error == "characters":
        raise SourceError(f"more than the {base.MAX_CHARACTERS:,} characters a document may have; split it")
    if done.returncode == 0:
        return
    where = f" on page {len(values)}" if values else ""
    if -done.returncode in ENDED:
        raise PassingError(f"what reads it was killed by signal {-done.returncode}{where}; the next build tries again")
    if done.returncode < 0:
        raise SourceError(f"damaged: the PDF library was killed by signal {-done.returncode}{where}")
    reason = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    raise SourceError(f"cannot be parsed{where}: {reason or f'the PDF library ended with {done.returncode}'}")


def _line(text: str, left: float, baseline: float, right: float, size: float) -> Line:
    return Line(one_line(text.translate(LIGATURES)), left, baseline, right, size)


def _without_text(pages: int, pictures: int, damaged: int) -> str:
    count = f"{pages} page{'' if pages == 1 else 's'}"
    if damaged:
        return f"no text in it: of its {count}, {damaged} cannot be read"
    if pictures:
        return f"no text in it: {count} of pictures, as scanned ones are; recognise the text (OCR) and build again"
    return f"no text in it: {count}, empty or drawn; if they show text, recognise it (OCR) and build again"


def _numbers(pages: tuple[int, ...] | list[int]) -> str:
    """`page 3` or `pages 3–5, 9`."""
    runs = [[number for _, number in run] for _, run in groupby(enumerate(pages), lambda item: item[1] - item[0])]
    shown = ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"{'page' if len(pages) == 1 else 'pages'} {shown}"
