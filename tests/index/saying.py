"""Who speaks in a text, sentence by sentence, as tests look at it."""

from index.paragraphs import split_paragraphs
from index.speakers import attribute
from index.types import Document, Sentence

Said = tuple[str, str | None, str | None]
BRIEFING = "Press Briefing by Press Secretary Jen Psaki"


def sentences(document: Document) -> list[Sentence]:
    paragraphs = attribute(document, split_paragraphs(document))
    return [sentence for paragraph in paragraphs for sentence in paragraph.sentences]


def said(text: str, title: str = "A release", speaker: str | None = None) -> list[Said]:
    """(sentence, who speaks, how we know) of a document."""
    found = sentences(Document("id", title, text, "a.txt", speaker=speaker))
    result: list[Said] = []
    for sentence in found:
        words, speech = text[sentence.start : sentence.end], sentence.speech
        result.append((words, speech.speaker, speech.basis.value) if speech else (words, None, None))
    return result


def who(text: str, title: str = "A release", speaker: str | None = None) -> list[str | None]:
    return [name for _, name, _ in said(text, title, speaker)]


def evidence(text: str, title: str = "A release") -> list[str | None]:
    found = sentences(Document("id", title, text, "a.txt"))
    spans = [sentence.speech.evidence if sentence.speech else None for sentence in found]
    return [text[slice(*span)] if span else None for span in spans]
