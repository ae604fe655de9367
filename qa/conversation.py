"""A question after others → the same question standing alone."""

import re
from collections.abc import Sequence

from qa.earlier import AUXILIARY, Earlier, given, take_apart
from qa.people import Directory, Mention
from qa.referents import country, leans, means_what_was_said, resolved
from qa.request import MAX_QUESTION
from qa.set_phrases import THANKED, is_aside, is_civil, set_phrase
from qa.speaking import asked_by
from qa.topic import NOUNS, VERB
from qa.types import FollowUp, Turn
from qa.when import apart, counted_from, month_of

# A follow-up leans on the turn before it, which may lean on another; nobody remembers more, nor does the page send it.
_TURNS = 10
# What is longer has all its words.
_LONGEST = 300
_LONGEST_PHRASE = 8
# So many words without a verb are the rest of a question that was begun before; more are a search of their own.
_SHORT = 3

_LEAD = re.compile(
    rf"^\s*{THANKED}(?:(?:and|but|so|also|or|ok(?:ay)?|then|well|now|yes|sure)\b[\s,!.:?]*)*"
    r"(?:(?:is\sthere\s|did\s(?:he|she|they)\ssay\s)?(?:anything|something|what|how|any\sword)\s(?:about|on|of)\s|"
    r"(?:about|on|of|regarding)\s)?",
    re.I,
)
_TOPIC_LEAD = re.compile(r"(?:\b(?:on|of|regarding)|(?<!\bwhat\s)(?<!\bhow\s)\babout)\s*$", re.I)
_CLAUSE = re.compile(
    r"^(?:wh\w+|how|is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may|might|tell|give|show|list|"
    r"explain|describe|please|i|any(?:one|body|thing)|some(?:one|body|thing)|it|that|this|he|she|they|who)\b",
    re.I,
)
_JOINING = re.compile(rf"^{THANKED}(?:(?:and|but|so|or|please|ok(?:ay)?)\b[\s,]*)?|[\s,]*please$", re.I)
# A clause that ends with its verb of speech: what it is about was said before.
_ENDS_IN_VERB = re.compile(
    rf"(?:(?:what|how|why)\s)?(?:did|does|do|has|have|had|is|was)\s(?:[\w’'\-]+\s){{1,5}}?{VERB}|who\s(?:\w+ly\s)?{VERB}",
    re.I,
)
_ASKS_FURTHER = re.compile(r"(?:to|with|by|from|in|at|on|for|of)\s(?:whom|which|what|how)\b|elsewhere$", re.I)
_SETTING = re.compile(r"(?:in|at|from|during|before|after)\s(?!which|what|whom|how)", re.I)
# "Did she say when?"
_SAYS_WHEN = re.compile(r"\b(?:say|explain|mention)\s(?:when|where|why|how|who|how\smany|how\smuch)$", re.I)
# What a question says of nothing in particular: it is asked of the topic before.
_NOTHING = re.compile(r"^\W*(?:(?:any|some)thing|the\ssame|so|that|it|this|too|as\swell|also)?\W*$", re.I)
_DETAIL = re.compile(
    r"\b(?:give|mention|name|set|cite|offer|provide)\s(?:an?|any|the|some|more)\s(?:number|figure|date|reason|example|detail|name|"
    r"timeline|deadline|price|source|evidence|proof|condition|amount|estimate|explanation)s?$|"
    r"\b(?:apologi[sz]e|elaborate|help|intervene|vote|agree|disagree|object|respond|react|comment)$",
    re.I,
)
# What is always of something: "What are the risks?" asks for those of the topic before.
_OF_IT = re.compile(
    r"(?:what(?:[’']s|\s(?:is|are|was|were|will\sbe))|(?:is|are|was|were)\sthere|do\syou\sknow)\s(?:the|any|some)\s(?:\w+\s)?"
    r"(?:risk|cost|price|drawback|advantage|disadvantage|benefit|cause|effect|result|consequence|reason|detail|requirement|"
    r"condition|term|purpose|aim|goal|outcome|impact|deadline|timeline|context|background|alternative|status|size|origin|"
    r"exception|limit|danger)s?",
    re.I,
)
# "What was the American reaction?"
_STANCE = re.compile(rf"what(?:[’']s|\s(?:is|was|are|were))\s(?:the\s)?(?:[A-Z][\w’']+\s)?{NOUNS}", re.I)
_THEIR_STANCE = re.compile(
    r"(?:the\s)?[\w\s’'\-]+\s(?:positions?|views?|stance|reactions?|responses?|opinions?|answer|policy)", re.I
)
# "How many came?"
_COUNT = re.compile(r"how\s(?:many|much|long|often)\s\w+", re.I)
_JOINTS = (
    (re.compile(r"\b(?:object|respond|react|reply|answer|reaction|response)(?:ed|s)?(?:\sfrom\s.*)?$", re.I), "to"),
    (re.compile(r"\b(?:agree|disagree|comment|elaborate|vote)(?:ed|s|d)?$", re.I), "on"),
    (re.compile(r"\b(?:say|said|speak|talk|think|apologi[sz]e|anything|something|same)$", re.I), "about"),
    (re.compile(r"\b(?:support|oppose|condemn|deny|confirm|criticise|criticize|welcome|mention)(?:e?d|s)?$", re.I), ""),
)  # fmt: skip
_REQUEST = re.compile(
    r"^(?:please\s)?(?:i(?:[’']d|\swould)\slike\sto\s(?:know|hear|learn)(?:\smore)?|i(?:[’']m|\sam)\sinterested|"
    r"(?:(?:can|could)\syou\s)?(?:please\s)?tell\sme(?:\smore)?)\s(?:about|in|of)\b",
    re.I,
)
_ON_TOPIC = re.compile(r",?\s(?:on|about)\s(?P<topic>.+)", re.I)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_CONTINUED = re.compile(r"\b(?:next\safter|just\sbefore)\sspeaking\sabout\b", re.I)


