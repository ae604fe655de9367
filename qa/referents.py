"""What the pronouns of a follow-up stand for, where the question itself does not say."""

import re
from collections.abc import Iterator
from itertools import islice

from index.speakers.countries import NAMES, NATIONS, plain
from qa.earlier import Earlier
from qa.people import Directory
from qa.topic import VERB

_PERSON = r"(?P<person>he|she|him|her|his|hers)"
_GROUP = r"(?P<group>they|them|their|theirs)"
# "that report" and "the man that" lean on nothing, nor does "this year".
_THING = (
    r"(?P<thing>its?|(?:that|this)(?=\s*(?:$|[?.,!;])|[’']s\s|\s(?:is|was|will|would|does|did|has|mean|happen|work|cost|"
    r"help|hurt|change|affect|end|begin|start|before|again|too|as\swell|later|in)\b)|(?:these|those)(?=\s*(?:$|[?.,!;])))"
)
_PLACE = r"(?P<place>(?:in\s|from\s)?there(?=\s*(?:$|[?.,!;])))"
_DEFINITE = (
    r"(?P<country>the\scountry(?:[’']s)?)|"
    r"(?P<body>the\s(?:ministry|government|company|commission|agency|department|embassy|party|council|committee|court|"
    r"minister|ambassador|spokes(?:man|woman|person)|summit|treaty|agreement|deal|bill|talks)\b(?!\s(?:of|for|on|with|in|"
    r"between)\b))"
)
_REFERENCE = re.compile(rf"\b(?:{_PERSON}|{_GROUP}|{_THING}|{_PLACE}|{_DEFINITE})(?!\w)", re.I)
_NOUNS = frozenset({"country", "body"})
# "It is true that", "is there": words that only hold a place.
_EXPLETIVE = re.compile(
    r"\bit[’']?s?\s(?:(?:is|was|be|been)\s)?(?:not\s)?(?:true|said|possible|likely|clear|known|necessary|important|fair|"
    r"a\sfact|time|right|wrong)\b(?=.*\b(?:that|to|whether|if|for)\b)",
    re.I,
)
_CLAUSE = (
    r"(?:[,;:—]|\b(?:and|but|or|when|where|if|because|that|which|who|whether|after|before|while|since|how|why|what|for|"
    r"than|as)\b|\bto\s(?=\w+\s$))"
)
_PHRASE = re.compile(r"\b(?:the|an?)\s[a-z]\w+")
_OWNERS = frozenset({"his", "their", "its", "theirs", "hers"})
# Words that may be what a pronoun after them stands for: a name that is no opening, or something definite or plural.
_ANTECEDENT = (
    r"(?:^\W*(?:what|who)\s(?:is|are|was|were)\s\w+|(?<=\s)[A-Z][\w’\-]+|"
    r"\b(?:the|an?|this|that|these|those|which)\s\w+|\b\w{3,}[^s\W]s)"
)
# What "that" follows where it is what was spoken about; otherwise it is what was said.
_OF_TOPIC = re.compile(
    r"\b(?:about|on|of|with|against|by|for|from|to|support|oppose|reject|welcome|condemn|mention)\s$", re.I
)
_SAYINGS = frozenset({"that", "this", "it"})
_SAYING_IT = re.compile(r"\b(?:say|said|saying|regret|mean|meant|repeat)\s$", re.I)
_SPOKEN = re.compile(rf"^\s(?:\w+ly\s)?(?:{VERB}|give|name|cite|mean)\b", re.I)
_GROUPS = re.compile(
    r"\b(?:the\s)?[A-Z][\w’\-]{0,30}(?:\s[A-Z][\w’\-]{0,30}){0,5}\s(?:movement|rebels|group|government|party|forces|army|militia|"
    r"ministry|company|commission|authorities|troops|leaders|officials|workers|states|countries)\b"
)
_PLACES = re.compile(r"\b(?:in|to|at|from|of|with|about|on)\s((?:the\s)?[A-Z][\w’\-]*(?:\s[A-Z][\w’\-]*)*)")
_LONGEST_COUNTRY = 4
# A question with more pronouns is an attack.
_MOST = 12
_SEVERAL = {"is": "are", "was": "were", "does": "do", "has": "have"}
_ONE = {several: one for one, several in _SEVERAL.items()}


