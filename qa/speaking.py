"""Whose words a question asks for, among all whom it names."""

import re
from collections.abc import Sequence

from qa.people import Mention
from qa.topic import LEAVING_OUT, NOUNS, VERB

_SPOKEN_OF = re.compile(
    r"\b(?:about|on|of|told?|tell|with|against|regarding|concerning|for|asked?|meet|met|(?<!according\s)to)\s(?:the\s)?$",
    re.I,
)
SAYS = re.compile(
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
_LEFT_OUT = re.compile(rf"\b{LEAVING_OUT}\s(?:the\s)?$", re.I)
_JOINED = re.compile(r"^[’']?s?(?:,|\sand|\sor|\s&)\s(?:the\s)?$")
# Questions for a fact, whose grammar names people who need not have said it: "How long did Biden give …".
FOR_FACT = re.compile(
    r"^\W*(?:(?:by|in|on|at|to|from|for|roughly|about|and|but)\s)?"
    r"(?:how\s(?:many|much|long|often|far|old|big|high|large)|when|where|whose|whom|who|which|"
    r"what\s(?:is|was|are|were)\sthe\s|(?:the\s)?(?:number|length|name|date|amount|cost|price|size|share)\sof|"
    rf"what\s(?!(?:did|does|do|has|have|had|is|was|are|were|about|else|would|will|{NOUNS})\b)\w+(?:\s\w+)?\s"
    r"(?:did|does|do|has|have|had|was|were|is|are|can|could|should|will))\b",
    re.I,
)


def asked_by(question: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions whose own words are asked for: the first in a speaker's place, and those joined to it.

    Who is spoken of, or to, belongs to the topic. In a question for a fact a speaker is only who has a verb or a noun
    of speech. A stranger needs one in any question, because not every capital is a person's.
    """
    out = left_out(question, mentions)
    mentions = [mention for mention in mentions if mention not in out]
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


def left_out(question: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions of those whose words are not wanted: "Who besides Wang Yi spoke about …"."""
    out: list[Mention] = []
    for mention in mentions:
        joined = out and _JOINED.match(question[out[-1].end : mention.start])
        if joined or _LEFT_OUT.search(question[: mention.start]):
            out.append(mention)
    return out


def without_left_out(question: str, out: Sequence[Mention]) -> str:
    """The question without the phrase that names those mentions: "Who spoke about …"."""
    name = rf"(?:the\s)?(?:{'|'.join(re.escape(mention.text) for mention in out)})(?:[’']s)?"
    phrase = rf"[\s,]*\b{LEAVING_OUT}\s{name}(?:(?:,|\sand|\sor|\s&|,\sand)\s{name})*,?"
    return re.sub(phrase, "", question, flags=re.I) if out else question


def _speaks(question: str, mention: Mention) -> bool:
    before, after = question[: mention.start], question[mention.end :]
    if _CREDITED.search(before) or _HAS_WORDS.match(after) or _IN_OWN_WORDS.search(after):
        return True
    if mention.place:
        # A country does more than speak, and is spoken of more than it speaks.
        return bool(SAYS.match(after) and _DID.search(before)) or bool(_SEES.match(after) and _DID.search(before))
    if _SPOKEN_OF.search(before):
        return False
    if SAYS.match(after) and not re.search(r"\bthat\s$", before):
        return True
    if not mention.speakers:
        return not before.strip() and bool(re.match(r"\s(?:on|about)\b", after))
    return not FOR_FACT.match(question)