def follow_up(question: str, history: Sequence[Turn], people: Directory) -> FollowUp:
    """What a question means after others, oldest first; one that leans on none of them is left as it is.

    At most the last few turns are looked at, and no more of each than a question may have.
    """
    turns = [turn for turn in history if not is_aside(turn.question[:MAX_QUESTION])][-_TURNS:]
    if not turns:
        return FollowUp(question)
    before, answer = turns[0].question[:MAX_QUESTION], turns[0].answer
    for turn in turns[1:]:
        meant = _after(turn.question[:MAX_QUESTION], before, answer, people)
        before = meant.standalone[:MAX_QUESTION]
        if not meant.continues or given(turn.answer, people).words:
            # Where nothing stands beside the words last quoted, they are still the last.
            answer = turn.answer
    return _after(question, before, answer, people)


def _after(question: str, before: str, answer: str, people: Directory) -> FollowUp:
    if len(question) > _LONGEST or is_civil(question):
        return FollowUp(question)
    return _follow_up(question, take_apart(_plain(before), people, answer), people)


def _plain(question: str) -> str:
    """What a question that continued another was about."""
    return re.sub(r"^What else\b", "What", _CONTINUED.sub("about", question))


def _follow_up(question: str, earlier: Earlier, people: Directory) -> FollowUp:
    lead = _LEAD.match(question)
    rest = question[lead.end() if lead else 0 :].strip(" ?.!")
    found = set_phrase(_JOINING.sub("", question.strip(" ?.!")), earlier)
    return found or FollowUp(_adapted(question, lead[0] if lead else "", rest, earlier, people))


