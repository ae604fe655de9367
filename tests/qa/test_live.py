"""A published snapshot is taken up between two questions, or refused; what answers goes on answering."""

import logging
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from threading import Event, Thread

import pytest

from index.embed import Embedder
from index.errors import IndexInvalidError, IndexMissingError, ModelError
from index.types import Spans, Vectors
from qa.answer import Answerer
from qa.live import LiveAnswerer
from qa.types import Answer
from tests.fakes import BagOfWords
from tests.generations import QUESTION, Generations, marks
from tests.qa.making import ask


class Models:
    """Finds a stand-in by its name, and remembers what it was asked for."""

    def __init__(self, *others: Embedder) -> None:
        self.by_name = {model.name: model for model in (BagOfWords(), *others)}
        self.loaded: list[str] = []

    def __call__(self, name: str) -> Embedder:
        self.loaded.append(name)
        try:
            return self.by_name[name]
        except KeyError:
            raise ModelError(f"there is no model {name}; run `onrecord index build` again") from None


class OtherModel(BagOfWords):
    name = "another"

    def __init__(self) -> None:
        super().__init__("another seed")


class BrokenModel(OtherModel):
    """Its vectors cannot be made any more."""

    def queries(self, texts: Sequence[str], parts: Sequence[Spans] = ()) -> tuple[Vectors, Vectors]:
        raise SystemError("out of order")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Generations:
    generations = Generations(tmp_path_factory.mktemp("made") / "index")
    generations.make(range(1, 4))
    generations.make([9], OtherModel())
    return generations


@pytest.fixture
def index(made: Generations, tmp_path: Path) -> Generations:
    """A copy to damage; generation 1 is live."""
    copy = Generations(tmp_path / "index")
    shutil.copytree(made.index, copy.index, dirs_exist_ok=True)
    copy.names = made.names
    copy.publish(1)
    return copy


@pytest.fixture
def live(index: Generations) -> Iterator[LiveAnswerer]:
    opened = LiveAnswerer(index.index, load=Models())
    yield opened
    opened.close()


def answer(live: LiveAnswerer, question: str = QUESTION) -> Answer:
    with live.lease() as answerer:
        return ask(answerer, question)


def answers_as(live: LiveAnswerer, index: Generations, generation: int) -> bool:
    """All that an answer holds is of one snapshot, and of that one."""
    found = answer(live)
    said = " ".join([found.text, *(hit.document.text for hit in found.hits), *(quote.text for quote in found.quotes)])
    return found.answered and marks(said) == {generation} and found.index == index.names[generation]


def eventually(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def test_where_there_is_no_index_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="onrecord index build"):
        LiveAnswerer(tmp_path)


def test_what_is_published_answers_from_then_on_and_what_was_before_when_it_is_gone_back_to(
    live: LiveAnswerer, index: Generations
) -> None:
    assert answers_as(live, index, 1)
    for generation in (2, 3, 1):
        index.publish(generation)
        live.refresh()
        assert answers_as(live, index, generation)
        assert not live.refused


def test_the_watch_takes_up_what_is_published_without_being_told(live: LiveAnswerer, index: Generations) -> None:
    live.watch(0.01)
    for generation in (2, 3):
        index.publish(generation)
        assert eventually(partial(answers_as, live, index, generation))


def test_a_swap_is_logged_with_what_answers(
    live: LiveAnswerer, index: Generations, caplog: pytest.LogCaptureFixture
) -> None:
    index.publish(2)
    with caplog.at_level(logging.INFO, "qa.live"):
        live.refresh()
        live.refresh()
    with live.lease() as answerer:
        said = f"{index.names[2]} answers: {answerer.documents} documents, {answerer.paragraphs} paragraphs"
    assert [record.getMessage() for record in caplog.records] == [said]


def test_who_has_a_lease_keeps_the_snapshot_to_its_end(live: LiveAnswerer, index: Generations) -> None:
    with live.lease() as held:
        index.publish(2)
        live.refresh()
        assert answers_as(live, index, 2)
        assert ask(held, QUESTION).index == held.index == index.names[1]
        assert marks(held.document(ask(held, QUESTION).hits[0].document.id).text) == {1}


