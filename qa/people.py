"""The people of an index, and which of them a question names, in the part of a speaker or not."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA

from index.speakers import looks_like_person, name_words
from index.speakers.countries import plain
from index.types import Speaker
from qa.offices import Office, Offices

_RUN = re.compile(
    r"[A-ZÀ-ÖØ-Þ][\w’'\-]*\.?"
    r"(?:\s(?:(?:al-|el-|ibn\s)?[A-ZÀ-ÖØ-Þ][\w’'\-]*\.?|de|da|van|von|der|bin|al|la)(?=[\s,.?!’']|$))*"
)
# Words of a run of capitals that are searched for a name; a longer one is a headline, or an attack.
_LONGEST_RUN = 12
_TOKEN = re.compile(r"[\w\-]+")
# Where a speaker stands in a question that has no capitals to show a name.
_BEFORE_SPEAKER = re.compile(r"(?:^\s*|\b(?:did|does|do|has|have|had|will|would|can|by|accord\w+ to)\s)$", re.I)
_LONGEST_BEFORE = 20
_SAID = re.compile(r"\s(?:said|told|mentioned|wrote)\b", re.I)
# A word of a name shorter than this is never taken for another that was misspelt; a longer one may have two slips.
_LEAST_MISSPELT = 5
_TWO_SLIPS = 8
_LEAST_PART = 4


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a question that names somebody: `speakers` are the people it can mean, none where it is a stranger.

    With an `office`, they are named by what they are. A bare `place`, "Beijing", is nobody unless it plainly speaks.
    """

    start: int
    end: int
    text: str
    speakers: tuple[str, ...]
    office: Office | None = None
    place: bool = False

    def during(self, since: str | None, until: str | None) -> tuple[str, ...]:
        """Who is meant in a question on that time."""
        return self.office.during(since, until) if self.office else self.speakers


