"""onrecord ask."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from index.dates import format_date
from qa.options import at_most_wrong_option, open_answerer, reranker_option

if TYPE_CHECKING:
    from qa.types import Answer, Quote

_BASIS = {
    "label": "named before these words",
    "metadata": "the document names its speaker",
    "cue": "reported as said",
    "carried": "continues a statement",
}


@click.command()
@click.argument("question")
@click.option("--index", type=click.Path(path_type=Path), default=Path("onrecord-index"), show_default=True)
@click.option("--speaker", multiple=True, help="Only what this person said; may be given more than once.")
@click.option("--since", help="YYYY, YYYY-MM or YYYY-MM-DD, inclusive.")
@click.option("--until", help="YYYY, YYYY-MM or YYYY-MM-DD, inclusive.")
@click.option("--source", help="Only documents whose path, address or publisher matches this shell pattern.")
@click.option("--limit", type=int, default=5, show_default=True, help="Passages to return, 1 to 50.")
@at_most_wrong_option
@reranker_option
@click.option("--json", "as_json", is_flag=True, help="Print what /ask returns.")
def ask(
    question: str,
    index: Path,
    speaker: tuple[str, ...],
    since: str | None,
    until: str | None,
    source: str | None,
    limit: int,
    at_most_wrong: float | None,
    reranker: str | None,
    as_json: bool,
) -> None:
    """Answer QUESTION from an index, with the exact words, who said them and when."""
    from qa.contract import answer_json
    from qa.request import parse_request

    fields = {
        "question": question,
        "limit": limit,
        "speaker": speaker,
        "since": since,
        "until": until,
        "source": source,
    }
    request = parse_request(fields)
    answer = open_answerer(index, reranker, at_most_wrong).ask(request)
    if as_json:
        json.dump(answer_json(answer), sys.stdout, ensure_ascii=False, indent=1)
        click.echo()
    else:
        _print(answer)


def _print(answer: "Answer") -> None:
    if answer.query.standalone != answer.query.question:
        click.echo(f"({answer.query.standalone})\n")
    if not answer.answered:
        click.echo(answer.text)
        if answer.others:
            click.echo("\nOthers said on this:")
    for quote in answer.quotes or answer.others:
        _print_quote(quote, answer)


def _print_quote(quote: "Quote", answer: "Answer") -> None:
    hit = answer.hits[quote.passage - 1]
    basis = f" ({_BASIS[quote.basis]})" if quote.basis else ""
    date = f", {format_date(quote.date)}" if quote.date else ""
    short = f"{quote.short.text} — " if quote.short else ""
    click.echo(f"\n{short}{quote.speaker or 'No speaker named'}{date}{basis}:")
    click.echo(f"  “{quote.text}”")
    title = ", ".join(filter(None, (hit.document.title, hit.document.publisher)))
    click.echo(f"  {title} — {hit.document.url or hit.document.source}")
    for place in hit.copies:
        click.echo(f"  also in: {place.title} — {place.url or place.source}")
    click.echo(f"  in: {_context(hit.text, quote.start - hit.paragraph.start)}")


def _context(text: str, position: int, width: int = 100) -> str:
    """One line of the passage from where it starts, or from a little before the quote."""
    line = " ".join(text[max(0, position - width) : position + width].split())
    return f"{'… ' if position > width else ''}{line}{' …' if position + width < len(text) else ''}"
