"""Snapshots in their order, whatever the clock says: listed, gone back to, removed."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from index import snapshot as disk
from index.build import build_index
from index.errors import IndexBusyError, IndexInvalidError, IndexMissingError
from index.history import list_snapshots, prune, rollback
from index.snapshot import current, new_snapshot, open_snapshot, read_manifest
from index.verify import verify_all
from tests.fakes import BagOfWords

Publish = Callable[[str], str]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def publish(tmp_path: Path, index: Path) -> Publish:
    """Build an index of one document with that text, and return the snapshot's name."""
    (tmp_path / "documents").mkdir()

    def build(text: str) -> str:
        (tmp_path / "documents" / "a.txt").write_text(text)
        return build_index(tmp_path / "documents", index, BagOfWords(), anew=True).snapshot

    return build


def names(index: Path) -> list[str]:
    return [each.name for each in list_snapshots(index)]


def text(index: Path) -> str:
    with closing(open_snapshot(index)) as snapshot:
        return snapshot.corpus.paragraph(0)[0].text


def damage(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


class BackwardClock(datetime):
    """Each look at it is an hour earlier."""

    looks = 0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "BackwardClock":
        cls.looks += 1
        then = datetime(2020, 1, 1, tzinfo=UTC) - timedelta(hours=cls.looks)
        return cls(then.year, then.month, then.day, then.hour, tzinfo=UTC)


class StoppedClock(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "StoppedClock":
        return cls(2020, 1, 1, tzinfo=UTC)


def test_a_list_says_what_each_snapshot_is(index: Path, publish: Publish) -> None:
    first, second = publish("One.\n\nTwo."), publish("One.")
    before, live = list_snapshots(index)
    assert (before.name, before.live, before.number, before.previous) == (first, False, 1, None)
    assert (live.name, live.live, live.number, live.previous) == (second, True, 2, first)
    assert (before.documents, before.paragraphs, before.model, before.format) == (1, 2, "bag-of-words", disk.FORMAT)
    files = [path for path in (index / "snapshots" / first).rglob("*") if path.is_file()]
    assert before.size == sum(path.stat().st_size for path in files)
    assert before.created == read_manifest(index / "snapshots" / first).created
    assert before.problem is None


def test_a_list_shows_what_is_missing_of_a_snapshot(index: Path, publish: Publish) -> None:
    first, second = publish("One."), publish("Two.")
    (index / "snapshots" / first / "words.u4").unlink()
    damage(index / "snapshots" / second / "manifest.json")
    problems = {each.name: each.problem or "" for each in list_snapshots(index)}
    assert "words.u4 is missing" in problems[first]
    assert "manifest.json was altered" in problems[second]


def test_no_index_has_no_list(index: Path) -> None:
    with pytest.raises(IndexMissingError, match=r"no index at .*onrecord index build"):
        list_snapshots(index)


def test_going_back_makes_the_snapshot_before_live_and_forth_again_by_its_name(index: Path, publish: Publish) -> None:
    first, second = publish("One."), publish("Two.")
    assert rollback(index) == first == current(index)
    assert text(index) == "One."
    with pytest.raises(IndexMissingError, match=f"no snapshot before the live one; `onrecord index list {index}`"):
        rollback(index)
    assert rollback(index, second) == second == current(index)
    assert text(index) == "Two."


def test_after_going_back_and_a_build_the_one_before_is_the_one_gone_back_to(index: Path, publish: Publish) -> None:
    first, second = publish("One."), publish("Two.")
    rollback(index)
    third = publish("Three.")
    assert names(index) == [first, third]
    assert second not in names(index)
    assert rollback(index) == first


@pytest.mark.parametrize("name", ["20200101T000000Z-00000000", "../snapshots", "nonsense", ".."])
def test_going_back_to_what_is_not_there_is_refused(index: Path, publish: Publish, name: str) -> None:
    live = publish("One.")
    with pytest.raises(IndexMissingError, match=f"{index} has no snapshot {name}; `onrecord index list {index}`"):
        rollback(index, name)
    assert current(index) == live


def test_a_damaged_snapshot_is_not_gone_back_to(index: Path, publish: Publish) -> None:
    first, second = publish("One."), publish("Two.")
    damage(index / "snapshots" / first / "corpus.sqlite")
    with pytest.raises(IndexInvalidError, match=r"corpus\.sqlite was altered"):
        rollback(index)
    assert current(index) == second


@pytest.mark.parametrize("what", ["CURRENT damaged", "CURRENT gone", "the live manifest damaged"])
def test_going_back_helps_where_the_live_snapshot_is_lost(index: Path, publish: Publish, what: str) -> None:
    first, second = publish("One."), publish("Two.")
    if what == "CURRENT damaged":
        (index / "CURRENT").write_bytes(b"\xff" * 26)
    elif what == "CURRENT gone":
        (index / "CURRENT").unlink()
    else:
        damage(index / "snapshots" / second / "manifest.json")
    expected = first if "manifest" in what else second
    assert rollback(index) == expected == current(index)
    assert all(not faults for name, faults in verify_all(index) if name in (expected, "CURRENT"))


def test_a_build_after_a_damaged_current_keeps_the_newest_snapshot(index: Path, publish: Publish) -> None:
    publish("One.")
    second = publish("Two.")
    (index / "CURRENT").write_text("nonsense\n")
    third = publish("Three.")
    assert names(index) == [second, third]


def test_the_order_is_that_of_publishing_where_the_clock_goes_back(
    index: Path, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "datetime", BackwardClock)
    first, second, third = publish("One."), publish("Two."), publish("Three.")
    assert sorted([second, third]) == [third, second]
    assert names(index) == [second, third]
    assert rollback(index) == second
    rollback(index, third)
    assert prune(index, 1).snapshots == (second,)
    assert names(index) == [third] == [current(index)]
    assert first not in names(index)


def test_the_same_content_published_twice_within_a_second_makes_two_snapshots(
    index: Path, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "datetime", StoppedClock)
    monkeypatch.setattr("index.build.datetime", StoppedClock)
    first, second = publish("One."), publish("One.")
    assert first != second
    assert names(index) == [first, second]
    assert current(index) == second


def test_pruning_keeps_the_live_snapshot_and_the_newest_others(index: Path, publish: Publish) -> None:
    first, second = publish("One."), publish("Two.")
    rollback(index, first)
    assert prune(index, 2).snapshots == ()
    pruned = prune(index, 1)
    assert pruned.snapshots == (second,)
    assert pruned.freed > 0
    assert names(index) == [first] == [current(index)]
    assert text(index) == "One."


def test_pruning_to_more_snapshots_than_there_are_removes_none(
    index: Path, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:  # builds that are killed before they have removed what is older
        patched.setattr(disk, "_remove_others", lambda *_: None)
        published = [publish(f"{number}.") for number in range(3)]
    assert [prune(index, keep).snapshots for keep in (5, 4, 3)] == [(), (), ()]
    assert names(index) == published


def test_pruning_removes_nothing_where_what_would_be_left_is_damaged(index: Path, publish: Publish) -> None:
    first, second = publish("One."), publish("Two.")
    damage(index / "snapshots" / second / "corpus.sqlite")
    with pytest.raises(IndexInvalidError, match=r"corpus\.sqlite was altered; run `onrecord index rollback"):
        prune(index, 1)
    assert rollback(index) == first
    assert text(index) == "One."
    assert prune(index, 1).snapshots == (second,)


def test_a_list_while_a_build_removes_a_snapshot_is_still_a_list(
    index: Path, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = [publish("One."), publish("Two.")]
    folders = Path.rglob

    def removed_meanwhile(folder: Path, pattern: str) -> Iterator[Path]:
        for path in folders(folder, pattern):
            if folder.name == published[0] and path.is_file():
                path.unlink()
            yield path

    monkeypatch.setattr(Path, "rglob", removed_meanwhile)
    assert [each.name for each in list_snapshots(index)] == published


def test_pruning_removes_what_killed_builds_left(index: Path, publish: Publish) -> None:
    publish("One.")
    (index / "snapshots" / ".unfinished-1").mkdir()
    (index / "snapshots" / ".unfinished-1" / "corpus.sqlite").write_text("half")
    (index / "cache" / "vectors.sqlite.new").write_text("half")
    prune(index, 1)
    assert sorted(path.name for path in (index / "snapshots").iterdir()) == [current(index)]
    assert {path.name for path in (index / "cache").iterdir()} == {"readings.sqlite", "vectors.sqlite"}


def test_pruning_keeps_the_vectors_of_what_is_kept_and_drops_others(index: Path, publish: Publish) -> None:
    long = " ".join(f"word{number}" for number in range(100))  # more than one window
    publish(f"One.\n\n{long}\n\nUnlike.")
    publish(f"One.\n\n{long}")
    assert prune(index, 2).vectors == 0
    assert prune(index, 1).vectors == 1
    with closing(sqlite3.connect(index / "cache" / "vectors.sqlite")) as cache:
        (count,) = cache.execute("SELECT count(*) FROM vectors").fetchone()
    with closing(open_snapshot(index)) as snapshot:
        assert count == snapshot.manifest.windows
    embedder = BagOfWords()
    build_index(index.parent / "documents", index, embedder)
    assert embedder.embedded == []


def test_a_damaged_cache_is_dropped_and_costs_only_time(index: Path, publish: Publish) -> None:
    publish("One.")
    (index / "cache" / "vectors.sqlite").write_bytes(b"no database" * 100)
    prune(index, 1)
    publish("One.")
    assert text(index) == "One."


def test_pruning_without_an_index_makes_none(index: Path) -> None:
    with pytest.raises(IndexMissingError):
        prune(index, 1)
    assert not index.exists()


def test_pruning_refuses_to_guess_which_snapshot_is_live(index: Path, publish: Publish) -> None:
    before = [publish("One."), publish("Two.")]
    (index / "CURRENT").write_text("nonsense\n")
    with pytest.raises(IndexInvalidError, match="CURRENT names no snapshot"):
        prune(index, 1)
    assert names(index) == before


@pytest.mark.parametrize("action", [rollback, lambda index: prune(index, 1)], ids=["rollback", "prune"])
def test_while_a_build_writes_nothing_else_does(
    index: Path, publish: Publish, action: Callable[[Path], object]
) -> None:
    before = [publish("One."), publish("Two.")]
    with new_snapshot(index) as workspace:
        with pytest.raises(IndexBusyError, match="another build is writing"):
            action(index)
        assert workspace.is_dir()
    assert names(index) == before
