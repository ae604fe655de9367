"""Word documents: paragraphs, tables and notes in the order of the text."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
from docx.document import Document as Word
from docx.opc.exceptions import PackageNotFoundError
from lxml import etree  # type: ignore[import-untyped]

from index.dates import find_date, parse_date
from index.errors import SourceError
from index.sources.base import (
    best_date,
    best_title,
    date_from_dateline,
    date_from_name,
    make_document,
    one_line,
    title_from_name,
)
from index.sources.blocks import CELL_BORDER
from index.sources.encoding import clean_characters
from index.sources.package import open_package, parse_xml, read_part
from index.sources.titles import stated_title
from index.types import Document, Origin, Skipped

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Text that was taken out or moved away, the instructions of a field ("PAGE"), and the copy that is for older programs.
UNSEEN = {f"{WORD}{name}" for name in ("del", "moveFrom", "instrText", "delText", "delInstrText", "pPr", "rPr")} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
BREAKS = {f"{WORD}br": "\n", f"{WORD}cr": "\n", f"{WORD}tab": " ", f"{WORD}noBreakHyphen": "-"}
NOTES = ("/footnotes", "/endnotes")
SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")
# The day on which the template of a library was made, which its documents bear until they are given another.
TEMPLATE_DAY = "2013-12-23"


class DocxSource:
    suffixes: tuple[str, ...] = (".docx",)

    def read(self, path: Path, name: str) -> Iterator[Document | Skipped]:
        with open_package(path, "DOCX") as archive, path.open("rb") as file:
            _check_parts(archive)
            try:
                word = docx.Document(file)
            except (PackageNotFoundError, etree.LxmlError, AttributeError, TypeError) as error:
                raise SourceError("damaged, or no DOCX") from error
            yield _document(word, name)


def _check_parts(archive: zipfile.ZipFile) -> None:
    """Refuse parts of text that are too large before the library parses all of them at once."""
    for part in archive.namelist():
        if part.lower().endswith((".xml", ".rels")):
            read_part(archive, part)


def _document(word: Word, name: str) -> Document:
    paragraphs = list(_texts(word.element.body))
    paragraphs += [text for note in _notes(word) for text in _texts(note)]
    title, title_origin = best_title(
        title_from_name(name),
        (_styled(word, "Title"), Origin.HEADING),
        (stated_title(word.core_properties.title), Origin.METADATA),
        (_styled(word, "Heading 1"), Origin.HEADING),
    )
    date, date_origin = best_date(
        (find_date(title), Origin.TITLE),
        (date_from_name(name), Origin.FILE_NAME),
        (date_from_dateline(paragraphs), Origin.DATELINE),
        # Last: it is when the file was made, which may be long after the words were said.
        (_created(word), Origin.METADATA),
    )
    return make_document(name, title, paragraphs, date=date, title_origin=title_origin, date_origin=date_origin)


def _texts(root: "etree._Element") -> Iterator[str]:
    """The paragraphs below `root`, a table's row as one, whatever they are wrapped in: changes, fields, boxes."""
    waiting: list[list[str]] = []  # a text box stands inside a paragraph of its own
    cells: list[list[str]] = []  # those of the rows that are open, one in the other
    unseen = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        starts = event == "start"
        tag = element.tag
        if tag in UNSEEN:
            unseen += 1 if starts else -1
        elif unseen:
            continue
        elif tag == f"{WORD}p":
            if starts:
                waiting.append([])
            else:
                text = _shown(waiting.pop())
                if not cells:
                    yield text
                elif text:
                    cells[-1].append(text)
        elif tag == f"{WORD}tr":
            if starts:
                cells.append([])
            elif len(cells) > 1:
                row = cells.pop()
                cells[-1] += row
            else:
                yield CELL_BORDER.join(cells.pop())
        elif starts and waiting:
            if tag == f"{WORD}t":
                waiting[-1].append(element.text or "")
            elif tag in BREAKS:
                waiting[-1].append(BREAKS[tag])


def _shown(runs: list[str]) -> str:
    text = clean_characters("".join(runs))
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"[ \t]+", " ", text)).strip()


def _notes(word: Word) -> Iterator["etree._Element"]:
    for relation in word.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(NOTES):
            for note in parse_xml(relation.target_part.blob):
                if note.get(f"{WORD}type") not in SEPARATORS:
                    yield note


def _styled(word: Word, style: str) -> str | None:
    found = (paragraph.text for paragraph in word.paragraphs if paragraph.style and paragraph.style.name == style)
    return next(filter(None, map(one_line, found)), None)


def _created(word: Word) -> str | None:
    created = word.core_properties.created
    day = created and created.date().isoformat()
    return parse_date(day) if day and day != TEMPLATE_DAY else None
