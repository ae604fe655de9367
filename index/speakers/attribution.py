"""Document + Paragraphs → the same Paragraphs, each sentence with the Speech in it, where it is somebody's."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.speakers.names import LONG_NAME, NAME, People, is_person, without_titles, words
from index.speakers.vocabulary import HONORIFICS, METONYMS, NOT_NAMES
from index.types import Basis, Document, Paragraph, Sentence, Speech

REPORTER = "Reporter"
"""Who asks where a transcript says no more than Q."""

_VERBS = r"""
    said says stated noted stressed emphasised emphasized underlined underscored added pointed\sout
    called\s(?:for|on|upon) urged pledged warned argued explained expressed hoped affirmed reaffirmed reiterated
    announced declared told insisted recalled remarked observed acknowledged confirmed denied condemned welcomed
    promised vowed maintained concluded proposed suggested replied responded committed\sto highlighted claimed
    demanded thanked appealed described
""".split()
_VERB = rf"(?:(?:also|then|further|again|later|has|had|have)\s)*(?:{'|'.join(_VERBS)})\b"
_SUBJECT_FIRST = re.compile(rf"(?P<name>{LONG_NAME})(?:,[^,]{{3,80}},)?\s{_VERB}")
_VERB_FIRST = re.compile(
    rf"[,”\"’]\s(?:said|says|added|noted|stressed|warned|explained)\s(?:the\s)?(?P<name>{LONG_NAME})"
)
_ACCORDING = re.compile(rf"\b[Aa]ccording\sto\s(?:the\s)?(?P<name>{LONG_NAME})")
# "The claim that Wang Yi said so" is not Wang Yi saying so.
_DENIED = re.compile(
    r"\b(?:claims?|allegations?|reports?|rumou?rs?|suggestions?|den(?:y|ies|ied))\s(?:\w+\s)?that\s(?:the\s)?$"
)
_PRONOUN = re.compile(rf"^[“\"]?(?:He|She)\s{_VERB}")

_LABEL = re.compile(rf"(?P<name>Q|A|QUESTION|ANSWER|Question|Answer|(?:(?i:the)\s)?{LONG_NAME})\s?:\s*(?=\S)")
_BARE_QUESTION = re.compile(r"(?P<name>Q)[ \xa0]{1,}(?=[A-Z“\"(])")
_ASIDE = re.compile(r"[(\[][^()\[\]]*[)\]]\.?")
_END = re.compile(r"(?:END|\#{2,}|\*{3,}|-{3,})\b.*|\d{1,2}:\d{2}\s[AP]\.?M\.?.*")
_ORDINAL = re.compile(
    r"(?:First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Ninth|Tenth|Last|Final)(?:ly)?(?:\sand\s\w+)?,\s|"
    r"(?:Last but not least|In conclusion|On the \w+ hand)\b"
)
_QUESTION_LABELS = frozenset({"q", "question"})
_ANSWER_LABELS = frozenset({"a", "answer"})

_GENRE = (
    r"(?i:remarks|statements?|speech|address|keynote|briefing|gaggle|press\sconference|interview|op-ed|letter|message|"
    r"testimony)"
)
_OWN_WORDS = re.compile(rf"\b{_GENRE}(?:\s\w+)?\s(?:by|of|from|with)\s(?P<who>.+)")
_POSSESSIVE = re.compile(rf"(?P<who>{NAME})[’']s?\s(?:\w+\s)?{_GENRE}")


@dataclass(frozen=True, slots=True)
class _Turn:
    """Whose statement is under way: of a label it lasts until the next, of a cue only while it plainly goes on."""

    speaker: str
    evidence: tuple[int, int] | None
    labelled: bool


def attribute(document: Document, paragraphs: Sequence[Paragraph]) -> tuple[Paragraph, ...]:
    """Give each sentence its Speech. A wrong name is worse than none: in doubt, a sentence stays nobody's."""
    walk = _Walk(document, paragraphs)
    return tuple(replace(paragraph, sentences=tuple(walk.sentences(paragraph))) for paragraph in paragraphs)


