"""question (+ history) → Query: the topic to look up, who must have said it, and when."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from qa.people import Directory, Mention
from qa.request import MAX_QUESTION, Request
from qa.types import Query, Turn
from qa.when import Period, period

_VERBS = """
    accept accuse acknowledge admit advise agree announce answer appeal argue ask assert assess assure blame boast call
    caution claim comment compare complain concede condemn confirm congratulate criticise criticize declare defend
    demand deny describe dismiss emphasise emphasize explain express favour hail highlight hint insist justify
    liken mention mock note object offer oppose pledge plead point praise predict promise propose quip read react
    rebut recall recommend refer refuse reject remark reply report respond rule\\sout say speak stand state stress
    suggest support talk tell thank think threaten tweet underline urge view voice vow want warn welcome wish write
""".split()
_IRREGULAR = "said saying told telling thought spoke spoken wrote written stood read denied replied"
_VERB = rf"(?:{'|'.join(_VERBS)}|{_IRREGULAR.replace(' ', '|')})(?:e?s|\w?e?d|\w?ing)?"
_NOUNS = (
    r"(?:views?|positions?|stance|opinions?|remarks?|statements?|comments?|reactions?|responses?|answers?|words?|lines?|"
    r"case|explanation|message|promises?|pledges?|condolences|tribute|speech|address|call|claims?|warnings?|advice|take|"
    r"thoughts|attitude|approach|argument|criticism|praise|justification|denial|verdict|assessment|rebuttal|reply)"
)

_SPOKEN_OF = re.compile(
    r"\b(?:about|on|of|told?|tell|with|against|regarding|concerning|for|asked?|meet|met|(?<!according\s)to)\s(?:the\s)?$",
    re.I,
)
_SAYS = re.compile(
    rf"^(?:\s(?:and|or)\s[\w\s\-’']{{2,40}}?)?(?:\s\w+ly|\s(?:ever|also|then|already))?\s{_VERB}\b", re.I
)
_HAS_WORDS = re.compile(rf"^[’']s?\s(?:\w+\s){{0,3}}?{_NOUNS}\b", re.I)
_CREDITED = re.compile(r"\b(?:according\sto|in\sthe\swords\sof|said\sby|by)\s(?:the\s)?$", re.I)
_JOINED = re.compile(r"^[’']?s?(?:,|\sand|\sor|\s&)\s(?:the\s)?$")
# Questions for a fact, whose grammar names people who need not have said it: "How long did Biden give …".
_FOR_FACT = re.compile(
    r"^\W*(?:(?:by|in|on|at|to|from|for|roughly|about|and|but)\s)?"
    r"(?:how\s(?:many|much|long|often|far|old|big|high|large)|when|where|whose|whom|who|which|"
    r"what\s(?:is|was|are|were)\sthe\s|(?:the\s)?(?:number|length|name|date|amount|cost|price|size|share)\sof|"
    rf"what\s(?!(?:did|does|do|has|have|had|is|was|are|were|about|else|would|will|{_NOUNS})\b)\w+(?:\s\w+)?\s"
    r"(?:did|does|do|has|have|had|was|were|is|are|can|could|should|will))\b",
    re.I,
)

_FRAMES = (
    # "What did China's foreign ministry say about …": who says it is no part of what it is about.
    re.compile(
        rf"^\s*(?:what|how)\s(?:else\s)?(?:did|does|do|has|have)\s[^?.]{{0,60}}?\s?{_VERB}\s(?:about|on|of|regarding|to|that)\b",
        re.I,
    ),
    # "Who said that …", "Which leader told the UN that …": what was said is looked up, and answers who.
    re.compile(
        rf"^\s*(?:who|which\s(?:[\w\-]+\s){{1,4}}?)(?:\s?(?:at|from|in)\s(?:the\s)?(?:[\w\-]+\s){{1,3}}?)?\s?{_VERB}"
        rf"(?:\s(?:at\s|to\s)?the\s(?:un|united\snations|general\s(?:assembly|debate)|press|reporters))?(?:\s(?:about|that|on|of))?\b",
        re.I,
    ),
    re.compile(
        rf"\b(?:what|how|which|when|where|why)?\s?(?:did|does|do|has|have|had)\s+{_VERB}(?:\s(?:about|on|that|to))?\b",
        re.I,
    ),
    re.compile(r"^\s*(?:what|how)\s(?:is|are|was|were|about)\b|^\s*tell me about\b", re.I),
    re.compile(r"^\s*(?:did|does|do|has|have|had|will|would|is|was)\b", re.I),
    re.compile(rf"\b{_NOUNS}\s(?:on|about|regarding|to|of)\b", re.I),
    re.compile(r"\baccording to\b|\bplease\b|^\s*I want\b", re.I),
)
_LATEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|last (?:thing|word|time|say|said|spoke|speak)|"
    r"last(?=\s(?:comment|statement|remark)))\b",
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
    said = _asked_by(standalone, people.mentions(standalone))
    # A year in a question for a fact is a part of the fact more often than the date of the document that states it.
    restricts = bool(said) or not _FOR_FACT.match(standalone) or re.search(rf"\b{_VERB}\b", standalone, re.I)
    time = period(standalone, today) if restricts else Period(None, None, standalone)
    speakers = [name for mention in said for name in mention.speakers]
    unknown = [mention.text for mention in said if not mention.speakers]
    if request.speaker:
        found = {asked: people.matching(asked) for asked in request.speaker}
        speakers = [name for names in found.values() for name in names]
        unknown = [asked for asked, names in found.items() if not names]
    return Query(
        question=request.question,
        standalone=standalone,
        topic=_topic(time.rest, [mention.text for mention in said]) or standalone,
        speakers=tuple(dict.fromkeys(speakers)),
        unknown_speakers=tuple(dict.fromkeys(unknown)),
        since=request.since or (None if request.until else time.since),
        until=request.until or (None if request.since else time.until),
        latest=bool(_LATEST.search(standalone)),
        source=request.source,
    )


def topic_of(question: str) -> str:
    """What a question asks about, where nobody is known who could have said it."""
    return _topic(question, ()) or question


def _asked_by(question: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions whose own words are asked for: the first in a speaker's place, and those joined to it.

    Who is spoken of, or to, belongs to the topic. In a question for a fact a speaker is only who has a verb or a noun
    of speech. A stranger needs one in any question, because not every capital is a person's.
    """
    for position, mention in enumerate(mentions):
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
    if _CREDITED.search(before) or _HAS_WORDS.match(after):
        return True
    if _SPOKEN_OF.search(before):
        return False
    if _SAYS.match(after) and not re.search(r"\bthat\s$", before):
        return True
    if not mention.speakers:
        return not before.strip() and bool(re.match(r"\s(?:on|about)\b", after))
    return not _FOR_FACT.match(question)


