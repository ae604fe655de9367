"""onrecord.toml: what the owner of a folder says of the documents in it, where they do not say it themselves.

    [[documents]]
    paths = "whitehouse/**"
    source = "The White House"
    base_url = "https://www.whitehouse.gov/"
    date_pattern = "%Y/%m/%d"

It lies at the top of the folder. Of several entries for one file the last that says something of a key is right, key by
key. What an entry says is right also where the document says something else, because its owner wrote it to correct or
complete what is there; only `base_url` gives an address to none but a document without one, and a date in the document
that is more exact than the one in the path, and lies in it, stays.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from index.dates import find_date_in, parse_date
from index.errors import SidecarError
from index.sources.base import MAX_DATELINE, one_line, web_address
from index.types import Document, Origin

NAME = "onrecord.toml"
MAX_SIZE = 1_000_000
MAX_TEXT = 300
MAX_HEAD, MAX_LINES = 1000, 6
"""Characters and lines of a text in which a dateline is looked for."""

Key = Literal["speaker", "role", "source", "base_url", "language", "date_pattern", "exclude"]

# In a date pattern: what Python's strptime calls so.
CODES = {"Y": r"(?P<Y>\d{4})", "m": r"(?P<m>\d{1,2})", "d": r"(?P<d>\d{1,2})", "b": r"(?P<b>[^\W\d_]+)", "%": "%"}
CODES["B"] = CODES["b"].replace("?P<b>", "?P<B>")


WILDCARDS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def _text(value: str) -> str:
    value = one_line(value)
    if not value:
        raise ValueError("is empty")
    return value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _path_pattern(value: str) -> str:
    if not value or value.startswith("/") or "\\" in value or ".." in value.split("/"):
        raise ValueError(f"'{value}' is no path inside the folder, with forward slashes, such as \"news/**/*.html\"")
    return value


def _web_folder(value: str) -> str:
    if not web_address(value):
        raise ValueError(f"'{value}' is no web address, such as \"https://www.example.org/\"")
    return value


def _language(value: str) -> str:
    if not re.fullmatch("[a-z]{2}", value):
        raise ValueError(f"'{value}' is no language code of two letters (ISO 639-1), such as \"en\"")
    return value


def _date_pattern(value: str) -> str:
    codes = re.findall("%(.?)", value)
    unknown = next((code for code in codes if code not in CODES), None)
    if unknown is not None:
        raise ValueError(f"'%{unknown}' is not known; %Y, %m, %d, %b, %B and %% are")
    month = sum(map(codes.count, "mbB"))
    if codes.count("Y") != 1 or month > 1 or codes.count("d") > min(1, month):
        raise ValueError(f"'{value}' must have one %Y, and may have one %m, %b or %B, and then one %d")
    return value


Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_text)]
PathPattern = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_path_pattern)]


class Entry(BaseModel):
    """One `[[documents]]`: which files, and what is said of them; None of what is not.

    In `paths`, `*` and `?` stand for any characters and for one, inside the name of a file or folder, `**` for any
    folders or none: `**/*.html` are all pages, `news/**` is everything below `news`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    paths: Annotated[list[PathPattern], Field(min_length=1), BeforeValidator(_listed)]
    speaker: Text | None = None
    role: Text | None = None
    source: Text | None = None
    base_url: Annotated[str, AfterValidator(_web_folder)] | None = None
    language: Annotated[str, AfterValidator(_language)] | None = None
    date_pattern: Annotated[Text, AfterValidator(_date_pattern)] | None = None
    exclude: bool | None = None

    def place(self, names: Sequence[str]) -> str | None:
        """Where below what the entry is about a file lies; None where it is not about it.

        That is the path below the folders that the pattern names before its first wildcard, or inside the container.

        Args:
            names: Of the file, and before it of the containers it lies in.
        """
        for name in reversed(names):
            for pattern in self.paths:
                if _matcher(pattern).fullmatch(name):
                    fixed = re.split(r"[*?]", pattern)[0].rpartition("/")[0]
                    start = fixed if name == names[-1] else name
                    return names[-1].removeprefix(start).removeprefix("/")
        return None