class _Walk:
    """One pass over a document, from its first sentence to its last."""

    def __init__(self, document: Document, paragraphs: Sequence[Paragraph]) -> None:
        self._text = document.text
        self._people = People(document.title, document.text)
        self._principals = [(role, self._full(name)) for role, name in _principals(document.title)]
        for _, name in self._principals:
            self._people.add(name)
        self._labels = self._count_labels(paragraphs)
        # A record that names its speaker, or a title that does, speaks for every sentence that no label takes.
        self._whole = self._speech_of_whole(document)
        self._turn: _Turn | None = None
        self._last_named: str | None = None

    def _full(self, name: str) -> str:
        return self._people.resolve(name) or name

    @property
    def _principal(self) -> str | None:
        """The one person a title says the words are by, where it is one."""
        names = {name for _, name in self._principals}
        return next(iter(names)) if len(names) == 1 else None

    def _speech_of_whole(self, document: Document) -> Speech | None:
        if document.speaker and len(self._labels) < 2:
            return Speech(without_titles(document.speaker) or document.speaker, Basis.METADATA)
        if self._principal and (not self._labels or _ANSWER_LABELS & {label.lower() for label in self._labels}):
            return Speech(self._principal, Basis.METADATA)
        return None

    def sentences(self, paragraph: Paragraph) -> Iterator[Sentence]:
        for position, sentence in enumerate(paragraph.sentences):
            yield replace(sentence, speech=self._speech(sentence, first=position == 0))

    def _speech(self, sentence: Sentence, first: bool) -> Speech | None:
        text = self._text[sentence.start : sentence.end]
        if _ASIDE.fullmatch(text):
            return None
        if _END.fullmatch(text):
            self._turn = None if text.startswith("END") else self._turn
            return None
        label = self._label(sentence)
        if label:
            self._turn = self._labelled(label)
            return Speech(self._turn.speaker, Basis.LABEL, self._turn.evidence) if self._turn else None
        if self._turn and self._turn.labelled:
            return Speech(self._turn.speaker, Basis.CARRIED, self._turn.evidence)
        if self._whole:
            return self._whole
        return self._reported(sentence, text, first)

    def _reported(self, sentence: Sentence, text: str, first: bool) -> Speech | None:
        """Reported speech in prose: a cue opens a statement, the rest of the paragraph and "Second, …" carry it on."""
        cue = self._cue(text)
        if cue:
            speaker, (start, end) = cue
            evidence = (sentence.start + start, sentence.start + end)
            self._turn = _Turn(speaker, evidence, labelled=False)
            self._last_named = speaker
            return Speech(speaker, Basis.CUE, evidence)
        subject = re.match(LONG_NAME, text)
        if subject and self._people.resolve(subject.group()):
            self._last_named = self._people.resolve(subject.group())
        if first and not _ORDINAL.match(text):
            self._turn = None
        return Speech(self._turn.speaker, Basis.CARRIED, self._turn.evidence) if self._turn else None

    def _cue(self, text: str) -> tuple[str, tuple[int, int]] | None:
        for pattern in (_SUBJECT_FIRST, _VERB_FIRST, _ACCORDING):
            for match in pattern.finditer(text):
                speaker = self._people.resolve(match["name"])
                if speaker and not _DENIED.search(text, 0, match.start()):
                    return speaker, match.span()
        pronoun = _PRONOUN.match(text)
        return (self._last_named, pronoun.span()) if pronoun and self._last_named else None

    def _label(self, sentence: Sentence) -> re.Match[str] | None:
        """The label a sentence opens with, if it stands at the start of a line and is believed to be one."""
        match = self._label_shape(sentence)
        if match and (self._labels.get(match["name"]) or (self._labels and self._interrupts(match, sentence))):
            return match
        return None

    def _label_shape(self, sentence: Sentence) -> re.Match[str] | None:
        if self._text[: sentence.start].rstrip(" \t\xa0")[-1:] not in ("", "\n"):
            return None
        return _BARE_QUESTION.match(self._text, sentence.start) or _LABEL.match(
            self._text, sentence.start, sentence.end
        )

    def _interrupts(self, match: re.Match[str], sentence: Sentence) -> bool:
        """Whether a label seen once ends another's turn in a transcript: "Ms. Jones: Yes." or "Reuters: What next?"."""
        line_end = self._text.find("\n", sentence.start)
        line = self._text[sentence.start : None if line_end < 0 else line_end].rstrip()
        first = match["name"].split()[0].lower().strip(".")
        return first in HONORIFICS or (line.endswith("?") and len(match["name"].split()) <= 4)

    def _needed(self, label: str) -> int:
        """How often a label must occur to be believed: a mixed-case one that names nobody known may be a heading."""
        if label.lower() in _QUESTION_LABELS | _ANSWER_LABELS or label.isupper() or self._people.knows(label):
            return 1
        return 2

    def _count_labels(self, paragraphs: Sequence[Paragraph]) -> dict[str, int]:
        shapes = (self._label_shape(sentence) for paragraph in paragraphs for sentence in paragraph.sentences)
        counts = Counter(match["name"] for match in shapes if match)
        return {label: count for label, count in counts.items() if count >= self._needed(label)}

    def _labelled(self, label: re.Match[str]) -> _Turn | None:
        """Whose turn a label opens; an answer in a document that does not say who answers is nobody's."""
        name, evidence = label["name"], label.span("name")
        if name.lower() in _QUESTION_LABELS:
            return _Turn(REPORTER, evidence, labelled=True)
        if name.lower() in _ANSWER_LABELS:
            return _Turn(self._principal, evidence, labelled=True) if self._principal else None
        return _Turn(self._of_role(name) or self._of_label(name), evidence, labelled=True)

    def _of_role(self, label: str) -> str | None:
        """Who "THE PRESIDENT" is, where the title says so and names one."""
        role = re.sub(r"^the\s", "", label.lower())
        names = {name for office, name in self._principals if office == role}
        return next(iter(names)) if len(names) == 1 else None

    def _of_label(self, label: str) -> str:
        """The person of a label in full, or else its name; what names nobody ("OPERATOR") stays as it is."""
        plain = without_titles(label)
        speaker = self._people.resolve(label) or plain or label.title()
        if is_person(speaker):
            self._people.add(speaker)
        return speaker


def _principals(title: str) -> Iterator[tuple[str, str]]:
    """(role in lower case, name) of those a title says the words are by: "Remarks by President Biden …"."""
    match = _OWN_WORDS.search(title) or _POSSESSIVE.search(title)
    for part in re.split(r",\s|\sand\s(?=[A-Z])", match["who"]) if match else ():
        found = re.match(LONG_NAME, part.strip())
        name = without_titles(found.group()) if found else ""
        if found and words(name) and not any(word in NOT_NAMES | METONYMS for word in words(name)):
            yield found.group()[: found.group().find(name.split()[0])].strip().lower(), name
