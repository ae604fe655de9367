"""onrecord index …: what becomes of an index once it is built. `index.commands` gathers them."""

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from index.errors import IndexWriteError

if TYPE_CHECKING:
    from index.history import Listed
    from index.statistics import Statistics

_folder = click.argument("folder", metavar="INDEX", type=click.Path(path_type=Path))
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_snapshot = click.argument("name", metavar="[SNAPSHOT]", required=False)
# Of what documents are counted by, so many are printed; JSON has them all.
_MOST_PRINTED = 12


@click.command("list")
@_folder
@_json
def list_(folder: Path, as_json: bool) -> None:
    """List the snapshots of INDEX, in the order they were published.

    "*" marks the live one. Files are only looked for, and their lengths compared: `verify` reads them.
    """
    from index.history import list_snapshots

    listed = list_snapshots(folder)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in listed], ensure_ascii=False, indent=1))
        return
    for each in listed:
        click.echo(_described(each))


def _described(each: "Listed") -> str:
    counts = " ".join(
        f"{'?' if count is None else format(count, ','):>{width}} {unit}"
        for count, width, unit in ((each.documents, 7, "documents"), (each.paragraphs, 9, "paragraphs"))
    )
    return (
        f"{'*' if each.live else ' '} {each.name}  {each.created or 'no date'}  {counts}  {_bytes(each.size):>9}  "
        f"format {each.format or '?'}  {each.model or '?'}  {each.problem or 'whole'}"
    )


def _bytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.1f} kB"


@click.command()
@_folder
@_snapshot
@click.option("--all", "every", is_flag=True, help="Verify every snapshot, not the live one alone.")
@click.pass_context
def verify(context: click.Context, folder: Path, name: str | None, every: bool) -> None:
    """Read every byte of INDEX's live snapshot, or of SNAPSHOT, and say what is wrong with it.

    Files are compared with the checksums they were published with, counts and spans with each other. A line for each
    fault; the exit status is 1 where there is one.
    """
    from index import verify as verifying

    if every and name:
        raise click.UsageError("give SNAPSHOT or --all, not both")
    wrong = False
    for snapshot, faults in verifying.verify_all(folder) if every else verifying.verify(folder, name):
        for fault in faults:
            click.echo(fault)
        if not faults:
            click.echo(f"{folder}: {snapshot} is whole")
        wrong = wrong or bool(faults)
    if wrong:
        context.exit(1)


@click.command()
@_folder
@_snapshot
def rollback(folder: Path, name: str | None) -> None:
    """Make an earlier snapshot of INDEX live again: SNAPSHOT, or the one that was live before."""
    from index import history

    click.echo(f"{folder}: {history.rollback(folder, name)} is live")


@click.command()
@_folder
@click.option(
    "--keep", type=click.IntRange(1), required=True, help="So many snapshots stay: the live one and the newest others."
)
def prune(folder: Path, keep: int) -> None:
    """Remove old snapshots of INDEX, and whatever no snapshot that is kept has.

    After `--keep 1`, nothing of a document that is not in the live snapshot is left under INDEX.
    """
    from index import history

    pruned = history.prune(folder, keep)
    for name in pruned.snapshots:
        click.echo(f"removed {name}")
    vectors = f" and {pruned.vectors:,} vectors" if pruned.vectors is not None else ""
    click.echo(f"{folder}: {len(pruned.snapshots):,} snapshots{vectors} removed; {_bytes(pruned.freed)} freed")
    if pruned.vectors is None:
        click.echo(
            f"all vectors are kept as long as a snapshot of another format is: `onrecord index upgrade {folder}`, then "
            "prune it with --keep 1"
        )


@click.command()
@_folder
@_json
def stats(folder: Path, as_json: bool) -> None:
    """Count what INDEX holds: documents by year, publisher and format, who speaks and how we know."""
    from index.snapshot import open_snapshot
    from index.statistics import statistics

    with closing(open_snapshot(folder)) as snapshot:
        found = statistics(snapshot)
    click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1) if as_json else _counts(found))


def _counts(found: "Statistics") -> str:
    spoken = [f"{100 * share:.1f} % {basis}" for basis, share in found.spoken.items()]
    nobody = 100 * (1 - sum(found.spoken.values()))
    rows = {
        "snapshot": found.snapshot,
        "documents": f"{found.documents:,} ({found.skipped:,} files or records skipped)",
        "paragraphs": f"{found.paragraphs:,}",
        "sentences": f"{found.sentences:,}: {', '.join(spoken)}, {nobody:.1f} % nobody's",
        "words": f"{found.words:,}",
        "speakers": f"{found.speakers:,}",
        "dates": f"{found.first_day} to {found.last_day}" if found.first_day else "none",
        "years": _largest(found.years, newest=True),
        "publishers": _largest(found.publishers),
        "languages": _largest(found.languages),
        "formats": _largest(found.formats),
        "files": f"{_bytes(sum(found.files.values()))}: {_files(found.files)}",
    }
    return "\n".join(f"{name:<11}{value}" for name, value in rows.items())


def _largest(counts: Mapping[str, int], newest: bool = False) -> str:
    items = list(counts.items())
    shown = items[-_MOST_PRINTED:] if newest else items[:_MOST_PRINTED]
    more = f" and {len(items) - len(shown):,} more" if len(items) > len(shown) else ""
    return ", ".join(f"{key} {count:,}" for key, count in shown) + more


def _files(sizes: Mapping[str, int]) -> str:
    """The files by size, what is in a folder together."""
    together: dict[str, int] = {}
    for path, size in sizes.items():
        name = path.partition("/")[0]
        together[name] = together.get(name, 0) + size
    largest = sorted(together.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {_bytes(size)}" for name, size in largest)


@click.command()
@_folder
@_json
def skipped(folder: Path, as_json: bool) -> None:
    """Print each file, or record of one, that the build of INDEX could not read, with the reason."""
    from index.snapshot import open_snapshot

    with closing(open_snapshot(folder)) as snapshot:
        items = snapshot.corpus.skipped()
    if as_json:
        shown = [{"source": item.source, "reason": item.reason} for item in items]  # all of it that is stored
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
        return
    for item in items:
        click.echo(f"{item.source}: {item.reason}")


@click.command()
@_folder
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write here instead of printing.")
def export(folder: Path, out: Path | None) -> None:
    """Print INDEX as JSON Lines: a document a line, with its text and who speaks each sentence.

    `onrecord index build` reads them back, with the same ids.
    """
    from index.export import export_lines
    from index.snapshot import open_snapshot

    with closing(open_snapshot(folder)) as snapshot:
        lines = export_lines(snapshot.corpus)
        if out is None:
            for line in lines:
                click.echo(line.encode())  # in UTF-8, whatever the terminal's own encoding
        else:
            _write_whole(out, lines)
            click.echo(f"{out}: {snapshot.corpus.documents:,} documents", err=True)


def _write_whole(path: Path, lines: Iterable[str]) -> None:
    """A file is there whole, or as it was."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            _write(file, lines)
        part.replace(path)
    except OSError as error:
        raise IndexWriteError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):  # it was not written, or is in its place
            part.unlink()


def _write(file: TextIO, lines: Iterable[str]) -> None:
    file.writelines(f"{line}\n" for line in lines)
    file.flush()
    os.fsync(file.fileno())