def _references(question: str) -> Iterator[re.Match[str]]:
    return islice(_REFERENCE.finditer(question), _MOST)


def leans(question: str, people: Directory, pronouns: bool = False) -> bool:
    """Whether a question has a pronoun whose meaning it does not hold itself, or words like "the ministry"."""
    found = (match for match in _references(question) if not pronouns or match.lastgroup not in _NOUNS)
    return any(not _has_own(question, match, people) for match in found)


def resolved(question: str, earlier: Earlier, people: Directory) -> str:
    """The question with what its pronouns stand for in their place; one that nothing is found for is left."""
    done, position = "", 0
    seen: set[str] = set()
    for match in _references(question):
        name = "" if _has_own(question, match, people) else _named(question, match, earlier, people)
        if name and name not in seen:
            seen.add(name)
            done += _agreeing(question[position : match.start()], name, match.lastgroup == "person") + name
            position = match.end()
    return done + question[position:]


def means_what_was_said(question: str, earlier: Earlier) -> bool:
    """Whether a question's "that" is a statement, and not what it was about: "Did Merkel also say that?"."""
    found = (match for match in _references(question) if match.group().lower() in _SAYINGS)
    return bool(earlier.who and earlier.thing) and any(_is_statement(question, match) for match in found)


def country(text: str) -> str:
    """The last country named in a text, "" without one."""
    words = list(re.finditer(r"(?:[A-Z]\.)+[A-Z]?|[\w\-]+", text))
    for last in range(len(words), 0, -1):
        for first in range(max(0, last - _LONGEST_COUNTRY), last):
            piece = text[words[first].start() : words[last - 1].end()]
            if piece[:1].isupper() and plain(piece.replace(".", "")) in NAMES:
                return f"the {piece}" if text[: words[first].start()].lower().endswith("the ") else piece
            if piece[:1].isupper() and plain(piece) in NATIONS:
                return NATIONS[plain(piece)]
    return ""


def _has_own(question: str, match: re.Match[str], people: Directory) -> bool:
    """Whether what a pronoun stands for comes before it in the question, in another clause unless it is an owner's."""
    kind, head = match.lastgroup, question[: match.start()]
    if any(match.start() == other.start() for other in _EXPLETIVE.finditer(question)):
        return True
    if re.search(r"[\w,“\"]\s?$", head) and match.group()[0].isupper() and not question.isupper():
        # A word of a title: "She Loves You".
        return True
    if kind == "place":
        return bool(_PLACES.search(head))
    if kind == "thing" and len(_PHRASE.findall(head)) > 1:
        # "The colour of the corn … about it": one of them it is.
        return True
    if kind in _NOUNS:
        return False
    before = re.split(_CLAUSE, head)
    if match.group().lower() not in _OWNERS and not _is_owner(question, match):
        head = head[: len(head) - len(before[-1])]
    if kind == "person":
        if re.search(r"\b(?:he|she)\b", head, re.I) and match.group().lower() in _OWNERS:
            return True
        named = any(not mention.place for mention in people.mentions(head))
        return named or bool(re.search(r"\bthe\s\w+", head))
    return bool(re.search(_ANTECEDENT, head))


def _agreeing(words: str, name: str, one: bool) -> str:
    """The words before a name, their verb in its number: "do they" → "does Psaki", "is it" → "are vaccines"."""
    several = not one and (" and " in name or bool(re.search(r"[^s’']s$", name)))
    forms = _SEVERAL if several else _ONE
    return re.sub(r"\b(\w+)(\s)$", lambda match: forms.get(match[1].lower(), match[1]) + match[2], words)


def _is_statement(question: str, match: re.Match[str]) -> bool:
    head = question[: match.start()]
    if match.group().lower() == "it":
        return bool(_SAYING_IT.search(head))
    return not _OF_TOPIC.search(head) or bool(re.search(r"\bsa(?:y|id)\sto\s$", head, re.I))


