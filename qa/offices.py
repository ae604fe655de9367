"""The offices of an index: whom "Bhutan's prime minister", "the EPA chief" or "Beijing" can mean in a question."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from index.dates import first_day, last_day
from index.speakers.countries import NAMES, NATIONS, SEATS, plain
from index.speakers.offices import HEADS, initials, is_below, office_words
from index.types import Role, Speaker

_TOKEN = re.compile(r"(?:[A-Z]\.){2,}|\w+(?:[’'\-]\w+)*")
_POSSESSIVE = re.compile(r"[’']s?$")
# Words for whoever leads, by the words an office has instead.
_ANY_HEAD = frozenset(
    """
    director administrator secretary chair commissioner minister president head chief governor secretary-general
    coordinator chancellor
    """.split()
)
_ANY_LEADER = frozenset("president king queen emir sultan chancellor prince pope leader taoiseach head".split())
_BOSSES = frozenset({"chief", "head", "boss"})
# What a role may be made of in a question besides the words of the offices in the index.
_JOINTS = frozenset({"of", "for", "the", "and"})
# Without a country, a role means those of one country only if they are named so many times as often as others.
_DOMINANCE = 3
# Nor is, without a country, somebody meant who is named with an office less than this share as often as another.
_LEAST_MENTIONED = 0.2
_LONGEST = 10
# "Which president said …" asks for any.
_WHICH = re.compile(r"\b(?:which|what|whose|any|a|an|every|each)\s(?:(?!(?:did|do|does|has|have|had)\b)\w+\s)?$", re.I)
_WHITE_HOUSE = frozenset({"white", "house"})
_INSTITUTIONS = frozenset("ministry department house agency office council commission bureau".split())


@dataclass(frozen=True, slots=True)
class Office:
    """A place in a question that means people by what they are: `holders` are (person, role), never empty."""

    start: int
    end: int
    holders: tuple[tuple[str, Role], ...]
    words: str = ""
    """The words of it that are no country's: "prime minister" of "Japan's prime minister"."""

    @property
    def place(self) -> bool:
        """Whether it is a country alone."""
        return not self.words

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(person for person, _ in self.holders))

    def during(self, since: str | None, until: str | None) -> tuple[str, ...]:
        """The holders of a time, where documents name some in it; else all."""
        if not since and not until:
            return self.people
        first, last = first_day(since) if since else "", last_day(until) if until else "9999"
        then = (
            person
            for person, role in self.holders
            if role.first_day and role.last_day and role.first_day <= last and role.last_day >= first
        )
        return tuple(dict.fromkeys(then)) or self.people


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int
    owns: bool


