"""Names of people: their shape, who is meant by a part of one, and who is the same person across documents."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import takewhile

from index.types import Speaker

_CAPITALISED = r"[A-ZÀ-ÖØ-Þ][\w’'\-]*"
_INITIAL = r"[A-Z]\."
_ABBREVIATED = r"(?i:mr|mrs|ms|dr|prof|sen|rep|gov|gen|amb|adm|col|lt|sec|hon|rev|st)\."
_PARTICLE = r"(?:de|da|del|der|den|di|la|le|van|von|bin|bint|ibn|al|el)"
_PART = rf"(?:{_ABBREVIATED}|{_INITIAL}|{_CAPITALISED})"
NAME = rf"\b{_PART}(?:[^\S\n](?:{_PART}|{_PARTICLE}(?=\s))){{0,6}}"
"""A regular expression for what looks like a name, with or without a title before it."""

_HONORIFICS = "mr mrs ms miss dr sir dame lord lady prof professor hon rev excellency his her".split()
_ROLES = """
    acting adjunct administrator admiral adviser advisor ambassador attorney assistant chair chairman chairperson
    chairwoman chancellor chief commissioner congressman congresswoman councilor councillor counselor coordinator
    crown deputy director envoy executive first foreign former general governor head high honorary interim justice
    king leader major mayor member minister officer permanent pope premier president president-elect press prime
    prince princess principal queen representative secretary secretary-general senator senior special spokesman
    spokesperson spokeswoman state taoiseach treasurer undersecretary vice council department federal national
    international security affairs european commission nsc union white house and of for the at to on
    director-general chairman-in-office counsellor american british chinese dutch french german indian iranian
    israeli italian japanese korean russian turkish us u.s un eu nato who