class _Sidecar(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    documents: list[Entry] = []


@dataclass(frozen=True, slots=True)
class Settings:
    """What is said of files: of all in a folder, or of one and what lies inside it. Equal ones have an equal repr."""

    entries: tuple[Entry, ...] = ()

    def settings_of(self, name: str, *, container: bool = False) -> "Settings":
        """What is said of one file; of a container everything, because it may be said of a file inside it."""
        return (
            self if container else Settings(tuple(entry for entry in self.entries if entry.place([name]) is not None))
        )

    def excludes(self, names: Sequence[str]) -> bool:
        """Whether a file is not to be read. `names` are those of the containers it lies in, and then its own."""
        return self._said("exclude", names)[0] is True

    def completed(self, document: Document, names: Sequence[str]) -> Document:
        """A document of the file with what is said of it."""
        language, _ = self._said("language", names)
        date, origin = self._date(document, language or document.language, names)
        return replace(
            document,
            speaker=self._said("speaker", names)[0] or document.speaker,
            role=self._said("role", names)[0] or document.role,
            publisher=self._said("source", names)[0] or document.publisher,
            url=document.url or self._address(names),
            language=language or document.language,
            date=date,
            date_origin=origin,
        )

    def _said(self, key: Key, names: Sequence[str]) -> tuple[Any, str]:
        """What the last entry for a file that says something of the key says, and where below it the file lies."""
        for entry in reversed(self.entries):
            value = getattr(entry, key)
            if value is not None and (place := entry.place(names)) is not None:
                return value, place
        return None, ""

    def _address(self, names: Sequence[str]) -> str | None:
        base, place = self._said("base_url", names)
        return web_address(f"{base.rstrip('/')}/{quote(place)}") if base else None

    def _date(self, document: Document, language: str, names: Sequence[str]) -> tuple[str | None, Origin | None]:
        pattern, _ = self._said("date_pattern", names)
        stated = date_in_path(names[-1], pattern) if pattern else None
        if stated and not (document.date or "").startswith(stated):
            return stated, Origin.SIDECAR
        if document.date or language == "en":
            return document.date, document.date_origin
        # Readers know the months of English.
        if date := find_date_in(language, document.title):
            return date, Origin.TITLE
        lines = [line for line in document.text[:MAX_HEAD].split("\n")[:MAX_LINES] if len(line) <= MAX_DATELINE]
        date = next(filter(None, (find_date_in(language, line) for line in lines)), None)
        return date, Origin.DATELINE if date else None


def read_sidecar(folder: Path) -> Settings:
    """What the `onrecord.toml` of a folder says; nothing where there is none.

    Raises:
        SidecarError: it cannot be read, or says what cannot be.
    """
    path = folder / NAME
    try:
        if not path.is_file():
            return Settings()
        with path.open("rb") as file:
            content = file.read(MAX_SIZE + 1)
        if len(content) > MAX_SIZE:
            raise SidecarError(f"{path}: it is larger than {MAX_SIZE:,} bytes")
        facts = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise SidecarError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise SidecarError(f"{path}: it is not UTF-8, which TOML must be") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SidecarError(f"{path}: it is not TOML: {error}") from error
    try:
        return Settings(tuple(_Sidecar.model_validate(facts).documents))
    except ValidationError as error:
        raise SidecarError(f"{path}: {'; '.join(_faults(error))}") from error


def date_in_path(name: str, pattern: str) -> str | None:
    """The date in a path where it looks like the pattern, as exact as that; the first that is one of the calendar."""
    for match in _date_matcher(pattern).finditer(name):
        parts = match.groupdict()
        year, month, day = parts["Y"], parts.get("m"), parts.get("d")
        word = parts.get("b") or parts.get("B")
        stated = " ".join(filter(None, (day, word, year))) if word else "-".join(filter(None, (year, month, day)))
        if date := parse_date(stated):
            return date
    return None


def _faults(error: ValidationError) -> Iterator[str]:
    """What is wrong, and in which key of which entry, counted from 1."""
    for fault in error.errors(include_url=False, include_context=False):
        table, *place = fault["loc"]
        message = fault["msg"].removeprefix("Value error, ")
        if len(place) < 2:
            yield _no_entry(str(table), place)
        elif fault["type"] == "extra_forbidden":
            yield f"{_entry(place)}'{place[1]}' is no key; the keys are {', '.join(Entry.model_fields)}"
        elif fault["type"] == "missing":
            yield f"{_entry(place)}'{place[1]}' is missing"
        else:
            yield f"{_entry(place)}'{place[1]}': {message[:1].lower()}{message[1:]}"


def _no_entry(table: str, place: Sequence[int | str]) -> str:
    if table != "documents":
        return f"'{table}' is unknown; entries are [[documents]]"
    if not place:
        return "an entry begins with [[documents]]"
    return f'{_entry(place)}is no table, such as {{paths = "news/**", speaker = "…"}}'


def _entry(place: Sequence[int | str]) -> str:
    return f"[[documents]] {int(place[0]) + 1}: "


@cache
def _date_matcher(pattern: str) -> re.Pattern[str]:
    parts = re.split("%(.)", pattern)
    expression = "".join(CODES[part] if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile(rf"(?<!\d){expression}(?!\d)", re.IGNORECASE)


@cache
def _matcher(pattern: str) -> re.Pattern[str]:
    tokens = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return re.compile("".join(WILDCARDS.get(token, re.escape(token)) for token in tokens), re.DOTALL)
