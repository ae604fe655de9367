"""onrecord evaluate …: quality and speed on labelled sets and questions."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.embed import BUILT_IN
from qa.options import open_reranker, reranker_option

if TYPE_CHECKING:
    from qa.calibration import Calibration, Judged
    from qa.compare import Comparison, Run
    from qa.retrieve import Mode
    from qa.scoring import Verdict

_set = click.argument("set_folder", metavar="SET", type=click.Path(path_type=Path))
_model = click.option("--model", default=BUILT_IN, show_default=True, metavar="NAME_OR_PATH")
_work = click.option("--work", type=click.Path(path_type=Path), help="Keep the set's index here, to be used again.")
_limit = click.option(
    "--limit-queries", type=click.IntRange(1), metavar="N", help="Ask N of the questions, evenly spread."
)
_history = click.option(
    "--history/--no-history", default=True, show_default=True, help="Ask after the earlier turns that a question has."
)
_out = click.option(
    "--out", type=click.Path(path_type=Path), help="Write the figures as JSON, with what they were made with."
)


@contextmanager
def _extra() -> Iterator[None]:
    """Imports of what only the extra `evaluate` installs."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise click.ClickException(f'{error}; run pip install "onrecord[evaluate]"') from error


def _drawable(_context: click.Context, _option: click.Parameter, folder: Path | None) -> Path | None:
    """The folder of pictures, after making sure that they can be drawn: it takes minutes to get what they show."""
    if folder:
        with _extra():
            import_module("qa.plots")
    return folder


_plots = click.option(
    "--plots",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    callback=_drawable,
    help="Draw risk-coverage.svg and reliability.svg there.",
)


@click.group()
def evaluate() -> None:
    """Measure quality on labelled questions."""


@evaluate.command()
@_set
@_model
@click.option(
    "--mode",
    "modes",
    type=click.Choice(["dense", "lexical", "fusion", "hybrid"]),
    multiple=True,
    help="Default: all four.",
)
@_history
@reranker_option
@_work
@_out
def retrieval(
    set_folder: Path,
    model: str,
    modes: tuple["Mode", ...],
    history: bool,
    reranker: str | None,
    work: Path | None,
    out: Path | None,
) -> None:
    """Ask the questions of SET, a folder in the BEIR layout, and print how well its paragraphs are found.

    A question may have a `history`: a list of texts, a question and its answer in turn. It is then searched for as the
    product understands it after them. A reranker reorders what `hybrid` finds. The file that --out names holds every
    question's own measures, too.

    Needs ir-measures: pip install "onrecord[evaluate]".
    """
    with _extra():
        from qa.evaluate import evaluate_retrieval
    from index.embed import load_embedder
    from qa.results import write_results

    with tempfile.TemporaryDirectory() as temporary:
        results = evaluate_retrieval(
            set_folder,
            work or Path(temporary),
            load_embedder(model),
            modes or ("dense", "lexical", "fusion", "hybrid"),
            _to_stderr,
            history,
            open_reranker(reranker),
        )
    names = list(results[0].measures)
    rows = [
        [result.mode, result.questions, *result.measures.values(), result.p50_ms, result.p95_ms] for result in results
    ]
    _table(["mode", "questions", *names, "p50 ms", "p95 ms"], rows)
    if out:
        settings = {"set": set_folder, "history": history, "reranker": reranker}
        write_results(out, [result.as_json() for result in results], settings, model)