def _adapted(question: str, lead: str, rest: str, earlier: Earlier, people: Directory) -> str:
    """A follow-up with words of its own: a time, a speaker, a topic, or a whole clause that leans on the one before."""
    rest = counted_from(rest, earlier.day(last=False), earlier.day(last=True))
    if lead.lower().endswith("on ") and not apart(f"on {rest}")[0].strip(" ,"):
        rest = f"on {rest}"
    core, when = apart(rest)
    core = core.strip(" ,")
    when = when or month_of(core, earlier.day(last=True)) or ""
    if not core or when == month_of(core, earlier.day(last=True)):
        return _at(when, earlier)
    named = re.sub(r"[\s,]+please$", "", _REQUEST.sub("", core).strip(), flags=re.I)
    if named != core and named.islower() and len(named.split()) <= _SHORT and (earlier.said or earlier.given.asks):
        # "Tell me about trade", or "I would like to know about pests" where that was the choice.
        return _of_topic(resolved(named, earlier, people), when, earlier)
    who = _another_speaker(core, lead, earlier, people)
    if who:
        return earlier.of(who=who, when=when)
    # "And about Xi?" is a topic, "What about Xi on climate?" names a speaker.
    said: Sequence[Mention] = () if _TOPIC_LEAD.search(lead) else asked_by(core, people.mentions(core))
    speech = _ON_TOPIC.fullmatch(core, said[-1].end) if said and lead.strip() and said[0].start == 0 else None
    if speech:
        return earlier.dated(f"What did {core[: said[-1].end]} say about {speech['topic']}", when)
    if _is_phrase(core) and not said:
        if not lead.strip() and len(core.split()) > _SHORT and not leans(core, people):
            return question
        return _of_topic(resolved(core, earlier, people), when, earlier)
    return _clause(question, core, when, earlier, people)


def _another_speaker(core: str, lead: str, earlier: Earlier, people: Directory) -> str | None:
    """Who is asked for instead, "And Lavrov?", "And Japan's?", as the question before can name them."""
    said = earlier.said[0] if earlier.said else None
    owner = re.fullmatch(r"(?P<who>(?:the\s)?[\w\s\-]+)[’']s", core)
    if not said:
        return None
    if owner:
        return f"{core} {said.office.words}" if said.office and said.office.words else owner["who"]
    # A first capital is every sentence's: "May" would open a question.
    mentions = people.mentions(f"and {core}")
    left = core
    for mention in mentions:
        left = left.replace(mention.text, "", 1)
    if not mentions or re.sub(r"\b(?:the|and|or|about)\b|[\s,&]", "", left, flags=re.I):
        return None
    if _TOPIC_LEAD.search(lead) or (lead.lower().endswith("about ") and not mentions[0].speakers):
        return None
    # "What about Tonga?" is a topic, but after a country's words.
    return core if not mentions[0].place or said.place else None


def _at(when: str, earlier: Earlier) -> str:
    """The question before, of another time, be it in the name of something: "the 2020 election"."""
    year = re.fullmatch(r"(?:in\s)?(?P<year>\d{4})", when)
    if year and not earlier.when and _YEAR.search(earlier.text):
        return _YEAR.sub(year["year"], earlier.text, count=1) + "?"
    return earlier.of(when=when)


def _is_phrase(core: str) -> bool:
    """Whether words are no clause, but the name of something."""
    return (
        not _CLAUSE.match(core) and len(core.split()) <= _LONGEST_PHRASE and not re.search(rf"\b{VERB}\sabout\b", core)
    )


def _of_topic(topic: str, when: str, earlier: Earlier) -> str:
    """The question before, asked of another topic: the same words up to it, or another country in it."""
    if _ASKS_FURTHER.match(topic):
        return _joined(topic, earlier)
    if earlier.topic and _THEIR_STANCE.fullmatch(topic):
        return earlier.dated(f"What is {topic} on {earlier.topic}", when)
    place, other = country(earlier.text), country(topic)
    if _SETTING.match(topic) and place and other and re.search(_whole(place), earlier.text):
        return earlier.dated(_replaced(earlier.text, place, _SETTING.sub("", topic, count=1)), when)
    if earlier.topic and _SETTING.match(topic):
        return earlier.of(topic=f"{earlier.topic} {topic}", when=when)
    if earlier.topic:
        return earlier.of(topic=topic, when=when)
    if _SETTING.match(topic) and not country(topic):
        return earlier.dated(f"{earlier.text} {topic}", when)
    if place and other and len(topic.split()) <= len(other.split()) + 1:
        return earlier.dated(_replaced(earlier.text, place, topic), when)
    if earlier.said:
        return earlier.dated(f"What did {earlier.who} say about {topic}", when)
    return f"{earlier.whole}, and what about {topic}{f' {when}' if when else ''}?"


