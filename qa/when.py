"""Which time a question asks about, and the question without it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from index.dates import first_day, last_day, parse_date

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    rf"(?:{_DAY}\s{_MONTH},?\s\d{{4}}|{_MONTH}\s{_DAY},?\s\d{{4}}|{_MONTH},?\s\d{{4}}"
    r"|\d{4}-\d{2}(?:-\d{2})?|(?:19|20)\d\d)"
)
_PART = r"(?:(?:early|mid|late)[\s-])?"
_BETWEEN = re.compile(rf"\b(?:between|from)\s(?P<since>{_DATE})\s(?:and|to|until)\s(?P<until>{_DATE})(?!\w)", re.I)
_SINCE = re.compile(rf"\b(?:since|from)\s(?P<since>{_DATE})(?!\w)", re.I)
_AFTER = re.compile(rf"\bafter\s(?P<after>{_DATE})(?!\w)", re.I)
_UNTIL = re.compile(rf"\b(?:until|till)\s(?P<until>{_DATE})(?!\w)", re.I)
_BEFORE = re.compile(rf"\bbefore\s(?P<before>{_DATE})(?!\w)", re.I)
# "The deployment of 2000 troops" is of no year.
_DURING = re.compile(
    rf"\b(?:in|on|during|of|dated)\s{_PART}(?P<day>{_DATE})(?!\w)(?!(?<=\bof\s\d{{4}})\s[a-z\-]+s\b)", re.I
)
_AT_END = re.compile(
    rf",?\s(?P<day>{_MONTH},?\s\d{{4}}|{_DAY}\s{_MONTH},?\s\d{{4}}|{_MONTH}\s{_DAY},\s\d{{4}}|(?<=,\s)(?:19|20)\d\d)\s*\??$",
    re.I,
)
# "at the 2017 General Debate", "in his 2019 speech": the year of an occasion; the occasion's name stays.
_OCCASION = re.compile(
    r"\b(?:at|in|during)\s(?:the|his|her|their|its)\s(?P<day>(?:19|20)\d\d)\s"
    r"(?:(?:un\s)?general\sdebate|general\sassembly|(?:\w+\s)?(?:speech|address|summit|session|conference|statement))\b",
    re.I,
)
_RELATIVE = re.compile(
    r"\b(?:(?P<near>today|yesterday)|(?P<which>last|this)\s(?P<unit>week|month|year|spring|summer|autumn|fall|winter))\b",
    re.I,
)
_RECENTLY = re.compile(r",?\smost\srecently\b", re.I)
_BRACKETED = re.compile(r"\s\((?P<year>(?:19|20)\d\d)\)")
_NUMBERS = {word: number for number, word in enumerate(
    "one two three four five six seven eight nine ten eleven twelve".split(), 1)} | {"a": 1, "an": 1}  # fmt: skip
_UNIT = r"(?:day|week|month|year)s?"
# "The day before the summit" is counted from the summit.
_FROM_THEN = (
    r"(?:\sthat|\sthis)?(?=\s*(?:[?.!,;:]|$)|\s(?:about|on|regarding|concerning|in|at|and|to|did|do|does|has|have|had|was|"
    r"were|is|are|what|who|how|when|why)\b)"
)
_COUNTED = re.compile(
    rf"\b(?:(?:(?P<number>{'|'.join(_NUMBERS)}|\d{{1,3}})\s(?P<unit>{_UNIT})\s(?:later|earlier|(?:after|before){_FROM_THEN})|"
    rf"(?:on\s|in\s)?the\s(?:next|following|previous)\s(?P<unit_after>{_UNIT})|"
    rf"(?:on\s|in\s)?the\s(?P<same>same)\s(?P<same_unit>{_UNIT})|"
    rf"(?:on\s|in\s)?the\s(?P<unit_alone>{_UNIT})\s(?:after|before){_FROM_THEN})(?!\w))",
    re.I,
)
# The month a season begins in, on the northern half; winter is named after the year it ends in.
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """`since` and `until` are inclusive; `rest` is the question without the words that state them."""

    since: str | None
    until: str | None
    rest: str


def period(question: str, today: date | None = None) -> Period:
    """The first time a question states. Relative ones count from `today`; without it, they are none."""
    found = _stated(question)
    if found:
        match, dates = found
        return Period(*_bounds(dates), _without(question, match))
    relative = _RELATIVE.search(question)
    if not relative or not today:
        return Period(None, None, question)
    return Period(*_relative(relative, today), _without(question, relative))


def apart(question: str) -> tuple[str, str]:
    """A question without the words that state a time, and these words, "in 2020"; of an occasion, all its words."""
    text, year = without_year_beside(question)
    if year:
        return text, stated(year)
    recently = _RECENTLY.search(question)
    found = _stated(question)
    match = found[0] if found else recently or _RELATIVE.search(question)
    if not match:
        return question, ""
    rest = f"{question[: match.start()].rstrip(' ,')} {question[match.end() :].lstrip()}"
    return rest.replace(" ?", "?").strip(), match.group().strip(" ,?")


def _stated(question: str) -> tuple[re.Match[str], dict[str, str]] | None:
    """Where a question states a time in numbers, and its dates by their part in it."""
    for pattern in (_BETWEEN, _SINCE, _AFTER, _UNTIL, _BEFORE, _OCCASION, _DURING, _AT_END):
        match = pattern.search(question)
        if match:
            stated = {key: parse_date(_without_ordinal(text)) for key, text in match.groupdict().items()}
            dates = {key: value for key, value in stated.items() if value}
            if len(dates) == len(stated):
                return match, dates
    return None


def without_year_beside(question: str) -> tuple[str, str | None]:
    """A question without a year in brackets, and the year: "Wang Yi (2017)"."""
    match = _BRACKETED.search(question)
    return (question[: match.start()] + question[match.end() :], match["year"]) if match else (question, None)


def counted_from(question: str, since: str | None, until: str | None) -> str:
    """A question with "a year later", "the day before", "the same day" as the date it is, counted from another time.

    What counts from no time is left as it is. The answer is as exact as the less exact of the two.
    """
    match = _COUNTED.search(question)
    start = since or until
    if not match or not start:
        return question
    text = match.group().lower()
    back = "before" in text or "earlier" in text or "previous" in text
    known = until if until and not back else start
    number = _NUMBERS.get((match["number"] or "a").lower()) or int(match["number"])
    steps = 0 if match["same"] else -number if back else number
    moved = _moved(
        known,
        (match["unit"] or match["unit_after"] or match["unit_alone"] or match["same_unit"]).lower().rstrip("s"),
        steps,
    )
    return question[: match.start()] + stated(moved) + question[match.end() :] if moved else question


def month_of(text: str, day: str | None) -> str | None:
    """A month without its year, "in March", as the March of the year of another day; None for anything else."""
    month = re.fullmatch(rf"in\s(?P<month>{_MONTH})", text, re.I)
    return f"in {month['month'].capitalize()} {day[:4]}" if month and day else None


def stated(day: str) -> str:
    """A date in the words a question has: "on 9 July 2018", "in July 2018", "in 2018"."""
    year, *rest = (int(part) for part in day.split("-"))
    if not rest:
        return f"in {year}"
    month = f"{date(year, rest[0], 1):%B} {year}"
    return f"on {rest[1]} {month}" if len(rest) > 1 else f"in {month}"


def _moved(day: str, unit: str, steps: int) -> str | None:
    """A date so many units on, as exact as both allow; None where it leaves the calendar."""
    year, month, *_ = (*(int(part) for part in day.split("-")), 1, 1)
    try:
        if unit == "year" or len(day) == 4:
            moved = date(year + (steps if unit == "year" else 0), month, 1)
            return f"{moved:%Y}" if unit == "year" else day
        if unit == "month" or len(day) == 7:
            total = year * 12 + month - 1 + (steps if unit == "month" else 0)
            return f"{total // 12:04}-{total % 12 + 1:02}" if steps or len(day) == 7 else day[:7]
        return (date.fromisoformat(day) + timedelta(days=steps * (7 if unit == "week" else 1))).isoformat()
    except (ValueError, OverflowError):
        return None


def _bounds(stated: dict[str, str]) -> tuple[str | None, str | None]:
    """Inclusive bounds: "after 2020" begins with 2021, and "between" takes its dates in either order."""
    if "after" in stated:
        return (date.fromisoformat(last_day(stated["after"])) + timedelta(days=1)).isoformat(), None
    if "before" in stated:
        return None, (date.fromisoformat(first_day(stated["before"])) - timedelta(days=1)).isoformat()
    since, until = stated.get("since", stated.get("day")), stated.get("until", stated.get("day"))
    return (until, since) if since and until and first_day(until) < first_day(since) else (since, until)


def _relative(match: re.Match[str], today: date) -> tuple[str, str]:
    if match["near"]:
        day = today - timedelta(days=match["near"].lower() == "yesterday")
        return day.isoformat(), day.isoformat()
    back, unit = match["which"].lower() == "last", match["unit"].lower()
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return monday.isoformat(), (monday + timedelta(days=6)).isoformat()
    if unit == "month":
        day = today.replace(day=1) - timedelta(days=int(back))
        return f"{day:%Y-%m}", f"{day:%Y-%m}"
    if unit == "year":
        return str(today.year - back), str(today.year - back)
    return _season(_SEASONS[unit], back, today)


def _season(month: int, back: bool, today: date) -> tuple[str, str]:
    """The three months of the latest such season that has begun; for "last" the latest that has ended."""
    for year in (today.year, today.year - 1, today.year - 2):
        end_year, end_month = (year + 1, 2) if month == 12 else (year, month + 2)
        if (year, month) <= (today.year, today.month) and not (
            back and (end_year, end_month) >= (today.year, today.month)
        ):
            return f"{year}-{month:02}", f"{end_year}-{end_month:02}"
    return str(today.year), str(today.year)


def _without_ordinal(text: str) -> str:
    return re.sub(r"(\d)(?:st|nd|rd|th)\b", r"\1", text)


def _without(question: str, match: re.Match[str]) -> str:
    """The question without a time; of an occasion ("at the 2017 General Debate") only the year goes."""
    start, end = match.span("day") if match.re is _OCCASION else match.span()
    return " ".join((question[:start] + " " + question[end:]).split()).replace(" ?", "?")
