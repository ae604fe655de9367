"""The live snapshot of an index, answered from while another one takes its place."""

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Event, Lock, Thread

from index.embed import Embedder, load_embedder
from index.errors import IndexInvalidError, OnrecordError
from index.snapshot import Snapshot, open_snapshot
from qa.answer import MIN_CONFIDENCE, Answerer
from qa.request import MAX_QUESTION, Request
from qa.rerank import Reranker
from qa.types import Refused
from qa.verifier import Verifier

log = logging.getLogger(__name__)

_EVERY = 1.0
"""Seconds between two looks at CURRENT."""
# What was refused is tried again after so many seconds, though CURRENT is as it was: files may have been on their way
# still, or a model missing.
_AGAIN = 60.0
_PATIENCE = 30.0
# Of a CURRENT that is none, so many bytes are told.
_MOST_NAMED = 100

Published = tuple[str, int, int]
"""What CURRENT says, when it was written (ns), and which file it is: one name may be published twice."""


@dataclass(slots=True, eq=False)
class _Held:
    """An answerer, and by how many it is in use. `replaced` is closed by who uses it last."""

    answerer: Answerer
    embedder: Embedder
    leases: int = 0
    replaced: bool = False


class LiveAnswerer:
    """Leases the answerer of an index's live snapshot, and takes up what is published later. Safe between threads.

    A lease is on one snapshot, which stays open to its end whatever is published, pruned or deleted meanwhile; whoever
    takes the next one gets the new snapshot. Nobody waits for a swap: the new snapshot is opened, checked and warm
    before. As long as both are in use, both are in memory; a model only once, if it is the same.
    """

    def __init__(
        self,
        index: Path,
        least: float = MIN_CONFIDENCE,
        reranker: Reranker | None = None,
        verifier: Verifier | None = None,
        load: Callable[[str], Embedder] = load_embedder,
    ) -> None:
        """Open what is live now; `load` finds a model by name, the rest is that of every Answerer.

        Raises:
            IndexMissingError, IndexInvalidError, ModelError: each says what to run.
        """
        self._index = index
        self._least = least
        self._reranker = reranker
        self._verifier = verifier
        self._load = load
        self._refused: Refused | None = None
        self._tried = 0.0
        self._refreshing = Lock()
        self._ended = Condition(Lock())
        self._stop = Event()
        self._watch: Thread | None = None
        self._seen = _published(index)
        self._held = self._open(None)
        self._in_use = 1

    @property
    def refused(self) -> Refused | None:
        """What is published and cannot be served; None where what is published is what answers."""
        return self._refused

    @contextmanager
    def lease(self) -> Iterator[Answerer]:
        """What answers now, open and the same to the end of the block.

        Raises:
            ValueError: this was closed.
        """
        with self._ended:
            held = self._held
            if held.replaced:
                raise ValueError("the index was closed")
            held.leases += 1
        try:
            yield held.answerer
        finally:
            self._release(held)

    def _release(self, held: _Held) -> None:
        with self._ended:
            held.leases -= 1
            unused = held.replaced and not held.leases
        if unused:
            self._close(held)

    def watch(self, every: float = _EVERY) -> None:
        """From now on, take up what is published, looked for every so many seconds in a thread, until `close`."""
        self._watch = Thread(target=self._look, args=(every,), name="index-watch", daemon=True)
        self._watch.start()

    def _look(self, every: float) -> None:
        while not self._stop.wait(every):
            self.refresh()

    def refresh(self) -> None:
        """Look at CURRENT now; where it names another snapshot than the one that answers, that one answers from now on.

        What cannot be served is refused, and logged once; what answered goes on answering. It is tried again when
        CURRENT is written again, and every minute.
        """
        with self._refreshing:
            seen = _published(self._index)
            waited = self._refused is not None and time.monotonic() - self._tried >= _AGAIN
            if not self._stop.is_set() and (seen != self._seen or waited):
                self._take_up(seen)

    def _take_up(self, seen: Published | None) -> None:
        live = self._held
        if seen and seen[0] == live.answerer.index:
            self._accept(seen)
            return
        try:
            opened = self._open(live.embedder)
        except OnrecordError as error:
            # Published over while it was opened, perhaps pruned: the next look is at what is published by then.
            if seen == _published(self._index):
                self._refuse(seen, str(error))
            return
        self._swap(opened)
        self._accept(seen)

    def _accept(self, seen: Published | None) -> None:
        self._seen, self._refused = seen, None
        answerer = self._held.answerer
        log.info("%s answers: %s documents, %s paragraphs", answerer.index, answerer.documents, answerer.paragraphs)

    def _refuse(self, seen: Published | None, reason: str) -> None:
        name = seen[0] if seen else None
        # Who asks a server how it is need not learn where on its disk the index lies.
        told = reason.replace(str(self._index), "INDEX") if self._index.is_absolute() else reason
        refused = Refused(name, told)
        if seen != self._seen or refused != self._refused:
            answers = self._held.answerer.index
            log.error("%s cannot be served, %s answers on: %s", name or "what is published", answers, reason)
        self._seen, self._refused, self._tried = seen, refused, time.monotonic()

    def _swap(self, opened: _Held) -> None:
        with self._ended:
            self._in_use += 1
            if self._held.replaced:  # closed while the new one was opened: nobody will ask that
                before = opened
            else:
                before, self._held = self._held, opened
            before.replaced = True
            unused = not before.leases
        if unused:
            self._close(before)

    def _open(self, embedder: Embedder | None) -> _Held:
        """The live snapshot, with this embedder if it is the one that made its vectors, once it has answered."""
        with ExitStack() as opened:
            try:
                snapshot = open_snapshot(self._index)
                opened.callback(snapshot.close)
                manifest = snapshot.manifest
                if embedder is None or embedder.digest != manifest.model_digest:
                    embedder = self._load(manifest.model)
                answerer = Answerer(snapshot, embedder, self._least, self._reranker, self._verifier)
                answerer.warm_up()
                _try_out(answerer, snapshot)
            except (OnrecordError, KeyboardInterrupt):
                raise
            except BaseException as error:  # a panic in native code is no Exception, and must not end the server
                raise IndexInvalidError(
                    f"what {self._index} holds fails when it is asked ({type(error).__name__}: {error}); run `onrecord "
                    "index build` again"
                ) from error
            opened.pop_all()
        return _Held(answerer, embedder)

    def _close(self, held: _Held) -> None:
        held.answerer.close()
        with self._ended:
            self._in_use -= 1
            self._ended.notify_all()

    def close(self, patience: float = _PATIENCE) -> None:
        """Give no more leases, and wait so many seconds at most for those that were given to end.

        What is in use longer is closed at the end of its last lease.
        """
        self._stop.set()
        if self._watch:
            self._watch.join(patience)
        with self._ended:
            held, again = self._held, self._held.replaced
            held.replaced = True
            unused = not held.leases and not again
        if unused:
            self._close(held)
        with self._ended:
            self._ended.wait_for(lambda: not self._in_use, patience)


def _published(index: Path) -> Published | None:
    try:
        with (index / "CURRENT").open("rb") as file:
            found = os.fstat(file.fileno())
            return file.read(_MOST_NAMED).decode("utf-8", "replace").strip(), found.st_mtime_ns, found.st_ino
    except OSError:
        return None


def _try_out(answerer: Answerer, snapshot: Snapshot) -> None:
    """Ask for a document by its title: that reads something of every file, so that it is there, and quick later."""
    for document in snapshot.corpus.all_documents():
        answerer.ask(Request(question=f"What is said on {document.title}"[:MAX_QUESTION]))
        return