def _whole(words: str) -> str:
    """The pattern of words that are no part of longer ones."""
    return rf"(?<!\w){re.escape(words)}(?!\w)"


def _replaced(text: str, place: str, other: str) -> str:
    """With another place, where the place is named; its people, "Nigerians", are not "Niger"."""
    return re.sub(_whole(place), lambda _: other, text, count=1)


def _clause(question: str, core: str, when: str, earlier: Earlier, people: Directory) -> str:
    if not leans(core, people):
        return _elliptical(question, core, when, earlier, people)
    text = resolved(core, earlier, people)
    unclear = text == core and leans(core, people, pronouns=True)
    if earlier.thing and (
        means_what_was_said(core, earlier) or _SAYS_WHEN.search(text) or (unclear and earlier.said and earlier.topic)
    ):
        text = f"On {earlier.thing}, {text[:1].lower()}{text[1:]}"
    elif text == core:
        return _joined(core, earlier) if unclear and not earlier.topic else question
    text = text[:1].upper() + text[1:]
    said = asked_by(text, people.mentions(text))
    if earlier.thing and not re.search(_whole(earlier.thing), text):
        bare = text if earlier.topic and _DETAIL.search(text) else _without_topic(text, said) if said else ""
        if bare:
            return _with_topic(bare, when, earlier)
    if earlier.said and not re.search(_whole(earlier.who), text) and not said:
        text = f"{text}, according to {earlier.who}"
    return earlier.dated(text, when, mark="." if question.endswith(".") else "?")


def _elliptical(question: str, core: str, when: str, earlier: Earlier, people: Directory) -> str:
    """A clause that names nothing before it, but may say less than a question: "What did Merkel say?", "Who won?"."""
    said = asked_by(core, people.mentions(core))
    # "The United States" ends in no verb.
    ends = core.split()[-1].islower() and _ENDS_IN_VERB.fullmatch(core)
    bare = _without_topic(core, said) if said else core if ends else ""
    thing = earlier.thing
    if bare and thing:
        return _with_topic(bare, when, earlier)
    if _OF_IT.fullmatch(core) and thing:
        text = f"{core[:1].upper()}{core[1:]} {'to' if 'alternative' in core else 'of'} {thing}"
        return earlier.dated(f"{text}, according to {earlier.who}" if earlier.said else text, when)
    if thing and _STANCE.fullmatch(core):
        return _with_topic(core, when, earlier)
    if _COUNT.fullmatch(core):
        text = f"On {thing}, {core[:1].lower()}{core[1:]}, according to {earlier.who}"
        return earlier.dated(text, when) if earlier.said and earlier.topic else _joined(core, earlier)
    if not said and len(core.split()) <= 2 and not AUXILIARY.match(core):
        return _joined(core, earlier)
    return question


def _joined(core: str, earlier: Earlier) -> str:
    """Both questions in one: what is common to them stands in the first."""
    core = _REQUEST.sub("what about", core)
    return f"{earlier.whole}, and {core[:1].lower()}{core[1:]}?"


def _without_topic(core: str, said: Sequence[Mention]) -> str:
    """A question for somebody's words that does not say on what, without "anything" at its end; "" where it does."""
    after = core[said[-1].end :]
    if not after and re.search(rf"\b{NOUNS}\sfrom\s(?:the\s)?$", core[: said[0].start], re.I):
        return core
    match = re.match(rf"(?:[’']s?\s(?:\w+\s){{0,2}}?\w+|\s(?:\w+ly\s)?{VERB})(?P<rest>\W.*)?$", after, re.I)
    if not match or not _NOTHING.match(match["rest"] or ""):
        return ""
    kept = match["rest"] if re.search("thing|same", match["rest"] or "") else ""
    return core[: said[-1].end] + after[: len(after) - len(match["rest"] or "")] + (kept or "")


def _with_topic(text: str, when: str, earlier: Earlier) -> str:
    """A question that says nothing of its topic, with the topic before."""
    joint = next((word for pattern, word in _JOINTS if pattern.search(text)), "on")
    words = (text[:1].upper() + text[1:], joint, earlier.thing)
    return earlier.dated(" ".join(word for word in words if word), when)
