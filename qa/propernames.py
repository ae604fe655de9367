"""Proper names in a text, and what they seem to name."""

import re
from functools import lru_cache
from itertools import dropwhile, takewhile

from index.speakers.countries import NAMES, NATIONS, SEATS, plain
from index.speakers.vocabulary import HONORIFICS, INSTITUTIONS, NATIONALITIES, OPENERS, ROLES, SMALL_WORDS
from qa.spans import Kind, Span

# A word with a capital, an initial ("J.") or letters with points ("U.S."); but a full stop is no part of a word.
_CAPITAL = (
    r"(?:(?:al|el|ash|ad|bin|ibn)-)?[A-ZÀ-ÖØ-Þ](?:[\w’'\-]|\.(?=[A-Z\d]|\s[A-Z])(?<=\b[A-Z]\.)|&(?=[A-Z])){0,40}\.?"
    r"(?<![a-zà-ÿ]{2}\.)"
)
_JOINS = r"(?:of\sthe|of|for\sthe|for|de\sla|de|del|da|di|du|des|von|van\sder|van|der|la|le|bin|ibn|al|&|on\sthe|on)"
_RUN = re.compile(
    rf"(?<![\w’'.])(?:{_CAPITAL})"
    rf"(?:\s(?:(?:{_JOINS}\s)?{_CAPITAL}|(?:of\s)?\d{{1,4}}(?!\w|[.,]\d|\s(?:million|per)))){{0,8}}"
)
_PIECE = re.compile(r"\S+")
# A possessive, and a full stop that is no abbreviation's.
_TAIL = re.compile(r"[’']s?$|(?<!\b[A-Z])(?<!\bJr)(?<!\bSr)(?<!\bInc)(?<!\bCo)(?<!\bLtd)(?<!\bCorp)\.$")
_LONGEST_PERSON = 5
# Words with a capital that are no name, alone or at the head of one: a sentence begins with them.
_NO_NAME = OPENERS | SMALL_WORDS | frozenset(
    """
    he she it we they you i this these those there here his her its our their my your who whom whose which what why how
    not no yes all any both each every few many most much more less other another some several such one two three four
    five six seven eight nine ten between among during within without against under over through into about above
    across along around behind below beneath beside besides beyond despite down except inside near off onto out outside
    past per regarding throughout till toward towards unlike unless up upon via because whether whereas first second
    third fourth fifth firstly secondly thirdly finally lastly next last recently currently today yesterday tomorrow
    according additionally furthermore moreover nevertheless nonetheless therefore thus hence instead indeed perhaps
    is are was were be been being do does did has have had can could will would should may might must shall let
    january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays jan feb mar apr
    jun jul aug sept sep oct nov dec mr. mrs. ms. dr. q a thank thanks please ladies gentlemen well also only even
    just very so too as
    """.split()
)  # fmt: skip
_PLACE_WORDS = frozenset(
    """
    river lake sea ocean bay gulf island islands isle peninsula mountain mountains mount hill hills valley desert strait
    canal city town village county province state district region street avenue road square park airport port harbour
    harbor beach bridge castle palace cathedral stadium arena coast cape creek forest plain plains canyon republic
    kingdom continent territory borough prefecture oblast township north south east west northern southern eastern
    western central hall hotel hospital pass falls delta basin zone heights plateau
    """.split()
)
_PLACE_NAMES = frozenset(
    "africa asia europe america oceania antarctica atlantic pacific arctic mediterranean caribbean balkans".split()
)
# Like nations, these say of somebody what they are, and name nobody.
_FAITHS = frozenset(
    "catholic catholics protestant protestants christian christians jew jews muslims orthodox calvinist lutheran "
    "buddhist hindu republican republicans democrat democrats democratic communist roman islamic".split()
)
_BEFORE_PLACES = frozenset("mount lake cape fort port new san santa north south east west northern southern".split())
_MONTHS = frozenset("january february march april may june july august september october november december".split())


@lru_cache(maxsize=4096)
def names(text: str) -> tuple[Span, ...]:
    """Runs of capitalised words, in order, without the titles and the sentence openings before them."""
    found = (_named(text, *match.span()) for match in _RUN.finditer(text))
    return tuple(span for span in found if span)


def _named(text: str, start: int, end: int) -> Span | None:
    pieces = [(match[0], start + match.start(), start + match.end()) for match in _PIECE.finditer(text[start:end])]
    pieces = list(dropwhile(lambda piece: _bare(piece[0]) in _NO_NAME or not piece[0][0].isalpha(), pieces))
    pieces = list(takewhile(lambda piece: _bare(piece[0]) not in _MONTHS, pieces))
    while pieces and (_bare(pieces[-1][0]) in _NO_NAME or not pieces[-1][0][0].isalnum()):
        pieces.pop()
    if not pieces:
        return None
    words = [_bare(word) for word, _, _ in pieces]
    kind = _kind(words)
    # "Usually, …"
    if kind is Kind.NAME and start == 0 and len(words) == 1 and words[0].endswith("ly"):
        return None
    # "Secretary of State Antony Blinken": who holds an office is named after it.
    title = max((at for at, word in enumerate(words) if word in ROLES | HONORIFICS), default=-1)
    if kind is Kind.NAME and 0 <= title < len(words) - 1 and len(words) - title <= _LONGEST_PERSON:
        # "Prime Minister Trudeau of Canada", but "the Duke of Wellington"
        person = list(takewhile(lambda piece: piece[0] != "of", pieces[title + 1 :]))
        pieces, kind = person or pieces, Kind.PERSON
    begin, stop = pieces[0][1], pieces[-1][2]
    tail = _TAIL.search(text, begin, stop)
    return Span(begin, tail.start() if tail else stop, kind)


def _kind(words: list[str]) -> Kind:
    whole = plain(" ".join(words))
    if whole in NAMES or whole in SEATS or whole.split()[-1] in _PLACE_NAMES:
        return Kind.PLACE
    if words[-1] in _FAITHS or (len(words) == 1 and (whole in NATIONS or whole in NATIONALITIES)):
        return Kind.NATION
    if not INSTITUTIONS.isdisjoint(words):
        return Kind.INSTITUTION
    return Kind.PLACE if words[-1] in _PLACE_WORDS or words[0] in _BEFORE_PLACES else Kind.NAME


def _bare(word: str) -> str:
    return re.sub(r"[’']s?$", "", word.lower()).strip(".,;:’'")
