"""question (+ history) → Query: the topic to look up, who must have said it, and when."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.dates import parse_date
from index.speakers import looks_like_person, name_words, surname
from index.types import Speaker
from qa.request import Request
from qa.types import Query, Turn

_SPEECH_VERBS = """
    say said saying think tell told claim argue mention state stress promise call respond react comment announce warn
    urge ask want propose describe explain
""".split()
_SPEECH = rf"(?:{'|'.join(_SPEECH_VERBS)})"
_NAME = r"(?P<name>[A-Z][\w.’'\-]*(?:\s(?:[A-Z][\w.’'\-]*|de|van|von|der|al|bin))*)"
_ASKED_BY = (
    re.compile(rf"\b(?:did|does|has|have|had|would|will)\s{_NAME}(?:\s\w+ly|\sever|\salso)?\s{_SPEECH}\b"),
    re.compile(rf"\b[Aa]ccording to {_NAME}"),
    re.compile(rf"^{_NAME}\s(?:on|about)\b"),
    re.compile(
        rf"\b{_NAME}[’']s\s(?:view|position|stance|opinion|reaction|response|comment|remark|statement|answer|word)"
    ),
)
_TITLE = r"(?:(?:mr|mrs|ms|dr|president|minister|secretary|chancellor|premier|spokesperson)\.?\s)*"
_SPOKEN_OF = re.compile(
    rf"\b(?:about|on|of|to|tell|told|with|against|regarding|concerning|for|ask|asked|meet|met)\s(?:the\s)?{_TITLE}$",
    re.I,
)
_FRAMES = (
    # "What did China's foreign ministry say about …": who says it is no part of what it is about.
    re.compile(
        rf"^\s*(?:what|how)\s(?:did|does|do|has|have)\s[^?.]{{2,60}}?\s{_SPEECH}\s(?:about|on|of|regarding|to)\b", re.I
    ),
    re.compile(
        rf"\b(?:what|how|which|when|where|why)?\s?(?:did|does|do|has|have|had)\s*(?:he|she|they)?\s*{_SPEECH}(?:\s(?:about|on|of|regarding|to|for|that|against))?\b",
        re.I,
    ),
    re.compile(r"^\s*(?:what (?:is|are|was|were)|what about|how about|tell me about)\b", re.I),
    re.compile(
        r"\b(?:views?|position|stance|opinions?|remarks?|statements?|comments?)\s(?:on|about|regarding)\b", re.I
    ),
    re.compile(r"\baccording to\b", re.I),
)

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    rf"(?:{_DAY}\s{_MONTH},?\s\d{{4}}|{_MONTH}\s{_DAY},?\s\d{{4}}|{_MONTH},?\s\d{{4}}"
    r"|\d{4}-\d{2}(?:-\d{2})?|(?:19|20)\d\d)"
)
_BETWEEN = re.compile(rf"\b(?:between|from)\s(?P<since>{_DATE})\s(?:and|to|until)\s(?P<until>{_DATE})(?!\w)", re.I)
_SINCE = re.compile(rf"\b(?:since|after|from)\s(?P<since>{_DATE})(?!\w)", re.I)
_UNTIL = re.compile(rf"\b(?:until|till|before|by)\s(?P<until>{_DATE})(?!\w)", re.I)
_DURING = re.compile(rf"\b(?:in|on|during|of|dated)\s(?P<day>{_DATE})(?!\w)", re.I)
_AT_END = re.compile(
    rf"(?P<day>{_MONTH},?\s\d{{4}}|{_DAY}\s{_MONTH},?\s\d{{4}}|{_MONTH}\s{_DAY},\s\d{{4}})\s*\??$", re.I
)
_LATEST = re.compile(r"\b(?:latest|most recent(?:ly)?|last (?:say|said|spoke|speak))\b", re.I)

_FOLLOW_UP = re.compile(
    r"^\s*(?:and|but|so|also|what about|how about|and what about)\b[\s,]*(?:what|how)?\s*(?:about|on)?\s*", re.I
)
_REFERS_BACK = re.compile(r"\b(?:he|she|they|him|her|them|his|their|that|this|it|there|then)\b", re.I)


@dataclass(frozen=True, slots=True)
class _Time:
    since: str | None
    until: str | None
    rest: str


def interpret(request: Request, speakers: Iterable[Speaker]) -> Query:
    """Understand a question against the people who speak in the index. Explicit fields win over the words."""
    people = _Directory(speakers)
    standalone = _standalone(request.question, request.history, people)
    time = _time(standalone)
    named, mentions = people.named(time.rest)
    unknown, strangers = _unknown(time.rest, mentions)
    if request.speaker:
        found = {asked: people.matching(asked) for asked in request.speaker}
        named = [name for names in found.values() for name in names]
        unknown = [asked for asked, names in found.items() if not names]
    return Query(
        question=request.question,
        standalone=standalone,
        topic=_topic(time.rest, [*mentions, *strangers]) or standalone,
        speakers=tuple(dict.fromkeys(named)),
        unknown_speakers=tuple(dict.fromkeys(unknown)),
        since=request.since or (None if request.until else time.since),
        until=request.until or (None if request.since else time.until),
        latest=bool(_LATEST.search(standalone)),
        source=request.source,
    )


class _Directory:
    """The people of an index by the words of their names."""

    def __init__(self, speakers: Iterable[Speaker]) -> None:
        self._by_words: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        self._by_first: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        for speaker in speakers:
            for name in (speaker.name, *speaker.aliases):
                parts = tuple(name_words(name))
                if parts:
                    self._by_words[parts].add(speaker.name)
                    self._by_words[parts[0], parts[-1]].add(speaker.name)
                    self._by_words[(surname(name),)].add(speaker.name)
                    self._by_first[(parts[0],)].add(speaker.name)
        self._longest = max((len(parts) for parts in self._by_words), default=0)

    def matching(self, name: str) -> list[str]:
        """Full names of the people a name can mean: all who share a surname, where that is all it says."""
        return self._find(tuple(name_words(name)))

    def _find(self, parts: tuple[str, ...]) -> list[str]:
        """A word is taken for a first name ("Xi", "Kamala") only where it is nobody's last."""
        return sorted(self._by_words.get(parts) or self._by_first.get(parts) or ())

    def named(self, question: str) -> tuple[list[str], list[str]]:
        """The people a question takes for speakers, and the words it names them by.

        Longer names win over parts of them; who is spoken of, or spoken to, belongs to the topic.
        """
        tokens = list(re.finditer(r"[\w\-]+", question))
        cased = any(character.isupper() for token in tokens[1:] for character in token.group())
        names, mentions, position = [], [], 0
        while position < len(tokens):
            for length in range(min(self._longest, len(tokens) - position), 0, -1):
                run = tokens[position : position + length]
                found = self._find(tuple(token.group().lower() for token in run))
                if found and (length > 1 or _is_name(run[0], cased, question)):
                    if not _SPOKEN_OF.search(question, 0, run[0].start()):
                        names += found
                        mentions.append(question[run[0].start() : run[-1].end()])
                    position += length - 1
                    break
            position += 1
        return names, mentions


