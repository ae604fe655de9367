"""The few words of a sentence that answer a question, where it asks for a number, a date, a name or a place."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp
from operator import mul
from typing import NamedTuple

from index.lexicon import terms
from index.speakers.countries import NAMES, common_name, plain
from index.speakers.names import is_person
from qa.amounts import amounts, clock_times, dates
from qa.answernouns import STATES, AnswerType
from qa.answertype import expected
from qa.propernames import names
from qa.spans import Kind, Span
from qa.types import Query, Quote, Short

# The kinds that an answer of each type can have, best first.
_KINDS: dict[AnswerType, tuple[Kind, ...]] = {
    AnswerType.COUNT: (
        Kind.NUMBER,
        Kind.FRACTION,
        Kind.MEASURE,
        Kind.PERCENT,
        Kind.DURATION,
        Kind.FREQUENCY,
        Kind.MONEY,
    ),
    AnswerType.MONEY: (Kind.MONEY, Kind.PERCENT, Kind.NUMBER),
    AnswerType.PERCENT: (Kind.PERCENT, Kind.FRACTION),
    AnswerType.MEASURE: (Kind.MEASURE, Kind.PERCENT, Kind.MONEY, Kind.FRACTION, Kind.NUMBER, Kind.DURATION),
    AnswerType.DURATION: (Kind.DURATION, Kind.YEARS, Kind.MEASURE, Kind.NUMBER),
    AnswerType.FREQUENCY: (Kind.FREQUENCY, Kind.DURATION),
    AnswerType.DATE: (Kind.DAY, Kind.MONTH, Kind.YEAR, Kind.YEARS, Kind.RELATIVE),
    AnswerType.YEAR: (Kind.YEAR, Kind.DAY, Kind.MONTH, Kind.YEARS),
    AnswerType.TIME: (Kind.CLOCK,),
    AnswerType.PERSON: (Kind.PERSON, Kind.NAME, Kind.INSTITUTION, Kind.NATION, Kind.PLACE),
    AnswerType.PLACE: (Kind.PLACE, Kind.NAME, Kind.NATION, Kind.INSTITUTION),
    AnswerType.ORGANISATION: (Kind.INSTITUTION, Kind.NAME, Kind.PLACE, Kind.PERSON),
    AnswerType.NAME: (Kind.NAME, Kind.INSTITUTION, Kind.NATION, Kind.PLACE, Kind.PERSON),
}
_DATES = frozenset({AnswerType.DATE, AnswerType.YEAR})
_PROPER = frozenset({Kind.PERSON, Kind.PLACE, Kind.INSTITUTION, Kind.NATION, Kind.NAME})
_AMOUNTS = frozenset(
    {
        AnswerType.COUNT,
        AnswerType.MONEY,
        AnswerType.PERCENT,
        AnswerType.MEASURE,
        AnswerType.DURATION,
        AnswerType.FREQUENCY,
    }
)

NEUTRAL = 0.5
"""What `fits` says of a question that asks for nothing that a sentence's form could show."""
# A short answer is given where it is this probable, and so much more probable than the next. A name must be surer: who
# or where it was may be said without one ("the whips"), beside names of something else.
_LEAST, _LEAST_NAME = 0.3, 0.45
_AHEAD, _AHEAD_NAME = 0.15, 0.25
# A sentence that has fewer of the asked words than this share of them is about something else.
_SHARED = 0.3
# What has more candidates is a list or a table, in which nothing stands out.
_MOST = 50
# A thing is known by its kind ("Which treaty …": "Treaty of Lisbon"); without it, any name in capitals could be it.
_BY_HEAD = frozenset({AnswerType.NAME, AnswerType.ORGANISATION})

