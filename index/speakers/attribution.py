"""Document + Paragraphs → the same Paragraphs, each sentence with the Speech in it, where it is somebody's."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from index.speakers.cues import credits_stranger, find_cue, has_quotation, is_quoted, opens_quotation
from index.speakers.labels import Label, Labels, is_answer, is_question, opens_line
from index.speakers.names import LONG_NAME, People, is_person, without_honorific, without_titles, words
from index.speakers.titles import is_possessive, principals
from index.speakers.verbs import VERB
from index.speakers.vocabulary import ROLES
from index.types import Basis, Document, Paragraph, Sentence, Speech

REPORTER = "Reporter"
"""Who asks where a transcript says no more than Q."""

_ASIDE = re.compile(r"[(\[][^()\[\]]*[)\]]\.?")
_CLOCK = r"\d{1,2}:\d{2}\s[AP]\.?M\.?(?:\s+\(?(?:[A-Z]{2,5}|[Ll]ocal(?:\s[Tt]ime)?)\)?)?"
# Nothing but a mark, or a time of day: "END the war" is spoken.
_END = re.compile(
    rf"(?:\W{{0,3}}END\W{{0,3}}(?:\s[A-Z]{{2,}}){{0,3}}(?:\s*{_CLOCK})?|(?:\#\s?){{2,}}|(?:\*\s?){{3,}}|-{{3,}}|{_CLOCK})[.\s]*"
)
_NOTE = re.compile(r"(?:Editor['’]s )?[Nn]ote:")
_ORDINAL = re.compile(
    r"(?:First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Ninth|Tenth|Last|Final)(?:ly)?(?:\sand\s\w+)?,\s|"
    r"(?:Last but not least|In conclusion|On the \w+ hand)\b"
)
_FIRST_PERSON = re.compile(r"\b(?:I|[Ww]e|[Oo]urs?|[Mm]y)\b")
_QUOTATION = re.compile(r"“[^”]*”|\"[^\"]*\"")
_UNNAMED = re.compile(r"(?:An?|One|The)\s[a-z]")
# "A senior aide disputed that": somebody new.
_ANOTHER_SPEAKS = re.compile(rf"(?:An?|One)\s[a-z][\w’'\-]*(?:\s[\w’'\-]+){{0,4}}?\s{VERB}")
# A release reports the statements of at most so many people, and quotes in at most this share of its sentences;
# at least this share of its paragraphs reports a statement or counts one off, and they have so many sentences at most.
_MOST_SPEAKERS = 4
_MOST_QUOTING = 0.2
_LEAST_STATING = 0.4
_LONGEST_PARAGRAPHS = 8
# A quotation is looked to its end for whom it is credited to within so many sentences.
_LONGEST_QUOTATION = 20
# An answer has so many paragraphs at most: what comes later is about something else.
_LONGEST_ANSWER = 10
_DOCTOR = re.compile(r"\bDr\.\s(?P<name>(?:[A-Z][\w’'\-]{0,40}\.?\s){1,3}?[A-Z][\w\-]{1,40}(?!\s[A-Z]))")


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


def answered_questions(paragraphs: Sequence[Paragraph]) -> list[int | None]:
    """For each paragraph the one before it whose reporter's question it answers; None where there is none."""
    answers: list[int | None] = []
    question: int | None = None
    for position, paragraph in enumerate(paragraphs):
        asking = [s.speech is not None and s.speech.speaker == REPORTER for s in paragraph.sentences]
        if asking and sum(asking) > len(asking) / 2:
            question = position
            answers.append(None)
        else:
            near = question is not None and position - question <= _LONGEST_ANSWER
            answers.append(question if near else None)
    return answers


