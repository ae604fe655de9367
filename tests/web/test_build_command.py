"""`onrecord index build` as programs follow it (--log-json), and as it follows a folder (--watch)."""

import json
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from index.snapshot import current
from tests.web.test_cli import run, start

Documents = Callable[[Mapping[str, str | bytes]], Path]
Event = dict[str, Any]
QUIET = 0.2
# The stand-in model, which takes long over a text that says so.
CODE = """
import time, index.embed
from tests.fakes import BagOfWords

class Model(BagOfWords):
    def passages(self, texts, parts=()):
        for _ in range(600 if any("slowly" in text for text in texts) else 0):
            time.sleep(0.1)
        return super().passages(texts, parts)

index.embed.load_embedder = lambda model: Model()
from web.cli import main
main()
"""


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


class Watched:
    """A build that goes on watching, in a process of its own."""

    def __init__(self, folder: Path, index: Path) -> None:
        options = ("--out", index, "--log-json", "--watch", "--quiet", str(QUIET))
        self.process = start("index", "build", folder, *options, code=CODE)
        # So that an event that never comes is a failure and no endless wait.
        self.patience = threading.Timer(120, self.process.kill)
        self.patience.daemon = True
        self.patience.start()

    def close(self) -> None:
        self.patience.cancel()
        self.process.kill()
        self.process.communicate()

    def event(self, *kinds: str) -> Event:
        """The next one of these kinds."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            event: Event = json.loads(line)
            if event["event"] in kinds:
                return event
        raise AssertionError("it ended")

    def until(self, wanted: Callable[[Event], bool]) -> Event:
        while True:
            event = self.event("finished", "failed")
            if wanted(event):
                return event

    def end(self, number: signal.Signals) -> tuple[int, str]:
        self.process.send_signal(number)
        out, _ = self.process.communicate(timeout=60)
        return self.process.returncode, out


@pytest.fixture(params=["notified", "polling"])
def watched(
    request: pytest.FixtureRequest, documents: Documents, index: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Watched]:
    if request.param == "polling":
        monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "1")
        monkeypatch.setenv("WATCHFILES_POLL_DELAY_MS", "50")
    folder = documents({"a.txt": "Trade grew."})
    watching = Watched(folder, index)
    try:
        first = watching.event("finished", "failed")
        assert first["documents"] == 1
        assert watching.event("finished")["unchanged"]
        yield watching
    finally:
        watching.close()


def log(folder: Path, index: Path, *options: str) -> tuple[int, list[Event]]:
    process = start("index", "build", folder, "--out", index, "--log-json", *options, code=CODE)
    _, err = process.communicate(timeout=60)
    return process.returncode, [json.loads(line) for line in err.splitlines()]


def test_every_line_of_the_log_is_an_object_and_the_last_is_the_outcome(documents: Documents, index: Path) -> None:
    folder = documents({"a.txt": "Trade grew.\n\nTwo.", "b\x1b[2J.bin": b"\0", "c.txt": "Three."})
    status, events = log(folder, index)
    assert status == 0
    seconds = events[-1].pop("seconds")
    assert seconds > 0
    assert events[-1] == {
        "event": "finished",
        "snapshot": current(index),
        "unchanged": False,
        "documents": 2,
        "paragraphs": 3,
        "embedded": 3,
        "skipped": 1,
        "tuned": 0,
    }
    (skipped,) = (event for event in events if event["event"] == "skipped")
    assert skipped == {"event": "skipped", "source": "b\\x1b[2J.bin", "reason": "no reader for .bin files"}
    progress = [event for event in events if event["event"] == "progress"]
    fields = {"event", "stage", "done", "total", "unit", "rate", "seconds", "left", "skipped"}
    assert all(event.keys() == fields for event in progress)
    ends = [(event["stage"], event["done"]) for event in progress if event["done"] == event["total"]]
    assert ends == [("checking", 3), ("reading", 3), ("embedding", 3)]


def test_the_help_and_the_readme_name_every_field(documents: Documents, index: Path) -> None:
    _, events = log(documents({"a.txt": "Trade grew.", "b.bin": b"\0"}), index)
    _, failed = log(index / "gone", index)
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
    section = readme[readme.index("With `--log-json`") : readme.index("**To withdraw")]
    explained = run("index", "build", "--help").stdout.partition("With --log-json")[2]
    for event in (*events, *failed):
        for word in (event["event"], *event.keys() - {"event"}):
            assert f"`{word}`" in section
            assert word in explained


def test_a_build_that_fails_is_an_object_too(tmp_path: Path, index: Path) -> None:
    status, events = log(tmp_path / "gone", index)
    assert status == 1
    reason = f"there is no folder {tmp_path / 'gone'}; name the one that holds the documents"
    assert events == [{"event": "failed", "error": "DocumentsError", "reason": reason}]


def test_a_changed_folder_is_built_again_and_a_failure_ends_nothing(
    watched: Watched, documents: Documents, index: Path
) -> None:
    folder = documents({"b.txt": "Peace."})
    assert watched.until(lambda event: event.get("documents") == 2)["unchanged"] is False
    for path in folder.iterdir():
        path.unlink()
    assert "holds no documents" in watched.until(lambda event: event["event"] == "failed")["reason"]
    (folder / "deep").mkdir()
    documents({"deep/c.txt": "Water.", ".hidden": "Nothing."})
    live = watched.until(lambda event: event.get("documents") == 1)["snapshot"]
    assert current(index) == live
    status, out = watched.end(signal.SIGTERM)
    assert status == 0
    assert out.endswith("is watched no longer\n")
    assert current(index) == live


def test_a_folder_that_is_put_in_place_of_another_is_built(watched: Watched, documents: Documents) -> None:
    folder = documents({})
    shutil.copytree(folder, folder.with_name("next"))
    (folder.with_name("next") / "b.txt").write_text("Peace.")
    folder.rename(folder.with_name("old"))
    assert "there is no folder" in watched.until(lambda event: event["event"] == "failed")["reason"]
    folder.with_name("next").rename(folder)
    watched.until(lambda event: event.get("documents") == 2)
    (folder / "c.txt").write_text("Water.")
    watched.until(lambda event: event.get("documents") == 3)


def wait_until_the_second_file_is_read(watching: Watched) -> None:
    """After that comes what takes long."""
    while (event := watching.event("progress"))["stage"] != "reading" or event["done"] != 2:
        pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_while_it_builds(documents: Documents, index: Path, number: signal.Signals) -> None:
    folder = documents({"a.txt": "Trade grew."})
    watching = Watched(folder, index)
    try:
        live = watching.event("finished")["snapshot"]
        (folder / "b.txt").write_text("It goes slowly.")
        wait_until_the_second_file_is_read(watching)
        status, out = watching.end(number)
        assert (status, out.splitlines()[-1]) == (0, f"{folder} is watched no longer")
        assert current(index) == live
        assert [path.name for path in (index / "snapshots").iterdir()] == [live]
    finally:
        watching.close()


def test_two_builds_follow_each_other_where_one_waits_for_a_lock(documents: Documents, index: Path) -> None:
    folder = documents({"a.txt": "Trade grew."})
    index.mkdir()
    with FileLock(index / ".lock"):
        watching = Watched(folder, index)
        assert watching.event("finished", "failed")["error"] == "IndexBusyError"
    try:
        assert watching.until(lambda event: event["event"] == "finished")["documents"] == 1
        assert watching.end(signal.SIGINT)[0] == 0
    finally:
        watching.close()
