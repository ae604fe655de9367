"""What every suite shares: the real documents beside the project, where they are, and a small built index."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from index.build import build_index
from index.snapshot import open_snapshot
from qa.answer import Answerer
from tests.fakes import BagOfWords

SHARED = Path(__file__).resolve().parents[2] / "shared"
SAMPLE = Path(__file__).resolve().parents[1] / "index" / "sample" / "documents"


@pytest.fixture(scope="session")
def shared() -> Path:
    """../shared, with real documents and labelled questions."""
    if not SHARED.is_dir():
        pytest.skip(f"the real documents are not at {SHARED}")
    return SHARED


@pytest.fixture
def documents(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Path]:
    """Write files into a folder of documents and return the folder."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        folder = tmp_path / "documents"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return write


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped sample, indexed with a stand-in model."""
    index = tmp_path_factory.mktemp("sample") / "index"
    build_index(SAMPLE, index, BagOfWords())
    return index


@pytest.fixture
def sample_answerer(sample_index: Path) -> Iterator[Answerer]:
    answerer = Answerer(open_snapshot(sample_index), BagOfWords())
    yield answerer
    answerer.close()