class _Walk:
    """One pass over a document, from its first sentence to its last."""

    def __init__(self, document: Document, paragraphs: Sequence[Paragraph]) -> None:
        self._text = document.text
        self._record = without_honorific(document.speaker) if document.speaker else None
        self._paragraphs = paragraphs
        self._people = People(document.title, document.text)
        self._principals = [(role, self._people.of_headline(name)) for role, name in principals(document.title)]
        for _, name in self._principals:
            self._people.add(name)
        self._labels = Labels(document.text, paragraphs, self._people)
        # A record that names its speaker, or a title that does, speaks for every sentence that no label takes.
        self._whole = self._speech_of_whole(document.title)
        self._turn: _Turn | None = None
        self._subject: str | None = None
        self._open = False

    @property
    def _principal(self) -> str | None:
        """The one person a title says the words are by, where it is one."""
        names = {name for _, name in self._principals}
        return next(iter(names)) if len(names) == 1 else None

    def _speech_of_whole(self, title: str) -> Speech | None:
        if self._record and len(self._labels) < 2:
            return Speech(self._record, Basis.METADATA)
        if not self._principal:
            return None
        # What stands before the questions of an interview introduces who answers them.
        answering = self._labels.has_answers and "interview" not in title.lower()
        speaking = self._labels.are_stray(self._principal) and not self._is_narrated(title)
        return Speech(self._principal, Basis.METADATA) if answering or speaking else None

    def _is_narrated(self, title: str) -> bool:
        """Whether another tells what was said: a text that credits its principal, or credits others and has no "I"."""
        texts = (self._text[s.start : s.end] for paragraph in self._paragraphs for s in paragraph.sentences)
        speakers = {cue.speaker for cue in (find_cue(text, self._people) for text in texts) if cue}
        told = bool(speakers) and not _FIRST_PERSON.search(_QUOTATION.sub("", self._text))
        return self._principal in speakers or (told and is_possessive(title))

    def sentences(self, paragraph: Paragraph) -> Iterator[Sentence]:
        for position, sentence in enumerate(paragraph.sentences):
            inside = opens_quotation(self._text[paragraph.start : sentence.start])
            speech = self._speech(sentence, first=position == 0, inside=inside)
            if (speech is None or speech.basis is Basis.CARRIED) and not (self._turn and self._turn.labelled):
                speech = self._credited_later(paragraph.sentences[position:]) or speech
            yield replace(sentence, speech=speech)

    def _credited_later(self, sentences: Sequence[Sentence]) -> Speech | None:
        """Who a quotation is credited to when it ends: “We will act. We must,” said Blinken."""
        start = sentences[0].start
        for sentence in sentences[1:_LONGEST_QUOTATION]:
            if not opens_quotation(self._text[start : sentence.start]):
                return None
            cue = find_cue(self._text[sentence.start : sentence.end], self._people, self._subject, quoted=True)
            if cue:
                return Speech(cue.speaker, Basis.CUE, (sentence.start + cue.start, sentence.start + cue.end))
        return None

    def _speech(self, sentence: Sentence, first: bool, inside: bool) -> Speech | None:
        text = self._text[sentence.start : sentence.end]
        if _ASIDE.fullmatch(text):
            return None
        if _END.fullmatch(text):
            self._turn = self._turn if text[0].isdigit() else None
            return None
        if _NOTE.match(text) and opens_line(self._text, sentence.start):
            self._turn = None
            return None
        label = self._labels.of(sentence)
        if label:
            self._turn = self._labelled(label)
            return Speech(self._turn.speaker, Basis.LABEL, self._turn.evidence) if self._turn else None
        if self._turn and self._turn.labelled:
            return Speech(self._turn.speaker, Basis.CARRIED, self._turn.evidence)
        if self._whole:
            return self._whole
        return self._reported(sentence, text, first, inside)

    def _reported(self, sentence: Sentence, text: str, first: bool, inside: bool) -> Speech | None:
        """Reported speech in prose: a cue opens a statement; it goes on as quotation marks, or a release, have it."""
        cue = find_cue(text, self._people, self._subject, quoted=inside)
        if cue:
            evidence = (sentence.start + cue.start, sentence.start + cue.end)
            self._turn = _Turn(cue.speaker, evidence, labelled=False)
            self._subject = cue.speaker
            self._open = opens_quotation(text)
            return Speech(cue.speaker, Basis.CUE, evidence)
        if not self._goes_on(text, first):
            self._turn, self._open = None, False
            self._subject = self._subject_of(text)
            return None
        if self._open:
            self._open = opens_quotation(text) if first else "”" not in text and text.count('"') % 2 == 0
        return Speech(self._turn.speaker, Basis.CARRIED, self._turn.evidence) if self._turn else None

    def _goes_on(self, text: str, first: bool) -> bool:
        """Whether a sentence without a cue of its own still belongs to the statement before it."""
        if not self._turn or credits_stranger(text) or _ANOTHER_SPEAKS.match(text):
            return False
        if is_quoted(text) or (self._open and not (first and text[0] not in '“"')):
            return True
        return self._is_release and (not first or bool(_ORDINAL.match(text)))

    def _subject_of(self, text: str) -> str | None:
        """Whom "he" or "she" means in what follows: the person a sentence is about, or else the one before.

        After "a senior aide disputed that", it may be the aide.
        """
        if _UNNAMED.match(text):
            return None
        subject = re.match(LONG_NAME, text)
        return (self._people.resolve(subject.group()) if subject else None) or self._subject

    @cached_property
    def _is_release(self) -> bool:
        """Whether a document reports the statements of few, in its own words: only there does silence carry one on.

        News quotes many people, and between their words it speaks itself.
        """
        texts = [[self._text[s.start : s.end] for s in paragraph.sentences] for paragraph in self._paragraphs]
        cues = [[find_cue(text, self._people) for text in paragraph] for paragraph in texts]
        speakers = {cue.speaker for paragraph in cues for cue in paragraph if cue}
        quoting = sum(has_quotation(text) for paragraph in texts for text in paragraph)
        stating = sum(any(found) or bool(_ORDINAL.match(text[0])) for found, text in zip(cues, texts, strict=True))
        return (
            len(speakers) <= _MOST_SPEAKERS
            and quoting <= _MOST_QUOTING * sum(map(len, texts))
            and stating >= _LEAST_STATING * len(texts)
            and sum(map(len, texts)) <= _LONGEST_PARAGRAPHS * len(texts)
        )

    def _labelled(self, label: Label) -> _Turn | None:
        """Whose turn a label opens; an answer in a document that does not say who answers is nobody's."""
        if is_question(label.name):
            return _Turn(REPORTER, label.span, labelled=True)
        if is_answer(label.name):
            answering = self._record or self._principal
            return _Turn(answering, label.span, labelled=True) if answering else None
        return _Turn(self._of_role(label.name) or self._of_label(label.name), label.span, labelled=True)

    def _of_role(self, label: str) -> str | None:
        """Who "THE PRESIDENT" is, where the title says so and names one."""
        role = re.sub(r"^the\s", "", label.lower())
        names = {name for office, name in self._principals if office == role}
        return next(iter(names)) if len(names) == 1 else None

    @cached_property
    def _doctors(self) -> dict[str, set[str]]:
        """The doctors whom the text names in full, by surname in lower case."""
        doctors: defaultdict[str, set[str]] = defaultdict(set)
        for match in _DOCTOR.finditer(self._text):
            doctors[match["name"].split()[-1].lower()].add(match["name"])
        return doctors

    def _doctor(self, label: str, name: str) -> str | None:
        """The one doctor of this surname whom the text names in full: "DR. BIDEN" is not the president."""
        found = self._doctors.get(name.lower(), set()) if re.match(r"(?i)dr\.?\s", label) else set()
        return next(iter(found)) if len(found) == 1 else None

    def _of_label(self, label: str) -> str:
        """The person of a label in full, or else its name; what names nobody ("OPERATOR") stays as it is."""
        plain = without_titles(label)
        # An office is a title, so its holder's full name has one somewhere too; "MS." may be anybody of the surname.
        by_office = label.split()[0].lower().strip(".") in ROLES and len(words(label)) == 1
        found = (
            self._doctor(label, plain)
            or self._people.titled(plain)
            or (None if by_office else self._people.resolve(label))
        )
        speaker = found or plain or label.title()
        if is_person(speaker):
            self._people.add(speaker)
        return speaker