def _is_name(word: re.Match[str], cased: bool, question: str) -> bool:
    """Whether one word that is somebody's name is meant as one: "May", "Rice" and "Long" are words too.

    Where a question has capitals a name has one; where it has none, a short word must stand where a speaker does.
    """
    if word.group()[0].isupper():
        return True
    return not cased and (
        len(word.group()) > 3 or bool(re.search(r"\b(?:did|does|has|by)\s$", question[: word.start()]))
    )


def _unknown(question: str, mentions: Sequence[str]) -> tuple[list[str], list[str]]:
    """People a question asks for who do not speak in the index, and the words it names them by."""
    names = []
    for pattern in _ASKED_BY:
        for match in pattern.finditer(question):
            name = re.sub(r"[’']s$", "", match["name"])
            if looks_like_person(name) and not any(mention in name for mention in mentions):
                names.append(name)
    return names, names


def _time(question: str) -> _Time:
    """Take the first time a question states out of it."""
    for pattern in (_BETWEEN, _SINCE, _UNTIL, _DURING, _AT_END):
        match = pattern.search(question)
        if match:
            parts = {
                key: parse_date(re.sub(r"(\d)(?:st|nd|rd|th)\b", r"\1", text))
                for key, text in match.groupdict().items()
            }
            if all(parts.values()):
                day = parts.get("day")
                rest = " ".join((question[: match.start()] + question[match.end() :]).split())
                return _Time(parts.get("since", day), parts.get("until", day), rest)
    return _Time(None, None, question)


def topic_of(question: str) -> str:
    """What a question asks about, where nobody is known who could have said it."""
    return _topic(question, ()) or question


def _topic(question: str, mentions: Iterable[str]) -> str:
    """What is asked about, without who and the phrases that only frame a question."""
    topic = question
    for mention in mentions:
        topic = re.sub(rf"{re.escape(mention)}(?:[’']s?)?", " ", topic)
    topic = _LATEST.sub(" ", topic)
    for frame in _FRAMES:
        topic = frame.sub(" ", topic)
    topic = " ".join(topic.split()).strip(" ?.,;:!")
    return re.sub(r"^(?:and|on|about|the)\s", "", topic, flags=re.I) if re.search(r"\w{2}", topic) else ""


def _standalone(question: str, history: Sequence[Turn], people: _Directory) -> str:
    """A question that leans on the one before it, written so that it stands alone."""
    if not history:
        return question
    names, _ = people.named(question)
    lead = _FOLLOW_UP.match(question)
    if names or not (lead or _REFERS_BACK.search(question) or len(question.split()) <= 4):
        return question
    before = _standalone(history[-1].question, history[:-1], people)
    _, mentions = people.named(before)
    rest = (question[lead.end() :] if lead else question).strip(" ?")
    if mentions:
        if lead:
            return f"What did {mentions[0]} say about {rest}?"
        return re.sub(r"\b(?:he|she|they|him|her|them)\b", mentions[0], question, count=1, flags=re.I)
    return f"{before.rstrip(' ?')}: {rest}?"
