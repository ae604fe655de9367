"""Numbers with what belongs to them, dates and times of day in a text.

By regular expressions, because a sentence takes the libraries for it (quantulum3, dateparser.search) a hundred times as
long, and they find less.
"""

import re
from functools import lru_cache

from qa.spans import Kind, Span

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)[½¼¾⅓⅔]?"
_SMALL = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|"
    r"seven|eight|nine))?)"
)
_MAGNITUDE = r"(?:hundred|thousand|million|billion|trillion|crore|lakh|dozen|mn|bn|tn|m|k)"
_WORDED = (
    rf"(?:{_SMALL}|half\sa|a|an|several)(?:\s(?:hundred|thousand|million|billion|trillion|dozen))+"
    rf"(?:\s(?:and\s)?{_SMALL}(?:\s(?:hundred|thousand|million))?)*"
    r"|(?:tens|dozens|hundreds|thousands|millions|billions|scores)(?:\sof\s(?:thousands|millions|billions))?"
    rf"|{_SMALL}|zero|none|dozen|both|twice|thrice|a\ssingle"
)
_FRACTION = (
    rf"(?:{_SMALL}|a)[- ](?:third|quarter|fifth|sixth|seventh|eighth|ninth|tenth|half)s?(?!\w)|half"
    rf"|{_SMALL}\s(?:in|out\sof)\s(?:every\s)?{_SMALL}"
)
_NUMBER = rf"(?:{_FRACTION}|{_DIGITS}(?:[\s\-]{_MAGNITUDE}\b|(?:mn|bn|tn|m|k)\b)?|{_WORDED})"
_APPROX = (
    r"(?:(?:about|around|some|nearly|almost|roughly|approximately|over|under|more\sthan|less\sthan|fewer\sthan|at\sleast|"
    r"at\smost|up\sto|as\smany\sas|as\smuch\sas|an\sestimated|well\sover|close\sto|just\sover|just\sunder)\s)?"
)
_CURRENCY = r"(?:(?:US|A|C|NZ|HK|S|NT)?\$|[€£¥₹₽]|(?:EUR|USD|RMB|GBP|CHF)\s?)"
_COINS = (
    r"(?:(?:US|U\.S\.|American|Hong\sKong|Australian|Canadian)\s)?(?:dollars?|euros?|pounds?\ssterling|pounds?|yuan|renminbi|"
    r"RMB|roubles?|rubles?|rupees?|yen|francs?|lira|"
    r"pesos?|(?:Danish\s|Swedish\s|Norwegian\s)?kron(?:e|er|a|or)|USD|EUR|cents|shillings?|marks|won)\b"
)
_TIME_UNIT = r"(?:seconds?|minutes?|hours?|days?|nights?|weeks?|fortnights?|months?|years?|decades?|centur(?:y|ies))"
_MEASURE_UNIT = (
    r"(?:(?:square|cubic|sq\.?|metric|nautical)\s)?(?:kilomet(?:er|re)s?|km²|km2|km|met(?:er|re)s?|centimet(?:er|re)s?|cm|mm|"
    r"millimet(?:er|re)s?|miles?|mi|mph|yards?|foot|feet|ft|inch(?:es)?|acres?|hectares?|ha|tonn?es?|tons?|kilograms?|kg|"
    r"grams?|g|lbs?|pounds|ounces?|lit(?:er|re)s?|gallons?|barrels?|(?:mega|giga|kilo|tera)?watts?(?:[- ]hours?)?|MW|"
    r"GW|kW|TWh|GWh|kWh|volts?|degrees?(?:\s(?:Celsius|Fahrenheit|C|F)\b)?|°\s?[CF]?|km/h|knots?|m|Hz|MHz|Pa|kPa|MPa|bits?|Da)"
    r"(?!\w)(?:[²³]|\sper\s\w+|\s(?:long|wide|tall|high|deep|thick|away)\b)?"
)
_AMOUNT = re.compile(
    rf"(?<![\w.,$€£¥/])(?P<approx>{_APPROX})(?P<sign>{_CURRENCY})?(?P<number>{_NUMBER}"
    rf"(?:\s?%?(?:\s?[–-]\s?|\s(?:to|or)\s)(?:{_CURRENCY})?{_NUMBER})?)(?![\w])(?!(?:[.,]|st|nd|rd|th)\d)"
    rf"(?:(?P<percent>\s?%|\sper\s?cent\b|\spercent\b)|\s?(?P<coins>{_COINS})"
    rf"|[\s-](?:and\sa\shalf\s)?(?:(?:more|full|consecutive|additional|further|long|whole|calendar|working)\s)?"
    rf"(?P<time>{_TIME_UNIT}\b)(?:[\s-]old\b)?|[\s-]?(?P<unit>{_MEASURE_UNIT}))?",
    re.I,
)
_FREQUENCY = re.compile(
    r"\b(?:(?:once|twice|(?:two|three|four|\d+)\stimes)\s(?:a|an|every|per|each)\s\w+|(?:every|each)\s(?:(?:\w+\s)?"
    rf"{_TIME_UNIT})\b|annually|yearly|monthly|weekly|daily|quarterly|biennially)",
    re.I,
)

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:1[0-9]{3}|20[0-9]{2})"
_ERA = r"(?:\s?(?:BCE?|B\.C\.(?:E\.)?|AD|A\.D\.|CE)(?!\w))"
_CENTURY = (
    r"(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|twenty-first)"
)
_PART = (
    r"(?:(?:the\s)?(?:very\s)?(?:beginning|start|end|middle|(?:first|second|latter)\shalf|(?:first|second|third|fourth|last)\s"
    r"quarter|turn|spring|summer|autumn|fall|winter|eve)\sof\s(?:the\s)?|(?:the\s)?(?:early|late|mid)[-\s]|"
    r"(?:spring|summer|autumn|fall|winter)\s)?"
)
_WEEKDAY = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_DATES = (
    (Kind.DAY, rf"(?:{_WEEKDAY},?\s)?(?:the\s)?{_DAY}(?:\sof)?\s{_MONTH}(?:,?\s{_YEAR})?(?!\d)"),
    (Kind.DAY, rf"(?:{_WEEKDAY},?\s)?{_MONTH}\s{_DAY}(?:\s?[–-]\s?\d{{1,2}})?(?!\d)(?:,?\s{_YEAR})?(?!\d)"),
    (Kind.DAY, r"\d{4}-\d{2}-\d{2}"),
    (Kind.MONTH, rf"{_PART}{_MONTH},?\s(?:of\s)?{_YEAR}(?!\d)"),
    (Kind.YEARS, rf"{_PART}{_YEAR}[–-](?:{_YEAR}|\d{{2}})(?!\d)"),
    (Kind.YEARS, rf"(?:from\s|between\s){_YEAR}\s(?:to|and|until|through)\s{_YEAR}(?!\d)"),
    (Kind.YEARS, rf"(?:{_PART}|the\s)(?:{_YEAR}|\d{{3}})s"),
    (
        Kind.YEARS,
        rf"(?:{_PART}|the\s){_CENTURY}(?:(?:\s(?:and|to|or)\s|\s?[–-]\s?)(?:the\s)?{_CENTURY})?[\s-]"
        rf"(?:century|centuries|millennium){_ERA}?",
    ),
    (Kind.YEAR, rf"(?:AD\s\d{{1,4}}|{_PART}\d{{1,4}}{_ERA})"),
    (Kind.YEAR, rf"{_PART}(?<![\d.,$€£¥–])(?<!\d-){_YEAR}(?![\d%–]|[.,]\d|\s(?:million|billion))"),
    (
        Kind.RELATIVE,
        r"(?:last|next|this|the\s(?:previous|following|same))\s(?:year|month|week|spring|summer|autumn|fall|winter|"
        rf"{_MONTH}|{_WEEKDAY})(?!\w)",
    ),
    (
        Kind.RELATIVE,
        r"(?:the\s)?(?:beginning|start|end|middle|(?:first|second)\shalf)\sof\s(?:the|this|next|last)\s(?:year|month|week|"
        r"decade|century|spring|summer|autumn|fall|winter)",
    ),
    (Kind.RELATIVE, rf"(?:{_NUMBER}|a|an)\s{_TIME_UNIT}\s(?:ago|later|earlier)"),
    (Kind.RELATIVE, r"(?:yesterday|today|tomorrow|tonight)(?!\w)"),
    (Kind.MONTH, rf"(?:{_PART}|(?<=in\s)|(?<=since\s)|(?<=by\s)|(?<=until\s)){_MONTH}(?!\w)(?!\s\d)"),
    (Kind.RELATIVE, rf"(?<=on\s){_WEEKDAY}(?:\s(?:morning|afternoon|evening|night))?"),
)  # fmt: skip
_DATE = re.compile(
    r"(?<![\w$€£])(?:" + "|".join(f"(?P<d{at}>{form})" for at, (_, form) in enumerate(_DATES)) + ")(?!\\w)"
)
# Most sentences state none, which is quicker to tell than what they state.
_HAS_DATE = re.compile(
    rf"\d{{3}}|\d\s?(?:BC|AD|CE)|day\b|centur|millennium|\bago\b|\b(?:last|next|this|same|previous|following|later|"
    rf"earlier)\b|{_MONTH}|tonight|tomorrow|(?:beginning|start|end|middle|half)\sof\b"
)
_CLOCK = re.compile(
    r"\b(?:\d{1,2}(?::\d{2})?\s?(?:[ap]\.?m\.?(?!\w)|o[’']clock|GMT|UTC|CET)|\d{1,2}:\d{2}(?:\s(?:GMT|UTC|CET|hours))?|noon|"
    r"midnight)",
    re.I,
)
_HAS_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty(?:-\w+)?|half|third|quarter|"
    r"dozens?|hundreds?|thousands?|millions?|billions?|zero|none|single|both|twice|thrice|scores|tens)\b",
    re.I,
)


