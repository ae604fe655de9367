"""Snapshots are swapped under people who ask, over a real socket: everybody is answered, wholly from one of them."""

import gc
import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from urllib.parse import quote, urlsplit

import pytest

from index.build import build_index
from qa.live import LiveAnswerer
from qa.request import Request
from tests.fakes import BagOfWords
from tests.generations import QUESTION, Generations, documents, marks
from tests.web.serving import serving
from web.app import create_app

CLIENTS = 8
QUESTIONS = (QUESTION, "What did Bea Baker say about the harbour?", "Who praised the harbour?", "What did Cy Cole say?")
ROOT = Path(__file__).resolve().parents[2]

# Builds the generations it is told of, one after another, as `onrecord index build` does.
BUILDS = """
import sys
from pathlib import Path
from index.build import build_index
from tests.fakes import BagOfWords
from tests.generations import documents
folder, index, *generations = sys.argv[1:]
for generation in generations:
    for name, text in documents(int(generation)).items():
        (Path(folder) / name).write_text(text, "utf-8")
    print(generation, build_index(Path(folder), Path(index), BagOfWords()).snapshot, flush=True)
"""


class Client:
    """Asks over one connection after another as long as it is told to, and keeps what came back."""

    def __init__(self, base: str, document: str) -> None:
        self._place = urlsplit(base).netloc
        self._document = document
        self.answers: list[tuple[str, int, str]] = []

    def run(self, ended: Event) -> None:
        asked = [f"/ask?limit=20&question={quote(question)}" for question in QUESTIONS]
        paths = [*asked, f"/documents/{self._document}?format=json", "/readyz", "/", asked[0]]
        while not ended.is_set():
            connection = http.client.HTTPConnection(self._place, timeout=60)
            for path in paths:
                connection.request("GET", path)
                response = connection.getresponse()
                self.answers.append((path, response.status, response.read().decode()))
            connection.close()


@contextmanager
def clients(base: str, document: str) -> Iterator[list[Client]]:
    """Eight who ask all the time."""
    asking = [Client(base, document) for _ in range(CLIENTS)]
    ended = Event()
    with ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(client.run, ended) for client in asking]
        try:
            yield asking
        finally:
            ended.set()
        for client in running:
            client.result()


def wait_for(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


def answers(live: LiveAnswerer, name: str) -> bool:
    with live.lease() as answerer:
        return answerer.index == name


def all_have(due: dict[Client, int]) -> bool:
    return all(len(client.answers) >= count for client, count in due.items())


def archer(live: LiveAnswerer) -> str:
    """The id of a document that every generation has."""
    with live.lease() as answerer:
        hits = answerer.ask(Request(question=QUESTION)).hits
        return next(hit.document.id for hit in hits if hit.document.source == "archer.txt")


def check(asking: list[Client], generations: dict[str, int]) -> set[str]:
    """Everybody was answered, wholly from one snapshot each time; returns the names of those that answered."""
    seen = set()
    for path, status, body in (answer for client in asking for answer in client.answers):
        assert status == 200, (path, body)
        if path == "/":
            assert re.search(r"[2-5] documents on record", body)
        elif path.startswith("/documents"):
            assert len(marks(body)) == 1
        else:
            found = json.loads(body)
            generation = generations[found["index"]]
            if path == "/readyz":
                assert (found["documents"], found["refused"]) == (len(documents(generation)), None)
            else:
                assert found["passages"]
                assert marks(body) == {generation}, path
            seen.add(found["index"])
    return seen


def swaps(index: Generations, count: int) -> None:
    """So many swaps under eight clients; what is replaced is closed, without waiting for a garbage collection."""
    index.make(range(count + 1))
    index.publish(0)
    live = LiveAnswerer(index.index, load=lambda _: BagOfWords())
    live.watch(0.01)
    with serving(create_app(live)) as base, clients(base, archer(live)) as asking:
        gc.disable()
        try:
            for generation in range(1, count + 1):
                name = index.publish(generation)
                wait_for(partial(answers, live, name), f"{name} is not taken up")
                # Whatever a client had asked for before the swap, the second answer after it is to a later question.
                due = {client: len(client.answers) + 2 for client in asking}
                wait_for(partial(all_have, due), "somebody is not answered")
            # What tantivy has mapped is given back by a thread of its own, half a second later.
            wait_for(lambda: index.opened() == {name}, "what was replaced is still open")
        finally:
            gc.enable()
    assert check(asking, {name: generation for generation, name in index.names.items()}) == set(index.names.values())
    live.close()


@pytest.mark.skipif(sys.platform != "linux", reason="open files are looked up in /proc")
def test_under_eight_clients_every_response_is_whole_and_from_one_snapshot(tmp_path: Path) -> None:
    swaps(Generations(tmp_path / "index"), 8)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="open files are looked up in /proc")
