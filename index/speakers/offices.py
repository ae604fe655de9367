"""Offices: the words of a role, spelled one way, and the names that stand beside them in a text."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.speakers.countries import NAMES, NATIONS, common_name, plain
from index.speakers.vocabulary import HONORIFICS, INSTITUTIONS, NOT_NAMES, OPENERS, ROLES, SMALL_WORDS
from index.types import Document

_SPELLINGS = {
    "spokesman": "spokesperson", "spokeswoman": "spokesperson", "spokesmen": "spokesperson",
    "spokespeople": "spokesperson", "spokespersons": "spokesperson", "adviser": "advisor", "advisers": "advisor",
    "advisors": "advisor", "councilor": "councillor", "chairman": "chair", "chairwoman": "chair",
    "chairperson": "chair", "defence": "defense", "labour": "labor", "amir": "emir", "premier": "prime minister",
    "premiers": "prime minister", "pm": "prime minister", "taoiseach": "prime minister", "ministers": "minister",
    "presidents": "president", "secretaries": "secretary", "leaders": "leader", "governors": "governor",
    "vice-president": "vice president", "congressman": "representative", "congresswoman": "representative",
    "presidency": "president", "external": "foreign", "ministerial": "minister",
}  # fmt: skip
HEADS = frozenset(
    """
    administrator advisor ambassador attorney boss chair chancellor chief commander commissioner coordinator councillor
    czar director director-general economist emir envoy governor head judge king lady leader mayor minister
    officer pope president prince princess queen representative secretary secretary-general senator speaker spokesperson
    sultan surgeon treasurer undersecretary
    """.split()
)
"""Words that make a role of what stands around them."""
_NO_OFFICE = (
    SMALL_WORDS
    | OPENERS
    | frozenset(
        """
        s his her my our their your this that if as so readout recently is are was were be been has have had do
        does did which what who whom whose when where how why here there it he she we they you i not can could
        will would should may might must given including alongside majesty highness yesterday tomorrow
        """.split()
    )
)
_BELOW = frozenset(
    "deputy vice assistant associate under undersecretary former ex incoming elect designate crown".split()
)
# A word of a role in small letters, as prose has it before a name: "British prime minister Theresa May".
_LOWER = (
    r"(?:prime|foreign|press|vice|deputy|chief|defen[cs]e|finance|interior|health|trade|state|minister|president|premier|"
    r"secretary|director|administrator|spokes(?:man|woman|person)|advis[eo]r|chair(?:man|woman|person)?|chancellor|"
    r"king|queen|emir|governor|mayor|senator|ambassador|commissioner|envoy|leader|head)"
)
_CAPITAL = r"(?:[A-ZÀ-ÖØ-Þ]\.(?:[A-ZÀ-ÖØ-Þ]\.)*|(?:Mr|Mrs|Ms|Dr|St|Gen|Sen|Gov|Amb)\.|[A-ZÀ-ÖØ-Þ][\w’'\-]{0,40})"
_JOINT = r"(?:of|for|the|and|to|on|at|de|del|da|bin|al|van|von|der)(?=[ \xa0])"
# A run of one capital names nobody in full; where it begins in small letters, a name follows at once.
_RUN = re.compile(
    rf"\b(?:(?=[A-ZÀ-ÖØ-Þ]){_CAPITAL}|(?=[pfvcdhtsmakqegl]){_LOWER}(?=[ \xa0](?:[A-Z]|{_LOWER}[ \xa0])))"
    rf"(?:[ \xa0](?:{_CAPITAL}|{_LOWER}\b|{_JOINT})){{0,24}}"
)
_NO_NAME = HONORIFICS | ROLES | NOT_NAMES | INSTITUTIONS | OPENERS
# Countries by one word of theirs as it is written: "China", "Chinese".
_WRITTEN = {form.title(): name for form, name in (NAMES | NATIONS).items() if form.isalpha() and len(form) > 3}
_WRITTEN |= {f"{form}s": name for form, name in _WRITTEN.items()}
_WRITTEN |= {"US": "United States", "U.S.": "United States", "UK": "United Kingdom"}
_APPOSITION = re.compile(r",[ \xa0](?:the[ \xa0])?")


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a text and the office it stands beside: words of both as written, and the country, where it is said."""

    name: tuple[str, ...]
    office: tuple[str, ...] = ()
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """Everybody whom one document names, in the order of first mention, with how often, and the same of countries."""

    named: tuple[tuple[Named, int], ...]
    countries: tuple[tuple[str, int], ...]


def survey(document: Document) -> Survey:
    """Whom a document names in its title and its text."""
    countries: Counter[str] = Counter()
    named = Counter(named_in(f"{document.title}\n{document.text}", countries))
    return Survey(tuple(named.items()), tuple(countries.items()))


def office_words(text: str) -> tuple[str, ...]:
    """The words of an office in lower case and in order, spelled one way, without small words and honorifics."""
    found = []
    for word in re.findall(r"[\w’'&\-]+", plain(text).replace("u.s.", " ").replace(".", "")):
        word = re.sub(r"’s?$", "", word)
        if word not in _NO_OFFICE and (word not in HONORIFICS or word == "lady"):
            found += _SPELLINGS.get(word, word).split()
    return tuple(word for word, before in zip(found, ["", *found], strict=False) if word != before)


def is_below(words: Sequence[str]) -> frozenset[str]:
    """The words by which an office is another than the one they stand before: a deputy minister is no minister."""
    return _BELOW.intersection(words)


