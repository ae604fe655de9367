"""question (+ history) → Query: the topic to look up, who must have said it, and when."""

import re
from collections.abc import Sequence
from datetime import date

from qa.people import Directory, Mention
from qa.request import MAX_QUESTION, Request
from qa.topic import EARLIEST, LATEST, NOUNS, VERB, topic_of
from qa.types import Query, Turn
from qa.when import Period, counted_from, period, without_year_beside

_SPOKEN_OF = re.compile(
    r"\b(?:about|on|of|told?|tell|with|against|regarding|concerning|for|asked?|meet|met|(?<!according\s)to)\s(?:the\s)?$",
    re.I,
)
_SAYS = re.compile(
    rf"^(?:\s(?:and|or)\s[\w\s\-’']{{2,40}}?)?(?:\s\w+ly|\s(?:ever|also|then|already|first|last))?\s{VERB}\b", re.I
)
_DID = re.compile(r"\b(?:did|does|do|has|have|had)\s(?:the\s)?$", re.I)
_SEES = re.compile(r"^\s(?:see|judge|regard|justify|take|feel)\b", re.I)
_HAS_WORDS = re.compile(rf"^[’']s?\s(?:\w+\s){{0,3}}?{NOUNS}\b", re.I)
_CREDITED = re.compile(
    r"\b(?:according\sto|in\sthe\swords\sof|said\sby|by|(?:latest|word|answer|response|reaction)\sfrom)\s"
    r"(?:(?:the|his|her|their)\s)?$",
    re.I,
)
# Who is named so is asked for before anybody else: "Where does the president stand, according to Psaki?"
_ACCORDING = re.compile(r"\b(?:according\sto|in\sthe\swords\sof)\s(?:(?:the|his|her|their)\s)?$", re.I)
_IN_OWN_WORDS = re.compile(
    r"\b(?:according\sto|in|by)\s(?:his|her|their)\s(?:own\s)?(?:\w+\s)?(?:words|speech|account)\b", re.I
)
_JOINED = re.compile(r"^[’']?s?(?:,|\sand|\sor|\s&)\s(?:the\s)?$")
# Questions for a fact, whose grammar names people who need not have said it: "How long did Biden give …".
_FOR_FACT = re.compile(
    r"^\W*(?:(?:by|in|on|at|to|from|for|roughly|about|and|but)\s)?"
    r"(?:how\s(?:many|much|long|often|far|old|big|high|large)|when|where|whose|whom|who|which|"
    r"what\s(?:is|was|are|were)\sthe\s|(?:the\s)?(?:number|length|name|date|amount|cost|price|size|share)\sof|"
    rf"what\s(?!(?:did|does|do|has|have|had|is|was|are|were|about|else|would|will|{NOUNS})\b)\w+(?:\s\w+)?\s"
    r"(?:did|does|do|has|have|had|was|were|is|are|can|could|should|will))\b",
    re.I,
)

# A follow-up leans on the turn before it, which may lean on another; nobody remembers more than a few.
_TURNS = 5
# Whether words state a time does not depend on the day they are said.
_ANY_DAY = date(2000, 1, 1)
_FOLLOW_UP = re.compile(
    r"^\s*(?:and|but|so|also|what about|how about|and what about)\b[\s,]*(?:what|how)?\s*(?:about|on)?\s*", re.I
)
_WH = re.compile(r"(?:why|how|when|where|what|who|which)\b", re.I)
_PRONOUN = re.compile(r"\b(?:he|she|they|him|her|them|his|their)\b", re.I)
_POSSESSIVES = frozenset({"his", "their"})
_REFERS_BACK = re.compile(r"\b(?:he|she|they|him|her|them|his|their|that|this|it|there|then)\b", re.I)


def interpret(request: Request, people: Directory, today: date) -> Query:
    """Understand a question against the people who speak in the index. Explicit fields win over the words."""
    standalone = _standalone(request.question, request.history[-_TURNS:], people)[:MAX_QUESTION]
    # "Wang Yi (2017)": the year stands between a name and its verb.
    asked, year = without_year_beside(standalone)
    said = _asked_by(asked, people.mentions(asked))
    # A year in a question for a fact is a part of the fact more often than the date of the document that states it.
    restricts = bool(said) or not _FOR_FACT.match(standalone) or re.search(rf"\b{VERB}\b", standalone, re.I)
    time = period(asked, today) if restricts else Period(None, None, asked)
    time = Period(year, year, asked) if year else time
    speakers = [name for mention in said for name in mention.during(time.since, time.until)]
    unknown = [mention.text for mention in said if not mention.speakers]
    if request.speaker:
        found = {asked: people.matching(asked) for asked in request.speaker}
        speakers = [name for names in found.values() for name in names]
        unknown = [asked for asked, names in found.items() if not names]
    return Query(
        question=request.question,
        standalone=standalone,
        topic=topic_of(time.rest, [mention.text for mention in said]) or standalone,
        speakers=tuple(dict.fromkeys(speakers)),
        unknown_speakers=tuple(dict.fromkeys(unknown)),
        since=request.since or (None if request.until else time.since),
        until=request.until or (None if request.since else time.until),
        latest=bool(LATEST.search(standalone)),
        earliest=bool(EARLIEST.search(standalone)),
        source=request.source,
    )


