"""A title → whose words its document is: "Remarks by President Biden …", "Geng Shuang's Regular Press Conference"."""

import re
from collections.abc import Iterator
from itertools import takewhile

from index.speakers.names import LONG_NAME, NAME, without_titles, words
from index.speakers.vocabulary import METONYMS, NOT_NAMES

_GENRE = (
    r"(?i:remarks|statements?|speech|address|keynote|briefing|gaggle|press\sconference|interview|op-ed|letter|message|"
    r"testimony)"
)
# An interview is with whom it asks; remarks and press conferences with somebody are another's, or theirs together.
_BY = re.compile(
    rf"\b(?:{_GENRE}(?:\s\w+)?\s(?:by|of|from)|(?i:interview)(?:\s\w+)?\swith)\s(?P<who>.+)",
)
# Further on in a title, a speech is only spoken of: "Merkel rejects Trump's UN speech".
_POSSESSIVE = re.compile(
    r"(?:(?i:(?:full\s)?(?:text|transcript|excerpts?|video))(?::|\sof|\sfrom)\s(?:the\s)?)?"
    rf"(?P<who>{NAME})[’']s?\s(?:\w+\s)?{_GENRE}"
)
_BETWEEN = re.compile(r",\s(?:and\s)?|\sand\s(?=[A-Z])")
_WITH = re.compile(rf"{_BETWEEN.pattern}|\swith\s")


def principals(title: str) -> Iterator[tuple[str, str]]:
    """(role in lower case, name) of those a title says the words are by: "Remarks by President Biden …".

    They end at the first part that is no name, or more than one: "… by the President on the Death of Senator Lewis".
    """
    match = _whose(title)
    # Who asked and who answered, "Interview by Jake Tapper with Wang Yi", the title leaves open.
    between = _WITH if match and match.group().lower().startswith("interview") else _BETWEEN
    for part in between.split(match["who"]) if match else ():
        named = re.match(LONG_NAME, part.strip())
        if not named:
            return
        name = without_titles(named.group())
        if words(name) and not any(word in NOT_NAMES | METONYMS for word in words(name)):
            yield _role(named.group(), name), name
        if named.end() < len(part.strip()):
            return


def is_possessive(title: str) -> bool:
    """Whether a title has whose words they are as a headline has whose they are not: "Trump's UN Speech"."""
    match = _whose(title)
    return match is not None and match.re is _POSSESSIVE


def _whose(title: str) -> re.Match[str] | None:
    found = [match for match in (_BY.search(title), _POSSESSIVE.match(title)) if match]
    return min(found, key=lambda match: match.start(), default=None)


def _role(titled: str, name: str) -> str:
    """What stands before a name, in lower case: "PRESIDENT BIDEN", "Biden" → "president"."""
    first = name.split()[0].casefold()
    return " ".join(takewhile(lambda part: not part.casefold().startswith(first), titled.split())).lower()
