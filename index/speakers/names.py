"""Names of people: their shape, who is meant by a part of one, and who is the same person across documents."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cached_property
from itertools import dropwhile, takewhile

from index.speakers.countries import plain
from index.speakers.vocabulary import (
    HEADLINE_VERBS,
    HONORIFICS,
    INSTITUTIONS,
    METONYMS,
    NOT_NAMES,
    OPENERS,
    ROLES,
    SHORT_NAMES,
    SMALL_WORDS,
    SUFFIXES,
)
from index.types import Speaker

# No name is longer; without an end to it, a text of one endless word takes the square of its length.
_CAPITALISED = r"[A-ZÀ-ÖØ-Þ][\w’'\-]{0,40}"
_INITIAL = r"[A-Z]\."
_ABBREVIATED = r"(?i:mr|mrs|ms|dr|prof|sen|rep|gov|gen|amb|adm|col|lt|sec|hon|rev|st)\."
_PARTICLE = r"(?:de|da|del|der|den|di|la|le|van|von|bin|bint|ibn|al|el)"
_PART = rf"(?:{_ABBREVIATED}|{_INITIAL}|{_CAPITALISED})"
NAME = rf"\b{_PART}(?:[^\S\n](?:{_PART}|{_PARTICLE}(?=\s))){{0,6}}"
"""A regular expression for what looks like a name, with or without a title before it."""
LONG_NAME = rf"{NAME}(?:[^\S\n](?:of|for|and)(?:[^\S\n]the)?[^\S\n]{NAME})*"
"""The same where a title runs on, "Secretary of State Antony Blinken", or two people are named."""

_RUN = re.compile(rf"\b(?:{_INITIAL}|{_CAPITALISED})(?:[^\S\n](?:{_INITIAL}|{_CAPITALISED}))+")
_TITLES = HONORIFICS | ROLES
_TITLED = re.compile(
    rf"\b(?i:{'|'.join(sorted(map(re.escape, _TITLES - SMALL_WORDS), key=len, reverse=True))})\.?\s+(?P<name>{NAME})"
)
_STYLES = frozenset("his her their serene royal highness majesty holiness excellency honourable honorable".split())
# A surname alone means the person of that name whom the document names this many times as often as any other.
_DOMINANCE = 3
# Across documents, the one who speaks this many times as many sentences.
_CLEARLY_MORE = 10


def words(name: str) -> list[str]:
    """A name's words in lower case, without titles, honorifics, small words, `Jr.` and a possessive 's."""
    plain = re.sub(r"[’']s\b|[’']$", "", name)
    found = re.findall(r"[\w’'\-]+", plain.lower())
    return [word for word in found if word not in _TITLES and word not in SUFFIXES and word not in SMALL_WORDS]


def without_titles(name: str) -> str:
    """The name alone: "Foreign Ministry Spokesperson Geng Shuang" → "Geng Shuang", "MS. PSAKI" → "Psaki".

    What precedes the last title is part of the title; a word that no person is called by ends the name.
    """
    parts = re.sub(r"[’']s?(?=\s|$)", "", name.split(",")[0]).split()
    last_title = max((i for i, part in enumerate(parts) if _plain(part) in _TITLES), default=-1)
    rest = list(dropwhile(lambda part: _plain(part) in SMALL_WORDS | OPENERS, parts[last_title + 1 :] or parts))
    kept = list(takewhile(lambda part: _plain(part) not in NOT_NAMES | INSTITUTIONS, rest))
    if len(kept) < len(rest) and _plain(rest[len(kept)]) in INSTITUTIONS:
        return ""
    kept = [part for part in kept if words(part)]
    if kept and all(part.isupper() for part in kept if len(part.strip(".")) > 1):
        kept = [_cased(part) for part in kept]
    return " ".join(kept)


def without_honorific(name: str) -> str:
    """A name as a record gives it, less "Mr.", "His Excellency" and letters after it: the rest may be a part of it."""
    parts = re.sub(r"(?i)^((?:mr|mrs|ms|dr)\.)(?=\w)", r"\1 ", name.strip(" ,")).split()
    while len(parts) > 1 and parts[-1].isupper() and len(parts[-1]) > 1 and parts[-2].endswith(","):
        parts = [*parts[:-2], parts[-2].rstrip(",")]
    kept = list(dropwhile(lambda part: _plain(part) in HONORIFICS | _STYLES, parts))
    return " ".join(kept or parts)


def is_person(name: str) -> bool:
    """Whether the words left of a name without its titles can be a person's: two or more, none an institution's."""
    parts = words(name)
    raw = [_plain(part) for part in name.split()]
    # "CNN President On Trump": between the parts of a name stand no small words.
    joined = any(word in SMALL_WORDS for word in raw[raw.index(parts[0]) if parts and parts[0] in raw else 0 :])
    return 2 <= len(parts) <= 5 and not joined and not any(part in NOT_NAMES or part in METONYMS for part in parts)


def looks_like_person(name: str) -> bool:
    """Whether a name in a question can be a person's, a surname alone included; a capital stands for its state."""
    parts = words(name)
    return 1 <= len(parts) <= 5 and not any(part in NOT_NAMES or part in METONYMS for part in parts)