@evaluate.command()
@_set
@click.option("--documents", type=click.Path(path_type=Path), help="The documents that a set of paragraphs comes from.")
@click.option("--split", default="dev", show_default=True, help="Of a set of articles.")
@_out
def attribution(set_folder: Path, documents: Path | None, split: str, out: Path | None) -> None:
    """Print how often the right person is credited.

    SET holds articles with labelled attributions (articles_SPLIT.jsonl.gz, attributions_SPLIT.jsonl.gz), or, with
    --documents, paragraphs labelled with their speaker (corpus.jsonl.gz). Of news, recall is the share of the labels
    credited to the right person, precision the share of the credited sentences that a label can judge and confirms. Of
    transcripts, the right ones are reported apart whose document names the person in full.
    """
    from qa.attribution import evaluate_news, evaluate_transcripts
    from qa.results import write_results

    found = evaluate_transcripts(set_folder, documents) if documents else evaluate_news(set_folder, split)
    if documents:
        names = ["labels", "right", "wrong", "nobody", "named in full", "credited in full"]
        rates = [_percent(found.recall), found.wrong, found.nobody, found.named, _percent(found.fullness, found.named)]
    else:
        names = ["labels", "recall", "wrong", "nobody", "credited", "confirmed", "contradicted", "precision"]
        counts = [found.credited, found.confirmed, found.contradicted]
        rates = [_percent(found.recall), found.wrong, found.nobody, *counts, _percent(found.precision, found.credited)]
    _table(names, [[found.labels, *rates]])
    if out:
        write_results(out, found.as_json(), {"set": set_folder, "documents": documents, "split": split})


@evaluate.command()
@_set
@_model
@_limit
@reranker_option
@_work
@_out
def speakers(
    set_folder: Path,
    model: str,
    limit_queries: int | None,
    reranker: str | None,
    work: Path | None,
    out: Path | None,
) -> None:
    """Ask for speakers' words, and print how often the passages found are theirs.

    SET is a folder in the BEIR layout whose paragraphs and questions have a `speaker`. Its paragraphs are put together
    into documents, with labels or metadata, and indexed as the product does, so that who speaks is its own finding.
    """
    from index.embed import load_embedder
    from qa.results import write_results
    from qa.who_said import evaluate_speakers

    with tempfile.TemporaryDirectory() as temporary:
        index = work or Path(temporary) / "index"
        embedder, second = load_embedder(model), open_reranker(reranker)
        found = evaluate_speakers(set_folder, index, embedder, _to_stderr, limit_queries, second)
    shares = [found.precision, found.credited, found.on_topic, found.understood, found.answered]
    names = ["questions", "precision@5", "credited@5", "on topic@5", "understood", "answered", "p50 ms", "p95 ms"]
    _table(names, [[found.questions, *map(_percent, shares), found.p50_ms, found.p95_ms]])
    if out:
        settings = {"set": set_folder, "limit_queries": limit_queries, "reranker": reranker}
        write_results(out, found.as_json(), settings, model, found.index)


@evaluate.command()
@click.argument("questions", type=click.Path(path_type=Path))
@click.option("--index", type=click.Path(path_type=Path), default=Path("onrecord-index"), show_default=True)
@click.option("--type", "only", metavar="T", help="Only questions of this type.")
@click.option("--failures", type=click.IntRange(0), default=0, metavar="N", help="Print the first N that failed.")
@reranker_option
@_plots
@_out
def answers(
    questions: Path,
    index: Path,
    only: str | None,
    failures: int,
    reranker: str | None,
    plots: Path | None,
    out: Path | None,
) -> None:
    """Ask the hand-written QUESTIONS of an index, and print how honest the answers are and what confidence is worth.

    QUESTIONS holds one JSON object a line: id, type, question, history, speaker, answerable, gold, tempting,
    answer_string, answer_speaker. Needs scikit-learn, and matplotlib for --plots: pip install "onrecord[evaluate]".
    """
    with _extra():
        from qa.calibration import Judged, calibration
    from index.embed import load_embedder
    from index.snapshot import open_snapshot
    from qa.answer import Answerer
    from qa.results import latency, write_results
    from qa.scoring import FIGURES, ask_all, read_questions, tabulate
    from qa.verifier import built_in_verifier

    labelled = read_questions(questions, only)
    snapshot = open_snapshot(index)
    model, name = snapshot.manifest.model, snapshot.name
    answerer = Answerer(snapshot, load_embedder(model), reranker=open_reranker(reranker), verifier=built_in_verifier())
    try:
        answerer.warm_up()
        verdicts = ask_all(labelled, answerer, _to_stderr)
    finally:
        answerer.close()
    judged = [Judged.of(verdict) for verdict in verdicts]
    table, sure, times = tabulate(verdicts), calibration(judged), latency([verdict.ms for verdict in verdicts])
    _table(["type", "n", *FIGURES], [[kind, *row.values()] for kind, row in table.items()])
    _print_calibration(sure, times)
    for verdict in [verdict for verdict in verdicts if not verdict.figures["honest"]][:failures]:
        click.echo(json.dumps(_failure(verdict), ensure_ascii=False))
    if plots:
        _draw(plots, judged, sure)
    if out:
        figures = _answers_json(table, sure, times, verdicts)
        settings = {"questions": questions, "type": only, "reranker": reranker}
        write_results(out, figures, settings, model, name)


