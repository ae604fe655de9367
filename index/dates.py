"""Dates as exact as the evidence: YYYY, YYYY-MM or YYYY-MM-DD, and never a part that nobody wrote."""

import calendar
import re
from datetime import date as Day

import dateparser

MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
TIME = r"(?:(?:T|,?\s+)\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:Z|[A-Z]{2,4}|[+-]\d{2}:?\d{2})?)?"

# No digit, dash or slash may touch a candidate: of "11-12 September 2020" neither day is the date.
EDGE_BEFORE, EDGE_AFTER = r"(?<![\w/.–-])", r"(?![\w/–-])"
DAY_FORMS = (
    r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})",
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{MONTHS}),?\s+(?P<year>\d{{4}})",
    rf"(?P<month>{MONTHS})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s*,\s*|\s+)(?P<year>\d{{4}})",
    r"(?P<first>\d{1,2})(?P<sign>[-/.])(?P<second>\d{1,2})(?P=sign)(?P<year>\d{4})",
)
MONTH_FORMS = (rf"(?P<month>{MONTHS}),?\s+(?P<year>\d{{4}})", r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})")
COMPACT = r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"

IN_TEXT = [re.compile(EDGE_BEFORE + form + rf"(?:{EDGE_AFTER}|(?=T\d))", re.IGNORECASE) for form in DAY_FORMS]
WHOLE_DAY = [re.compile(WEEKDAY + form + TIME, re.IGNORECASE) for form in (*DAY_FORMS, COMPACT)]
WHOLE_MONTH = [re.compile(form, re.IGNORECASE) for form in MONTH_FORMS]
# What such a date tells is when something else was.
ANOTHER = re.compile(r"\b(?:anniversary of|since|until|before|after)\s+(?:the\s+)?$", re.IGNORECASE)
# "11 and 12 September 2020", "30 August to 2 September 2020": nor is the last of several days the date. The words for
# "and" and "to" are English, Spanish, Portuguese, Italian, French, German and Russian. Before a dash the number may be
# none of a day, as in "Agenda item 4 - 15 March 2021", unless it begins the text or a part of it, or follows a month.
EARLIER = rf"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|[.ºª])?(?:\s+(?:of\s+)?{MONTHS})?"
SEVERAL = re.compile(
    rf"(?:(?<![\w/.:–-]){EARLIER},?\s+(?:&|and|or|to|through|y|e|et|und|и|al?|au|à|bis|по|до)"
    rf"|(?:^|[,:(]\s?|\b(?:of|on|from|{MONTHS})\s){EARLIER}\s+[–-])\s+(?:the\s+)?$",
    re.IGNORECASE,
)
# "3 de mayo de 2020", "1er mai 2020", "3. Mai 2020", "3 мая 2020 г.", and the signs of Chinese, Japanese and Korean.
WORDED = re.compile(
    r"(?<![\w/.–-])(\d{1,2})(?:\.|er|º|ª)?\s+(?:de\s+|d['’])?([^\W\d_]{3,20}\.?)\s+(?:del?\s+)?(\d{4})(?!\d)"
)
SIGNED = re.compile(r"(?<!\d)(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
EARLIEST, LATEST = 1000, 2100
# Titles and datelines are shorter; what is longer is prose, or an attack.
_LONGEST_TITLE = 500


def parse_date(text: str) -> str | None:
    """The date that the whole of `text` is, as exact as it is given; None where it is anything else."""
    text = " ".join(text.split()).strip("()[] ")
    if re.fullmatch(r"\d{4}", text, re.ASCII):
        return text if EARLIEST <= int(text) <= LATEST else None
    for form in WHOLE_DAY:
        if match := form.fullmatch(text):
            return _day(match)
    for form in WHOLE_MONTH:
        if match := form.fullmatch(text):
            day = _valid(match["year"], match["month"], "1")
            return day and day[:7]
    return None


def find_date(text: str) -> str | None:
    """The first date in `text` that is exact to the day, as YYYY-MM-DD; for titles and datelines, not for prose."""
    text = " ".join(text[:_LONGEST_TITLE].split())
    matches = sorted((m for form in IN_TEXT for m in form.finditer(text)), key=lambda match: match.start())
    own = (match for match in matches if not _is_another(text[: match.start()]))
    return next((day for match in own if (day := _day(match))), None)


def find_date_in(language: str, text: str) -> str | None:
    """As `find_date`, for months written in another language (its ISO 639-1 code); None where it is not known."""
    text = " ".join(text[:_LONGEST_TITLE].split())
    if match := SIGNED.search(text):
        return _valid(*match.groups())
    own = (match for match in WORDED.finditer(text) if not SEVERAL.search(text[: match.start()]))
    days = (_valid(match[3], match[2], match[1], language) for match in own)
    return next(filter(None, days), None)


def format_date(date: str) -> str:
    """`2020-09-11` as `11 September 2020`, `2020-09` as `September 2020`, `2020` as it is."""
    year, *rest = date.split("-")
    if not rest:
        return year
    month = calendar.month_name[int(rest[0])]
    return " ".join([str(int(rest[1])), month, year] if len(rest) > 1 else [month, year])


def first_day(date: str) -> str:
    """The first day that `date` can mean: `2020` is 2020-01-01."""
    return date + "-01-01"[3 * date.count("-") :]


def last_day(date: str) -> str:
    """The last day that `date` can mean: `2020-02` is 2020-02-29."""
    if len(date) == len("2020"):
        return f"{date}-12-31"
    if len(date) == len("2020-09"):
        year, month = map(int, date.split("-"))
        return f"{date}-{calendar.monthrange(year, month)[1]:02}"
    return date


def _is_another(before: str) -> bool:
    """Whether what stands before a date makes it that of something else, or the last of several days."""
    return bool(ANOTHER.search(before) or SEVERAL.search(before))


def _day(match: re.Match[str]) -> str | None:
    found = match.groupdict()
    if "first" not in found:
        return _valid(found["year"], found["month"], found["day"])
    first, second = found["first"], found["second"]
    if first == second or int(first) > 12:
        return _valid(found["year"], second, first)
    # 11/09/2020 is two different days on the two sides of the Atlantic.
    return _valid(found["year"], first, second) if int(second) > 12 else None


def _valid(year: str, month: str, day: str, language: str = "en") -> str | None:
    if not EARLIEST <= int(year) <= LATEST:
        return None
    if month.isdigit():
        try:
            return Day(int(year), int(month), int(day)).isoformat()
        except ValueError:
            return None
    try:
        parsed = dateparser.parse(
            f"{int(day)} {month} {year}",
            languages=[language],
            settings={
                "PARSERS": ["absolute-time"],  # never "2 days ago": the answer must not depend on today
                "REQUIRE_PARTS": ["day", "month", "year"],
                "STRICT_PARSING": True,
            },
        )
    except ValueError:  # a language it does not know
        return None
    return parsed.date().isoformat() if parsed and parsed.day == int(day) else None