def _topic(question: str, names: Iterable[str]) -> str:
    """What is asked about, without who and the phrases that only frame a question."""
    topic = question
    for name in names:
        topic = re.sub(rf"(?:\b(?:the|mr|mrs|ms|dr)\.?\s)?{re.escape(name)}(?:[’']s?(?=\s|$))?", " ", topic, flags=re.I)
    topic = " ".join(_LATEST.sub(" ", topic).split())
    for frame in _FRAMES:
        topic = " ".join(frame.sub(" ", topic).split())
    topic = topic.strip(" ?.,;:!")
    return re.sub(r"^(?:(?:and|from|on|about|the)\s)+", "", topic, flags=re.I) if re.search(r"\w{2}", topic) else ""


def _standalone(question: str, history: Sequence[Turn], people: Directory) -> str:
    """A question that leans on the one before it, written so that it stands alone.

    At most the last few turns are looked at, and no more of each than a question may have.
    """
    if not history:
        return question
    lead = _FOLLOW_UP.match(question)
    rest = (question[lead.end() :] if lead else question).strip(" ?")
    mentions = people.mentions(rest)
    bare = len(mentions) == 1 and mentions[0].end - mentions[0].start == len(rest)
    if not bare and _asked_by(question, people.mentions(question)):
        return question
    if not (lead or _REFERS_BACK.search(question) or len(question.split()) <= 4):
        return question
    before = _standalone(history[-1].question[:MAX_QUESTION], history[:-1], people)[:MAX_QUESTION]
    said = _asked_by(before, people.mentions(before))
    if bare and said:
        # "And Lavrov?": the same of somebody else.
        return f"{before[: said[0].start]}{rest}{before[said[0].end :]}"
    if _WH.match(rest) or period(rest, _ANY_DAY).rest.strip(" ?") == "":
        # "And in 2021?", "Why?": the same question, with more asked of it.
        pronoun = _PRONOUN.search(rest)
        return _replaced(rest, said[0].text) + "?" if said and pronoun else f"{before.rstrip(' ?')}, {rest}?"
    if said and lead:
        return f"What did {said[0].text} say about {_replaced(rest, said[0].text)}?"
    if said:
        return _replaced(question, said[0].text)
    return f"{before.rstrip(' ?')}: {rest}?"


def _replaced(text: str, name: str) -> str:
    """The text with its first pronoun for a person put as the name."""
    return _PRONOUN.sub(lambda match: f"{name}'s" if match[0].lower() in _POSSESSIVES else name, text, count=1)
