"""An application behind the server that the command uses, on a real socket."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from flask import Flask
from waitress import create_server, wasyncore


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of the running server. All its sockets are closed at the end, also those kept alive by a client."""
    sockets: dict[int, Any] = {}
    server = create_server(app, map=sockets, host="127.0.0.1", port=0, threads=4)
    ended = Event()

    def run() -> None:
        while not ended.is_set():
            wasyncore.loop(timeout=0.05, map=sockets, count=1)

    thread = Thread(target=run, name="waitress")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        ended.set()
        thread.join()
        server.task_dispatcher.shutdown()
        wasyncore.close_all(sockets)