""".split()
_TITLES = frozenset(_HONORIFICS) | frozenset(_ROLES)
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
# Words that no person is called by and many an institution, place, day or opening of a sentence is.
_NOT_NAMES = frozenset(
    """
    accord agency agreement alliance act africa african america arab army asia asian assembly association authority
    bank bill board britain bureau cabinet canada central centre center charter china city commission committee
    company conference congress constitution convention corporation court covenant covid debate declaration
    democratic democrats development east economic embassy europe executive fact federation forum foundation france
    fund germany global government great group hong india institute iran israel italy japan kingdom korea law league
    middle ministry mission monday tuesday wednesday thursday friday saturday sunday january february march april
    may june july august september october november december nation nations new news north northern office
    organisation organization pacific palestine palestinian parliament party people peoples plan police policy q
    question report republic republicans russia saudi senate service sheet singapore south southern soviet spain
    summit switzerland syria treaty trust turkey ukraine union united university vietnam west western world york
    first second third fourth fifth finally also today yesterday tomorrow note however meanwhile moreover this that
    these those there here it he she we they you i his her my our your its in on at by for from with as if when
    while after before since and but or so what who why how according asked both all many most some one two three no
    not yes now then answer read thank thanks
    during about regarding following aboard ahead visit speaks says under upon digest
    """.split()
)
# Cities and buildings that newspapers let speak for their governments.
_METONYMS = frozenset(
    """
    ankara athens beijing berlin brasilia brussels cairo canberra delhi doha downing geneva hague islamabad jakarta
    jerusalem kabul kiev kremlin kyiv london madrid manila moscow nairobi nato ottawa paris pentagon pretoria pyongyang
    riyadh rome seoul stockholm taipei tehran tokyo vatican vienna warsaw washington
    """.split()
)


def words(name: str) -> list[str]:
    """A name's words in lower case, without titles, honorifics, `Jr.` and a possessive 's."""
    plain = re.sub(r"[’']s\b|[’']$", "", name)
    found = re.findall(r"[\w’'\-]+", plain.lower())
    return [word for word in found if word not in _TITLES and word not in _SUFFIXES]


def without_titles(name: str) -> str:
    """The name alone: "Foreign Ministry Spokesperson Geng Shuang" → "Geng Shuang", "MS. PSAKI" → "Psaki".

    What precedes the last title is part of the title; a word that no person is called by ends the name.
    """
    parts = re.sub(r"[’']s?(?=\s|$)", "", name).replace(",", " ").split()
    last_title = max((i for i, part in enumerate(parts) if _plain(part) in _TITLES), default=-1)
    rest = parts[last_title + 1 :] or parts
    kept = list(takewhile(lambda part: _plain(part) not in _NOT_NAMES, (part for part in rest if words(part))))
    if kept and all(part.isupper() for part in kept if len(part.strip(".")) > 1):
        kept = [_cased(part) for part in kept]
    return " ".join(kept)


def is_person(name: str) -> bool:
    """Whether the words left of a name without its titles can be a person's: two or more, none an institution's."""
    parts = words(name)
    return 2 <= len(parts) <= 5 and not any(part in _NOT_NAMES for part in parts)


def looks_like_person(name: str) -> bool:
    """Whether a name in a question can be a person's, a surname alone included; a capital stands for its state."""
    parts = words(name)
    return 1 <= len(parts) <= 5 and not any(part in _NOT_NAMES or part in _METONYMS for part in parts)


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
        self._full: dict[str, str] = {}
        self._by_part: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._searched: set[str] = set()
        titles = "|".join(
            sorted((re.escape(word) for word in _ROLES + _HONORIFICS if len(word) > 2), key=len, reverse=True)
        )
        titled = re.compile(rf"\b(?i:{titles})\.?\s+(?P<name>{NAME})")
        self._texts = (title, text)
        # Headlines capitalise every word, so only the running text shows where a name after a title ends.
        for match in titled.finditer(text):
            self.add(match["name"])

    def add(self, name: str) -> None:
        """Remember a full name; what cannot be one is ignored."""
        plain = without_titles(name)
        if not is_person(plain):
            return
        full = self._full.setdefault(" ".join(words(plain)), plain)
        for part in {words(plain)[0], words(plain)[-1]}:
            self._by_part[part][full] += 1

    def resolve(self, name: str) -> str | None:
        """The full name that is meant, where the document leaves no doubt; None where it is nobody's name."""
        parts = words(name)
        if not parts or any(part in _NOT_NAMES for part in parts):
            return None
        if " ".join(parts) in self._full:
            return self._full[" ".join(parts)]
        if len(parts) == 1:
            return self._by_surname(parts[0]) or self._by_surname(parts[0], search=True)
        return without_titles(name) if is_person(name) else None

    def _by_surname(self, part: str, search: bool = False) -> str | None:
        """The one person who has this part as a last name, or else as a first (as in Chinese).

        With `search`, full names that stand in the text without a title are looked for too.
        """
        if search and part not in self._searched:
            self._searched.add(part)
            before = rf"(?:{_INITIAL}|{_CAPITALISED})[^\S\n]"
            for text in self._texts:
                for match in re.finditer(rf"\b(?:{before}){{1,3}}(?i:{re.escape(part)})\b", text):
                    self.add(match.group())
        candidates = self._by_part.get(part, Counter())
        found = [full for full in candidates if words(full)[-1] == part] or list(candidates)
        return found[0] if len(found) == 1 else None


def same_people(names: Mapping[str, int]) -> dict[str, Speaker]:
    """Who is the same person across documents.

    `names` counts the sentences of every name used. A single word ("Psaki") is the one person who has it as a last
    word, where there is one; names that differ only in middle initials are one person under the commoner form.
    """
    full: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for name in names:
        parts = words(name)
        if len(parts) > 1:
            full[parts[0], parts[-1]].append(name)
    groups = {key: sorted(group, key=lambda name: (-names[name], name)) for key, group in full.items()}
    for name in names:
        parts = words(name)
        if len(parts) == 1:
            owners = [key for key in full if key[1] == parts[0]]
            if len(owners) == 1:
                groups[owners[0]].append(name)
    return {
        name: Speaker(group[0], tuple(sorted(set(group) - {group[0]}))) for group in groups.values() for name in group
    }
