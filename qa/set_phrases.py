"""Follow-ups that are one word for word: "go on", "when was that?", "who else?", "the latest?"."""

import re

from qa.earlier import AUXILIARY, Earlier, in_words
from qa.topic import LEAVING_OUT
from qa.types import Continuation, FollowUp

_PRONOUN = r"(?:he|she|they|it|that|this)"
_ABOUT_IT = r"(?:\s(?:about|on)\s(?:that|this|it|them|these|those|(?:the|this|that)\s(?:subject|topic|matter|issue)))?"
_NEXT = re.compile(
    rf"(?:go\son|continue|carry\son|keep\sgoing|what\s(?:came|comes|follow(?:s|ed))(?:\snext|\safter(?:\sthat)?)?|"
    rf"(?:what\s)?(?:happened\s)?next|then|(?:and\s)?(?:right\s|just\s)?after(?:\s(?:that|this)|wards)|"
    rf"what\s(?:did|does)\s{_PRONOUN}\s(?:say|add)\s(?:next|then|(?:right\s|just\s)?after(?:\s(?:that|this)|wards)))",
    re.I,
)
_PREVIOUS = re.compile(
    rf"(?:(?:right\s|just\s)?before\s(?:that|this)|what\s(?:came|comes)\s(?:just\s|right\s)?before(?:\s(?:that|this))?|"
    rf"what\s(?:did|does|had)\s{_PRONOUN}\s(?:say|said)\s(?:just\s|right\s)?before(?:\s(?:that|this))?)",
    re.I,
)
_MORE = re.compile(
    rf"(?:(?:(?:can|could)\syou\s)?(?:tell\sme\s|say\s)?(?:any\s)?more{_ABOUT_IT}|(?:is\sthere\s)?anything\selse{_ABOUT_IT}|"
    rf"what\selse(?:\s(?:did|does|has)\s{_PRONOUN}\s(?:say|said){_ABOUT_IT})?|(?:please\s)?elaborate{_ABOUT_IT}|"
    rf"did\s{_PRONOUN}\ssay\s(?:more|anything\selse){_ABOUT_IT})",
    re.I,
)
_ELSE = re.compile(
    rf"(?:who|any(?:one|body))\selse(?:\s(?:say|says|said|spoke|speaks|talked|has\ssaid|commented)"
    rf"(?:\s(?:so|that|this|it|the\ssame|(?:any|some)thing))?{_ABOUT_IT})?",
    re.I,
)
_LEFT_OUT = re.compile(rf"who\s{LEAVING_OUT}\s", re.I)
_WHO_IS = re.compile(r"who(?:[’']s|\s(?:is|was))\s(?:he|she|that|this|they)", re.I)
_LATEST = re.compile(
    r"(?:what(?:[’']s|\s(?:is|are))\s)?(?:the\s)?(?:latest|newest|most\srecent(?:ly)?)(?:\s(?:one|statement|word|remarks?))?",
    re.I,
)
_LATER = re.compile(r"(?:(?:any\s|anything\s)?more\srecent(?:ly)?|since(?:\sthen)?|later|later\son|ever\ssince)", re.I)
_SOONER = re.compile(r"(?:earlier|before|before\s(?:that|then)|previously)", re.I)
_SAME_AFTER = re.compile(r"after\s(?:that|this)|afterwards", re.I)
_SAID_THAT = r"(?:\s(?:say|said|happen(?:ed)?|be|mean)(?:\s(?:that|this|so|it))?)?"
_FACT = re.compile(
    rf"(?P<wh>when|where|why|how\smany|how\smuch|how|who)(?:\sexactly)?"
    rf"(?:\s(?:was|is|were|did|has|does)\s{_PRONOUN}{_SAID_THAT}|\ssaid\s(?:so|that|it|this)|\snot|\sso)?",
    re.I,
)
_THANKS = r"(?:many\s)?thank(?:s|\syou)(?:\s(?:very|so)\smuch|\sa\slot|\sagain)?"
# "Thanks!" before what is asked, or nothing.
THANKED = rf"(?:{_THANKS}\s*[,!.;–—]+\s*)?"
_ASKS_WORDS = re.compile(r"(?:what|how|who)\b", re.I)
_PASSIVE = re.compile(r"who\s(?P<verb>\w+ed)\s(?P<what>the\s.+)", re.I)
_OF_WORDS = {"When": "speak about", "Where": "speak about", "Why": "say that about"}
_CIVIL = re.compile(
    rf"{_THANKS}(?:[\s,!.]+(?:for|that|this|it|is|was|all|your|the|help(?:s|ed|ful)?|useful|great|everything|answers?))*|"
    r"really|ok(?:ay)?|wow|interesting|great|sure|yes|no|hello|hi|good|i\ssee",
    re.I,
)
_CONTINUES: tuple[tuple[re.Pattern[str], Continuation], ...] = (
    (_NEXT, "next"),
    (_PREVIOUS, "previous"),
    (_MORE, "more"),
)