@lru_cache(maxsize=4096)
def amounts(text: str) -> tuple[Span, ...]:
    """Numbers with the unit, currency, magnitude and "about" that belong to them, in order; no parts of dates."""
    if not _HAS_NUMBER.search(text):
        return ()
    found = [Span(*match.span(), Kind.FREQUENCY) for match in _FREQUENCY.finditer(text)]
    taken = [*found, *(span for span in dates(text) if not _may_be_number(text, span))]
    for match in _AMOUNT.finditer(text):
        if not any(span.start < match.end() and match.start() < span.end for span in taken):
            found.append(Span(*match.span(), _kind(match)))
    return tuple(sorted(found, key=lambda span: span.start))


def _may_be_number(text: str, span: Span) -> bool:
    """Whether what looks like a year may count something: "1500 people"."""
    bare = span.kind is Kind.YEAR and span.end - span.start == len("1500")
    return bare and bool(re.match(r"\s[a-z]{4,}", text[span.end : span.end + 8]))


def _kind(match: re.Match[str]) -> Kind:
    if match["sign"] or match["coins"]:
        return Kind.MONEY
    if match["percent"]:
        return Kind.PERCENT
    if match["time"]:
        return Kind.DURATION
    if match["unit"]:
        return Kind.MEASURE
    return Kind.FRACTION if re.fullmatch(_FRACTION, match["number"], re.I) else Kind.NUMBER


@lru_cache(maxsize=4096)
def dates(text: str) -> tuple[Span, ...]:
    """Days, months, years, decades, centuries and what counts from today, in order."""
    if not _HAS_DATE.search(text):
        return ()
    return tuple(Span(*match.span(), _DATES[int(str(match.lastgroup)[1:])][0]) for match in _DATE.finditer(text))


def clock_times(text: str) -> tuple[Span, ...]:
    """Times of day, in order."""
    return tuple(Span(*match.span(), Kind.CLOCK) for match in _CLOCK.finditer(text))
