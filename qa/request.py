"""What somebody may ask, checked once for every way of asking: the command, HTTP, and Python."""

import re
from calendar import monthrange
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from index.dates import first_day, last_day
from qa.errors import RequestError
from qa.types import Turn

MAX_QUESTION = 1000
MAX_HISTORY = 50

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def _text(value: str) -> str:
    if not value.isprintable() and any(0xD800 <= ord(character) <= 0xDFFF for character in value):
        raise ValueError("it holds half of a character (a lone surrogate)")
    return value


def _name(value: str) -> str:
    if not value.strip():
        raise ValueError("the name is empty")
    return _text(value.strip())


def _question(value: str) -> str:
    value = _text(value)
    if not value.strip():
        raise ValueError("the question is empty")
    if len(value) > MAX_QUESTION:
        raise ValueError(f"the question has {len(value):,} characters; at most {MAX_QUESTION:,} are allowed")
    return value.strip()


def _date(value: str) -> str:
    match = _DATE.fullmatch(value)
    if match:
        year, month, day = (int(part) if part else None for part in match.groups())
        month_fits = month is None or 1 <= month <= 12
        if year and month_fits and (day is None or 1 <= day <= monthrange(year, month or 1)[1]):
            return value
    raise ValueError(f"'{value}' is not a date; write YYYY, YYYY-MM or YYYY-MM-DD")


def _names(value: object) -> object:
    """A single name stands for a list of one; pydantic checks the rest."""
    return (value,) if isinstance(value, str) else value


Date = Annotated[str, AfterValidator(_date)]
Name = Annotated[str, Field(max_length=200), AfterValidator(_name)]


class Request(BaseModel):
    """A well-formed request. Explicit fields win over what the question says.

    `limit` is how many passages to return. `since` and `until` are inclusive. `source` is a shell pattern on the
    path, address or publisher of a document.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    question: Annotated[str, AfterValidator(_question)]
    history: Annotated[tuple[Turn, ...], Field(max_length=MAX_HISTORY, strict=False)] = ()
    limit: Annotated[int, Field(ge=1, le=50)] = 5
    speaker: Annotated[tuple[Name, ...], BeforeValidator(_names), Field(max_length=20, strict=False)] = ()
    since: Date | None = None
    until: Date | None = None
    source: Annotated[str, Field(min_length=1, max_length=500)] | None = None


_CODES = {"missing": "missing", "extra_forbidden": "unknown_field", "value_error": "invalid_value"}
_TYPE_ENDINGS = ("_type", "_parsing", "_instance")


def parse_request(data: Mapping[str, Any]) -> Request:
    """Check a request as it came in.

    Raises:
        RequestError: naming the first field that is wrong; code is `missing`, `unknown_field`, `wrong_type` or
            `invalid_value`.
    """
    try:
        request = Request.model_validate(dict(data))
    except ValidationError as error:
        raise _request_error(error) from None
    if request.since and request.until and last_day(request.until) < first_day(request.since):
        raise RequestError("invalid_value", f"until ({request.until}) is before since ({request.since})", "until")
    return request


def _request_error(error: ValidationError) -> RequestError:
    """The first thing pydantic found, in our words: `history.0.question` for a place inside a list."""
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    kind = first["type"]
    code = _CODES.get(kind, "wrong_type" if kind.endswith(_TYPE_ENDINGS) else "invalid_value")
    if code == "missing":
        message = f"'{field}' is required"
    elif code == "unknown_field":
        known = Request.model_fields if len(first["loc"]) == 1 else Turn.model_fields
        message = f"'{field}' is not known here; known are {', '.join(known)}"
    elif kind == "value_error":
        message = str(first["ctx"]["error"])
    else:
        message = f"'{field}': {first['msg'][:1].lower()}{first['msg'][1:]}"
    return RequestError(code, message, field)