def test_fifty_swaps_under_eight_clients_and_nothing_stays_open(tmp_path: Path) -> None:
    swaps(Generations(tmp_path / "index"), 50)


def test_builds_of_another_process_are_taken_up_while_eight_clients_ask(tmp_path: Path) -> None:
    """A build removes the snapshots before the last, also one that is still in use here."""
    folder, index = tmp_path / "documents", tmp_path / "index"
    folder.mkdir()
    for name, text in documents(0).items():
        (folder / name).write_text(text, "utf-8")
    generations = {build_index(folder, index, BagOfWords()).snapshot: 0}
    live = LiveAnswerer(index, load=lambda _: BagOfWords())
    live.watch(0.01)
    # Generations that have as many documents: a build describes the folder, and nothing leaves it here.
    command = [sys.executable, "-c", BUILDS, str(folder), str(index), *(str(number) for number in range(4, 28, 4))]
    with serving(create_app(live)) as base, clients(base, archer(live)) as asking:
        building = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)
        assert building.returncode == 0, building.stderr
        built = [line.split() for line in building.stdout.splitlines()]
        generations |= {name: int(generation) for generation, name in built}
        wait_for(partial(answers, live, built[-1][1]), "the last build is not taken up")
    seen = check(asking, generations)
    assert len(seen) > 1
    live.close()


def test_a_link_to_a_passage_shows_the_same_words_after_documents_came_before_and_after_it(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "m.txt").write_text("A harbour\n\nAnn Archer said that the lanterns burn.\n", "utf-8")
    build_index(folder, tmp_path / "index", BagOfWords())
    live = LiveAnswerer(tmp_path / "index", load=lambda _: BagOfWords())
    client = create_app(live).test_client()
    passage = client.get("/ask", query_string={"question": QUESTION}).get_json()["passages"][0]
    before = client.get(passage["url"])

    (folder / "a.txt").write_text("Bea Baker said that lanterns are dear.", "utf-8")
    (folder / "z.txt").write_text("Cy Cole said that lanterns are old.", "utf-8")
    build_index(folder, tmp_path / "index", BagOfWords())
    live.refresh()
    assert client.get("/readyz").get_json()["documents"] == 3
    text = client.get(f"/documents/{passage['document']}?format=json").get_json()["text"]
    assert text[passage["start"] : passage["end"]] == passage["text"]
    again = client.get(passage["url"], headers={"If-None-Match": before.headers["ETag"]})
    assert again.status_code == 304, "what has not changed is not sent again"

    (folder / "m.txt").write_text("A harbour\n\nAnn Archer said that the lanterns are out.\n", "utf-8")
    build_index(folder, tmp_path / "index", BagOfWords())
    live.refresh()
    changed = client.get(passage["url"], headers={"If-None-Match": before.headers["ETag"]})
    assert changed.status_code == 200
    assert "the lanterns are out" in changed.get_data(as_text=True)
    live.close()


def test_readiness_says_what_is_refused_and_stays_ready(tmp_path: Path) -> None:
    index = Generations(tmp_path / "index")
    index.make([1, 2])
    name = index.publish(1)
    live = LiveAnswerer(index.index, load=lambda _: BagOfWords())
    client = create_app(live).test_client()
    (index.folder(index.publish(2)) / "titles.u4").unlink()
    live.refresh()
    response = client.get("/readyz")
    body = response.get_json()
    assert (response.status_code, body["status"], body["index"]) == (200, "ready", name)
    assert set(body["refused"]) == {"index", "reason"}
    assert body["refused"]["index"] == index.names[2]
    assert body["refused"]["reason"].startswith(f"INDEX/snapshots/{index.names[2]}/titles.u4 is missing; run ")
    live.close()
