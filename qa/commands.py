"""onrecord ask, onrecord evaluate."""

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from index.dates import format_date
from index.embed import BUILT_IN

if TYPE_CHECKING:
    from qa.retrieve import Mode
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
@click.option("--source", help="Only documents whose path or address matches this shell pattern.")
@click.option("--limit", type=int, default=5, show_default=True, help="Passages to return, 1 to 50.")
@click.option("--json", "as_json", is_flag=True, help="Print what /ask returns.")
def ask(
    question: str,
    index: Path,
    speaker: tuple[str, ...],
    since: str | None,
    until: str | None,
    source: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Answer QUESTION from an index, with the exact words, who said them and when."""
    from qa.answer import Answerer
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
    answer = Answerer.open(index).ask(request)
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
    click.echo(f"\n{quote.speaker or 'No speaker named'}{date}{basis}:")
    click.echo(f"  “{quote.text}”")
    click.echo(f"  {hit.document.title} — {hit.document.url or hit.document.source}")
    click.echo(f"  in: {_context(hit.text, quote.start - hit.paragraph.start)}")


def _context(text: str, position: int, width: int = 100) -> str:
    """One line of the passage from where it starts, or from a little before the quote."""
    line = " ".join(text[max(0, position - width) : position + width].split())
    return f"{'… ' if position > width else ''}{line}{' …' if position + width < len(text) else ''}"


@click.group()
def evaluate() -> None:
    """Measure quality on labelled questions."""


@evaluate.command()
@click.argument("set_folder", metavar="SET", type=click.Path(path_type=Path))
@click.option("--model", default=BUILT_IN, show_default=True, metavar="NAME_OR_PATH")
@click.option(
    "--mode", "modes", type=click.Choice(["dense", "lexical", "hybrid"]), multiple=True, help="Default: all three."
)
@click.option("--work", type=click.Path(path_type=Path), help="Keep the set's index here, to be used again.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the figures as JSON.")
def retrieval(set_folder: Path, model: str, modes: tuple["Mode", ...], work: Path | None, out: Path | None) -> None:
    """Ask the questions of SET, a folder in the BEIR layout, and print how well its paragraphs are found.

    Needs ir-measures: pip install "onrecord[evaluate]".
    """
    try:
        from qa.evaluate import evaluate_retrieval
    except ModuleNotFoundError as error:
        raise click.ClickException(f'{error}; run pip install "onrecord[evaluate]"') from error
    from index.embed import load_embedder

    with tempfile.TemporaryDirectory() as temporary:
        results = evaluate_retrieval(
            set_folder,
            work or Path(temporary),
            load_embedder(model),
            modes or ("dense", "lexical", "hybrid"),
            _to_stderr,
        )
    names = list(results[0].measures)
    click.echo("".join(f"{name:>12}" for name in ["mode", "questions", *names, "p50 ms", "p95 ms"]))
    for result in results:
        row = [result.mode, result.questions, *result.measures.values(), result.p50_ms, result.p95_ms]
        click.echo("".join(f"{value:>12}" for value in row))
    if out:
        out.write_text(json.dumps([result.as_json() for result in results], indent=1), "utf-8")


def _to_stderr(stage: str, done: int, total: int | None) -> None:
    click.echo(f"\r{stage} {done:,}{f' of {total:,}' if total else ''} ", nl=done == total, err=True)


@evaluate.command()
@click.argument("set_folder", metavar="SET", type=click.Path(path_type=Path))
@click.option("--documents", type=click.Path(path_type=Path), help="The documents that a set of paragraphs comes from.")
@click.option("--split", default="dev", show_default=True, help="Of a set of articles.")
def attribution(set_folder: Path, documents: Path | None, split: str) -> None:
    """Print how often the right person is credited.

    SET holds articles with labelled attributions (articles_SPLIT.jsonl.gz, attributions_SPLIT.jsonl.gz), or, with
    --documents, paragraphs labelled with their speaker (corpus.jsonl.gz).
    """
    from qa.attribution import evaluate_news, evaluate_transcripts

    found = evaluate_transcripts(set_folder, documents) if documents else evaluate_news(set_folder, split)
    missing = found.labels - found.right - found.wrong
    click.echo(
        f"{found.labels:,} labels: {found.recall:.1%} right, {found.wrong:,} wrong, {missing:,} credited to nobody"
    )
    if found.credited:
        click.echo(
            f"{found.credited:,} sentences credited: {found.confirmed:,} confirmed, {found.contradicted:,} "
            f"contradicted ({found.precision:.1%} of those a label can judge)"
        )
