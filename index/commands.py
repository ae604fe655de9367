"""onrecord index …: build an index from a folder, and look into it."""

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from index import snapshot_commands
from index.embed import BUILT_IN, Embedder
from index.errors import IndexBusyError, OnrecordError
from index.reporting import JsonLog, LiveLine, Reporter, progress_bars
from index.types import Origin

if TYPE_CHECKING:
    from index.tuning import Tuned

_EVENTS = """\b
With --log-json, the "event" of an object is one of
  progress  stage (checking, reading, embedding), done, total, unit, rate (a
            second), seconds, left (seconds, or null), skipped (so far)
  skipped   source, reason
  finished  snapshot, unchanged, documents, paragraphs, embedded, skipped,
            tuned, seconds
  failed    error, reason
"""


@click.group()
def index() -> None:
    """Make and look after indexes."""


@index.command(epilog=_EVENTS)
@click.argument("docs", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the index; made when missing.")
@click.option(
    "--model",
    default=BUILT_IN,
    show_default=True,
    metavar="NAME_OR_PATH",
    help="The built-in model, a folder, or a hub model as owner/name@revision.",
)
@click.option("--anew", is_flag=True, help="Read every file again, also where nothing has changed.")
@click.option("--allow-empty", is_flag=True, help="Withdraw every document, if DOCS has none any more.")
@click.option("--watch", is_flag=True, help="Go on, and build again whenever DOCS changes, until Ctrl-C.")
@click.option(
    "--quiet",
    type=click.FloatRange(0.05),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="With --watch: how long nothing must have changed before it is built.",
)
@click.option("--log-json", is_flag=True, help="Progress as JSON on standard error, one object a line.")
def build(
    docs: Path, out: Path, model: str, anew: bool, allow_empty: bool, watch: bool, quiet: float, log_json: bool
) -> None:
    """Index every document in the folder DOCS, and publish it at --out.

    Reads .csv, .docx, .eml, .epub, .gz, .htm, .html, .jsonl, .markdown, .mbox, .md, .ndjson, .pdf, .shtml, .tab,
    .text, .tsv, .txt, .warc, .warc.gz, .xhtml and .zip files. What cannot be read is reported and
    skipped. What an earlier build has read and embedded is taken from its cache, by the bytes of the files; where
    nothing has changed, the live snapshot stays.
    """
    from index.embed import load_embedder

    if watch and allow_empty:  # a drive that is away for a moment would withdraw everything
        raise click.UsageError("--allow-empty is for a single build; leave out --watch")
    reporter: Reporter = JsonLog(sys.stderr) if log_json else LiveLine(Console(stderr=True))
    try:
        embedder = load_embedder(model)
        if watch:
            _watch(docs, out, embedder, reporter, anew, quiet)
        else:
            _build(docs, out, embedder, reporter, anew, allow_empty)
    except OnrecordError as error:
        if not log_json:
            raise
        reporter.failed(error)
        sys.exit(1)


def _build(docs: Path, out: Path, embedder: Embedder, reporter: Reporter, anew: bool, empty: bool = False) -> None:
    from index.build import build_index

    with reporter:
        built = build_index(docs, out, embedder, reporter.progress, reporter.skipped, anew=anew, empty=empty)
    reporter.finished(built)
    held = f"{built.documents:,} documents, {built.paragraphs:,} paragraphs"
    cost = f"{len(built.skipped):,} skipped; {built.seconds:,.1f} s"
    if built.unchanged:
        click.echo(f"{docs}: nothing has changed; {held}, {cost}")
    else:
        rate = built.paragraphs / built.seconds
        click.echo(f"{held} ({built.embedded:,} texts newly embedded), {cost}, {rate:,.0f} paragraphs/s")
    click.echo(f"{out}: {built.snapshot} is live")
    if built.tuned:
        click.echo(
            f"still tuned, on {built.tuned:,} pairs of an earlier build; `onrecord index tune {out}` tunes it anew"
        )


def _watch(docs: Path, out: Path, embedder: Embedder, reporter: Reporter, anew: bool, quiet: float) -> None:
    """Until Ctrl-C or SIGTERM. What is wrong with the folder or the index at one time may be right at the next."""
    from index.watching import watch_folder

    first = iter([anew])

    def rebuild() -> bool:
        try:
            _build(docs, out, embedder, reporter, next(first, False))
        except OnrecordError as error:
            reporter.failed(error)
            return not isinstance(error, IndexBusyError)
        return True

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        watch_folder(docs, rebuild, quiet)
    except KeyboardInterrupt:
        click.echo(f"{docs} is watched no longer")


@index.command()
@click.argument("folder", metavar="INDEX", type=click.Path(path_type=Path))
@click.option("--model", metavar="NAME_OR_PATH", help="Another model than the one INDEX was built with.")
def upgrade(folder: Path, model: str | None) -> None:
    """Bring INDEX, built by an older version, up to this one, from the text it stores.

    The original files are not needed. Who speaks is told anew; text that was embedded is not embedded again.
    """
    from index import upgrade as upgrading
    from index.embed import load_embedder

    built_with = upgrading.outdated(folder)
    if built_with is None:
        click.echo(f"{folder} is of this version's format; nothing to upgrade")
        return
    console = Console(stderr=True)
    embedder = load_embedder(model or built_with)
    with progress_bars(console) as bars:
        tasks = {
            "reading": bars.add_task("reading", total=None, unit="documents"),
            "embedding": bars.add_task("embedding", total=None, unit="paragraphs", visible=False),
        }

        def show(stage: str, done: int, total: int | None) -> None:
            bars.update(tasks[stage], completed=done, total=total, visible=True)

        built = upgrading.upgrade(folder, embedder, show)
    if built:
        click.echo(
            f"{built.documents:,} documents, {built.paragraphs:,} paragraphs ({built.embedded:,} texts newly embedded)"
        )
        click.echo(f"{folder}: {built.snapshot} is live; the old one is kept for the version that wrote it")


for command in (snapshot_commands.list_, snapshot_commands.verify, snapshot_commands.rollback):
    index.add_command(command)
for command in (snapshot_commands.prune, snapshot_commands.stats, snapshot_commands.skipped, snapshot_commands.export):
    index.add_command(command)


@index.command()
@click.argument("folder", metavar="INDEX", type=click.Path(path_type=Path))
@click.argument("document", metavar="DOC")
def show(folder: Path, document: str) -> None:
    """Print a document of INDEX with who speaks each sentence, and how we know.

    DOC is its id, or the end of its path or address.
    """
    from index.snapshot import open_snapshot

    snapshot = open_snapshot(folder)
    try:
        found = snapshot.corpus.find(document)
        click.echo(f"{found.title}{_origin(found.title_origin)}")
        click.echo(f"{found.date or 'no date'}{_origin(found.date_origin)} · {found.url or found.source} · {found.id}")
        for paragraph in snapshot.corpus.paragraphs_of(found):
            click.echo()
            for sentence in paragraph.sentences:
                speech = sentence.speech
                who = f"{speech.speaker} ({speech.basis})" if speech else "–"
                click.echo(f"{who:<34}  {' '.join(found.text[sentence.start : sentence.end].split())}")
    finally:
        snapshot.close()


@index.command()
@click.argument("folder", metavar="INDEX", type=click.Path(path_type=Path))
@click.option(
    "--strength",
    type=click.FloatRange(0, 1, min_open=True),
    help="How far to go: 1 where people ask as the reporters in INDEX do; the default is 0.5.",
)
@click.option("--undo", is_flag=True, help="Search with the model's own vectors again.")
def tune(folder: Path, strength: float | None, undo: bool) -> None:
    """Learn from the documents of INDEX how their answers are worded, and search better for it.

    Reporters' questions with their answers, and titles with what follows them, teach a linear map of all vectors. What
    it is worth is measured on documents it has not learned from; where it does not help, INDEX stays as it is. Later
    builds keep it.
    """
    from index import tuning
    from index.embed import load_embedder
    from index.snapshot import current, read_manifest

    if undo:
        name = tuning.undo(folder)
        click.echo(f"{folder}: {name} is live, without tuning" if name else f"{folder} is not tuned; nothing to undo")
        return
    model = read_manifest(folder / "snapshots" / current(folder)).model
    with progress_bars(Console(stderr=True)) as bars:
        tasks = {
            "embedding": bars.add_task("embedding", total=None, unit="questions"),
            "training": bars.add_task("training", total=None, unit="maps", visible=False),
        }

        def show(stage: str, done: int, total: int | None) -> None:
            bars.update(tasks[stage], completed=done, total=total, visible=True)

        tuned = tuning.tune(folder, load_embedder(model), show, strength or tuning.STRENGTH)
    click.echo(_outcome(folder, tuned))


def _origin(origin: Origin | None) -> str:
    return f" (from the {origin})" if origin else ""


def _outcome(folder: Path, tuned: "Tuned") -> str:
    pairs = f"{tuned.pairs:,} pairs of question and answer in {tuned.documents:,} documents"
    if tuned.gain is None:
        return f"{folder} is as it was: {pairs} are too few to learn from"
    before, after, error = (100 * value for value in (tuned.gain.before, tuned.gain.after, tuned.gain.error))
    figures = f"nDCG@10 of dense search for held-out pairs {before:.1f} → {after:.1f} (± {error:.1f}); {pairs}"
    if tuned.snapshot is None:
        return f"{folder} is as it was, tuning does not help here: {figures}"
    return f"{folder}: {tuned.snapshot} is live, tuned: {figures}"
