"""Labels, "MS. PSAKI:" or "Q" at the start of a line: their shape, and which of a document's are believed."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.speakers.names import LONG_NAME, People, is_person, words
from index.speakers.vocabulary import (
    FIELDS,
    HONORIFICS,
    INSTITUTIONS,
    METONYMS,
    NOT_NAMES,
    OPENERS,
    ROLES,
    SMALL_WORDS,
)
from index.types import Paragraph, Sentence

# "PRESIDENT PUTIN (via interpreter):", "QUESTION (Reuters):"
_BESIDE = r"(?:\s[(\[][^()\[\]\n]{1,60}[)\]])?"
_LABEL = re.compile(
    rf"(?:(?P<name>(?:(?i:the)\s)?{LONG_NAME}){_BESIDE}\s?:|(?P<letter>[QA]\d{{0,2}})\.(?=\s|$))\s*(?=\S|$)"
)
_BARE_QUESTION = re.compile(r"(?P<name>Q)[ \xa0]{1,}(?=[A-Z0-9“\"‘'(\[—–…])")
# Whom a speech is addressed to: "Mr. President: I thank you."
_SALUTATION = re.compile(
    r"(?i:(?:(?:mr|mrs|ms|madame?|mister|your)\.?\s)?excellenc(?:y|ies)|"
    r"(?:mr|mrs|ms|madame?|mister)\.?\s(?:(?:prime|vice|deputy|foreign|acting)\s)*(?:president|chair(?:man|woman|person)?|"
    r"speaker|minister|secretary(?:[\s-]general)?|ambassador|chancellor|premier|director(?:[\s-]general)?|commissioner|"
    r"moderator))(?:\sof\s.*)?"
)
# A name that opens lines in a text of more than a few is a label from this share of its lines on.
_LEAST_LABELLED = 0.05
_FEW_LINES = 10
_QUESTIONS = frozenset({"q", "question", "follow-up", "follow-up question", "journalist", "reporter"})
_ANSWERS = frozenset({"a", "answer"})


@dataclass(frozen=True, slots=True)
class Label:
    """The name in a label, its span in the text, and where the words after it begin."""

    name: str
    span: tuple[int, int]
    end: int
    alone: bool
    """Whether the sentence has nothing after the label."""
    letter: bool
    """Whether it may just as well count off a list, or the quarters of a year: "A.", "Q1:"."""


def is_question(label: str) -> bool:
    """Whether a label says only that somebody asks."""
    return re.sub(r"(?<=^q)\d+$", "", label.lower()) in _QUESTIONS


def is_answer(label: str) -> bool:
    """Whether a label says only that somebody answers."""
    return re.sub(r"(?<=^a)\d+$", "", label.lower()) in _ANSWERS


def opens_line(text: str, start: int) -> bool:
    """Whether nothing but space stands before a place on its line."""
    while start and text[start - 1] in " \t\xa0":
        start -= 1
    return not start or text[start - 1] == "\n"


class Labels:
    """The labels of one document."""

    def __init__(self, text: str, paragraphs: Sequence[Paragraph], people: People) -> None:
        self._text = text
        self._people = people
        self._believed = self._count(paragraphs)

    def __len__(self) -> int:
        return len(self._believed)

    @property
    def has_answers(self) -> bool:
        return any(map(is_answer, self._believed))

    def are_stray(self, principal: str) -> bool:
        """Whether there is no label but one that may be a note's: in small letters, and not of whom the title names."""
        return not self._believed or (
            len(self._believed) == 1
            and not any(name.isupper() or is_question(name) or is_answer(name) for name in self._believed)
            and not any(set(words(name)) <= set(words(principal)) for name in self._believed)
        )

    def of(self, sentence: Sentence) -> Label | None:
        """The label a sentence opens with, if it stands at the start of a line and is believed to be one."""
        label = self._shape(sentence)
        if label and (label.name in self._believed or (self._believed and self._interrupts(label))):
            return label
        return None

    def _shape(self, sentence: Sentence) -> Label | None:
        if not opens_line(self._text, sentence.start):
            return None
        match = _BARE_QUESTION.match(self._text, sentence.start) or _LABEL.match(
            self._text, sentence.start, sentence.end
        )
        if not match or (match["name"] and _SALUTATION.fullmatch(match["name"])):
            return None
        group = "name" if match["name"] else "letter"
        name = match[group]
        letter = group == "letter" or (name[1:].isdigit() and name[0] in "QA")
        return Label(name, match.span(group), match.end(), match.end() == sentence.end, letter)

    def _count(self, paragraphs: Sequence[Paragraph]) -> Mapping[str, int]:
        shapes = [self._shape(sentence) for paragraph in paragraphs for sentence in paragraph.sentences]
        labels = list(_without_lists([label for label in shapes if label]))
        counts = Counter(label.name for label in labels if not label.alone or _is_sure(label.name))
        quoting = {label.name for label in labels if self._text[label.end : label.end + 1] in {"“", '"'}}
        return {
            name: count
            for name, count in counts.items()
            if count >= self._needed(name, len(paragraphs), quoting=name in quoting)
        }

    def _needed(self, name: str, lines: int, *, quoting: bool) -> int:
        """How often a label must open one of so many lines to be believed: a stray one may be a heading or a byline."""
        if is_question(name) or is_answer(name) or _first(name) in HONORIFICS or name.startswith("THE "):
            return 1
        if _first(name) in ROLES and (name.isupper() or quoting) and _is_office(name):
            return 1
        often = max(2, round(_LEAST_LABELLED * lines))
        return 1 if lines < _FEW_LINES and (self._people.knows(name) or is_person(name)) else often

    def _interrupts(self, label: Label) -> bool:
        """Whether a label seen once ends another's turn in a transcript: "MODERATOR: Next.", "Reuters: What now?"."""
        if _first(label.name) in HONORIFICS:
            return True
        parts = _parts(label.name)
        if label.alone or label.letter or parts[0] in SMALL_WORDS:
            return False
        if label.name.isupper() and len(label.name) > 2:
            return not set(parts) <= NOT_NAMES | METONYMS
        line_end = self._text.find("\n", label.end)
        line = self._text[label.end : None if line_end < 0 else line_end].rstrip()
        own = set(parts) - OPENERS - ROLES - NOT_NAMES
        return line.endswith("?") and len(parts) <= 4 and bool(own or INSTITUTIONS.intersection(parts))


def _without_lists(labels: Sequence[Label]) -> Iterator[Label]:
    """The labels less the letters of a list: "A." answers where there is a question, "Q1:" asks where one answers."""
    asking = any(is_question(label.name) for label in labels)
    answering = any(is_answer(label.name) for label in labels)
    for label in labels:
        paired = asking and (answering or label.name == "Q")
        if paired or not label.letter:
            yield label


def _is_sure(name: str) -> bool:
    """Whether what stands alone on its line is a label, not a heading: Q, "THE PRESIDENT", "MR. PRICE"."""
    office = name.startswith("THE ") and set(_parts(name)[1:]) <= ROLES
    return is_question(name) or is_answer(name) or office or (_first(name) in HONORIFICS and bool(words(name)))


def _is_office(name: str) -> bool:
    """Whether a label names an office, not a field alone ("HEALTH CARE"), nor what is an office's ("PRESS CONTACT")."""
    offices = [part for part in _parts(name) if part in ROLES - FIELDS]
    return bool(offices) and (not words(name) or not set(words(name)) <= NOT_NAMES)


def _first(name: str) -> str:
    return _parts(name)[0]


def _parts(name: str) -> list[str]:
    return [part.strip(".") for part in name.lower().split()]
