"""question (+ history) → Query: the topic to look up, who must have said it, and when."""

import re
from datetime import date

from qa.conversation import follow_up
from qa.earlier import quoted_in
from qa.people import Directory
from qa.request import MAX_QUESTION, Request
from qa.speaking import FOR_FACT, asked_by, left_out, without_left_out
from qa.topic import EARLIEST, LATEST, VERB, topic_of
from qa.types import Query
from qa.when import Period, period, without_year_beside

# Ten turns of three quotes.
_MOST_HEARD = 30


def interpret(request: Request, people: Directory, today: date, timed: bool = True) -> Query:
    """Understand a question against the people who speak in the index. Explicit fields win over the words.

    Unless `timed`, a time in the words restricts nothing and stays in the topic.
    """
    meant = follow_up(request.question, request.history, people)
    standalone = meant.standalone[:MAX_QUESTION]
    # "Wang Yi (2017)": the year stands between a name and its verb.
    asked, year = without_year_beside(standalone)
    mentions = people.mentions(asked)
    said, besides = asked_by(asked, mentions), left_out(asked, mentions)
    # A year in a question for a fact is a part of the fact more often than the date of the document that states it.
    restricts = timed and (bool(said) or not FOR_FACT.match(standalone) or re.search(rf"\b{VERB}\b", standalone, re.I))
    time = period(asked, today) if restricts else Period(None, None, standalone)
    time = Period(year, year, asked) if year and restricts else time
    speakers = [name for mention in said for name in mention.during(time.since, time.until)]
    unknown = [mention.text for mention in said if not mention.speakers]
    if request.speaker:
        found = {asked: people.matching(asked) for asked in request.speaker}
        speakers = [name for names in found.values() for name in names]
        unknown = [asked for asked, names in found.items() if not names]
    return Query(
        question=request.question,
        standalone=standalone,
        topic=topic_of(without_left_out(time.rest, besides), [mention.text for mention in said]) or standalone,
        speakers=tuple(dict.fromkeys(speakers)),
        unknown_speakers=tuple(dict.fromkeys(unknown)),
        since=request.since or (None if request.until else time.since),
        until=request.until or (None if request.since else time.until),
        latest=bool(LATEST.search(standalone)),
        earliest=bool(EARLIEST.search(standalone)),
        source=request.source,
        besides=tuple(dict.fromkeys(name for mention in besides for name in mention.speakers)),
        continues=meant.continues,
        quoted=meant.quoted,
        quoted_day=meant.quoted_day,
        heard=_heard(request, people) if meant.continues == "more" else (),
    )


def _heard(request: Request, people: Directory) -> tuple[str, ...]:
    """What the answers of a conversation quoted, the newest words last; no more than a page can have shown of late."""
    found = dict.fromkeys(words for turn in request.history for words in quoted_in(turn.answer, people))
    return tuple(found)[-_MOST_HEARD:]