class Directory:
    """The people of an index by the words of their names. Immutable once made; safe between threads."""

    def __init__(self, speakers: Iterable[Speaker]) -> None:
        speakers = list(speakers)
        self._by_words: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        self._by_first: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        self._full: list[tuple[tuple[str, ...], str]] = []
        self._lookalikes = {speaker.name: frozenset(speaker.lookalikes) for speaker in speakers}
        for speaker in speakers:
            for name in (speaker.name, *speaker.aliases):
                self._add(_parts(name), speaker.name)
                if "-" in name:
                    self._add(_parts(name.replace("-", " ")), speaker.name)
        self._longest = max((len(parts) for parts in self._by_words), default=0)
        self._offices = Offices(speakers)

    def _add(self, parts: tuple[str, ...], name: str) -> None:
        if parts:
            self._by_words[parts].add(name)
            self._by_words[parts[0], parts[-1]].add(name)
            self._by_words[(parts[-1],)].add(name)
            self._by_first[(parts[0],)].add(name)
            self._full.append((parts, name))

    def matching(self, name: str) -> tuple[str, ...]:
        """Full names of the people a name can mean: all who share a surname, where that is all it says.

        A word is taken for a first name ("Xi", "Kamala") only where it is nobody's last, and for one between only
        where it is neither. What is nobody's name may be one person's, misspelt.
        """
        return self._known(name) or self._misspelt(_parts(name))

    def _known(self, name: str) -> tuple[str, ...]:
        parts = _parts(name)
        found = self._by_words.get(parts) or self._by_first.get(parts) or self._holding(parts)
        if not found and "-" in name:
            return self._known(name.replace("-", " "))
        return tuple(sorted(found or ()))

    def _holding(self, parts: tuple[str, ...]) -> set[str]:
        """People whose names have all of these words, in this order: "Pedro Sánchez" Pérez-Castejón."""
        if not parts or (len(parts) == 1 and len(parts[0]) < _LEAST_PART):
            return set()
        return {name for words, name in self._full if len(words) > len(parts) and _in_order(parts, words)}

    def _misspelt(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """The one surname, or the one person, that a slip makes this name of; never where another is called so."""
        if not parts or len(parts) > _LONGEST_RUN or len(parts[-1]) < _LEAST_MISSPELT:
            return ()
        found: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        for words, name in self._full:
            if any(part in other.split("-") for other in self._lookalikes[name] for part in parts):
                continue
            if len(parts) == 1:
                if _slips(parts[0], words[-1]):
                    found[words[-1:]].add(name)
            elif len(words) > 1:
                first, last = _slips(parts[0], words[0]), _slips(parts[-1], words[-1])
                if first is not None and last is not None and not (first and last):
                    found[words[0], words[-1]].add(name)
        return tuple(sorted(next(iter(found.values())))) if len(found) == 1 else ()

    def mentions(self, question: str) -> list[Mention]:
        """Everybody a question names, in order: people of the index, by name or office, and strangers in capitals."""
        # "Wang yi on vaccines": a first capital alone is every sentence's.
        small = [] if any(letter.isupper() for letter in question[1:]) else self._small(question)
        named = small or [mention for match in _RUN.finditer(question) for mention in self._capitalised(match)]
        return self._with_offices(question, named)

    def _with_offices(self, question: str, named: list[Mention]) -> list[Mention]:
        """The names together with the offices, those that stand side by side as one: "EPA Administrator Regan"."""
        left = list(named)
        found = []
        for office in self._offices.mentions(question):
            beside = next((mention for mention in left if _touch(question, office, mention)), None)
            if beside:
                left.remove(beside)
                found.append(self._joined(question, office, beside))
            else:
                end, people = self._name_after(question, office)
                text = question[office.start : end]
                found.append(
                    Mention(office.start, end, text, people or office.people, None if people else office, office.place)
                )
        return sorted([*left, *found], key=lambda mention: mention.start)

    def _joined(self, question: str, office: Office, name: Mention) -> Mention:
        start, end = min(office.start, name.start), max(office.end, name.end)
        text = question[start:end]
        if office.start <= name.start and name.end <= office.end:
            return Mention(start, end, text, office.people, office, office.place)
        if name.end <= office.start and not re.fullmatch(r"\sof\s(?:the\s)?|,\s", question[name.end : office.start]):
            # "Biden's press secretary"
            return Mention(start, end, text, office.people, office)
        rest = question[office.end : name.end].strip() if office.start <= name.start else ""
        people = (self._known(rest) if rest else ()) or name.speakers
        held = tuple(person for person in people if person in office.people)
        return replace(name, start=start, end=end, text=text, speakers=held or people)

    def _name_after(self, question: str, office: Office) -> tuple[int, tuple[str, ...]]:
        """A holder's name after an office in small letters, "japanese prime minister suga", and where it ends."""
        end, people = office.end, office.people
        tokens = list(_TOKEN.finditer(question, office.end))[:3]
        for length in range(len(tokens), 0, -1):
            text = question[office.end : tokens[length - 1].end()]
            held = set(self._by_words.get(_parts(text), ())) & set(people)
            if held and not re.search(r"[^\w\s\-]", text):
                return tokens[length - 1].end(), tuple(sorted(held))
        return end, ()

    def _capitalised(self, match: re.Match[str]) -> list[Mention]:
        """A run of capitals is one name, known or not; a part of it that is a known full name counts too."""
        text = re.sub(r"[’']s?$|\.$", "", match.group())
        first = re.match(r"[\w\-]+(?:[’']s)?", text)
        if first and match.start() == 0 and first.group().lower().replace("’", "'") in _OPENINGS:
            rest = _RUN.match(match.string, min(match.start() + first.end() + 1, len(match.string)))
            return self._capitalised(rest) if rest and rest.end() <= match.end() and rest.start() else []
        found = self._known(text)
        if not found:
            parts = self._inside(match, text)
            if parts:
                return parts
        found = found or (self._misspelt(_parts(text)) if looks_like_person(text) else ())
        if found or looks_like_person(text):
            return [Mention(match.start(), match.start() + len(text), text, found)]
        return []

    def _inside(self, match: re.Match[str], text: str) -> list[Mention]:
        """Full names inside a run ("Brussels Ursula von der Leyen")."""
        tokens = list(_TOKEN.finditer(text))[:_LONGEST_RUN]
        for length in range(min(len(tokens) - 1, self._longest), 1, -1):
            for start in range(len(tokens) - length + 1):
                piece = text[tokens[start].start() : tokens[start + length - 1].end()]
                people = self._by_words.get(_parts(piece)) if len(name_words(piece)) > 1 else None
                if people:
                    begin = match.start() + tokens[start].start()
                    return [Mention(begin, begin + len(piece), piece, tuple(sorted(people)))]
        return []

    def _small(self, question: str) -> list[Mention]:
        """Without capitals, full names count anywhere, and one word only where a speaker stands: "may", "rice"."""
        tokens, found, position = list(_TOKEN.finditer(question)), [], 0
        while position < len(tokens):
            for length in range(min(self._longest, len(tokens) - position), 0, -1):
                run = tokens[position : position + length]
                text = question[run[0].start() : run[-1].end()]
                people = self._small_name(question, run)
                if people:
                    found.append(Mention(run[0].start(), run[-1].end(), text, tuple(sorted(people))))
                    position += length - 1
                    break
            position += 1
        return found

    def _small_name(self, question: str, run: list[re.Match[str]]) -> Iterable[str]:
        parts = tuple(plain(token.group()) for token in run)
        people = self._by_words.get(parts) or self._by_first.get(parts)
        if len(run) == 1 and parts not in self._by_words and people and len(people) > 1:
            return ()
        if len(run) > 1:
            return people or (self._holding(parts) if run[0].start() == 0 or _is_speaker(question, run[0]) else ())
        if not _is_speaker(question, run[0]):
            return ()
        return people or (self._misspelt(parts) if parts[0] not in _OPENINGS else ())


def _touch(question: str, office: Office, name: Mention) -> bool:
    """Whether an office and a name overlap or are one: "Biden's press secretary", "Wang Yi of China"."""
    if office.start < name.end and name.start < office.end:
        return True
    if office.end <= name.start:
        return question[office.end : name.start] == " " and not office.place
    return bool(
        re.fullmatch(
            r"\sof\s(?:the\s)?" if office.place else r"[’']s?\s|,\s(?:the\s)?", question[name.end : office.start]
        )
    )


def _slips(word: str, known: str) -> int | None:
    """How many slips of the keyboard or the ear lie between two words; None where they are plainly two words."""
    if word == known:
        return 0
    if word[:1] != known[:1] or min(len(word), len(known)) < _LEAST_MISSPELT:
        return None
    most = 2 if min(len(word), len(known)) >= _TWO_SLIPS else 1
    slips = OSA.distance(word, known, score_cutoff=most)
    return slips if slips <= most else None


def _in_order(parts: tuple[str, ...], words: tuple[str, ...]) -> bool:
    rest = iter(words)
    return all(part in rest for part in parts)


def _is_speaker(question: str, word: re.Match[str]) -> bool:
    """Whether one word stands where a speaker does; "May we …" opens a question."""
    opens = word.start() == 0 and word.group().lower() in _OPENINGS
    owns = question[word.end() : word.end() + 2] in ("'s", "’s")
    # A pattern that ends in $ is tried at every place before: only the last words can match.
    near = max(0, word.start() - _LONGEST_BEFORE)
    said = _SAID.match(question, word.end()) or _BEFORE_SPEAKER.search(question, near, word.start())
    return not opens and (owns or bool(said))


def _parts(name: str) -> tuple[str, ...]:
    return tuple(plain(word) for word in name_words(name))


# Words that open a question and have a capital for that alone.
_OPENINGS = frozenset(
    """
    what who whom whose which when where why how did does do has have had is are was were will would can could should
    may might in on at by of and but so or for from to since after before during between according tell give show
    name list find any the a an please number length roughly about what's who's how's
    """.split()
)
