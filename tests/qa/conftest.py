from collections.abc import Iterator
from pathlib import Path

import pytest

from index.build import build_index
from index.embed import SentenceTransformerEmbedder, load_embedder
from index.snapshot import open_snapshot
from qa.answer import Answerer
from qa.verifier import built_in_verifier
from tests.conftest import SAMPLE
from tests.fakes import BagOfWords


@pytest.fixture(scope="session")
def sample(sample_index: Path) -> Iterator[Answerer]:
    """One answerer over the sample for properties, which may not ask for one an example."""
    answerer = Answerer(open_snapshot(sample_index), BagOfWords())
    yield answerer
    answerer.close()


@pytest.fixture(scope="session")
def model() -> SentenceTransformerEmbedder:
    """The real built-in model."""
    return load_embedder()


@pytest.fixture(scope="session")
def real(model: SentenceTransformerEmbedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    """The shipped sample, indexed and answered with the real model."""
    index = tmp_path_factory.mktemp("real") / "index"
    build_index(SAMPLE, index, model)
    answerer = Answerer(open_snapshot(index), model, verifier=built_in_verifier())
    yield answerer
    answerer.close()
