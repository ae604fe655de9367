"""Fit index/embedder.safetensors: what is asked and what answers it are near, in whatever words.

    python -m tests.bench.fit_embedder --index INDEX [--shared ../shared]

INDEX is of ../shared/corpus. Learnt from tests/bench/questions/written.jsonl, whose documents neither the other
questions there nor ../shared/questions/dev.jsonl ask about, from squad2 without the articles that the verifier does not
learn from either, and from xquad-en, which has 20 paragraphs of these. Wrong passages are those that the model, as it
is now, finds. Build the indexes again then, and run fit_relevance, fit_verifier and fit_confidence. About 15 minutes of
one core.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from index.embed import CHANGE, load_embedder
from index.snapshot import Snapshot, open_snapshot
from qa.answer import Answerer
from qa.request import parse_request
from qa.sets import read_lines, read_qrels
from tests.bench.labelled import Place, read_written
from tests.bench.lowrank import Descent, Encoder, in_batches, mean
from tests.bench.pairs import article_of, held_out

_BATCH, _RATE, _WARM_UP, _SEED = 32, 5e-4, 0.1, 0
_TEMPERATURE = 0.05
# Tokens of a question and of a passage.
_LONGEST_QUESTION, _LONGEST_PASSAGE = 64, 112
# Characters before and after what answers, where a paragraph is longer than that.
_AROUND = 200
# Characters of a passage that does not answer.
_MOST_WRONG = 900
# What the sentence that answers weighs beside its paragraph, and finding the question from the paragraph.
_SENTENCE, _BACK = 0.5, 0.25
# Half-way to what was fitted (Wortsman et al., "Robust fine-tuning of zero-shot models", 2022): dense search for our
# labelled questions gains as much (nDCG@10 among 3,438 paragraphs 46.1 → 52.0; whole, 51.2), and reporters' long
# questions (a quarter of mfa-press' months) lose 0.4 instead of 3.0.
_STRENGTH = 0.5


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question, a passage that answers it, in it the answer's place, and passages that do not answer it."""

    question: str
    passage: str
    start: int
    end: int
    wrong: tuple[str, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    arguments = parser.parse_args()
    torch.manual_seed(_SEED)
    sets = [
        list(_written(arguments.shared / "corpus", open_snapshot(arguments.index))),
        list(_set(arguments.shared / "eval" / "squad2", hold_out=True)),
        list(_set(arguments.shared / "eval" / "xquad-en", hold_out=False)),
    ]
    chance = random.Random(_SEED)
    batches = [batch for lessons in sets for batch in in_batches(lessons, _BATCH, chance)]
    chance.shuffle(batches)
    encoder = Encoder()
    descent = Descent([(encoder.fitted, _RATE)], len(batches), _WARM_UP)
    for batch in batches:
        descent.step(_loss(encoder, batch, chance))
    save_file(encoder.change(_STRENGTH), CHANGE)


def _written(folder: Path, snapshot: Snapshot) -> Iterator[Lesson]:
    """Against each, what the product finds for it in the index and is not its paragraph."""
    answerer = Answerer(snapshot, load_embedder(), least=0.0)
    for each in read_written(folder, snapshot.corpus):
        found = answerer.ask(parse_request({"question": each.ask}))
        wrong = (hit.text[:_MOST_WRONG] for hit in found.hits if hit.row != each.answer.row)
        yield _lesson(found.query.topic, _whole(each.answer), each.answer.text(), tuple(wrong))


def _whole(place: Place) -> str:
    return place.text(len(place.sentences))


def _set(folder: Path, hold_out: bool) -> Iterator[Lesson]:
    """Against each, other paragraphs of its article."""
    texts, qrels = {row["_id"]: row["text"] for row in read_lines(folder, "corpus")}, read_qrels(folder)
    rows = [row for row in read_lines(folder, "queries") if row["_id"] in qrels]
    unseen = held_out(map(article_of, rows)) if hold_out else frozenset[str]()
    chance = random.Random(_SEED)
    for row in rows:
        own = next(name for name, grade in qrels[row["_id"]].items() if grade > 0)
        article = own.rpartition(":")[0]
        if article not in unseen:
            others = [text for name, text in texts.items() if name.rpartition(":")[0] == article and name != own]
            answer = next((answer for answer in row["answers"] if answer in texts[own]), texts[own])
            yield _lesson(row["text"], texts[own], answer, tuple(chance.sample(others, min(3, len(others)))))


def _lesson(question: str, passage: str, answer: str, wrong: tuple[str, ...]) -> Lesson:
    start = max(0, passage.find(answer))
    first = max(0, start - _AROUND)
    near = passage[first : start + len(answer) + _AROUND]
    return Lesson(question, near, start - first, start - first + len(answer), wrong)


def _loss(encoder: Encoder, lessons: Sequence[Lesson], chance: random.Random) -> torch.Tensor:
    """InfoNCE with the other passages of a batch, and one that search finds for every other question, as negatives."""
    asked, _ = _embedded(encoder, [each.question for each in lessons], _LONGEST_QUESTION)
    passages, answers = _embedded(
        encoder, [each.passage for each in lessons], _LONGEST_PASSAGE, [(each.start, each.end) for each in lessons]
    )
    others = [chance.choice(each.wrong) for each in lessons[::2] if each.wrong] or [lessons[0].passage]
    wrong, _ = _embedded(encoder, others, _LONGEST_PASSAGE)
    right = torch.arange(len(lessons))
    # Two questions with the same words around their answers are no negatives of each other.
    same = torch.tensor([[a is not b and a.passage == b.passage for b in lessons] for a in lessons])
    whole, parts = ((asked @ each.T / _TEMPERATURE).masked_fill(same, -1e9) for each in (passages, answers))
    entropy = nn.functional.cross_entropy
    with_wrong = torch.cat([whole, asked @ wrong.T / _TEMPERATURE], dim=1)
    return torch.as_tensor(
        entropy(with_wrong, right) + _SENTENCE * entropy(parts, right) + _BACK * entropy(whole.T, right)
    )


def _embedded(
    encoder: Encoder, texts: Sequence[str], longest: int, parts: Sequence[tuple[int, int]] = ()
) -> tuple[torch.Tensor, torch.Tensor]:
    """(texts, dimensions) of unit length, and the same of a part of each."""
    inputs = encoder.tokenizer(
        list(texts), padding=True, truncation=True, max_length=longest, return_tensors="pt", return_offsets_mapping=True
    )
    offsets = inputs.pop("offset_mapping")
    tokens, mask = encoder(inputs), inputs["attention_mask"]
    whole = nn.functional.normalize(mean(tokens, mask), dim=-1)
    if not parts:
        return whole, whole
    starts, ends = torch.tensor(parts).T.unsqueeze(-1)
    inside = (offsets[..., 0] >= starts) & (offsets[..., 0] < ends) & (offsets[..., 1] > offsets[..., 0])
    part = nn.functional.normalize(mean(tokens, inside.float()), dim=-1)
    return whole, torch.where(inside.any(dim=1, keepdim=True), part, whole)


if __name__ == "__main__":
    main()
