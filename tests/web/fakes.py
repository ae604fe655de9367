"""An answerer that is a function of what it is asked: it counts the words a sentence shares with the question.

Good enough that ranking, attribution and abstention mean something, and small enough that nothing has to be built.
"""

import calendar
import re
import time
from dataclasses import dataclass, replace

from index.copies import Place
from index.duplicates import same_words
from index.types import Basis, Document, Paragraph, Sentence, Speech
from qa.errors import DocumentMissingError
from qa.request import Request
from qa.shortanswer import with_short
from qa.types import Answer, Hit, Query, Quote

_NOT_TOPIC = frozenset("a about an and did do does he it on say said she that the them they to what when who".split())
_PRONOUNS = frozenset("he it she that them they".split())
_LABEL = re.compile(r"([A-Z]\w+(?: [A-Z]\w+)*): ")
_CUE = re.compile(r"([A-Z]\w+(?: [A-Z]\w+)*) said")


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def read(document: Document) -> tuple[Paragraph, ...]:
    """The paragraphs of a document; a label or cue opens a statement, which lasts to the end of its paragraph."""
    return tuple(
        Paragraph(match.start(), match.end(), tuple(_sentences(document.text, match.start(), match.end())))
        for match in re.finditer(r"\S.*?(?=\n\s*\n|\Z)", document.text, re.DOTALL)
    )


def _sentences(text: str, start: int, end: int) -> list[Sentence]:
    sentences: list[Sentence] = []
    speech: Speech | None = None
    for match in re.finditer(r"\S.*?[.?!](?=\s|\Z)|\S.+", text[start:end], re.DOTALL):
        label, cue = _LABEL.match(match.group()), _CUE.search(match.group())
        if label:
            speech = Speech(label[1], Basis.LABEL)
        elif cue:
            speech = Speech(cue[1], Basis.CUE)
        elif speech:
            speech = replace(speech, basis=Basis.CARRIED)
        begin = start + match.start() + (len(label[0]) if label else 0)
        sentences.append(Sentence(begin, start + match.end(), speech))
    return sentences


@dataclass(frozen=True, slots=True)
class Found:
    score: float
    hit: Hit
    sentence: Sentence


class FakeAnswerer:
    """Answers from documents held in memory. A sentence answers where it has two words of the topic."""

    def __init__(self, documents: tuple[Document, ...]) -> None:
        self._documents = {document.id: document for document in documents}
        self._paragraphs = [(document, paragraph) for document in documents for paragraph in read(document)]
        self._same = [same_words(document.text[each.start : each.end]) for document, each in self._paragraphs]
        sentences = [sentence for _, paragraph in self._paragraphs for sentence in paragraph.sentences]
        self._speakers = sorted({sentence.speech.speaker for sentence in sentences if sentence.speech})
        self.index = "20260101T000000Z-fake"

    @property
    def documents(self) -> int:
        return len(self._documents)

    @property
    def paragraphs(self) -> int:
        return len(self._paragraphs)

    def document(self, id: str) -> Document:
        try:
            return self._documents[id]
        except KeyError:
            raise DocumentMissingError(f"no document has the id '{id}'") from None

    def copies(self, document: Document) -> tuple[Document, ...]:
        others = (other for other in self._documents.values() if other != document)
        return tuple(other for other in others if same_words(other.text) == same_words(document.text))

    def ask(self, request: Request) -> Answer:
        began = time.perf_counter()
        query = self._query(request)
        found = self._find(query)
        hits = tuple(dict.fromkeys(each.hit for each in found))[: request.limit]
        strong = [each for each in found if each.score >= 2 and each.hit in hits]
        wanted = [each for each in strong if not query.speakers or _speaker(each) in query.speakers]
        quotes = with_short(tuple(_quote(each, hits) for each in wanted[:3]), query)
        others = () if quotes else tuple(_quote(each, hits) for each in strong[:3])
        confidence = wanted[0].score / (wanted[0].score + 0.2) if wanted else 0.1
        took = (time.perf_counter() - began) * 1000
        return Answer(
            query, bool(quotes), confidence, _text(query, quotes), quotes, others, hits, self.index, round(took, 2)
        )

    def _query(self, request: Request) -> Query:
        standalone = request.question
        if request.history and words(standalone) & _PRONOUNS:
            standalone = f"{request.history[-1].question} {standalone}"
        asked = words(standalone)
        named = tuple(name for name in self._speakers if words(name) & asked)
        speakers = tuple(dict.fromkeys((*request.speaker, *named)))
        names = {word for name in speakers for word in words(name)}
        topic = " ".join(word for word in standalone.lower().strip("?.! ").split() if word not in _NOT_TOPIC | names)
        return Query(
            question=request.question,
            standalone=standalone,
            topic=topic,
            speakers=speakers,
            since=request.since,
            until=request.until,
            source=request.source,
        )

    def _find(self, query: Query) -> list[Found]:
        """Sentences that share a word with the topic, best first; ties in the order of the documents."""
        topic = words(query.topic)
        found = []
        for row, (document, paragraph) in enumerate(self._paragraphs):
            if not _in_time(document, query):
                continue
            shared = {
                sentence: len(topic & words(document.text[sentence.start : sentence.end]))
                for sentence in paragraph.sentences
            }
            best = max(shared.values(), default=0)
            cosines = tuple(score / (score + 1) for score in shared.values())
            same = [place for place, words in enumerate(self._same) if words == self._same[row]]
            if same[0] < row:
                continue
            copies = tuple(_place(*self._paragraphs[place]) for place in same[1:])
            hit = Hit(row, document, paragraph, float(best), best / (best + 1), cosines, copies=copies)
            found += [Found(float(score), hit, sentence) for sentence, score in shared.items() if score]
        return sorted(found, key=lambda each: -each.score)


def _place(document: Document, paragraph: Paragraph) -> Place:
    facts = (document.id, document.title, document.date, document.source, document.url, document.publisher)
    return Place(*facts, paragraph.start, paragraph.end)


def _in_time(document: Document, query: Query) -> bool:
    date = document.date or ""
    return (not query.since or date >= query.since) and (not query.until or date[: len(query.until)] <= query.until)


def _speaker(found: Found) -> str | None:
    return found.sentence.speech.speaker if found.sentence.speech else None


def _quote(found: Found, hits: tuple[Hit, ...]) -> Quote:
    document, sentence, speech = found.hit.document, found.sentence, found.sentence.speech
    return Quote(
        text=document.text[sentence.start : sentence.end],
        start=sentence.start,
        end=sentence.end,
        passage=hits.index(found.hit) + 1,
        speaker=speech.speaker if speech else None,
        basis=speech.basis if speech else None,
        date=document.date,
    )


def _text(query: Query, quotes: tuple[Quote, ...]) -> str:
    if not quotes:
        who = f"what {', '.join(query.speakers)} said" if query.speakers else "anything"
        return f"Not on record: these documents do not hold {who} about {query.topic}."
    first = quotes[0]
    who = ", ".join(part for part in (first.speaker, first.date and _day(first.date)) if part)
    short = f"{first.short.text} — " if first.short else ""
    return f"{short}{who}: “{first.text}”" if who else f"{short}“{first.text}”"


def _day(date: str) -> str:
    year, *rest = date.split("-")
    month = [calendar.month_name[int(rest[0])]] if rest else []
    return " ".join([*(str(int(number)) for number in rest[1:]), *month, year])
