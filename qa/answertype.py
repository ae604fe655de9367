"""What kind of answer a question asks for, from its grammar: a number, a date, a name, a place, a reason."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from qa.answernouns import BY_NOUN, BY_UNIT, STATES, AnswerType
from qa.topic import LEAVING_OUT, SAYS_SO


@dataclass(frozen=True, slots=True)
class Expected:
    """`head` is what the answer must be a kind or a number of: "pandas" in "How many pandas …", "" where unsaid."""

    type: AnswerType
    head: str = ""


_LEAD = r"^(?:(?:and|but|so|also|then|exactly|roughly|approximately|about)[\s,]+)*"
_AUX = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must|shall|"
    r"isn[’']t|aren[’']t|wasn[’']t|weren[’']t|don[’']t|doesn[’']t|didn[’']t|hasn[’']t|haven[’']t|can[’']t|won[’']t)"
)
_OPENING = re.compile(
    _LEAD + r"(?:(?:(?:by|in|on|at|to|from|for|with|of|since|until|till|under|after|before|during|within|around|about|"
    r"into|through|between|against|over|near|towards?)\s)?(?P<asking>(?:what|which|whom|who|whose|when|where|why|how)\b.*))",
    re.I,
)
# Where an asking word stands late: some can be no relative pronouns and ask anywhere, the others only in some places.
_LATE = (
    re.compile(
        r"\b(?P<asking>how\s(?:many|much|long|old|far|big|large|tall|high|deep|wide|fast|heavy|often|frequently|hot|cold|"
        r"close)\b|what\b|why\b|whose\b|whom\b)",
        re.I,
    ),
    re.compile(
        r"(?:,|\b(?:and|say|said|know|tell|told|mention|reveal|announce|disclose|specify|indicate|explain|clear|sure))\s"
        r"(?:(?:by|in|on|at|to|from|for|since|until|with|of)\s)?(?P<asking>which|whom|who|when|where)\b",
        re.I,
    ),
    re.compile(
        r"\b(?P<asking>(?:when|where|who|whom)\W*$|"
        r"(?<=\b(?:in|on|at|to|by|of)\s)which(?:\s\w+){1,3}\W*$|(?<=\b(?:from|with)\s)which(?:\s\w+){1,3}\W*$)",
        re.I,
    ),
)
_YES_NO = re.compile(rf"{_LEAD}{_AUX}\b", re.I)
# What somebody said, thinks or did is a statement, not a value, unless it goes on "… say was the cost of".
_STATEMENT = re.compile(
    r"^what(?:\selse)?\s(?:did|does|do|has|have|had)\s.*?\b(?:say|said|think|thought|state|claim|believe|estimate|give|"
    r"call|expect)\b(?P<rest>(?:\s(?:is|are|was|were|would\sbe|will\sbe|as)\s.*)?)",
    re.I,
)
# Who says something is who is quoted, and not named in the words.
_WHO_SAID = re.compile(
    rf"(?:who(?:\s{LEAVING_OUT}(?:\s[\w.,’'&\-]+){{1,12}}?)?|which(?:\s[\w\-’\']+){{1,4}}?)\s"
    rf"(?:(?:has|have|had|also|first|\w+ly)\s)*{SAYS_SO}\b",
    re.I,
)
_HOW = {
    "many": AnswerType.COUNT, "much": AnswerType.MEASURE, "long": AnswerType.DURATION, "old": AnswerType.DURATION,
    "often": AnswerType.FREQUENCY, "frequently": AnswerType.FREQUENCY,
}  # fmt: skip
_DEGREES = frozenset("far big large tall high deep wide fast heavy hot cold close".split())
_PAID = re.compile(
    r"\b(?:cost|pay|paid|spen[dt]|worth|invest|earn|donat|rais|lend|lent|borrow|owe|charge|money|aid|fund)", re.I
)
_NOT_IN_NOUN_PHRASE = re.compile(
    rf"(?:{_AUX}|of|in|for|that|who|whom|which|when|where|to|at|on|by|from|with|as|than|and|or|after|before|during|about|"
    r"there|it|he|she|they|you|we|between|against|under|into|per|this|these|be|been|[’']s|outside|inside|within|near|"
    r"above|below|over|behind|without|like|through)",
    re.I,
)
_OF_QUANTITY = re.compile(
    r"\bhow\s(?:many|much)\s(?:of\s)?(?:(?:the|these|those|more|other|additional|new|total)\s)*", re.I
)
# "What kind of law" is answered by no name or number.
_SORT = re.compile(r"(?:what|which)\s(?:other\s)?(?:kinds?|types?|sorts?)\sof\b", re.I)
_ASKED_NOUN = re.compile(r"\b(?:what|which)\s(?:other\s)?", re.I)
# With an article or an owner, "what is the price of", "what is Kenya's population"; without, it asks what a thing is.
_COPULA = re.compile(
    r"what(?:\s(?:is|are|was|were|will\sbe|would\sbe|has\sbeen)|[’']s)\s(?P<owned>(?:the|their|its|his|her)\s|"
    r"(?:[\w.\-]+\s){0,4}?[\w.\-]+(?:[’']s|(?<=s)[’'])\s)?",
    re.I,
)
_COSTS = re.compile(r"what\s(?:does|did|do|will|would)\s.*\bcost\b", re.I)
_NAME_OF = re.compile(r"what(?:\s(?:is|was|are|were)|[’']s)\sthe\s(?:\w+\s)?names?\sof\s", re.I)
# "When B cells replicate, what do they become?" asks what.
_CLAUSE_FIRST = re.compile(
    r"(?:when|where)\b[^,]*,\s(?:.*\b(?=what\b|how\smany\b|how\smuch\b)|(?=(?:which|how|who|where|when|why)\b))(?P<asking>.*)",
    re.I,
)
_TERSE = re.compile(r"^(?:the\s)?(?:[\w\-]+\s){0,2}?(?P<noun>[\w\-]+)\sof\b", re.I)
_PRESENT = re.compile(r"\b(?:modern|present|current)[- ]day\s", re.I)
_TOKEN = re.compile(r"[\w\-]+|[’']s\b|[^\w\s]")
_LONGEST_HEAD = 3
# Verbs here, nouns elsewhere: "which article states", but "which member states".
_VERBS = frozenset("state states show shows say says claim claims report reports plan plans".split())
_BEFORE_STATES = frozenset("member united us city nation island".split())
_PLURALS = frozenset("people children men women police feet".split())
# Of these types the noun says no more: what is a date is not called one.
_SAID_BY_TYPE = frozenset(
    {AnswerType.PERCENT, AnswerType.DATE, AnswerType.YEAR, AnswerType.TIME, AnswerType.MONEY, AnswerType.DURATION}
)


@lru_cache(maxsize=256)
def expected(question: str) -> Expected | None:
    """The type of answer a question asks for; None for what has no short answer ("What did X say about Y?")."""
    text = _PRESENT.sub("", " ".join(question.split()))
    asking = _asking_part(text)
    if asking is None:
        return Expected(AnswerType.YES_NO) if _YES_NO.match(text) else _terse(text)
    statement = _STATEMENT.match(asking)
    if statement:
        return _of_noun(f"what {statement['rest'].strip()}") if statement["rest"] else None
    return _of_word(asking)


def _asking_part(text: str) -> str | None:
    """The question from its asking word on; None without one."""
    begins = _CLAUSE_FIRST.match(text) or _OPENING.match(text)
    if begins:
        return begins["asking"]
    found = [match.start("asking") for pattern in _LATE if (match := pattern.search(text))]
    return text[min(found) :] if found else None


def _of_word(asking: str) -> Expected | None:
    word, _, rest = asking.lower().partition(" ")
    word = word.strip(",?.:")
    if word == "how":
        return _of_how(asking, rest)
    if word == "when":
        return Expected(AnswerType.DATE)
    if word == "where":
        return Expected(AnswerType.PLACE)
    if word in {"who", "whom", "whose"}:
        return None if _WHO_SAID.match(asking) else Expected(AnswerType.PERSON)
    if word == "why":
        return Expected(AnswerType.REASON)
    return _of_noun(asking)


def _of_how(asking: str, rest: str) -> Expected | None:
    degree = rest.split(" ")[0].strip("?,.")
    if degree in {"many", "much"}:
        match = _OF_QUANTITY.match(asking)
        head = _counted(_noun_phrase(asking[match.end() :])) if match else ()
        kind = next((BY_UNIT[each] for each in map(_singular, head) if each in BY_UNIT), _HOW[degree])
        if degree == "much" and kind is AnswerType.MEASURE and _PAID.search(rest):
            kind = AnswerType.MONEY
        return Expected(kind, " ".join(head))
    if degree in _HOW:
        return Expected(_HOW[degree])
    return Expected(AnswerType.MEASURE) if degree in _DEGREES else None


def _of_noun(asking: str) -> Expected | None:
    """Of "what" and "which": the noun beside it, "which port", or the one it is equated with, "what is the name of"."""
    if _SORT.match(asking):
        return None
    if _COSTS.match(asking):
        return Expected(AnswerType.MONEY)
    named = _NAME_OF.match(asking)
    if named:
        head = _noun_phrase(asking[named.end() :])
        return _by_nouns(head) or Expected(AnswerType.NAME, " ".join(head))
    copula = _COPULA.match(asking)
    if copula:
        found = _by_nouns(_noun_phrase(asking[copula.end() :], longest=5)) if copula["owned"] else None
        # "What was the Seven Years War?" names the thing, and asks what it was.
        return found if found is None or found.head in asking else None
    noun = _ASKED_NOUN.match(asking)
    head = _noun_phrase(asking[noun.end() :], longest=5) if noun else ()
    if {"reason", "cause", "purpose"} & {*head}:
        return Expected(AnswerType.REASON)
    found = _by_nouns(head)
    if found and (found.type is AnswerType.PERSON or found.head in STATES) and _WHO_SAID.match(asking):
        return None
    if head and found is None and asking.lower().startswith("which") and head[0] != "one":
        return Expected(AnswerType.NAME, " ".join(head[:_LONGEST_HEAD]))
    return found


def _by_nouns(head: tuple[str, ...]) -> Expected | None:
    """By the first noun that tells a type, or the last of several in a row: "oil company", "port city"."""
    kinds = [BY_NOUN.get(_singular(noun)) for noun in head]
    first = next((place for place, kind in enumerate(kinds) if kind), None)
    if first is None:
        return None
    last = first
    while last + 1 < len(kinds) and kinds[last + 1]:
        last += 1
    kind = kinds[last]
    return Expected(kind, "" if kind in _SAID_BY_TYPE else head[last]) if kind else None


def _terse(text: str) -> Expected | None:
    """Keywords without a question word: "number of pandas in zoos 2019", "date of the Moscow talks"."""
    match = _TERSE.match(text)
    kind = BY_NOUN.get(_singular(match["noun"].lower())) if match else None
    if match is None or kind is None:
        return None
    head = _counted(_noun_phrase(text[match.end() :].strip())) if kind in {AnswerType.COUNT, AnswerType.NAME} else ()
    return Expected(kind, " ".join(head[:_LONGEST_HEAD]))


def _noun_phrase(text: str, longest: int = _LONGEST_HEAD) -> tuple[str, ...]:
    """The words up to what can be no part of a noun phrase, in lower case."""
    return tuple(_until_end(_TOKEN.findall(text), longest))


def _counted(phrase: tuple[str, ...]) -> tuple[str, ...]:
    """Up to the plural, after which the verb may follow: "pandas live"."""
    plural = next((at for at, word in enumerate(phrase) if word in _PLURALS or re.search(r"[^s]s$", word)), len(phrase))
    return phrase[: plural + 1]


def _until_end(tokens: Iterable[str], longest: int) -> list[str]:
    words: list[str] = []
    for token in tokens:
        if words and token in _VERBS and words[-1] not in _BEFORE_STATES:
            break
        if len(words) == longest or not token[0].isalnum() or _NOT_IN_NOUN_PHRASE.fullmatch(token):
            break
        if token.lower() not in {"the", "a", "an", "more", "other"}:
            words.append(token.lower())
    return words


def _singular(noun: str) -> str:
    if noun in {"series", "mass"}:
        return noun
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    if noun.endswith(("ches", "shes", "sses", "xes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun
