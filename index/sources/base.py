"""What every reader shares: the protocol, a document's id, reading text within limits, and the shape of a body."""

import base64
import errno
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol, TypeAlias
from urllib.parse import urlsplit

from lxml import etree  # type: ignore[import-untyped]

from index.dates import find_date, parse_date
from index.errors import PassingError, SourceError
from index.sources.encoding import clean_characters, decode
from index.types import Document, Origin, Skipped

MAX_CHARACTERS = 20_000_000
"""The most a document may have; about 40 long books. One that is larger is several documents in one file."""

MAX_TITLE = 300
MAX_DATELINE, MAX_DATELINE_WORDS = 80, 7

BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]+?(?:charset|encoding)\s*=\s*["']?\s*([\w:.-]+)""", re.IGNORECASE)

# Whole lines that a site prints around a text. They count only at its head and tail, never in the middle of it.
FURNITURE = re.compile(
    r"""\s*(?:
        (?:you\ are\ here:?\s*)?home(?:\s?page)?\s*(?:>|»|›|::|/|→)[^.?!]{0,150}   # breadcrumbs
      | (?:printer?[\s-]friendly|print)(?:\ (?:this|page|version|article|friendly))*\s*
      | suggest\ to\ a\ friend\s*:?
      | (?:e-?mail|share|tweet|send|forward)(?:\ (?:this|page|article|story|post|it|to|with|a|friend))*\s*:?
      | (?:share|follow\ us)\ (?:on|via)\ [\w.,/ ]{1,40}:?
      | facebook|twitter|linkedin|whatsapp|telegram|pinterest|reddit
      | (?:back\ to|return\ to)\ top | skip\ to\ (?:main\ )?content
      | (?:\#\s*){3,} | -\s*(?:30|end|ends)\s*-
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)


# Of the web's own time: other runs of eight digits in an address are numbers of articles. A border on both sides, but
# for the one letter that Chinese content systems put before the date.
ADDRESS_PATH = re.compile(r"https?://[^/?#]+(/[^?#]*)", re.IGNORECASE)
ADDRESS_YEAR, ADDRESS_START = r"(?P<year>199\d|20\d\d)", r"(?:(?<=/)[a-z]?|(?<=[_-]))"
ADDRESS_DAY = re.compile(
    ADDRESS_START + ADDRESS_YEAR + r"(?P<sign>[/_-]?)(?P<month>\d\d)(?P=sign)(?P<day>\d\d)(?!\d)", re.IGNORECASE
)
ADDRESS_MONTH = re.compile(r"(?<=/)" + ADDRESS_YEAR + r"[/-]?(?P<month>\d\d)(?=/)")


# What parsers raise on input their writers did not foresee. One such file must not stop a build; and not Exception,
# because a full disk or memory, or an interrupt, must.
PARSER_ERRORS = (
    etree.LxmlError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class Source(Protocol):
    suffixes: tuple[str, ...]
    """The file name endings it reads, in lower case, with the dot."""

    def read(self, path: Path, name: str) -> Iterator[Document | Skipped]:
        """The documents of one file, in order.

        Args:
            path: Where the file is.
            name: Its path inside the folder, with forward slashes; a document's source and id follow from it.

        Raises:
            SourceError: nothing of the file can be read.
        """


def skipped(source: str, error: Exception) -> Skipped:
    """What a reader raised, as the reason why nothing, or nothing more, was read of this source."""
    if isinstance(error, SourceError):
        return Skipped(source, str(error), passing=isinstance(error, PassingError))
    if isinstance(error, OSError):
        return Skipped(source, error.strerror or str(error), passing=system_error(error) is not None)
    return Skipped(source, f"cannot be parsed: {type(error).__name__}: {error}")


def system_error(error: BaseException | None) -> OSError | None:
    """What the system says against reading a file, where that is behind this error; None where its bytes are.

    Libraries raise OSError of their own, without a number, and go where damaged bytes send them, which is EINVAL; and
    they hide the system's behind errors that speak of damage.
    """
    while error is not None:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            return error
        error = error.__cause__ or error.__context__
    return None


def damaged(error: Exception, reason: str) -> SourceError:
    """A library's complaint about the bytes of a file for this reason, unless the system is behind it."""
    behind = system_error(error)
    return PassingError(behind.strerror or str(behind)) if behind else SourceError(reason)


def document_id(source: str) -> str:
    """Twelve characters, safe in a URL and on a file system that ignores case; the same for the same source, always."""
    digest = hashlib.sha256(source.encode("utf-8")).digest()
    return base64.b32encode(digest).decode("ascii")[:12].lower()


def read_text(path: Path) -> str:
    """The text of a file, in whatever encoding, with plain line ends and without invisible characters.

    Raises:
        SourceError: the file is binary, too large, or in an encoding that cannot be told.
        OSError: it cannot be opened.
    """
    size = path.stat().st_size
    if size > 4 * MAX_CHARACTERS:  # no encoding spends more than 4 bytes on a character, so few such files would pass
        raise SourceError(f"{size:,} bytes, more than a document of {MAX_CHARACTERS:,} characters can have; split it")
    data = path.read_bytes()
    declared = CHARSET.search(data[:4096])
    text = decode(data, declared[1].decode("ascii") if declared else None)
    check_size(text)
    return clean_characters(text)


def check_size(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise SourceError(f"{len(text):,} characters, more than the {MAX_CHARACTERS:,} a document may have; split it")


def split_paragraphs(text: str) -> list[str]:
    """The runs of `text` between blank lines; in a text without blank lines, its lines."""
    text = text.strip()
    return BLANK_LINES.split(text) if BLANK_LINES.search(text) else text.split("\n")


def clean_body(paragraphs: Iterable[str]) -> str:
    """Joins paragraphs by exactly one blank line, without those that are site furniture at the head or the tail."""
    return "\n\n".join(trim_furniture([piece.text for piece in _pieces(paragraphs)]))


def trim_furniture(lines: list[str]) -> list[str]:
    """`lines` without the blank ones and the site furniture at either end."""
    start, end = _without_furniture(lines)
    return lines[start:end]


def one_line(text: str) -> str:
    """`text` with every run of white space, no-break spaces among it, as one space: the form of titles and names."""
    return " ".join(clean_characters(text).split())


def title_from_name(name: str) -> str:
    """A file's name made readable: `talks/2020-09-11-four_areas.txt` is `Four areas`."""
    stem = PurePosixPath(name.removesuffix(".gz")).stem
    words = re.sub(r"^\d{4}-\d{2}-\d{2}[-_ ]+(?=\S)", "", stem)
    words = one_line(re.sub(r"[_\s]+|(?<=\w)-(?=\w)", " ", words)) or stem
    return words[:1].upper() + words[1:]


def date_from_name(name: str) -> str | None:
    """The date that a file's name begins with, as in `2020-09-11-four-areas.txt`."""
    match = re.match(r"\d{4}-\d{2}-\d{2}(?!\d)", PurePosixPath(name).name)
    return parse_date(match[0]) if match else None


def date_from_address(url: str | None) -> str | None:
    """The day or else the month in the path of an address, as in `/2021/05/28/`, `/2021/05/` or `/t20210528_1.html`."""
    path = ADDRESS_PATH.match(url or "")
    if not path:
        return None
    days = [parse_date("-".join(match.group("year", "month", "day"))) for match in ADDRESS_DAY.finditer(path[1])]
    months = [parse_date("-".join(match.group("year", "month"))) for match in ADDRESS_MONTH.finditer(path[1])]
    return next(filter(None, (*days, *months)), None)


Evidence: TypeAlias = tuple[str | None, Origin]
"""What may be a document's title or date, or None where it was not found, and where it was looked for."""


def best_title(from_name: str, *evidence: Evidence) -> tuple[str, Origin]:
    """The first title that was found; `evidence` stands in the order of its worth, and the file's name behind it."""
    return next(((found, origin) for found, origin in evidence if found), (from_name, Origin.FILE_NAME))


def best_date(*evidence: Evidence) -> tuple[str | None, Origin | None]:
    """The first date that was found; `evidence` stands in the order of its worth."""
    return next(((found, origin) for found, origin in evidence if found), (None, None))


def date_from_dateline(paragraphs: Iterable[str]) -> str | None:
    """The date of a dateline among the first three paragraphs: a line that says little else ("Moscow, 5 May 2020")."""
    for paragraph in [*paragraphs][:3]:
        for line in paragraph.split("\n"):
            if len(line) <= MAX_DATELINE and len(line.split()) <= MAX_DATELINE_WORDS and (date := find_date(line)):
                return date
    return None


def web_address(url: object) -> str | None:
    """`url` where a reader can follow it: another scheme (`javascript:`) in a page would be an attack on them."""
    if not isinstance(url, str):
        return None
    url = url.strip()
    if not re.fullmatch(r"https?://[^\s<>\"\x00-\x20\x7f-\x9f\ud800-\udfff]+", url, re.IGNORECASE):
        return None
    try:
        urlsplit(url)
    except ValueError:  # `http://[abc/`, which leads nowhere
        return None
    return url


def make_document(
    source: str,
    title: str,
    paragraphs: Iterable[str],
    *,
    date: str | None = None,
    url: str | None = None,
    speaker: str | None = None,
    role: str | None = None,
    title_origin: Origin | None = None,
    date_origin: Origin | None = None,
    publisher: str | None = None,
    pages: Sequence[int] = (),
) -> Document:
    """A document of cleaned parts; a title that the body repeats as its first paragraph is taken off there.

    `pages` says where each page begins, in ascending order, as offsets into the paragraphs as they are given, joined by
    one blank line; they are moved with what stands there.

    Raises:
        SourceError: it is larger than a document may be.
    """
    title = one_line(title)
    pieces = _pieces(paragraphs)
    start, end = _without_furniture([piece.text for piece in pieces])
    while end - start > 1 and one_line(pieces[start].text).casefold() == title.casefold():
        start += 1
    pieces = pieces[start:end]
    body = "\n\n".join(piece.text for piece in pieces)
    check_size(body)
    if len(title) > MAX_TITLE:
        title = title[: MAX_TITLE - 1].rstrip() + "…"
    return Document(
        document_id(source),
        title,
        body,
        source,
        date,
        url,
        speaker,
        role,
        title_origin,
        date_origin,
        publisher,
        pages=tuple(_moved(pages, pieces)),
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph without white space around it; `at` is where it stood in the paragraphs as they were given."""

    text: str
    at: int


def _pieces(paragraphs: Iterable[str]) -> list[_Piece]:
    pieces = []
    at = 0
    for paragraph in paragraphs:
        start = 0
        for end, following in [*((gap.start(), gap.end()) for gap in BLANK_LINES.finditer(paragraph)), (None, 0)]:
            text = paragraph[start:end]
            if stripped := text.strip():
                pieces.append(_Piece(stripped, at + start + text.index(stripped)))
            start = following
        at += len(paragraph) + len("\n\n")
    return pieces


def _moved(pages: Sequence[int], pieces: list[_Piece]) -> Iterator[int]:
    """Where the pages begin once the pieces alone are joined; a page that lost its beginning begins with the next."""
    row = offset = 0
    for page in pages:
        while row < len(pieces) and page >= pieces[row].at + len(pieces[row].text):
            offset += len(pieces[row].text) + len("\n\n")
            row += 1
        if row < len(pieces):
            yield offset + max(0, page - pieces[row].at)
        else:
            yield max(0, offset - len("\n\n"))


def _without_furniture(lines: list[str]) -> tuple[int, int]:
    start, end = 0, len(lines)
    while start < end and _is_furniture(lines[start]):
        start += 1
    while end > start and _is_furniture(lines[end - 1]):
        end -= 1
    return start, end


def _is_furniture(text: str) -> bool:
    lines = (line.strip() for line in text.split("\n"))
    return all(not line or (len(line) <= MAX_TITLE and FURNITURE.fullmatch(line)) for line in lines)
