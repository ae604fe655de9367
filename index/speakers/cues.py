"""Cues: the words by which prose says that somebody said something, and whom they credit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.speakers.names import LONG_NAME, People
from index.speakers.verbs import FINITE, INVERTED, PARTICIPLE, VERB

# What may stand before a verb: an adverb, an auxiliary, a time.
_ADVERBIAL = (
    r"(?:\s(?:(?:on|in|at|late|early|last|this|earlier|later)(?=\s)(?:\s[\w’'\-]+){1,3}?|"
    r"\w+ly|also|since|later|earlier|often|always|then|again|once|further|even|still|now|however|just|not|never|"
    r"has|had|have|did|does|will|would|could|"
    r"himself|herself|went\son\sto|took\sto\sTwitter\sto|\w+day|yesterday|today))"
)
_PREDICATE = re.compile(rf"(?:,(?:\swho)?|\swho)?{_ADVERBIAL}{{0,4}}?\s(?P<verb>{VERB})")
# What may stand between a subject and its predicate, from how it begins to how it ends: an apposition between commas or
# dashes, a parenthesis, where somebody is from.
_INTERRUPTIONS = (
    (re.compile(r"\s?\("), re.compile(r"\)")),
    (re.compile(r"\s?(?:--|[–—]|(?<=\s)-(?=\s))"), re.compile(r"--|[–—]|(?<=\s)-(?=\s)")),
    (re.compile(r",(?=\s)"), re.compile(r",”?(?=\s)")),
    (re.compile(r"\s(?:of|from)\s(?:the\s)?(?=[A-Z])"), re.compile(r"(?<=\w),?(?=\s)")),
)
_LONGEST_INTERRUPTION = 200
_WHO = re.compile(r",?\swho\b")
_SUBJECT = re.compile(LONG_NAME)
# Before a subject, these make it another's, or one of two: "a lawyer for", "aides to president", "Lu (left) and".
_OF_ANOTHER = re.compile(
    r"(?:\b\w+\s(?:of|for|to)\s"
    r"(?:(?:the|then|former|outgoing|prime|foreign|president|minister|senator|candidate|nominee)\s)*|"
    r"\([^()]{1,40}\)\sand\s)$"
)
# A headline gives its verbs capitals too: "Trump Says He Will".
_HEADLINE = re.compile(rf"(?P<name>[^\s]+(?:\s[^\s]+)??)\s(?i:{FINITE})(?=\s|$)")
_OPENS_CLAUSE = re.compile(r"(?:^|[,;]\s|\s[-–—]\s)$")
# A name that a further noun follows only says whose: "said Huckabee campaign spokesman Hogan Gidley".
_NAME_ENDS = (
    r"(?=[,.;:”\"()–—]|''|\s?$|\s(?:--|[–—(“\"]|(?:in|on|at|of|to|when|who|whose|after|during|as|while|with|from|for|"
    r"last|this|and|but|or|according|earlier|via|by|before|about|through|because|near|outside|late|"
    r"[A-Z]?\w+day|yesterday|today)\b))"
)
_MODIFIER = r"(?!(?:by|for|from|to|with|about|that|of|in|at|on|an?)\s)[^\s,.;:“”\"()]{1,30}\s"
_VERB_FIRST = re.compile(
    rf"(?:[,?!.”\"’']|^)\s?{INVERTED}\s{{1,3}}(?:{_MODIFIER}){{0,6}}?(?P<name>{LONG_NAME}){_NAME_ENDS}"
)
_ACCORDING = re.compile(
    r"\b(?:[Aa]ccording\sto|[Ii]n\sthe\swords\sof|[Ii]n\sthe\sview\sof)\s{1,3}"
    rf"(?:{_MODIFIER}){{0,6}}?(?P<name>{LONG_NAME}){_NAME_ENDS}"
)
# After a subject: "met with Lavrov, saying …", "met with Lavrov and said …".
_PARTICIPIAL = re.compile(
    rf"(?:,[^“”\"]{{2,120}}?,)?\s[a-z][^“”\"]{{0,200}}?"
    rf"(?:(?:,|\s(?:--|[–—]|by))(?:\s\w+ly)?\s{PARTICIPLE}\b|\sand\s(?:\w+ly\s)?{VERB})"
)
_WITH = re.compile(rf"\bwith\s(?:{_MODIFIER}){{0,4}}?(?P<name>{LONG_NAME})\s{PARTICIPLE}\b")
_PRONOUN_FIRST = re.compile(
    rf"(?:^|[,;]\s|[”\"]\s|\b(?:but|and|that|when|as|while)\s)(?:he|she|He|She)(?:,?\swho)?{_ADVERBIAL}{{0,3}}?\s{VERB}"
)
_PRONOUN_LAST = re.compile(rf"[,?!.”\"’']\s?{INVERTED}\s(?:he|she)\b")
# Capitals tell nothing where case is ignored: of the shape of a name only its length is left. The pattern of a name
# would read each "of" and "for" of a sentence in two ways there, and take twice as long for every one.
_ANY_WORDS = r"[^\W\d_][\w’'.\-]{0,40}(?:\s[\w’'.\-]{1,41}){0,6}?"
# Somebody the text does not name, or names by a role: what they say is not the last named person's.
_STRANGER = re.compile(
    rf"(?:^|[,”\"]\s?|''\s?)(?:(?:the|an?|one|his|her|their|some)\s[\w’'\-]+(?:\s[\w’'\-]+){{0,4}}?|{_ANY_WORDS})"
    rf"\s{INVERTED}\b|"
    rf"[”\"]\s?{INVERTED}\s(?!he\b|she\b)",
    re.I,
)
# "The claim that Wang Yi said so" is not Wang Yi saying so, nor is "if Wang Yi said so", or "whom Lavrov called".
_DENIED = re.compile(
    r"\b(?:(?:claims?|allegations?|reports?|rumou?rs?|suggestions?|den(?:y|ies|ied))\s(?:\w+\s)?that|if|whether|"
    r"asked\swhat|asked\sabout\swhat)\s(?:the\s)?$"
)
# What is credited where a quotation ends is the quotation: "When Sanders said so, he “grabbed …,” said Heiserman."
_AFTER_QUOTATION = re.compile(rf"(?:”|\"|'')\s?(?:{INVERTED}\s(?:{_MODIFIER}){{0,6}})?$")
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|''.*?(?:''|$)")


@dataclass(frozen=True, slots=True)
class Cue:
    """Who is credited, and the span in the sentence that does it."""

    speaker: str
    start: int
    end: int


def find_cue(text: str, people: People, subject: str | None = None, *, quoted: bool = False) -> Cue | None:
    """The cue of a sentence; `subject` is whom "he" or "she" means, where that is clear.

    With `quoted`, the sentence begins inside a quotation that was opened before it.

    The first that credits a person the document leaves no doubt about. A cue inside quotation marks is the quoted
    person's, who is credited with the whole.
    """
    spans = _quotations(text, quoted)
    for name, start, end in sorted(
        _credited(text, people), key=lambda cue: not _AFTER_QUOTATION.search(text, 0, cue[1])
    ):
        if any(begin <= start < end for begin, end in spans) or _DENIED.search(text, 0, start):
            continue
        speaker = people.resolve(name)
        if speaker:
            return Cue(speaker, start, end)
    for pattern in (_PRONOUN_FIRST, _PRONOUN_LAST):
        pronoun = pattern.search(text)
        if pronoun and subject and not any(begin < pronoun.end() - 1 < end for begin, end in spans):
            return Cue(subject, *pronoun.span())
    return None


def _quotations(text: str, quoted: bool) -> list[tuple[int, int]]:
    """Where a sentence is between quotation marks; `quoted` ones were opened before it."""
    if text.count("“") == 2 and "”" not in text:
        text = "”".join(text.rsplit("“", 1))  # “Some close it so,“ said the editor.
    close = re.search(r"[”\"]", text) if quoted else None
    opened = {"”": "“", '"': '"'}[close.group()] if close else ""
    return [
        (start - len(opened), end - len(opened)) for start, end in (m.span() for m in _QUOTED.finditer(opened + text))
    ]


def _credited(text: str, people: People) -> Iterator[tuple[str, int, int]]:
    """(name, start, end) of everything in a sentence that has the shape of a cue, the surest shapes first."""
    for subject in _SUBJECT.finditer(text):
        end = _predicate_end(text, subject.end(), people)
        if end and not _is_of_another(text, subject):
            yield subject.group(), subject.start(), end
        headline = _HEADLINE.match(subject.group())
        if headline:
            yield headline["name"], subject.start(), subject.start() + headline.end()
    for pattern in (_VERB_FIRST, _ACCORDING, _WITH):
        for match in pattern.finditer(text):
            yield match["name"], match.start("name"), match.end()
    for subject in _SUBJECT.finditer(text):
        predicate = _PARTICIPIAL.match(text, subject.end()) if _OPENS_CLAUSE.search(text, 0, subject.start()) else None
        if predicate:
            yield subject.group(), subject.start(), predicate.end()


def _is_of_another(text: str, subject: re.Match[str]) -> bool:
    """Whether what follows a name is said by whom it is the lawyer, critic or friend of; what "who" does is its own."""
    before = max(0, subject.start() - _LONGEST_INTERRUPTION)
    return bool(_OF_ANOTHER.search(text, before, subject.start())) and not _WHO.match(text, subject.end())


def _predicate_end(text: str, start: int, people: People, interruptions: int = 2) -> int | None:
    """Where the verb of speech of a subject that ends at `start` ends, at most two interruptions later."""
    found = _PREDICATE.match(text, start)
    if found:
        return found.end()
    for opening, closing in _INTERRUPTIONS if interruptions else ():
        begun = opening.match(text, start)
        for closed in closing.finditer(text, begun.end(), start + _LONGEST_INTERRUPTION) if begun else ():
            inside = text[begun.end() : closed.end()].rstrip(",") if begun else ""
            if _names_another(inside, people) or inside.count("“") != inside.count("”"):
                break
            found = _PREDICATE.match(text, closed.end())
            if found:
                return found.end()
            if text[closed.start()] == ")":
                return _predicate_end(text, closed.end(), people, interruptions - 1)
    return None


def _names_another(apposition: str, people: People) -> bool:
    """Whether what stands between commas is no apposition but the next subject: "…, Darran Whiting of Marion, said"."""
    last = re.match(rf"(?P<name>{LONG_NAME})(?:\s(?:of|who|\()|$)", apposition.rpartition(",")[2].strip())
    return bool(last and people.resolve(last["name"]))


def is_quoted(text: str) -> bool:
    """Whether a sentence is all, or nearly all, between quotation marks."""
    inside = sum(end - start for start, end in (match.span() for match in _QUOTED.finditer(text)))
    return inside >= 0.8 * len(text)


def credits_stranger(text: str) -> bool:
    """Whether a sentence is credited to somebody whom the document does not name in full."""
    return any(not any(b < m.end() - 1 < e for b, e in _quotations(text, False)) for m in _STRANGER.finditer(text))


def opens_quotation(text: str) -> bool:
    """Whether a quotation is begun and not ended in a text."""
    return text.count("“") > text.count("”") or (text.count('"') % 2 == 1)


def has_quotation(text: str) -> bool:
    return bool(_QUOTED.search(text))