@evaluate.command()
@_set
@_model
@_limit
@_history
@reranker_option
@_work
@_plots
@_out
def abstention(
    set_folder: Path,
    model: str,
    limit_queries: int | None,
    history: bool,
    reranker: str | None,
    work: Path | None,
    plots: Path | None,
    out: Path | None,
) -> None:
    """Ask questions of which some have no answer, and print how well confidence tells them apart.

    SET is a folder in the BEIR layout whose questions say whether they are `answerable`. Beside the AUROC of confidence
    stand those of the best score that any paragraph has, in each way of searching.

    Needs scikit-learn, and matplotlib for --plots: pip install "onrecord[evaluate]".
    """
    with _extra():
        from qa.abstention import evaluate_abstention
        from qa.verifier import built_in_verifier
    from index.embed import load_embedder
    from qa.results import write_results

    with tempfile.TemporaryDirectory() as temporary:
        index = work or Path(temporary)
        embedder, second = load_embedder(model), open_reranker(reranker)
        found = evaluate_abstention(
            set_folder, index, embedder, _to_stderr, limit_queries, history, second, built_in_verifier()
        )
    shares = [_percent(found.abstained), _percent(found.over_abstained), found.nothing_found]
    names = ["questions", "answerable", "abstained", "over-abstained", "nothing found"]
    _table(names, [[found.questions, found.answerable, *shares]])
    click.echo()
    _table(["score", "AUROC"], [[name, value] for name, value in found.auroc.items()])
    _print_calibration(found.confidence, {"p50_ms": found.p50_ms, "p95_ms": found.p95_ms})
    if plots:
        _draw(plots, [each.judged for each in found.asked], found.confidence)
    if out:
        settings = {"set": set_folder, "limit_queries": limit_queries, "history": history, "reranker": reranker}
        write_results(out, found.as_json(), settings, model, found.index)


@evaluate.command()
@click.argument("first", metavar="A.json", type=click.Path(path_type=Path))
@click.argument("second", metavar="[B.json]", required=False, type=click.Path(path_type=Path))
@click.option("--modes", nargs=2, metavar="M N", help="Mode M of A against mode N of B, or of A where no B is given.")
@_out
def compare(first: Path, second: Path | None, modes: tuple[str, str] | None, out: Path | None) -> None:
    """Compare what `evaluate retrieval` or `evaluate answers` wrote with --out, question by question.

    Without --modes, every way of searching that both files have is compared. The difference is B less A. A win is a
    question that B does better. Needs scipy: pip install "onrecord[evaluate]".
    """
    with _extra():
        from qa.compare import RESAMPLES, SEED, compare, pair, read_runs
    from dataclasses import asdict

    from qa.results import write_results

    if not (second or modes):
        raise click.UsageError("give a second file, or two modes of the first with --modes")
    one = read_runs(first)
    figures = []
    for a, b in pair(one, read_runs(second) if second else one, modes):
        found = compare(a, b)
        _print_comparison(a, b, found)
        told = [{"run": run.name, "file": run.file, "commit": run.commit, "model": run.model} for run in (a, b)]
        figures.append({"first": told[0], "second": told[1], "measures": [asdict(each) for each in found]})
    click.echo(
        f"From, to: 95 % interval of {RESAMPLES:,} bootstrap samples. p: two-sided, exact where a "
        f"measure is right or wrong, else of {RESAMPLES:,} random sign flips; not corrected for the number of rows. "
        f"Seed {SEED}."
    )
    if out:
        settings = {"first": first, "second": second, "modes": modes, "resamples": RESAMPLES, "seed": SEED}
        write_results(out, figures, settings)


