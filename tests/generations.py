"""One index with many snapshots, each of which says in every text and title which generation it is."""

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from index.build import build_index
from index.embed import Embedder
from tests.fakes import BagOfWords

QUESTION = "What did Ann Archer say about the lanterns?"


def documents(generation: int) -> dict[str, str]:
    """The same names in every generation, and some more in some."""
    mark = f"generation-{generation}"
    more = {f"more{number}.txt": f"Nobody spoke in {mark} {number}." for number in range(generation % 4)}
    return {
        "archer.txt": f"The lanterns of {mark}\n\nAnn Archer said that the lanterns of {mark} burn all night.\n\n"
        f"She praised the harbour of {mark}.",
        "baker.txt": f"The harbour of {mark}\n\nBea Baker said that the harbour of {mark} is deep.",
        **more,
    }


class Generations:
    """Snapshots that lie side by side in `index`; none is live until it is published."""

    def __init__(self, index: Path) -> None:
        self.index = index
        self.names: dict[int, str] = {}
        (index / "snapshots").mkdir(parents=True)

    def make(self, generations: Iterable[int], embedder: Embedder | None = None) -> None:
        """Each is built in a place of its own, because a build removes what was there before the last."""
        for generation in generations:
            place = self.index.parent / "making"
            for name, text in documents(generation).items():
                (place / "documents").mkdir(parents=True, exist_ok=True)
                (place / "documents" / name).write_text(text, "utf-8")
            built = build_index(place / "documents", place / "index", embedder or BagOfWords())
            (place / "index" / "snapshots" / built.snapshot).rename(self.folder(built.snapshot))
            shutil.rmtree(place)
            self.names[generation] = built.snapshot

    def folder(self, snapshot: str) -> Path:
        return self.index / "snapshots" / snapshot

    def publish(self, generation: int) -> str:
        self.point_at(self.names[generation])
        return self.names[generation]

    def point_at(self, content: str) -> None:
        """Replace CURRENT, as a build does."""
        temporary = self.index / ".CURRENT"
        temporary.write_text(content + "\n", "utf-8")
        temporary.replace(self.index / "CURRENT")

    def opened(self) -> set[str]:
        """The names of the snapshots of which this process has a file open or mapped."""
        links = [os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]  # noqa: PTH115 - not all are paths
        paths = [*links, *Path("/proc/self/maps").read_text().splitlines()]
        found = (re.search(re.escape(f"{self.index}/snapshots/") + r"([^/]+)", path) for path in paths)
        return {match[1] for match in found if match}


def marks(text: str) -> set[int]:
    """The generations a text speaks of."""
    return {int(number) for number in re.findall(r"generation-(\d+)", text)}