class Offices:
    """Who holds which office. Immutable once made; safe between threads."""

    def __init__(self, speakers: Iterable[Speaker]) -> None:
        self._held = [
            (speaker.name, role, frozenset(role.words.split())) for speaker in speakers for role in speaker.roles
        ]
        self._words = {word for _, _, words in self._held for word in words}
        self._letters = {initials(role.words.split()) for _, role, _ in self._held}
        self._by_country: defaultdict[str, list[tuple[str, Role, frozenset[str]]]] = defaultdict(list)
        for held in self._held:
            if held[1].country:
                self._by_country[held[1].country].append(held)
        # Questions, and follow-ups to them, ask for the same offices again.
        self._holding = lru_cache(maxsize=1024)(self._holders_of)

    def mentions(self, question: str) -> list[Office]:
        """Every office, institution and country in a question that somebody in the index speaks for, in order."""
        if not self._held:
            return []
        words = [_word(match) for match in _TOKEN.finditer(question)]
        found: list[Office] = []
        position = 0
        while position < len(words):
            office, used = self._at(question, words, position)
            if office:
                found.append(office)
            position += max(1, used)
        return found

    def _fitting(
        self, asked: tuple[str, ...], held: Iterable[tuple[str, Role, frozenset[str]]]
    ) -> list[tuple[str, Role]]:
        wanted = frozenset(asked)
        return [(person, role) for person, role, words in held if self._fits(wanted, asked, words, role)]

    def _at(self, question: str, words: Sequence[_Word], position: int) -> tuple[Office | None, int]:
        """The longest office that begins with a word, and how many words it takes."""
        if position and not self._may_follow(words[position - 1]):
            return None, 0
        if words[position].text.lower() in _JOINTS:
            article = words[position].text.lower() == "the"
            office, used = (
                self._at(question, words, position + 1) if article and position + 1 < len(words) else (None, 0)
            )
            return office, used + 1 if used else 0
        for end in range(min(len(words), position + _LONGEST), position, -1):
            run = words[position:end]
            if run[-1].text.lower() in _JOINTS:
                continue
            holders = self._holders(question, run)
            if holders:
                country, _, rest = _country(run)
                if _WHICH.search(question, 0, run[0].start) and not country:
                    return None, len(run)
                return Office(run[0].start, run[-1].end, holders, " ".join(word.text for word in rest)), len(run)
        return None, 0

    def _may_follow(self, word: _Word) -> bool:
        """Whether an office may begin after a word: not where that is the country or another word of a longer one.

        The finance minister is no minister of the index where nobody holds that office.
        """
        form = plain(word.text)
        return (
            not office_words(form) or form in {"the", "his", "her", "its", "their"} or (word.owns and form not in NAMES)
        )

    def _holders(self, question: str, run: Sequence[_Word]) -> tuple[tuple[str, Role], ...]:
        """Who is meant by a run of words, all of them: a country, words of an office, or both."""
        if not _is_one(question, run):
            return ()
        country, seat, rest = _country(run)
        if country and not rest:
            people = [(person, role) for person, role, _ in self._by_country[country]]
            return tuple(people) if seat or run[0].text.lower() in NAMES or len(run) > 1 else ()
        asked = office_words(" ".join(word.text for word in rest))
        if not asked or not self._is_office(rest, asked):
            return ()
        return self._holding(asked, country)

    def _holders_of(self, asked: tuple[str, ...], country: str | None) -> tuple[tuple[str, Role], ...]:
        held = self._by_country[country] + [h for h in self._held if not h[1].country] if country else self._held
        fitting = self._fitting(asked, held)
        if country:
            own = [(person, role) for person, role in fitting if role.country == country]
            return tuple(own or fitting)
        return _of_one_country(fitting)

    def _is_office(self, rest: Sequence[_Word], asked: Sequence[str]) -> bool:
        """Whether words are an office's: one that makes a role, and others known from the index; or an institution."""
        heads = HEADS | _BOSSES | {"ruler"}
        known = all(word in self._words or word in heads | _WHITE_HOUSE or self._is_short(word) for word in asked)
        institution = asked[-1] in _INSTITUTIONS and len(asked) > 1
        return known and (bool(heads.intersection(asked)) or institution or self._is_acronym(rest, asked))

    def _is_acronym(self, rest: Sequence[_Word], asked: Sequence[str]) -> bool:
        return len(rest) == 1 and len(rest[0].text) > 2 and rest[0].text.isupper() and self._is_short(asked[0])

    def _is_short(self, word: str) -> bool:
        """Whether a word is the first letters of words of an office, "EPA", or one of its words."""
        return word in self._words or (len(word) >= 3 and any(word in letters for letters in self._letters))

    def _fits(self, wanted: frozenset[str], asked: Sequence[str], words: frozenset[str], role: Role) -> bool:
        """Whether an office is the one that is asked for, in the same words or in others for the same."""
        institution = not (HEADS | _BOSSES | {"ruler"}) & wanted
        if is_below(tuple(words)) - wanted and not institution:
            return False
        letters = initials(role.words.split())
        missing = {word for word in wanted - words if not (len(word) >= 3 and word in letters)}
        if not missing:
            # The president of a council is not the president, nor is an advisor to the president.
            others = {"council", "european", "assembly"} | HEADS - {"president", "head", "king"}
            return wanted != {"president"} or not words & others
        if _WHITE_HOUSE & wanted and missing <= _WHITE_HOUSE | {"spokesperson"}:
            speaks = {"press", "secretary"} <= words or (institution and words == {"president"})
            return role.country == "United States" and speaks
        if missing == {"spokesperson"}:
            return {"press", "secretary"} <= words
        if missing == {"foreign"} and "minister" in words:
            return "international" in words and bool(words & {"affairs", "relations"})
        if missing <= {"leader", "ruler"}:
            return bool(words & _ANY_LEADER) or {"prime", "minister"} <= words or "government" in words
        if missing <= _BOSSES and len(wanted) > len(missing):
            return bool(words & _ANY_HEAD)
        return asked[-1] == "ministry" and missing == {"ministry"} and "minister" in words


def _word(match: re.Match[str]) -> _Word:
    owner = _POSSESSIVE.search(match.group())
    end = match.end() - (len(owner.group()) if owner else 0)
    return _Word(match.string[match.start() : end], match.start(), end, bool(owner))


def _is_one(question: str, run: Sequence[_Word]) -> bool:
    """Whether nothing but spaces and a possessive stands between the words, and no words that end an office."""
    if any(word.text.lower() not in _JOINTS and not office_words(word.text) for word in run):
        return False
    return all(re.fullmatch(r"(?:[’']s?)?\s", question[first.end : second.start]) for first, second in pairwise(run))


def _country(run: Sequence[_Word]) -> tuple[str | None, bool, list[_Word]]:
    """The country a run names, whether by its capital, and the other words without what joins them."""
    for length in range(min(6, len(run)), 0, -1):
        for start in range(len(run) - length + 1):
            piece = run[start : start + length]
            form = plain(" ".join(word.text for word in piece))
            if form in {"us", "usa", "uk", "eu"} and not piece[0].text.isupper():
                continue
            if form == "taoiseach":
                return "Ireland", False, [word for word in run if word.text.lower() not in _JOINTS]
            name = NAMES.get(form) or NATIONS.get(form)
            seat = SEATS.get(form) if len(run) == length else None
            if name or seat:
                before = [word for word in run[:start] if word.text.lower() not in _JOINTS]
                after = [word for word in run[start + length :] if word.text.lower() not in _JOINTS]
                return name or seat, not name, [*before, *after]
    return None, False, [word for word in run if word.text.lower() not in _JOINTS]


def _of_one_country(fitting: Sequence[tuple[str, Role]]) -> tuple[tuple[str, Role], ...]:
    """Those of the one country that is clearly meant, where a question names none."""
    mentions: defaultdict[str | None, int] = defaultdict(int)
    for _, role in fitting:
        mentions[role.country] += role.mentions
    ranked = sorted(mentions, key=lambda country: -mentions[country])
    if len(ranked) > 1 and mentions[ranked[0]] < _DOMINANCE * mentions[ranked[1]]:
        return ()
    there = [held for held in fitting if held[1].country == ranked[0]]
    most: defaultdict[str, int] = defaultdict(int)
    for _, role in there:
        most[role.words] = max(most[role.words], role.mentions)
    return tuple(held for held in there if held[1].mentions >= _LEAST_MENTIONED * most[held[1].words])