def initials(words: Sequence[str]) -> str:
    """The first letters of an office's words: "administrator environmental protection agency" → "aepa"."""
    return "".join(word[0] for word in words)


def offices_of(text: str) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """(words, country) of each office a record gives: "Prime Minister and Minister for Trade of Fiji" gives two."""
    text, country = _without_country(text)
    pieces: list[str] = []
    for piece in re.split(r",\s(?:and\s)?|\sand\s", text):
        if HEADS.intersection(office_words(piece)) or not pieces:
            pieces.append(piece)
        else:
            pieces[-1] += " " + piece
    for piece in pieces:
        words = office_words(piece)
        if HEADS.intersection(words):
            yield words, country


def _without_country(text: str) -> tuple[str, str | None]:
    for match in re.finditer(r"\sof\s", text):
        country = common_name(text[match.end() :])
        if country:
            return text[: match.start()], country
    return text, None


def named_in(text: str, countries: Counter[str]) -> Iterator[Named]:
    """Everybody a text names in capitals, with the office before the name or after it; `countries` named are counted.

    A name of one word counts only beside an office.
    """
    before: tuple[Named, ...] = ()
    end = -1
    for match in _RUN.finditer(text):
        run = match.group()
        first, _, more = run.replace("\xa0", " ").partition(" ")
        country = _WRITTEN.get(first) or ("United States" if run.startswith("United States") else None)
        if country:
            countries[country] += 1
        if not more:
            before = ()
            continue
        found = _parse(run.replace("\xa0", " "))
        if before and 0 < match.start() - end <= 6 and _APPOSITION.fullmatch(text, end, match.start()):
            yield from _joined(before[-1], found[0] if found else None)
        yield from found
        before, end = found, match.end()


def _joined(first: Named, second: Named | None) -> Iterator[Named]:
    """A name and an office in apposition: "Michael Regan, Administrator of the EPA", or the other way round."""
    if second and not second.name and second.office and first.name and len(first.name) > 1:
        yield Named(first.name, second.office, second.country or first.country)
    elif second and second.name and not second.office and first.office and not first.name and len(second.name) > 1:
        yield Named(second.name, first.office, first.country)


@lru_cache(maxsize=1 << 16)
def _parse(run: str) -> tuple[Named, ...]:
    """What a run of capitals names: people, each with the office before them, or an office alone (an empty name).

    A name is what follows the last word that no person is called by. "Secretary of Health and Human Services Xavier
    Becerra" is one, "Prime Minister Modi and Prime Minister Suga" are two.
    """
    # "Spokesperson Lu Kang's Regular Press Conference": whose it is ends there; "India's Prime Minister" goes on.
    for owner in re.finditer(r"(?P<name>\S+)[’']s?\s", run):
        if not common_name(owner["name"]) and _name_start(run[: owner.end("name")].split()) < run.count(
            " ", 0, owner.end()
        ):
            return _parse(run[: owner.end("name")]) + _parse(run[owner.end() :])
    found: list[Named] = []
    office: list[str] = []
    country: str | None = None
    pieces = run.split(" and ")
    for number, piece in enumerate(pieces):
        piece, place = _without_country(piece)
        words = piece.split()
        split = _name_start(words)
        goes_on = number + 1 < len(pieces) or len(words) - split == 1
        if split < len(words) and goes_on and _is_open(words[:split]):
            split = len(words)
        front, name = words[:split], tuple(words[split:])
        said, front = _country_of(front)
        if not office and not HEADS.intersection(office_words(" ".join(front))):
            front = []
        country = said or place or country
        office += front[_last_of(front) :]
        if name:
            found.append(Named(name, tuple(office), country))
            office, country = [], None
    if HEADS.intersection(office_words(" ".join(office))):
        found.append(Named((), tuple(office), country))
    return tuple(found)


def _last_of(words: list[str]) -> int:
    """Where the office beside a name begins: the envoy of President Xi is not Xi."""
    for place in range(len(words) - 2, 0, -1):
        if words[place].lower() == "of" and HEADS.intersection(office_words(" ".join(words[:place]))):
            rest = office_words(" ".join(words[place + 1 :]))
            return place + 1 if rest and rest[-1] in HEADS and words[place + 1].lower() != "the" else 0
    return 0


def _is_open(front: list[str]) -> bool:
    """Whether what looks like a name may be an office's: "Administrator of the EPA", "Advisor for Cyber and …"."""
    return bool(front) and front[-1].lower() in {"of", "for", "the"}


def _name_start(words: list[str]) -> int:
    """Where the name at the end of a run begins; its length where there is none."""
    start = len(words)
    while start and not _is_no_name(words[start - 1]):
        start -= 1
    while start < len(words) and words[start].lower() in SMALL_WORDS:
        start += 1
    return start


def _is_no_name(word: str) -> bool:
    low = word.lower().strip(".").replace("'", "’")
    return low in _NO_NAME or low.endswith("’s") or (word in {"U.S.", "US", "UK"})


def _country_of(words: list[str]) -> tuple[str | None, list[str]]:
    """The country an office's words say, and the others."""
    for length in (3, 2, 1):
        for start in range(len(words) - length + 1):
            form = re.sub(r"’s?$", "", plain(" ".join(words[start : start + length])).strip(","))
            country = NATIONS.get(form) or NAMES.get(form)
            if country and words[start][0].isupper():
                return country, words[:start] + words[start + length :]
    return None, words