@pytest.mark.skipif(sys.platform != "linux", reason="open files are looked up in /proc")
def test_a_snapshot_is_closed_when_its_last_lease_ends_and_not_before(live: LiveAnswerer, index: Generations) -> None:
    with live.lease():
        with live.lease():
            index.publish(2)
            live.refresh()
        assert index.names[1] in index.opened()
    # What tantivy has mapped is given back by a thread of its own.
    assert eventually(lambda: index.opened() == {index.names[2]})


def test_a_snapshot_deleted_while_it_is_in_use_answers_to_the_end(live: LiveAnswerer, index: Generations) -> None:
    with live.lease() as held:
        index.publish(2)
        live.refresh()
        shutil.rmtree(index.folder(index.names[1]))
        for question in (QUESTION, "What did Bea Baker say about the harbour?", "Who spoke of harbours and lanterns?"):
            found = ask(held, question)
            assert found.hits
            assert marks(" ".join(hit.document.text for hit in found.hits)) == {1}
    assert answers_as(live, index, 2)


def test_an_index_that_vanishes_answers_on_and_is_taken_up_when_it_is_back(
    live: LiveAnswerer, index: Generations, tmp_path: Path
) -> None:
    index.index.rename(tmp_path / "elsewhere")
    live.refresh()
    assert answers_as(live, index, 1)
    refused = live.refused
    assert refused
    assert refused.index is None
    assert refused.reason.startswith("no index at INDEX; make one with")
    (tmp_path / "elsewhere").rename(index.index)
    live.refresh()
    assert not live.refused
    index.publish(2)
    live.refresh()
    assert answers_as(live, index, 2)


def missing_file(folder: Path) -> None:
    (folder / "vectors.faiss").unlink()


def cut_file(folder: Path) -> None:
    os.truncate(folder / "corpus.sqlite", 100)