# These say which type is asked for, and need not stand beside the answer.
_ASKING = frozenset(
    terms(
        "what which who whom whose when where why how many much long old far big did does do are was were has have had "
        "year date day month time number name percentage country city person can could would one"
    )
)
_TOKEN = re.compile(r"[^\W_]+")
_LOCATIVE = re.compile(r"\b(?:in|at|to|into|near|from|outside|across|throughout|around)\s(?:the\s)?$", re.I)
_BREAK = re.compile(r"[,;:()–—]")
_CAUSAL = re.compile(
    r"\b(?:because|due\sto|owing\sto|thanks\sto|in\sorder\s(?:to|that)|so\sthat|as\sa\sresult|therefore|hence|thus|"
    r"the\s(?:reason|cause|purpose)|caused\sby|led\sto|out\sof\sconcern|in\sresponse\sto|given\sthat|since|in\sview\sof)\b",
    re.I,
)
_WORTH_OF_CAUSE = 0.75


class Signs(NamedTuple):
    """What speaks for a candidate, each 0…1; or the weight of each in a logistic model.

    `first` and `second`: its kind is the best, or the next best, for the type. `head_*`: the head stands in it or
    within four words of it; after it, the nearer the more. `near`: how near the asked words (all but the head) stand
    to it, together, and `closest` the nearest of them. `cover` and `clause`: the shares of them in the sentence and
    between the same commas. `known`: the share of its own words that are asked. `rivals`: how many candidates there
    are. `opens`: it is the first word, which has a capital in any case. `locative` and `agent`: "in" or "by" stands
    before it. `country`: it is one, and one is asked for.
    """

    bias: float
    first: float
    second: float
    head_after: float
    head_before: float
    head_inside: float
    near: float
    cover: float
    closest: float
    clause: float
    known: float
    rivals: float
    opens: float
    locative: float
    agent: float
    nation: float
    country: float
    person: float
    one_word: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as its answer is looked for.

    `stems` are of the words that stand beside an answer, `head` of what it must be a kind or a number of, and `stated`
    of all that the question says; `countries` it names, by their common names. `state` is whether it asks for one.
    """

    type: AnswerType
    stems: frozenset[str]
    head: frozenset[str]
    stated: frozenset[str]
    countries: frozenset[str]
    state: bool


# A logistic regression over the candidates in the paragraphs of 645 questions: the first half, by title, of the
# articles of ../shared/eval/squad2. There 40 % of the questions are given a short answer in their right sentence, and
# 97 % of those share their words with a gold answer; on the other half 42 and 95 %, on ../shared/eval/xquad-en 38 and
# 92 %. (Those two were first seen with names as easily given as numbers: 51 and 91 %, 44 and 89 %.) No command repeats
# the fitting.
WEIGHTS = {
    "amount": Signs(
        bias=-2.74, first=0.89, second=1.19, head_after=2.47, head_before=1.19, head_inside=0.33, near=1.14, cover=1.14,
        closest=0.62, clause=2.13, known=-0.77, rivals=-1.75, opens=0.35, locative=0.34, agent=1.08, nation=0.00,
        country=0.00, person=0.00, one_word=-1.04,
    ),
    "date": Signs(
        bias=-2.11, first=-0.06, second=-0.17, head_after=0.00, head_before=0.00, head_inside=0.00, near=1.69,
        cover=3.20, closest=1.03, clause=0.85, known=0.32, rivals=-2.31, opens=0.00, locative=0.07, agent=-0.21,
        nation=0.00, country=0.00, person=0.00, one_word=-0.48,
    ),
    "person": Signs(
        bias=-3.10, first=0.87, second=0.72, head_after=0.88, head_before=1.91, head_inside=-0.16, near=2.08,
        cover=2.24, closest=0.70, clause=1.55, known=-1.73, rivals=-2.45, opens=-0.24, locative=-0.73, agent=0.43,
        nation=-0.26, country=0.00, person=0.70, one_word=-0.44,
    ),
    "name": Signs(
        bias=-4.37, first=0.65, second=0.68, head_after=1.18, head_before=1.28, head_inside=1.02, near=1.45, cover=2.95,
        closest=0.46, clause=1.46, known=-0.61, rivals=-0.72, opens=-1.16, locative=0.18, agent=-0.47, nation=-0.52,
        country=0.56, person=-0.09, one_word=0.18,
    ),
}  # fmt: skip


def candidates(text: str, wanted: AnswerType) -> tuple[Span, ...]:
    """Spans of `text` that can be an answer of a type, in order; none for reasons and for yes or no."""
    if wanted in _AMOUNTS:
        found: Iterable[Span] = amounts(text)
        if wanted is AnswerType.DURATION:
            found = sorted((*found, *dates(text)), key=lambda span: span.start)
    elif wanted in _DATES:
        found = dates(text)
    elif wanted is AnswerType.TIME:
        found = clock_times(text)
    else:
        found = names(text) if wanted in _KINDS else ()
    # "One" is a pronoun more often than a number, except where things are counted.
    return tuple(
        span
        for span in found
        if span.kind in _KINDS[wanted] and (wanted is AnswerType.COUNT or text[span.start : span.end].lower() != "one")
    )


def short_answer(question: str, text: str, topic: str | None = None) -> Span | None:
    """The words of `text` that answer the question; None where it asks for none or they are not clear.

    `topic` is the question without who is to have said it and when, whose words stand beside no answer.
    """
    wanted = asked(question, topic)
    if wanted is None:
        return None
    ranked = sorted(_judged(wanted, text), key=lambda each: -each.probability)
    if not ranked:
        return None
    best = ranked[0]
    next_best = ranked[1].probability if len(ranked) > 1 else 0.0
    named = best.span.kind in _PROPER
    least, ahead = (_LEAST_NAME, _AHEAD_NAME) if named else (_LEAST, _AHEAD)
    if best.probability < least or best.probability - next_best < ahead:
        return None
    if wanted.stems and best.signs.cover < _SHARED:
        return None
    return best.span if wanted.type not in _BY_HEAD or best.has_head else None


def with_short(quotes: tuple[Quote, ...], query: Query) -> tuple[Quote, ...]:
    """The quotes of an answer, best first, the first with the words in it that answer the question."""
    if not quotes:
        return quotes
    first = quotes[0]
    span = short_answer(query.standalone, first.text, query.topic)
    if span is None:
        return quotes
    short = Short(first.text[span.start : span.end], first.start + span.start, first.start + span.end)
    return (replace(first, short=short), *quotes[1:])


def fits(question: str, text: str, topic: str | None = None) -> float:
    """0…1, how probably a sentence has what is asked for and not stated itself; NEUTRAL where that is of no type.

    Of a passage, the best of its sentences counts.
    """
    wanted = asked(question, topic)
    if wanted is None or wanted.type is AnswerType.YES_NO:
        return NEUTRAL
    if wanted.type is AnswerType.REASON:
        return _WORTH_OF_CAUSE if _CAUSAL.search(text) else 1 - _WORTH_OF_CAUSE
    return max((each.probability for each in _judged(wanted, text)), default=0.0)


@lru_cache(maxsize=256)
def asked(question: str, topic: str | None = None) -> Asked | None:
    wanted = expected(question)
    if wanted is None:
        return None
    head = frozenset(terms(wanted.head))
    stated = frozenset(terms(question))
    # "China's" has a term for its "s".
    stems = frozenset(stem for stem in (terms(topic) if topic else stated) if len(stem) > 1 or stem.isdigit())
    countries = frozenset(filter(None, (common_name(question[span.start : span.end]) for span in names(question))))
    return Asked(wanted.type, stems - head - _ASKING, head, stated - _ASKING, countries, wanted.head in STATES)


@dataclass(frozen=True, slots=True)
class _Judged:
    span: Span
    signs: Signs
    probability: float

    @property
    def has_head(self) -> bool:
        """Whether it is seen to be of the kind asked for; an institution shows it by its own name."""
        signs = self.signs
        return bool(signs.head_inside or signs.head_before or signs.head_after) or self.span.kind is Kind.INSTITUTION


def _judged(wanted: Asked, text: str) -> list[_Judged]:
    """Every candidate that the question does not state itself, with the probability that it is the answer."""
    if wanted.type not in _KINDS:
        return []
    spans = [span for span in candidates(text, wanted.type) if not _stated(wanted, text[span.start : span.end])]
    if len(spans) > _MOST:
        return []
    weights = WEIGHTS[_family(wanted.type)]
    found = [(span, signs(wanted, text, span, len(spans))) for span in spans]
    return [_Judged(span, each, 1 / (1 + exp(-sum(map(mul, weights, each))))) for span, each in found]


def _family(wanted: AnswerType) -> str:
    if wanted in _AMOUNTS:
        return "amount"
    if wanted in _DATES or wanted is AnswerType.TIME:
        return "date"
    return "person" if wanted is AnswerType.PERSON else "name"


def _stated(wanted: Asked, words: str) -> bool:
    """Whether the question has these words itself, or the country they are another name of, or what they abbreviate."""
    stems = terms(words)
    if stems and wanted.stated.issuperset(stems):
        return True
    initials = "".join(stem[0] for stem in stems)
    return (len(stems) > 1 and initials in wanted.stated) or common_name(words) in wanted.countries


def signs(wanted: Asked, text: str, span: Span, rivals: int) -> Signs:
    starts, stems = _tokens(text)
    first, last = bisect_left(starts, span.start), bisect_left(starts, span.end)
    inside, before = stems[first:last], text[max(0, span.start - 24) : span.start]
    words = text[span.start : span.end]
    kinds = _KINDS[wanted.type]
    gaps = _gaps(stems, wanted.stems, first, last)
    many = max(1, len(wanted.stems))
    return Signs(
        bias=1.0,
        first=span.kind is kinds[0],
        second=span.kind in kinds[1:2],
        head_after=next((1 / at for at, stem in enumerate(stems[last : last + 4], 1) if stem in wanted.head), 0.0),
        head_before=not wanted.head.isdisjoint(stems[max(0, first - 4) : first]),
        head_inside=not wanted.head.isdisjoint(inside),
        near=sum(exp(-gap / 6) for gap in gaps.values()) / many,
        cover=len(gaps) / many,
        closest=1 / min(gaps.values(), default=20),
        clause=len(wanted.stems.intersection(_clause(text, span, starts, stems))) / many,
        known=sum(stem in wanted.stems for stem in inside) / max(1, len(inside)),
        rivals=min(rivals, 6) / 6,
        opens=first == 0 and len(inside) == 1,
        locative=bool(_LOCATIVE.search(before)),
        agent=before.endswith(("by ", "by the ")) and not wanted.stems.isdisjoint(stems[max(0, first - 5) : first]),
        nation=span.kind is Kind.NATION,
        country=wanted.state and plain(words) in NAMES,
        person=span.kind in (Kind.PERSON, Kind.NAME) and is_person(words),
        one_word=len(inside) == 1,
    )


@lru_cache(maxsize=1024)
def _tokens(text: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """(starts, stems) of the words of a text, "" for a function word."""
    found = [(match.start(), _stem(match[0].lower())) for match in _TOKEN.finditer(text)]
    return tuple(start for start, _ in found), tuple(stem for _, stem in found)


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    return next(iter(terms(word)), "")


def _gaps(stems: Sequence[str], wanted: frozenset[str], first: int, last: int) -> dict[str, int]:
    """How many words each asked stem stands from the words `first` to `last`, 1 for the next; inside does not count."""
    gaps: dict[str, int] = {}
    for at, stem in enumerate(stems):
        if stem in wanted and not first <= at < last:
            gap = first - at if at < first else at - last + 1
            gaps[stem] = min(gap, gaps.get(stem, gap))
    return gaps


def _clause(text: str, span: Span, starts: Sequence[int], stems: Sequence[str]) -> Sequence[str]:
    """The stems between the commas around a span."""
    begin = max((match.end() for match in _BREAK.finditer(text, 0, span.start)), default=0)
    end = _BREAK.search(text, span.end)
    return stems[bisect_left(starts, begin) : bisect_left(starts, end.start() if end else len(text))]