def surname(name: str) -> str:
    """The part a person is mentioned by: the last word, in lower case ("" where there is none)."""
    parts = words(name)
    return parts[-1] if parts else ""


def _plain(part: str) -> str:
    return part.lower().strip(".,;:")


def _cased(part: str) -> str:
    return "-".join(piece[:1] + piece[1:].lower() for piece in part.split("-"))


class People:
    """The people one document names in full, and who is meant by a part of a name in it."""

    def __init__(self, title: str, text: str) -> None:
        self._texts = (title, text)
        self._full: dict[str, str] = {}
        self._by_part: defaultdict[str, Counter[str]] = defaultdict(Counter)
        # Headlines capitalise every word, so only the running text shows where a name after a title ends.
        titled = [match["name"] for match in _TITLED.finditer(text)]
        for name in titled:
            self.add(name)
        self._titled = {part: frozenset(counts) for part, counts in self._by_part.items()}

    def add(self, name: str) -> None:
        """Remember a full name; what cannot be one is ignored."""
        plain = without_titles(name)
        if not is_person(plain):
            return
        parts = words(plain)
        full = self._full.setdefault(" ".join(parts), plain)
        for part in {parts[0], parts[-1]}:
            self._by_part[part][full] += 1

    @cached_property
    def _runs(self) -> dict[str, list[str]]:
        """Last word → the runs of up to four capitalised words that end in it, in the text and its title."""
        runs: defaultdict[str, list[str]] = defaultdict(list)
        for match in (match for text in self._texts for match in _RUN.finditer(text)):
            parts = match.group().split()
            for end in range(1, len(parts)):
                runs[re.sub(r"[’']s?$", "", parts[end].lower())].append(" ".join(parts[max(0, end - 3) : end + 1]))
        return dict(runs)

    def knows(self, name: str) -> bool:
        """Whether the document names this person in full, or names one person in full who can be meant."""
        parts = words(without_titles(name))
        return " ".join(parts) in self._full or (len(parts) == 1 and self._by_word(parts[0]) is not None)

    def of_headline(self, name: str) -> str:
        """The name a headline gives ("Biden Announces"), in full where the text has it with a title."""
        parts = name.split()
        plain = " ".join(takewhile(lambda part: part.lower() not in HEADLINE_VERBS, parts)) or name
        return self.titled(plain) or plain

    def titled(self, name: str) -> str | None:
        """The one person of this surname whom the text names in full with a title.

        In a speech of President Biden's, the one Biden with a first name and no title may be his son.
        """
        parts = words(name)
        known = self._titled.get(parts[0], frozenset()) if len(parts) == 1 else frozenset()
        return next(iter(known)) if len(known) == 1 else None

    def resolve(self, name: str) -> str | None:
        """The full name that is meant, where the document leaves no doubt; None where it is nobody's name.

        Two people named together ("Modi and Macron") are nobody in particular, nor are the critics of one.
        """
        if any(map(self._is_somebody, name.split(" and ")[:-1])) or self._is_of_another(name):
            return None
        # "Planned Parenthood's president Cecile Richards": who is meant comes last.
        plain = without_titles(re.split(r"[’']s\s", name)[-1])
        parts = words(plain)
        if not parts or any(part in NOT_NAMES for part in parts):
            return None
        if " ".join(parts) in self._full:
            return self._full[" ".join(parts)]
        if len(parts) == 1:
            return self._by_word(parts[0])
        if is_person(plain):
            return plain
        # "Stacy Baker of Columbia"
        whole, _, place = name.rpartition(" of ")
        return self.resolve(whole) if place else None

    def _is_somebody(self, name: str) -> bool:
        return self.knows(name) or is_person(without_titles(name))

    def _is_of_another(self, name: str) -> bool:
        """Whether a name only says whose somebody else is: "Critics of Prime Minister Boris Johnson".

        "Secretary of State", "Stacy Baker of Columbia" and "Centers for Disease Control Director Jane Doe" do not.
        """
        for between in re.finditer(r"\s(?:of|for)\s(?:the\s)?", name):
            whose, other = name[: between.start()], name[between.end() :]
            office = _plain(whose.split()[-1]) in _TITLES | NOT_NAMES | INSTITUTIONS
            if not office and not self._is_somebody(whose) and words(other) == words(without_titles(other)) != []:
                return self._is_somebody(other)
        return False

    def _by_word(self, word: str) -> str | None:
        """The person who has this word as a last name, or else as a first (as in Chinese), if no other is as likely."""
        for name in self._runs.pop(word, ()):
            self.add(name)
        candidates = self._by_part.get(word, Counter())
        last = Counter({full: count for full, count in candidates.items() if words(full)[-1] == word})
        ranked = (last or candidates).most_common(2)
        clear = len(ranked) == 1 or (len(ranked) == 2 and ranked[0][1] >= _DOMINANCE * ranked[1][1])
        return ranked[0][0] if clear else None