def other_format(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"format": 4', '"format": 400'))


def no_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


@pytest.mark.parametrize("damage", [missing_file, cut_file, other_format, no_manifest, shutil.rmtree])
def test_a_damaged_snapshot_is_refused_once_and_the_next_one_taken_up(
    damage: Callable[[Path], None], live: LiveAnswerer, index: Generations, caplog: pytest.LogCaptureFixture
) -> None:
    damage(index.folder(index.names[2]))
    index.publish(2)
    for _ in range(3):
        live.refresh()
        assert answers_as(live, index, 1)
    refused = live.refused
    assert refused
    assert refused.index == index.names[2]
    assert "run `onrecord index" in refused.reason
    assert str(index.index) not in refused.reason, "where the index lies is nobody's business"
    (record,) = caplog.records
    assert index.names[2] in record.getMessage()
    assert str(index.index) in record.getMessage()
    index.publish(3)
    live.refresh()
    assert answers_as(live, index, 3)
    assert not live.refused


@pytest.mark.parametrize("content", ["", "gone", "../..", "\x1b[31m\x00" * 200])
def test_a_current_that_names_nothing_is_refused(content: str, live: LiveAnswerer, index: Generations) -> None:
    index.point_at(content)
    live.refresh()
    assert answers_as(live, index, 1)
    assert live.refused
    assert len(live.refused.index or "") <= 100


def test_what_was_repaired_is_tried_again_when_current_is_touched(live: LiveAnswerer, index: Generations) -> None:
    file = index.folder(index.names[2]) / "words.u4"
    content = file.read_bytes()
    file.unlink()
    index.publish(2)
    live.refresh()
    file.write_bytes(content)
    live.refresh()
    assert answers_as(live, index, 1)
    os.utime(index.index / "CURRENT", ns=(1, 1))
    live.refresh()
    assert answers_as(live, index, 2)
    assert not live.refused


def test_what_was_refused_is_tried_again_after_a_while_and_logged_no_more(
    live: LiveAnswerer, index: Generations, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = index.folder(index.names[2]) / "words.u4"
    content = file.read_bytes()
    file.unlink()
    index.publish(2)
    monkeypatch.setattr("qa.live._AGAIN", 0)
    for _ in range(3):
        live.refresh()
    assert len(caplog.records) == 1
    file.write_bytes(content)
    live.refresh()
    assert answers_as(live, index, 2)


def test_gone_back_to_what_answers_after_a_refusal_nothing_is_refused(live: LiveAnswerer, index: Generations) -> None:
    index.point_at("gone")
    live.refresh()
    refused = live.refused
    assert refused
    index.publish(1)
    live.refresh()
    assert not live.refused
    assert answers_as(live, index, 1)


def test_what_is_published_again_is_not_opened_again(live: LiveAnswerer, index: Generations) -> None:
    with live.lease() as before:
        index.publish(1)
        live.refresh()
        with live.lease() as after:
            assert after is before


def test_a_model_is_loaded_once_for_all_snapshots_it_made(index: Generations) -> None:
    models = Models(OtherModel())
    live = LiveAnswerer(index.index, load=models)
    for generation, loaded in ((2, 1), (3, 1), (9, 2), (1, 3)):
        index.publish(generation)
        live.refresh()
        assert answers_as(live, index, generation)
        assert len(models.loaded) == loaded
    live.close()


def test_a_snapshot_whose_model_is_missing_or_altered_is_refused(index: Generations) -> None:
    live = LiveAnswerer(index.index, load=Models())
    index.publish(9)
    live.refresh()
    assert live.refused
    assert "no model another" in live.refused.reason
    live.close()

    models = Models()
    models.by_name["another"] = BagOfWords("altered since")
    index.publish(1)
    live = LiveAnswerer(index.index, load=models)
    index.publish(9)
    live.refresh()
    assert live.refused
    assert "built with another model" in live.refused.reason
    assert answers_as(live, index, 1)
    live.close()


def test_a_snapshot_that_fails_in_an_unforeseen_way_when_it_is_tried_is_refused(index: Generations) -> None:
    live = LiveAnswerer(index.index, load=Models(BrokenModel()))
    index.publish(9)
    live.refresh()
    assert live.refused
    assert "SystemError: out of order" in live.refused.reason
    assert answers_as(live, index, 1)
    live.close()
    assert index.opened() <= {index.names[1]}, "what was refused is not left open"


def test_nobody_waits_for_a_snapshot_that_takes_long_to_open(index: Generations) -> None:
    loading, go_on = Event(), Event()
    models = Models(OtherModel())

    def slowly(name: str) -> Embedder:
        if name == "another":
            loading.set()
            assert go_on.wait(20)
        return models(name)

    live = LiveAnswerer(index.index, load=slowly)
    index.publish(9)
    opening = Thread(target=live.refresh)
    opening.start()
    assert loading.wait(20)
    assert answers_as(live, index, 1)
    go_on.set()
    opening.join()
    assert answers_as(live, index, 9)
    live.close()


def test_what_is_published_over_while_it_is_opened_is_not_refused(
    index: Generations, caplog: pytest.LogCaptureFixture
) -> None:
    """The next build removes snapshots that are older than the last."""
    models = Models()

    def pruned(name: str) -> Embedder:
        if name == "another":
            shutil.rmtree(index.folder(index.names[9]))
            index.publish(3)
        return models(name)

    live = LiveAnswerer(index.index, load=pruned)
    index.publish(9)
    live.refresh()
    assert not live.refused
    assert caplog.records == []
    live.refresh()
    assert answers_as(live, index, 3)
    live.close()


def test_closing_waits_for_leases_and_gives_no_more(index: Generations) -> None:
    live = LiveAnswerer(index.index, load=Models())
    leased, go_on = Event(), Event()
    held: list[Answerer] = []
    found: list[str] = []

    def hold() -> None:
        with live.lease() as answerer:
            held.append(answerer)
            leased.set()
            assert go_on.wait(20)
            found.append(ask(answerer, QUESTION).index)

    holder = Thread(target=hold)
    holder.start()
    assert leased.wait(20)
    live.close(patience=0.01)
    with pytest.raises(ValueError, match="closed"), live.lease():
        pass
    closing = Thread(target=live.close)
    closing.start()
    assert closing.is_alive()
    go_on.set()
    closing.join(20)
    holder.join()
    assert found == [index.names[1]]
    with pytest.raises((sqlite3.Error, IndexInvalidError), match="closed"):
        held[0].document("archer")


def test_what_is_opened_while_this_is_closed_is_closed_too(index: Generations) -> None:
    models = Models(OtherModel())
    lives: list[LiveAnswerer] = []

    def closing(name: str) -> Embedder:
        if name == "another":
            lives[0].close()
        return models(name)

    lives.append(LiveAnswerer(index.index, load=closing))
    index.publish(9)
    lives[0].refresh()
    with pytest.raises(ValueError, match="closed"), lives[0].lease():
        pass
    lives.clear()
    assert eventually(lambda: not index.opened())