def is_civil(question: str) -> bool:
    """Whether a turn asks for nothing: "Thanks!"."""
    return bool(_CIVIL.fullmatch(question.strip(" ?.!")))


def is_aside(question: str) -> bool:
    """Whether a turn leaves what is talked about as it was: "Thanks!", "And who is she?"."""
    asks = re.sub(r"^and\s", "", question.strip(" ?.!"), flags=re.I)
    return bool(_CIVIL.fullmatch(asks) or _WHO_IS.fullmatch(asks))


def set_phrase(asks: str, earlier: Earlier) -> FollowUp | None:
    """What a set phrase, without the "and" before it, means after a question; None where it is none."""
    continued = _beside_quote(asks, earlier)
    if continued:
        return continued
    text = _who(asks, earlier) or _fact(asks, earlier) or _another_time(asks, earlier)
    return FollowUp(text) if text else None


def _beside_quote(asks: str, earlier: Earlier) -> FollowUp | None:
    """What is asked of the words last quoted: "Go on", "And before that?", "Tell me more"."""
    if earlier.when and (_SOONER.fullmatch(asks) or _SAME_AFTER.fullmatch(asks)):
        # "And before that?" after a question on a time means the time.
        return None
    continues = next((kind for pattern, kind in _CONTINUES if pattern.fullmatch(asks)), None)
    if not continues:
        return None
    if not earlier.given.words:
        return FollowUp(earlier.whole + "?")
    if not earlier.who or not (earlier.topic or earlier.said):
        text = earlier.text
    elif continues == "more":
        text = f"What else did {earlier.who} say" + (f" about {earlier.topic}" if earlier.topic else "")
    elif earlier.topic:
        place = "next after" if continues == "next" else "just before"
        text = f"What did {earlier.who} say {place} speaking about {earlier.topic}"
    else:
        text = f"What did {earlier.who} say {'next' if continues == 'next' else 'just before'}"
    return FollowUp(earlier.dated(text), continues, earlier.given.words, earlier.given.date)


def _who(asks: str, earlier: Earlier) -> str | None:
    """Somebody else who spoke, or who it was that spoke."""
    if _ELSE.fullmatch(asks) and not earlier.said and re.match(r"who\b", earlier.text, re.I):
        speaker, others = earlier.given.speaker, _LEFT_OUT.match(earlier.text)
        if not speaker:
            return earlier.whole + "?"
        return earlier.dated(
            f"{others[0]}{speaker} and {earlier.text[others.end() :]}"
            if others
            else f"Who besides {speaker}{earlier.text[3:]}"
        )
    if _ELSE.fullmatch(asks) and earlier.who:
        about = f" spoke about {earlier.topic}" if earlier.topic else " spoke"
        return earlier.dated(f"Who besides {earlier.who}{about}")
    if _WHO_IS.fullmatch(asks) and (earlier.given.speaker or earlier.who):
        return f"Who is {earlier.given.speaker or earlier.who}?"
    return None


def _fact(asks: str, earlier: Earlier) -> str | None:
    """The question before, asked for its when, where, why or how many."""
    match = _FACT.fullmatch(asks)
    if not match:
        return None
    if "happen" in asks and not earlier.said and earlier.thing and not AUXILIARY.match(earlier.text):
        # "When did it happen?" after a question for another fact: it is what that was about.
        return None
    wh = match["wh"].capitalize()
    if earlier.who and earlier.topic and wh in _OF_WORDS and _ASKS_WORDS.match(earlier.text):
        return earlier.dated(f"{wh} did {earlier.who} {_OF_WORDS[wh]} {earlier.topic}")
    if earlier.said and earlier.topic and wh in {"How many", "How much"}:
        topic = re.sub(r"^the\s", "", earlier.topic, flags=re.I)
        return earlier.dated(f"{wh} {topic}, according to {earlier.who}")
    if wh in {"When", "Where", "Why", "How"} and AUXILIARY.match(earlier.text):
        return f"{wh} {earlier.whole[:1].lower()}{earlier.whole[1:]}?"
    passive = _PASSIVE.fullmatch(earlier.text)
    if passive and wh != "Who":
        was = "were" if passive["what"].endswith("s") else "was"
        return f"{wh} {was} {passive['what']} {passive['verb']}?"
    said = asks[:1].lower() + asks[1:] if wh == "Who" else wh.lower()
    return f"{earlier.whole}, and {said}?"


def _another_time(asks: str, earlier: Earlier) -> str | None:
    """A time that is named by its place beside another: "The latest?", "And since then?", "And earlier?"."""
    if _LATEST.fullmatch(asks):
        return earlier.of(when="most recently")
    if _LATER.fullmatch(asks) or (earlier.when and _SAME_AFTER.fullmatch(asks)):
        day = earlier.day(last=True)
        return earlier.of(when=in_words(day, "after") if day else "most recently")
    day = earlier.day(last=False)
    return earlier.of(when=in_words(day, "before")) if day and _SOONER.fullmatch(asks) else None