def same_people(names: Mapping[str, int], *, bare: bool = True) -> dict[str, Speaker]:
    """Who is the same person across documents.

    `names` counts the sentences of every name used. Names that differ only in middle names or initials, in accents,
    in the order of their words, or in the short form of a first name, are one person under the commoner form. A surname
    alone ("Psaki", "S. Psaki") is the person who has it, if no other with it speaks nearly as often; without `bare` it
    stays alone.
    """
    groups: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    turned: dict[frozenset[str], tuple[str, ...]] = {}
    alone = []
    for name in sorted(names, key=lambda name: (-names[name], name)):
        key = same_spelling(name)
        if key:
            # "Suga Yoshihide"
            parts = frozenset(map(plain, words(name)))
            groups[turned.setdefault(parts, key) if len(parts) <= 3 else key].append(name)
        elif words(name) and (bare or len(name.split()) > 1):
            alone.append(name)
    weights = {key: sum(names[name] for name in group) for key, group in groups.items()}
    for name in alone:
        owners = sorted((key for key in groups if key[1] == plain(surname(name))), key=lambda key: -weights[key])
        if owners and all(weights[owners[0]] >= _CLEARLY_MORE * weights[other] for other in owners[1:]):
            groups[owners[0]].append(name)
    return {
        name: Speaker(group[0], tuple(sorted(set(group) - {group[0]}))) for group in groups.values() for name in group
    }


def same_spelling(name: str) -> tuple[str, str] | None:
    """First name, not shortened, and last name, in plain form: equal for two names of one person; None for a part."""
    first, *rest = (plain(word) for word in words(name) or [""])
    return (SHORT_NAMES.get(first, first), rest[-1]) if rest and len(first) > 1 else None
