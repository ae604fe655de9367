"""Records with named fields, whatever they are written in: one record, one document."""

from collections.abc import Mapping
from typing import Any

from index.dates import find_date, parse_date
from index.errors import SourceError
from index.sources import base
from index.sources.encoding import clean_characters
from index.sources.exported import read_back
from index.speakers.countries import common_name
from index.types import Document, Origin

TEXT = "text"
OPTIONAL = ("title", "date", "speaker", "url", "role", "post", "organisation", "country")
FIELDS = (TEXT, "id", *OPTIONAL)


def record_document(record: Mapping[str, Any], name: str, line: int, keys: dict[str, int]) -> Document:
    """The document of one record.

    Args:
        record: Its `FIELDS`, of which only `text` must be there; others are not looked at.
        name: The file's path inside the folder.
        line: Where in the file the record begins.
        keys: The ids of the records before it, with their lines, to which its own is added.

    Raises:
        SourceError: a field is missing or of the wrong type, its id is taken, or it is larger than a document may be.
    """
    _check(record)
    key = _key(record)
    if key and keys.setdefault(key, line) != line:
        raise SourceError(f"its id {key} is that of line {keys[key]}")
    if document := read_back(record):
        return document
    base.check_size(record[TEXT])
    text = clean_characters(record[TEXT])
    if not text.strip():
        raise SourceError("no text in it")
    title, title_origin = base.best_title(
        f"{base.title_from_name(name)}, line {line}",
        (base.one_line(record.get("title") or ""), Origin.METADATA),
        (key, Origin.METADATA),
    )
    url = base.web_address(record.get("url"))
    date, date_origin = base.best_date(
        (parse_date(record.get("date") or ""), Origin.METADATA),
        (find_date(title), Origin.TITLE),
        (base.date_from_address(url), Origin.ADDRESS),
    )
    return base.make_document(
        f"{name}#{key}" if key else f"{name}:{line}",
        title,
        base.split_paragraphs(text),
        date=date,
        url=url,
        speaker=base.one_line(record.get("speaker") or "") or None,
        role=_role(record),
        title_origin=title_origin,
        date_origin=date_origin,
    )


def _check(record: Mapping[str, Any]) -> None:
    if not isinstance(record.get(TEXT), str):
        raise SourceError('its "text" is not a string' if TEXT in record else 'no "text" in it')
    for key in OPTIONAL:
        if not isinstance(record.get(key), str | None):
            raise SourceError(f'its "{key}" is not a string')


def _key(record: Mapping[str, Any]) -> str | None:
    key = record.get("id")
    if isinstance(key, bool) or not isinstance(key, str | int | None):
        raise SourceError('its "id" is neither a string nor a whole number')
    return None if key is None else base.one_line(str(key)) or None


def _role(record: Mapping[str, Any]) -> str | None:
    """As what the speaker of a record speaks: "Prime Minister of Bhutan"."""
    role, organisation, country = (
        base.one_line(next((record[key] for key in keys if record.get(key)), ""))
        for keys in (("role", "post"), ("organisation",), ("country",))
    )
    where = [place for place in (organisation, common_name(country) or country) if place]
    return " of ".join([role or "Representative", *where]) if role or where else None
