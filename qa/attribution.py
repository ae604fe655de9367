"""Labelled documents → how often the right person is credited."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from index.errors import DocumentsError
from index.paragraphs import split_paragraphs
from index.sources import read_folder
from index.speakers import REPORTER, Collection, attribute, looks_like_person, name_words
from index.speakers.names import LONG_NAME, People, is_person, surname
from index.types import Document, Paragraph, Sentence, Speaker
from qa.sets import read_lines

_WORD = r"[^\W\d_][\w’'\-]+"
_PRONOUNS = frozenset("he she they it we i who his her their".split())
# Offices that stand for a person in the transcripts' labels, where no name does.
_OFFICES = {"the president": "biden", "the vice president": "harris", "the first lady": "biden"}


@dataclass(frozen=True, slots=True)
class Attribution:
    """Counts over the labels of a set, and over the sentences credited to somebody.

    `named` are the right ones whose person the document names in full, `in_full` those of them that are credited so:
    "Psaki" is right, and still tells a reader less than the "Press Secretary Jen Psaki" of the title does. They are
    counted on transcripts; the labels of news are of people named in full already.
    """

    labels: int
    right: int
    wrong: int
    credited: int
    confirmed: int
    contradicted: int
    named: int
    in_full: int

    @property
    def nobody(self) -> int:
        """The labels whose words are credited to nobody."""
        return self.labels - self.right - self.wrong

    @property
    def recall(self) -> float:
        """The share of the labels whose words are credited to the right person."""
        return self.right / max(1, self.labels)

    @property
    def precision(self) -> float:
        """The share of the credited sentences that a label confirms, of those that labels can judge."""
        return self.confirmed / max(1, self.confirmed + self.contradicted)

    @property
    def fullness(self) -> float:
        """The share of the right ones named in full by their document that are credited in full."""
        return self.in_full / max(1, self.named)

    def as_json(self) -> dict[str, Any]:
        """Counts, and shares of 1; a share of nothing is left out."""
        shares = {
            "recall": self.recall,
            **({"precision": self.precision} if self.confirmed + self.contradicted else {}),
            **({"credited_in_full": self.fullness} if self.named else {}),
        }
        return {**asdict(self), "nobody": self.nobody, **{name: round(share, 4) for name, share in shares.items()}}


def evaluate_news(folder: Path, split: str) -> Attribution:
    """Articles with labelled attributions (source, cue, content), as in PolNeAR (Newell, Margolin and Ruths, 2018).

    A label counts where its source is a person the article names in full. A credited sentence is confirmed by a label
    on it with that source, and contradicted where there is none; where the source is a pronoun or a common noun, no
    label can judge it.
    """
    labels: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in read_lines(folder, f"attributions_{split}"):
        if row["content_start"] is not None:
            labels[row["article"]].append(row)
    articles = read_lines(folder, f"articles_{split}")
    counts = Counter[str]()
    for article in articles:
        counts += _article(Document(article["id"], "", article["text"], article["id"]), labels[article["id"]])
    return _attribution(counts)


def _article(document: Document, labels: Sequence[Mapping[str, Any]]) -> Counter[str]:
    people = People("", document.text)
    sentences = list(_sentences(document))
    counts = Counter[str]()
    for label in labels:
        name = _head(label["source"]) if label["named"] else None
        person = people.resolve(name) if name else None
        if person:
            counts += _judged(person, _overlapping(sentences, label)[:1])
    for sentence in sentences:
        if sentence.speech and sentence.speech.speaker != REPORTER:
            sources = [label["source"] for label in labels if sentence in _overlapping(sentences, label)]
            counts["credited"] += 1
            counts[_confirmation(sentence.speech.speaker, sources)] += 1
    return counts


def _head(source: str) -> str | None:
    """The name a source ends in before what is said of it: not of "Clinton's aides", nor of "the Trump campaign"."""
    name = re.search(rf"{LONG_NAME}$", re.split(r",|\s\(|\swho\s", source)[0].strip())
    return name.group() if name else None


def _overlapping(sentences: Sequence[Sentence], label: Mapping[str, Any]) -> list[Sentence]:
    """The sentences a label's content lies in, the one with most of it first."""
    start, end = label["content_start"], label["content_start"] + len(label["content"])
    found = [sentence for sentence in sentences if sentence.start < end and sentence.end > start]
    return sorted(found, key=lambda sentence: max(sentence.start, start) - min(sentence.end, end))


def _confirmation(speaker: str, sources: Sequence[str]) -> str:
    if any(same_person(speaker, _head(source) or source) for source in sources):
        return "confirmed"
    unnamed = (not re.search(r"[A-Z]", source) or source.split()[0].lower() in _PRONOUNS for source in sources)
    return "unjudged" if any(unnamed) else "contradicted"


