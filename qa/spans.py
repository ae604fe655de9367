"""What in a text can be a short answer, by its form."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a span is by its own form; a text may leave open which of several answers it is."""

    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    FRACTION = "fraction"
    MEASURE = "measure"
    DURATION = "duration"
    FREQUENCY = "frequency"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    YEARS = "years"
    RELATIVE = "relative"
    CLOCK = "clock"
    PERSON = "person"
    PLACE = "place"
    INSTITUTION = "institution"
    NATION = "nation"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of the text it was found in, end exclusive."""

    start: int
    end: int
    kind: Kind
