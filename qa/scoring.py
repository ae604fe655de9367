"""Hand-written questions → how honest the answers are: the right words found, quoted under the right name, or withheld.

The figures are those of the scorer that asks a running server over HTTP, with its definitions, so that they agree:

hit@1, hit@5     a gold snippet is in the first passage, in the first five                      (answerable questions)
quoted           answered, and a gold snippet overlaps one of the first three quotes            (answerable questions)
speaker          of the quoted ones that ask for a speaker: an overlapping quote names them
string           the short answer is in the answer or in its first three quotes                 (questions for a fact)
abstained        not answered                                                                   (unanswerable questions)
over_abstained   not answered                                                                   (answerable questions)
wrong_name       answered with a tempting passage under the asked speaker's name, or with anything under it where they
                 said nothing (type `trap`); lower is better
honest           quoted where answerable, not answered where not: the one overall figure
verbatim         every quote is the slice of the document that it points at
error            the question was refused
"""

import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.answer import Answerer
from qa.errors import QuestionsError, RequestError
from qa.request import parse_request
from qa.types import Answer, Quote

FIGURES = (
    "hit@1", "hit@5", "quoted", "speaker", "string", "abstained", "over_abstained", "wrong_name", "honest", "verbatim",
    "error",
)  # fmt: skip
_PASSAGES, _QUOTES = 5, 3
# Words in a row that a snippet and a text must share.
_RUN = 8
# Characters of an answer and of each quote in which a short answer is looked for.
_READ = 1000
# The scorer's own list: with the index's, a figure could follow from the very rule that it is to judge.
_TITLES = frozenset(
    """
    mr mrs ms dr sir president vice premier prime minister foreign secretary state councilor councillor spokesperson
    spokesman spokeswoman press ambassador senator chairman chairwoman director general admiral acting deputy assistant
    his her excellency jr the of and
    """.split()
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what must be said to it: `gold` snippets where it is answerable, and `tempting` wrong ones."""

    id: str
    type: str
    question: str
    history: tuple[dict[str, str], ...]
    answerable: bool
    gold: tuple[str, ...]
    tempting: tuple[str, ...]
    speaker: str | None
    answer_speaker: str | None
    answer_string: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A question, what was answered (None where it was refused) and what that is worth.

    `figures` holds those that apply; `first` says whether the first quote is right, which is what `confidence` is the
    probability of. `ms` is the time it took in milliseconds, the model included.
    """

    question: Question
    answer: Answer | None
    figures: dict[str, bool]
    first: bool
    ms: float

    @property
    def answered(self) -> bool:
        return self.answer is not None and self.answer.answered

    @property
    def confidence(self) -> float:
        return self.answer.confidence if self.answer else 0.0

    @property
    def right(self) -> bool:
        """Whether the answer quotes what it should; an answer to what is not on record never does."""
        return self.figures.get("quoted", False)


def read_questions(path: Path, only: str | None = None) -> list[Question]:
    """The questions of a file of one object a line; of one type, where `only` names it.

    Raises:
        QuestionsError: it is missing, malformed, or has none.
    """
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        questions = [_question(row) for row in rows]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise QuestionsError(f"{path} is not a file of labelled questions: {error!r}") from error
    found = [question for question in questions if only in (None, question.type)]
    if not found:
        types = ", ".join(sorted({question.type for question in questions}))
        raise QuestionsError(f"{path} has no question{f' of type {only}; it has {types}' if types else ''}")
    return found


def _question(row: dict[str, Any]) -> Question:
    return Question(
        id=str(row["id"]),
        type=row["type"],
        question=row["question"],
        history=tuple(row.get("history") or ()),
        answerable=bool(row["answerable"]),
        gold=tuple(snippet["text"] for snippet in row["gold"]),
        tempting=tuple(snippet["text"] for snippet in row.get("tempting") or ()),
        speaker=row.get("speaker"),
        answer_speaker=row.get("answer_speaker"),
        answer_string=row.get("answer_string"),
    )


def ask_all(
    questions: Sequence[Question], answerer: Answerer, progress: Callable[[str, int, int | None], None]
) -> list[Verdict]:
    """Ask each question and judge its answer, in order."""
    verdicts = []
    for number, question in enumerate(questions, 1):
        started = time.perf_counter()
        answer = _ask(question, answerer)
        verdicts.append(judge(question, answer, (time.perf_counter() - started) * 1000))
        progress("asking", number, len(questions))
    return verdicts


def _ask(question: Question, answerer: Answerer) -> Answer | None:
    fields: dict[str, Any] = {"question": question.question, "limit": _PASSAGES}
    try:
        return answerer.ask(parse_request({**fields, "history": question.history} if question.history else fields))
    except RequestError:
        return None


def judge(question: Question, answer: Answer | None, ms: float = 0.0) -> Verdict:
    quotes = answer.quotes if answer and answer.answered else ()
    good = [quote for quote in quotes[:_QUOTES] if _is_gold(quote, question)]
    if question.answerable:
        figures = _on_record(question, answer, good)
    else:
        figures = {"abstained": not _is_answered(answer), "honest": not _is_answered(answer)}
    if question.speaker:
        figures["wrong_name"] = any(_is_wrong_name(quote, question) for quote in quotes)
    if answer and quotes:
        figures["verbatim"] = all(_is_verbatim(quote, answer) for quote in quotes)
    figures["error"] = answer is None
    return Verdict(question, answer, figures, bool(quotes) and _is_gold(quotes[0], question), ms)


def _is_answered(answer: Answer | None) -> bool:
    return answer is not None and answer.answered


def _on_record(question: Question, answer: Answer | None, good: Sequence[Quote]) -> dict[str, bool]:
    """The figures of a question whose answer is on record; `good` are the quotes that give it."""
    passages = [hit.text for hit in answer.hits[:_PASSAGES]] if answer else []
    found = [any(overlaps(gold, passage) for gold in question.gold) for passage in passages]
    figures = {
        "hit@1": any(found[:1]),
        "hit@5": any(found),
        "quoted": bool(good),
        "over_abstained": not _is_answered(answer),
        "honest": bool(good),
    }
    asked = question.speaker or question.answer_speaker
    if good and asked:
        figures["speaker"] = any(same_person(asked, quote.speaker) for quote in good)
    if question.answer_string:
        said = [answer.text, *(quote.text for quote in answer.quotes[:_QUOTES])] if answer else []
        text = " ".join(part[:_READ] for part in said)
        figures["string"] = _spaced(question.answer_string) in _spaced(text)
    return figures


def _is_gold(quote: Quote, question: Question) -> bool:
    return any(overlaps(gold, quote.text) or overlaps(quote.text, gold) for gold in question.gold)


def _is_wrong_name(quote: Quote, question: Question) -> bool:
    if not same_person(question.speaker, quote.speaker):
        return False
    return question.type == "trap" or any(overlaps(snippet, quote.text) for snippet in question.tempting)


def _is_verbatim(quote: Quote, answer: Answer) -> bool:
    return answer.hits[quote.passage - 1].document.text[quote.start : quote.end] == quote.text


def overlaps(snippet: str, text: str) -> bool:
    """Whether the text shares eight words in a row with the snippet, or has all of one that is shorter."""
    wanted, words = _words(snippet), _words(text)
    if len(wanted) <= _RUN:
        return " ".join(wanted) in " ".join(words)
    return bool(_runs(wanted) & _runs(words))


def same_person(one: str | None, other: str | None) -> bool:
    """Whether the words of one name, less titles, are all among the other's; a name that is not given is nobody's."""
    a, b = ({word for word in _words(name or "") if word not in _TITLES} for name in (one, other))
    return bool(a and b) and (a <= b or b <= a)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _runs(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1)}


def _spaced(text: str) -> str:
    return " ".join(text.lower().split())


def tabulate(verdicts: Sequence[Verdict]) -> dict[str, dict[str, float | None]]:
    """Type, and "ALL" → n, and every figure in per cent of the questions it applies to; None where it does to none."""
    by_type: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_type[verdict.question.type].append(verdict)
    groups = {**dict(sorted(by_type.items())), "ALL": list(verdicts)}
    return {name: {"n": len(group), **_shares(group)} for name, group in groups.items()}


def _shares(verdicts: Iterable[Verdict]) -> dict[str, float | None]:
    found = [verdict.figures for verdict in verdicts]
    values = {name: [figures[name] for figures in found if name in figures] for name in FIGURES}
    return {name: round(100 * sum(held) / len(held), 1) if held else None for name, held in values.items()}