def _print_comparison(a: "Run", b: "Run", found: Sequence["Comparison"]) -> None:
    for name, run in (("A", a), ("B", b)):
        made = ", ".join(each for each in (run.model, run.commit and f"commit {run.commit[:10]}") if each)
        click.echo(f"{name}: {run.name} of {run.file}{f' ({made})' if made else ''}")
    rows = [
        [
            *(each.measure, each.questions, f"{each.first:.2%}", f"{each.second:.2%}", f"{each.difference:+.2%}"),
            *("-" if bound is None else f"{bound:+.2%}" for bound in (each.low, each.high)),
            *(each.wins, each.ties, each.losses, f"{each.p:.4f}" if each.p >= 0.0001 else "<0.0001"),
        ]
        for each in found
    ]
    _table(["measure", "n", "A", "B", "difference", "from", "to", "wins", "ties", "losses", "p"], rows)
    click.echo()


def _print_calibration(sure: "Calibration", times: dict[str, float]) -> None:
    click.echo(
        f"\nconfidence: AUROC of answerable against not {_or_dash(sure.auroc)}, expected calibration error of the "
        f"answers given {_or_dash(sure.calibration_error)}, area under the risk–coverage curve "
        f"{_or_dash(sure.risk_coverage_area)}"
    )
    for name, value in sure.auroc_by_type.items():
        click.echo(f"AUROC of {name}: {value}")
    click.echo(f"latency: p50 {times['p50_ms']} ms, p95 {times['p95_ms']} ms\n")
    rows = [[point.threshold, _percent(point.answered), _percent(point.right)] for point in sure.risk_coverage]
    _table(["confidence ≥", "answered", "of these right"], rows)


def _draw(folder: Path, judged: Sequence["Judged"], sure: "Calibration") -> None:
    from qa.calibration import risk_coverage
    from qa.plots import draw

    draw(folder, risk_coverage(judged), sure.reliability)


def _failure(verdict: "Verdict") -> dict[str, Any]:
    from qa.contract import answer_json

    question, answer = verdict.question, verdict.answer
    told = answer_json(answer) if answer else {}
    return {
        "id": question.id,
        "question": question.question,
        "interpreted": told.get("interpreted"),
        "confidence": round(verdict.confidence, 3),
        "answer": told.get("answer", "refused")[:300],
        "gold": question.gold[:1],
        "first": [hit.text for hit in answer.hits[:1]] if answer else [],
    }


def _answers_json(
    table: dict[str, dict[str, float | None]],
    sure: "Calibration",
    times: dict[str, float],
    verdicts: Sequence["Verdict"],
) -> dict[str, Any]:
    """The figures, and a line for each question, so that two runs can be compared question by question."""
    from dataclasses import asdict

    asked = [
        {
            "id": verdict.question.id,
            "type": verdict.question.type,
            "question": verdict.question.question,
            "answered": verdict.answered,
            "confidence": round(verdict.confidence, 4),
            "ms": round(verdict.ms, 1),
            **verdict.figures,
        }
        for verdict in verdicts
    ]
    return {"table": table, "confidence": asdict(sure), "latency": times, "questions": asked}


def _to_stderr(stage: str, done: int, total: int | None) -> None:
    click.echo(f"\r{stage} {done:,}{f' of {total:,}' if total else ''} ", nl=done == total, err=True)


def _table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns as wide as what they hold, the numbers to the right."""
    cells = [list(names), *([f"{v:,}" if isinstance(v, int) else _or_dash(v) for v in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        click.echo("  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)))


def _percent(share: float | None, of: int = 1) -> str:
    """A share of 1 in per cent; a dash where it is of nothing."""
    return "-" if share is None or not of else f"{share:.1%}"


def _or_dash(value: object) -> str:
    return "-" if value is None else str(value)