def _asked_by(question: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions whose own words are asked for: the first in a speaker's place, and those joined to it.

    Who is spoken of, or to, belongs to the topic. In a question for a fact a speaker is only who has a verb or a noun
    of speech. A stranger needs one in any question, because not every capital is a person's.
    """
    credited = [mention for mention in mentions if _ACCORDING.search(question[: mention.start])]
    for position, mention in [(mentions.index(each), each) for each in credited] or enumerate(mentions):
        if _speaks(question, mention):
            said = [mention]
            for after in mentions[position + 1 :]:
                if not _JOINED.match(question[said[-1].end : after.start]):
                    break
                said.append(after)
            return said
    return []


def _speaks(question: str, mention: Mention) -> bool:
    before, after = question[: mention.start], question[mention.end :]
    if _CREDITED.search(before) or _HAS_WORDS.match(after) or _IN_OWN_WORDS.search(after):
        return True
    if mention.place:
        # A country does more than speak, and is spoken of more than it speaks.
        return bool(_SAYS.match(after) and _DID.search(before)) or bool(_SEES.match(after) and _DID.search(before))
    if _SPOKEN_OF.search(before):
        return False
    if _SAYS.match(after) and not re.search(r"\bthat\s$", before):
        return True
    if not mention.speakers:
        return not before.strip() and bool(re.match(r"\s(?:on|about)\b", after))
    return not _FOR_FACT.match(question)


def _standalone(question: str, history: Sequence[Turn], people: Directory) -> str:
    """A question that leans on the one before it, written so that it stands alone.

    At most the last few turns are looked at, and no more of each than a question may have.
    """
    if not history:
        return question
    before = _standalone(history[-1].question[:MAX_QUESTION], history[:-1], people)[:MAX_QUESTION]
    # "A year later" counts from the time of the question before.
    time = period(before, _ANY_DAY)
    question = counted_from(question, time.since, time.until)
    lead = _FOLLOW_UP.match(question)
    rest = (question[lead.end() :] if lead else question).strip(" ?")
    if lead and lead[0].lower().endswith("on ") and _is_time(f"on {rest}"):
        rest = f"on {rest}"
    core, when = _apart(rest)
    mentions = people.mentions(core)
    bare = _is_bare(core, lead[0] if lead else "", mentions)
    if not bare and _asked_by(question, people.mentions(question)):
        return question
    if not (lead or not core or _REFERS_BACK.search(question) or len(question.split()) <= 4):
        return question
    said = _asked_by(before, people.mentions(before))
    same = _of_another(before, core, said, mentions if bare else (), people)
    if same:
        return f"{period(same, _ANY_DAY).rest.rstrip(' ?')}, {when}?" if when else same
    if not core:
        # "And in 2021?": the same of another time.
        return f"{period(before, _ANY_DAY).rest.rstrip(' ?,')}, {when}?"
    return _completed(question, rest, before, said, led=bool(lead))


def _completed(question: str, rest: str, before: str, said: Sequence[Mention], led: bool) -> str:
    """A follow-up that asks something more of the same person, or of the same topic."""
    if _WH.match(rest):
        # "Why?": the same question, with more asked of it.
        pronoun = _PRONOUN.search(rest)
        return _replaced(rest, said[0].text) + "?" if said and pronoun else f"{before.rstrip(' ?')}, {rest}?"
    if said and led:
        return f"What did {said[0].text} say about {_replaced(rest, said[0].text)}?"
    if said:
        return _replaced(question, said[0].text)
    return f"{before.rstrip(' ?')}: {rest}?"


def _of_another(
    before: str, core: str, said: Sequence[Mention], named: Sequence[Mention], people: Directory
) -> str | None:
    """The question before, asked of somebody else: "And Lavrov?", "And Japan's?"; None where none is named."""
    if said and said[0].office and re.fullmatch(r"(?:the\s)?[\w\s]+[’']s", core):
        # The one who is that there; "the" was the office's.
        before = before[: said[0].start].removesuffix("the ") + before[said[0].start :]
        said = _asked_by(before, people.mentions(before))
        core = f"{core} {said[0].office.words}" if said and said[0].office else core
    elif not named or (named[0].place and not (said and said[0].office)):
        # "What about Tonga?" is a topic, but after a country's words.
        return None
    return f"{before[: said[0].start]}{core}{before[said[0].end :]}" if said else None


def _is_bare(core: str, lead: str, mentions: Sequence[Mention]) -> bool:
    """Whether a follow-up is no more than a name, "And Lavrov?"; "And on Lavrov?" asks about him.

    So does "What about Bob Hawke?" where he says nothing.
    """
    if len(mentions) != 1 or mentions[0].end - mentions[0].start < len(core.removeprefix("the ").strip()):
        return False
    return not re.search(r"\bon\s*$" if mentions[0].speakers else r"\b(?:on|about)\s*$", lead, re.I)


def _is_time(text: str) -> bool:
    return period(text, _ANY_DAY).rest.strip(" ,?") == ""


def _apart(rest: str) -> tuple[str, str]:
    """What a follow-up asks, and the words that state its time ("" without one)."""
    core = "" if _is_time(rest) else period(rest, _ANY_DAY).rest.strip(" ,?")
    if core == rest or core not in rest:
        return rest, ""
    return core, rest.replace(core, "", 1).strip(" ,") if core else rest


def _replaced(text: str, name: str) -> str:
    """The text with its first pronoun for a person put as the name."""
    return _PRONOUN.sub(lambda match: f"{name}'s" if match[0].lower() in _POSSESSIVES else name, text, count=1)
