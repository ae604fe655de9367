"""onrecord index …: build an index from a folder, and look into it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from index import snapshot_commands
from index.embed import BUILT_IN
from index.types import Skipped

if TYPE_CHECKING:
    from index.tuning import Tuned


@click.group()
def index() -> None:
    """Make and look after indexes."""


@index.command()
@click.argument("docs", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the index; made when missing.")
@click.option(
    "--model",
    default=BUILT_IN,
    show_default=True,
    metavar="NAME_OR_PATH",
    help="The built-in model, a folder, or a hub model as owner/name@revision.",
)
def build(docs: Path, out: Path, model: str) -> None:
    """Index every document in the folder DOCS, and publish it at --out.

    Reads .html, .md, .txt and .jsonl files. What cannot be read is reported and skipped. Text that an earlier build
    embedded is not embedded again.
    """
    from index.build import build_index
    from index.embed import load_embedder

    console = Console(stderr=True)
    embedder = load_embedder(model)
    with _progress(console) as bars:
        tasks = {
            "reading": bars.add_task("reading", total=None, unit="documents"),
            "embedding": bars.add_task("embedding", total=None, unit="paragraphs", visible=False),
        }

        def show(stage: str, done: int, total: int | None) -> None:
            bars.update(tasks[stage], completed=done, total=total, visible=True)

        built = build_index(docs, out, embedder, show)
    _report_skipped(console, built.skipped)
    rate = built.paragraphs / built.seconds
    click.echo(
        f"{built.documents:,} documents, {built.paragraphs:,} paragraphs ({built.embedded:,} texts newly embedded), "
        f"{len(built.skipped):,} skipped; {built.seconds:,.1f} s, {rate:,.0f} paragraphs/s"
    )
    click.echo(f"{out}: {built.snapshot} is live")
    if built.tuned:
        click.echo(
            f"still tuned, on {built.tuned:,} pairs of an earlier build; `onrecord index tune {out}` tunes it anew"
        )


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
    with _progress(console) as bars:
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
        click.echo(f"{found.title}\n{found.date or 'no date'} · {found.url or found.source} · {found.id}")
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
    with _progress(Console(stderr=True)) as bars:
        tasks = {
            "embedding": bars.add_task("embedding", total=None, unit="questions"),
            "training": bars.add_task("training", total=None, unit="maps", visible=False),
        }

        def show(stage: str, done: int, total: int | None) -> None:
            bars.update(tasks[stage], completed=done, total=total, visible=True)

        tuned = tuning.tune(folder, load_embedder(model), show, strength or tuning.STRENGTH)
    click.echo(_outcome(folder, tuned))


def _outcome(folder: Path, tuned: "Tuned") -> str:
    pairs = f"{tuned.pairs:,} pairs of question and answer in {tuned.documents:,} documents"
    if tuned.gain is None:
        return f"{folder} is as it was: {pairs} are too few to learn from"
    before, after, error = (100 * value for value in (tuned.gain.before, tuned.gain.after, tuned.gain.error))
    figures = f"nDCG@10 of dense search for held-out pairs {before:.1f} → {after:.1f} (± {error:.1f}); {pairs}"
    if tuned.snapshot is None:
        return f"{folder} is as it was, tuning does not help here: {figures}"
    return f"{folder}: {tuned.snapshot} is live, tuned: {figures}"


def _report_skipped(console: Console, skipped: tuple[Skipped, ...]) -> None:
    for item in skipped:
        console.print(Text(f"skipped {item.source}: {item.reason}"))


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
        _Rate(),
        TimeRemainingColumn(),
        console=console,
    )


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")