def _is_owner(question: str, match: re.Match[str]) -> bool:
    """Whether "her" is followed by what she has."""
    after = question[match.end() :]
    return match.group().lower() == "her" and bool(re.match(r"\s(?!about|on|to|in|for|with|and|or)\w", after, re.I))


def _named(question: str, match: re.Match[str], earlier: Earlier, people: Directory) -> str:
    word, kind = match.group().lower(), match.lastgroup
    if kind == "place":
        places = _PLACES.findall(earlier.text)
        where = country(earlier.topic) or (places[-1] if places else country(earlier.text))
        if where:
            return f"{'from' if word.startswith('from') else 'in'} {where}"
        return f"at {earlier.thing}" if earlier.thing else ""
    if kind == "country":
        name = country(earlier.topic) or country(earlier.text) or country(earlier.given.words)
        return f"{name}’s" if name and word[-1] == "s" else name
    if kind == "body":
        return _body(word.removeprefix("the "), earlier)
    if kind == "person":
        name = _person(question, match, earlier, people)
    elif kind == "group":
        name = _group(question, match, earlier, people)
    else:
        said = word in _SAYINGS and earlier.who and _is_statement(question, match)
        name = "" if said else earlier.thing
    if not name:
        return ""
    owner = word in _OWNERS or (kind == "person" and _is_owner(question, match))
    return f"{name}'s" if owner and not name.endswith(("'s", "’s")) else name


def _person(question: str, match: re.Match[str], earlier: Earlier, people: Directory) -> str:
    """Who spoke; or whom they spoke of, where the pronoun does something else than speak."""
    of = _spoken_of(earlier, people)
    subject = re.search(r"\b(?:he|she)\b", question[: match.start()], re.I)
    if of and earlier.who and subject:
        # "Has he met him?": one of them is each.
        return of if _SPOKEN.match(question[subject.end() :]) else earlier.who
    if of and match.group().lower() in {"he", "she"} and not _SPOKEN.match(question[match.end() :]):
        return of
    if earlier.who:
        return earlier.who
    return earlier.persons[0] if earlier.persons else ""


def _spoken_of(earlier: Earlier, people: Directory) -> str:
    """The one person in the topic, "" where it has none or several."""
    of = [mention.text for mention in people.mentions(earlier.topic) if not mention.place]
    return of[0] if len(of) == 1 else ""


def _group(question: str, match: re.Match[str], earlier: Earlier, people: Directory) -> str:
    """Several people or things, or an institution, or somebody of whom one does not say whether it is he or she."""
    word, first = match.group().lower(), _GROUPS.search(earlier.given.words)
    speaks = _SPOKEN.match(question[match.end() :]) or (
        earlier.said and (len(earlier.said) > 1 or earlier.said[0].place or earlier.said[0].office)
    )
    who = earlier.who if earlier.said else ""
    several = " and ".join(earlier.persons) if len(earlier.persons) == 2 else ""
    if word == "they" and several and (not earlier.topic or _spoken_of(earlier, people) == earlier.topic):
        return several
    topic = earlier.topic if earlier.topic.endswith("s") else ""
    group = first.group() if first else ""
    order = (who, group, topic) if word == "they" and speaks else (topic, group, who)
    found = next((name for name in order if name), earlier.thing)
    # One person is not "they" in doing something: who is meant is not known.
    return "" if found == who and who and not speaks else found


def _body(word: str, earlier: Earlier) -> str:
    """The institution, person or event of that kind that was named in full: "China's foreign ministry"."""
    full = re.compile(
        rf"(?:\bthe\s)?(?:(?<=\s)[A-Z][\w\-]*(?:[’']s)?\s)(?:[\w\-]+\s){{0,2}}?{word}\b(?:\s(?:of|on|with|for)\s(?:the\s)?"
        r"[A-Z]\w+)?"
    )
    for text in (earlier.text, earlier.given.words):
        found = [
            match.group() for match in full.finditer(text) if not match.group().lower().startswith(("what", "how"))
        ]
        if found:
            return found[-1]
    return ""
