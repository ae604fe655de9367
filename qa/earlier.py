"""What a follow-up leans on: the question before it taken apart, and what its answer gave."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.dates import format_date, parse_date
from index.speakers.countries import NAMES, NATIONS, plain
from qa.people import Directory, Mention
from qa.speaking import SAYS, asked_by
from qa.topic import NOUNS, VERB
from qa.when import apart, period

_ON = r"(?:about|on|of|regarding|concerning|towards?)"
_ABOUT = re.compile(rf"\s{_ON}\s", re.I)
_AFTER_VERB = re.compile(r"\s(?:about|on|of|to|for|with|that|against|over|from)\b|(?=\s|$)", re.I)
# Verbs whose object is not what is spoken about, but to whom, or nothing: "tell the press about …".
_PLAIN = re.compile(r"\s(?:\w+ly\s)?(?:say|said|tell|told|speak|spoken?|talk|write|wrote|think|ask|call|comment)", re.I)
_OWN_NOUN = re.compile(rf"[’']s?\s(?:\w+\s){{0,3}}?{NOUNS}\b", re.I)
_NOT_NAMED = re.compile(
    rf"\b(?:(?:{VERB}|{NOUNS}|me|more|information|details?|know|hear|learn)\s{_ON}|interested\sin)\s", re.I
)
_SAID = re.compile(r"(?P<who>[^\n]+?)(?:,\s(?P<date>(?:\d{1,2}\s)?(?:[A-Z][a-z]+\s)?\d{4}))?:\s“(?P<words>.+)", re.S)
_BETWEEN = "\n\n"
_AFTER_SHORT = " — "
# Words that end a phrase which a pronoun can stand for.
_ENDS = (
    r"(?:is|are|was|were|be|been|do|does|did|has|have|had|will|would|can|could|should|may|might|must|and|or|but|that|"
    r"you|i|we|he|she|it|they|instead|which|who|when|where|if|because|after|before|about|on|at|for|with|by|to|from|into|than|as|according|"
    r"in(?!\s(?:the\s)?[A-Z])|"
    r"\w+(?<!Unit)ed)"
)
_DEFINITE = re.compile(
    rf"\b(?:the|this|a|an)(?!\s(?:world|same|most|first|past|future|way|one|other|\d+(?:st|nd|rd|th)))(?:\s(?!{_ENDS}\b)[\w’'\-]+)+"
)
AUXILIARY = re.compile(r"(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may|might)\b", re.I)
# "How is rice grown", "How much will vaccines cost".
_SUBJECT = re.compile(
    rf"(?:when|where|why|how)\s(?:(?:much|many|long|often)\s)?{AUXILIARY.pattern}\s(?P<what>[a-z][\w\-]+(?:\s[\w\-]+)?)\s"
    r"(?!be\b)\w+(?:,|\s(?:in|on|at|by)\s|$)",
    re.I,
)
_DOES = re.compile(r"\b(?:do|does|did|will|would|can|could|should|may|might|must)\s$", re.I)
_IS = re.compile(r"(?:(?:when|where|why|how)\s)?(?:is|are|was|were|has|have|had)\s", re.I)
_NAME = re.compile(r"(?<=\s)[A-Z][\w’\-]*(?:\s[A-Z][\w’\-]*)*")


@dataclass(frozen=True, slots=True)
class Given:
    """What an answer gave: whose words, of which day, and the words themselves; all empty where it gave none.

    An answer that `asks` gave a choice.
    """

    speaker: str = ""
    date: str | None = None
    words: str = ""
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """A question taken apart: `when` are the words of time that `text` is without, `said` who is asked for in it.

    What it is about begins at `start` of the text, and goes on to its end; where it has no such place, that is its end.
    """

    text: str
    when: str
    said: tuple[Mention, ...]
    start: int
    given: Given
    persons: tuple[str, ...] = ()
    """Everybody who is named in it, in order."""

    @property
    def topic(self) -> str:
        return self.text[self.start :]

    @property
    def who(self) -> str:
        """Whose words are asked for, in the words of the question, or else whose words the answer gave."""
        return self.text[self.said[0].start : self.said[-1].end] if self.said else self.given.speaker

    @property
    def whole(self) -> str:
        return _spaced(self.text, self.when)

    @property
    def thing(self) -> str:
        """What "it" is: the topic, or else the one thing that is definite or named; "" where none or several are."""
        if self.topic:
            return self.topic
        found = list(_DEFINITE.finditer(self.text))
        if len(found) > 1:
            return ""
        if not found:
            named = (match.group() for match in _NAME.finditer(self.text))
            things = [name for name in named if name not in self.persons and plain(name) not in {**NAMES, **NATIONS}]
            subject = _SUBJECT.match(self.text)
            return things[-1] if things else subject["what"] if subject else ""
        words, head = found[-1].group(), self.text[: found[-1].start()]
        if len(words.split()) > 2 and (_DOES.search(head) or _IS.fullmatch(head)):
            # "How much will the pipeline cost", "Is the deal dead": the last word is said of it.
            words = words.rsplit(" ", 1)[0]
        return words

    def day(self, last: bool) -> str | None:
        """The last or first day the question states in numbers, as exact as it does; else that of the answer."""
        time = period(self.whole)
        stated = (time.until or time.since) if last else (time.since or time.until)
        return stated or self.given.date

    def of(self, topic: str | None = None, who: str | None = None, when: str = "") -> str:
        """The question again, with another topic, speaker or time."""
        text = self.text if topic is None else self.text[: self.start] + topic
        if who is not None:
            before = self.text[: self.said[0].start]
            text = re.sub(r"\bthe\s$", "", before, flags=re.I) + who + text[self.said[-1].end :]
        return self.dated(text, when)

    def dated(self, text: str, when: str = "", mark: str = "?") -> str:
        """Words as a question of that time, or else of the time of this one."""
        return _spaced(text, when or self.when) + ("." if re.match(r"I\b", text) else mark)


def take_apart(question: str, people: Directory, answer: str = "") -> Earlier:
    text, when = apart(question)
    text = text.strip(" ?.!,")
    mentions = [mention for mention in people.mentions(text) if not re.match(r"I\b", mention.text)]
    said = asked_by(text, mentions)
    persons = tuple(mention.text for mention in mentions if not mention.place)
    return Earlier(text, when, tuple(said), _topic(text, said), given(answer, people), persons)


def given(answer: str, people: Directory) -> Given:
    """What an answer of this product gave, from its text: 'Wang Yi, 11 September 2020: “…”'.

    A short answer may stand before that ("36 — "), and further quotes after it, behind blank lines, which no quote has.
    """
    match = _SAID.fullmatch(answer.split(_BETWEEN, 1)[0])
    if not match:
        return Given(asks=answer.rstrip().endswith("?"))
    short, _, name = match["who"].partition(_AFTER_SHORT)
    names = (match["who"], name if short in match["words"] else "")
    known = next((name for name in names if name and people.matching(name) == (name,)), "")
    day = parse_date(match["date"]) if match["date"] else None
    return Given(known, day, _bare(match["words"]))


def quoted_in(answer: str, people: Directory) -> tuple[str, ...]:
    """All that an answer of this product quotes, best first: its own words, and those of the quotes after it."""
    further = (part.strip() for part in answer.split(_BETWEEN)[1:])
    found = (given(answer, people).words, *(_bare(part[1:]) for part in further if part.startswith("“")))
    return tuple(words for words in found if words)


def _bare(words: str) -> str:
    """Words without the mark that closes them, which is missing where they were cut off."""
    return words.strip().removesuffix("”").strip()


def in_words(day: str, relation: str) -> str:
    """A day and what follows or precedes it, as a question states them: "after 11 September 2020"."""
    return f"{relation} {format_date(day)}"


def _topic(text: str, said: Sequence[Mention]) -> int:
    """Where in a question begins what it is about."""
    if not said:
        match = _NOT_NAMED.search(text)
        return match.end() if match else len(text)
    end = said[-1].end
    verb = SAYS.match(text[end:]) or _OWN_NOUN.match(text[end:])
    if verb and not _PLAIN.match(verb.group()):
        joint = _AFTER_VERB.match(text, end + verb.end())
        return min(joint.end() + 1, len(text)) if joint else len(text)
    on = _ABOUT.search(text, end + (verb.end() if verb else 0))
    return on.end() if on and (verb or on.start() == end) else len(text)


def _spaced(text: str, when: str) -> str:
    return f"{text} {when}" if when else text
