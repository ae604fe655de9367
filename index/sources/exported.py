"""Records of JSON Lines that `onrecord index export` wrote: documents that were read before, taken as they are."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from index.dates import parse_date
from index.errors import SourceError
from index.sources import base
from index.sources.encoding import clean_characters
from index.types import Document, Origin


def read_back(record: Mapping[str, Any]) -> Document | None:
    """The document of an exported record, with its source, id and text; None where a record is anybody's own.

    It is an exported one where its id is the one that follows from its source. Read as any other, its text would be
    split and trimmed again, and its links would point nowhere. Who speaks is told anew.

    Raises:
        SourceError: it was exported, and is not any more what was.
    """
    source, text = record.get("source"), record.get("text")
    if not isinstance(source, str) or not isinstance(text, str) or record.get("id") != _id(source):
        return None
    base.check_size(text)
    if clean_characters(text) != text or base.one_line(source) != source or not text.strip():
        raise SourceError('its "text" or "source" is not the one that was exported')
    return Document(
        record["id"],
        _line(record, "title") or base.title_from_name(source),
        text,
        source,
        _date(record),
        base.web_address(record.get("url")),
        _line(record, "speaker"),
        _line(record, "role"),
        _origin(record, "title_origin"),
        _origin(record, "date_origin"),
        _line(record, "publisher"),
        _language(record),
        _pages(record, len(text)),
    )


def _id(source: str) -> str:
    """What the id would be; "" where nothing has such a source."""
    try:
        return base.document_id(source)
    except UnicodeEncodeError:  # a lone surrogate
        return ""


def _line(record: Mapping[str, Any], key: str) -> str | None:
    value = record.get(key)
    if not isinstance(value, str | None):
        raise SourceError(f'its "{key}" is not a string')
    return base.one_line(value or "") or None


def _date(record: Mapping[str, Any]) -> str | None:
    value = _line(record, "date")
    if value and parse_date(value) != value:
        raise SourceError('its "date" is not YYYY, YYYY-MM or YYYY-MM-DD')
    return value


def _origin(record: Mapping[str, Any], key: str) -> Origin | None:
    value = _line(record, key)
    if value and value not in list(Origin):
        raise SourceError(f'its "{key}" is none of {", ".join(Origin)}')
    return Origin(value) if value else None


def _language(record: Mapping[str, Any]) -> str:
    value = _line(record, "language") or "en"
    if not re.fullmatch(r"[a-z]{2,3}", value):
        raise SourceError('its "language" is not a code as of ISO 639')
    return value


def _pages(record: Mapping[str, Any], length: int) -> tuple[int, ...]:
    pages = record.get("pages") or []
    whole = isinstance(pages, list) and all(type(page) is int and 0 <= page <= length for page in pages)
    if not whole or any(after < before for before, after in pairwise(pages)):
        raise SourceError('its "pages" are not places in its text, in order')
    return tuple(pages)
