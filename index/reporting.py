"""How a build is followed while it runs: one live line for people, one JSON object a line for programs."""

import json
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from index.errors import OnrecordError
from index.types import Skipped

if TYPE_CHECKING:
    from index.build import Built

UNITS = {"checking": "files", "reading": "files", "embedding": "paragraphs"}


class Reporter(Protocol):
    """Follows one build after another; open while one runs."""

    def __enter__(self) -> "Reporter": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def progress(self, stage: str, done: int, total: int | None) -> None: ...

    def skipped(self, item: Skipped) -> None: ...

    def finished(self, built: "Built") -> None: ...

    def failed(self, error: OnrecordError) -> None: ...


class LiveLine:
    """A line with what is being done, how fast, how long it will take, and how much was skipped."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __enter__(self) -> "LiveLine":
        self._bars = progress_bars(self._console)
        self._stage, self._failed = "", 0
        self._task = self._bars.add_task("starting", total=None, unit="")
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def progress(self, stage: str, done: int, total: int | None) -> None:
        if stage != self._stage:
            self._stage = stage
            self._bars.reset(self._task, description=stage, total=total)
        failed = f", {self._failed:,} skipped" if self._failed else ""
        self._bars.update(self._task, completed=done, total=total, unit=f"{UNITS.get(stage, '')}{failed}")

    def skipped(self, item: Skipped) -> None:
        self._failed += 1
        self._console.print(Text(f"skipped {item.source}: {item.reason}"))

    def finished(self, built: "Built") -> None:
        """The command says it, on standard output."""

    def failed(self, error: OnrecordError) -> None:
        self._console.print(Text(f"Error: {error}"))


class JsonLog:
    """One JSON object a line; progress at most once in `interval` seconds, and at the end of each stage."""

    def __init__(self, out: TextIO, interval: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._interval = interval
        self._clock = clock

    def __enter__(self) -> "JsonLog":
        self._stage, self._failed = "", 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def progress(self, stage: str, done: int, total: int | None) -> None:
        now = self._clock()
        if stage != self._stage:
            self._stage, self._started, self._base, self._said = stage, now, done, -self._interval
        if done != total and now - self._said < self._interval:
            return
        self._said = now
        seconds = now - self._started
        rate = (done - self._base) / seconds if seconds else 0.0
        left = round((total - done) / rate, 1) if rate and total is not None else None
        self._write(
            "progress",
            stage=stage,
            done=done,
            total=total,
            unit=UNITS.get(stage),
            rate=round(rate, 1),
            seconds=round(seconds, 1),
            left=left,
            skipped=self._failed,
        )

    def skipped(self, item: Skipped) -> None:
        self._failed += 1
        self._write("skipped", source=item.source, reason=item.reason)

    def finished(self, built: "Built") -> None:
        self._write(
            "finished",
            snapshot=built.snapshot,
            unchanged=built.unchanged,
            documents=built.documents,
            paragraphs=built.paragraphs,
            embedded=built.embedded,
            skipped=len(built.skipped),
            tuned=built.tuned,
            seconds=round(built.seconds, 1),
        )

    def failed(self, error: OnrecordError) -> None:
        self._write("failed", error=type(error).__name__, reason=str(error))

    def _write(self, event: str, **values: object) -> None:
        # In ASCII, so that no terminal and no file name can make a line that is none.
        self._out.write(json.dumps({"event": event, **values}) + "\n")
        self._out.flush()


def progress_bars(console: Console) -> Progress:
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