def evaluate_transcripts(folder: Path, documents: Path) -> Attribution:
    """Paragraphs labelled with the transcript's own label, against the documents they come from.

    A paragraph is found in its document by its words; one that is not found is not counted. Names are settled over all
    documents together, as in an index.
    """
    labels: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in read_lines(folder, "corpus"):
        labels[row["_id"].rpartition("-")[0]].append((_plain(row["text"])[:200], row["speaker"]))
    names, transcripts = Collection(), []
    for document in read_folder(documents):
        if isinstance(document, Document):
            paragraphs = attribute(document, split_paragraphs(document))
            names.add(document, paragraphs)
            transcripts.append((document, paragraphs))
    people = names.people()
    counts = Counter[str]()
    for document, paragraphs in transcripts:
        counts += _transcript(document, _named(paragraphs, people), labels[Path(document.source).stem])
    return _attribution(counts)


def _named(paragraphs: Sequence[Paragraph], people: Mapping[str, Speaker | None]) -> list[Paragraph]:
    """The paragraphs with each speaker under the name an index gives them."""
    return [
        replace(paragraph, sentences=tuple(_renamed(sentence, people) for sentence in paragraph.sentences))
        for paragraph in paragraphs
    ]


def _renamed(sentence: Sentence, people: Mapping[str, Speaker | None]) -> Sentence:
    person = people[sentence.speech.speaker] if sentence.speech else None
    speech = replace(sentence.speech, speaker=person.name) if sentence.speech and person else None
    return replace(sentence, speech=speech)


def _transcript(document: Document, paragraphs: Sequence[Paragraph], labels: Iterable[tuple[str, str]]) -> Counter[str]:
    texts = [_plain(document.text[paragraph.start : paragraph.end]) for paragraph in paragraphs]
    counts, position = Counter[str](), 0
    for words, label in labels:
        place = next((i for i in range(position, len(texts)) if words and words in texts[i]), None)
        if place is not None:
            position = place
            counts += _credit(person_of(label), paragraphs[place].sentences[-1:], document)
    return counts


def _credit(person: str, sentences: Sequence[Sentence], document: Document) -> Counter[str]:
    """The verdict on a label, and where it is right, whether the document and the credit give the name in full."""
    counts = _judged(person, sentences)
    speech = sentences[0].speech if sentences else None
    if speech and counts["right"] and (is_person(person) or names_in_full(document, person)):
        counts += Counter(named=1, in_full=int(is_person(speech.speaker)))
    return counts


def names_in_full(document: Document, label: str) -> bool:
    """Whether the text or the title holds "Firstname Lastname" for the last name of a label.

    A title, an honorific or a small word ("Secretary", "MS.", "And") before the name is no first name, and neither is
    an initial alone or a word of the label itself, as in "ADMINISTRATOR REGAN". Which first name is the right one is
    not judged.
    """
    last = surname(label)
    if not looks_like_person(last):
        return False
    whole = re.compile(rf"\b({_WORD})\s(?:[A-Z]\.\s)?({re.escape(last)})\b", re.IGNORECASE)
    found = (match for text in (document.title, document.text) for match in whole.finditer(text))
    titles = label.lower().split()
    return any(
        match[1][0].isupper()
        and match[2][0].isupper()
        and match[1].lower() not in titles
        and looks_like_person(match[1])
        for match in found
    )


def person_of(label: str) -> str:
    """The name a transcript's label stands for: an office's holder in the time of the sets, or the label itself."""
    return _OFFICES.get(label.lower(), label)


def _judged(person: str, sentences: Sequence[Sentence]) -> Counter[str]:
    speech = sentences[0].speech if sentences else None
    if speech is None:
        return Counter(labels=1)
    return Counter(labels=1, **{"right" if same_person(person, speech.speaker) else "wrong": 1})


def same_person(one: str, other: str) -> bool:
    """Whether the words of one name, less titles, are all among the other's."""
    a, b = set(name_words(one)), set(name_words(other))
    return bool(a and b and (a <= b or b <= a)) or one.lower() == other.lower()


def _sentences(document: Document) -> Iterator[Sentence]:
    return (s for paragraph in attribute(document, split_paragraphs(document)) for s in paragraph.sentences)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _attribution(counts: Counter[str]) -> Attribution:
    if not counts["labels"]:
        raise DocumentsError("no label of the set could be matched with a document")
    return Attribution(**{field.name: counts[field.name] for field in fields(Attribution)})
