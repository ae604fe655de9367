"""The people of an index, and which of them a question names, in the part of a speaker or not."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import combining, normalize

from index.speakers import looks_like_person, name_words
from index.types import Speaker

_RUN = re.compile(
    r"[A-ZÀ-ÖØ-Þ][\w’'\-]*\.?(?:\s(?:[A-ZÀ-ÖØ-Þ][\w’'\-]*\.?|de|da|van|von|der|bin|al|la)(?=[\s,.?!’']|$))*"
)
# Words of a run of capitals that are searched for a name; a longer one is a headline, or an attack.
_LONGEST_RUN = 12
_TOKEN = re.compile(r"[\w\-]+")
# Where a speaker stands in a question that has no capitals to show a name.
_BEFORE_SPEAKER = re.compile(r"(?:^\s*|\b(?:did|does|do|has|have|had|will|would|can|by|accord\w+ to)\s)$", re.I)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a question that names somebody: `speakers` are the people it can mean, none where it is a stranger."""

    start: int
    end: int
    text: str
    speakers: tuple[str, ...]


class Directory:
    """The people of an index by the words of their names. Immutable once made; safe between threads."""

    def __init__(self, speakers: Iterable[Speaker]) -> None:
        self._by_words: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        self._by_first: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        for speaker in speakers:
            for name in (speaker.name, *speaker.aliases):
                parts = _parts(name)
                if parts:
                    self._by_words[parts].add(speaker.name)
                    self._by_words[parts[0], parts[-1]].add(speaker.name)
                    self._by_words[(parts[-1],)].add(speaker.name)
                    self._by_first[(parts[0],)].add(speaker.name)
        self._longest = max((len(parts) for parts in self._by_words), default=0)

    def matching(self, name: str) -> tuple[str, ...]:
        """Full names of the people a name can mean: all who share a surname, where that is all it says.

        A word is taken for a first name ("Xi", "Kamala") only where it is nobody's last.
        """
        parts = _parts(name)
        return tuple(sorted(self._by_words.get(parts) or self._by_first.get(parts) or ()))

    def mentions(self, question: str) -> list[Mention]:
        """Everybody a question names, in order: people of the index, and strangers in capitals."""
        # "Wang yi on vaccines": a first capital alone is every sentence's.
        small = [] if any(letter.isupper() for letter in question[1:]) else self._small(question)
        return small or [mention for match in _RUN.finditer(question) for mention in self._capitalised(match)]

    def _capitalised(self, match: re.Match[str]) -> list[Mention]:
        """A run of capitals is one name, known or not; a part of it that is a known full name counts too."""
        text = re.sub(r"[’']s?$|\.$", "", match.group())
        first = _TOKEN.match(text)
        if first and match.start() == 0 and first.group().lower() in _OPENINGS:
            rest = _RUN.match(match.string, min(match.start() + first.end() + 1, len(match.string)))
            return self._capitalised(rest) if rest and rest.end() <= match.end() and rest.start() else []
        found = self.matching(text)
        if not found:
            parts = self._inside(match, text)
            if parts:
                return parts
        if found or looks_like_person(text):
            return [Mention(match.start(), match.start() + len(text), text, found)]
        return []

    def _inside(self, match: re.Match[str], text: str) -> list[Mention]:
        """Full names inside a run ("Brussels Ursula von der Leyen")."""
        tokens = list(_TOKEN.finditer(text))[:_LONGEST_RUN]
        for length in range(min(len(tokens) - 1, self._longest), 1, -1):
            for start in range(len(tokens) - length + 1):
                piece = text[tokens[start].start() : tokens[start + length - 1].end()]
                if len(name_words(piece)) > 1 and self.matching(piece):
                    begin = match.start() + tokens[start].start()
                    return [Mention(begin, begin + len(piece), piece, self.matching(piece))]
        return []

    def _small(self, question: str) -> list[Mention]:
        """Without capitals, full names count anywhere, and one word only where a speaker stands: "may", "rice"."""
        tokens, found, position = list(_TOKEN.finditer(question)), [], 0
        while position < len(tokens):
            for length in range(min(self._longest, len(tokens) - position), 0, -1):
                run = tokens[position : position + length]
                text = question[run[0].start() : run[-1].end()]
                parts = tuple(_plain(token.group()) for token in run)
                people = self._by_words.get(parts) or self._by_first.get(parts)
                if people and (length > 1 or _is_speaker(question, run[0])):
                    found.append(Mention(run[0].start(), run[-1].end(), text, tuple(sorted(people))))
                    position += length - 1
                    break
            position += 1
        return found


def _is_speaker(question: str, word: re.Match[str]) -> bool:
    """Whether one word stands where a speaker does; "May we …" opens a question."""
    opens = word.start() == 0 and word.group().lower() in _OPENINGS
    owns = question[word.end() : word.end() + 2] in ("'s", "’s")
    return not opens and (owns or bool(_BEFORE_SPEAKER.search(question, 0, word.start())))


def _parts(name: str) -> tuple[str, ...]:
    return tuple(_plain(word) for word in name_words(name))


def _plain(word: str) -> str:
    """In lower case and without accents, as people type names."""
    return "".join(letter for letter in normalize("NFKD", word.lower()) if not combining(letter))


# Words that open a question and have a capital for that alone.
_OPENINGS = frozenset(
    """
    what who whom whose which when where why how did does do has have had is are was were will would can could should
    may might in on at by of and but so or for from to since after before during between according tell give show
    name list find any the a an please number length roughly about what's who's how's
    """.split()
)
