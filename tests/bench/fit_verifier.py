"""Fit qa/verifier.safetensors: has a text the answer to a question?

    python -m tests.bench.fit_verifier --squad2 INDEX [--shared ../shared] [--epochs 3]

INDEX is of ../shared/eval/squad2 (`onrecord evaluate retrieval … --work INDEX`). What the product would quote for each
question is the text: with the answer in it, or of another paragraph, or for a question that has none. Four of the
sixteen articles are held out, to measure on. About 25 minutes of one core.
"""

import argparse
import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn
from transformers import AutoModel, AutoTokenizer

from index.embed import has_bfloat16, load_embedder
from index.snapshot import open_snapshot
from qa.answer import Answerer
from qa.calibration import auroc
from qa.evidence import surrounded
from qa.sets import read_documents, read_lines, request_of
from qa.verifier import MAX_TOKENS, WEIGHTS

_RANK, _SCALE, _HIDDEN = 16, 2.0, 64
_BATCH, _RATE, _HEAD_RATE, _WARM_UP = 16, 4e-4, 1e-3, 0.06
_HELD_OUT, _SEED = 4, 7
_CHANGED = ("query", "key", "value", "dense")
# Of the wrong paragraphs found for a question that has an answer, so many are learnt from.
_WRONG_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Pair:
    """`first` is what the product would quote."""

    question: str
    text: str
    right: bool
    article: str
    first: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--squad2", type=Path, required=True)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--epochs", type=int, default=3)
    arguments = parser.parse_args()
    torch.manual_seed(_SEED)
    pairs = list(_pairs(arguments.shared / "eval" / "squad2", arguments.squad2))
    unseen = held_out(pair.article for pair in pairs)
    print("held out:", ", ".join(sorted(unseen)))
    verifier = _Fitted()
    _fit(verifier, [pair for pair in pairs if pair.article not in unseen and _learnt(pair)], arguments.epochs)
    asked = [pair for pair in pairs if pair.article in unseen and pair.first]
    odds = verifier.odds(asked)
    print(f"{len(asked)} questions held out, AUROC of right: {auroc(odds, [pair.right for pair in asked])}")
    save_file(verifier.weights(), WEIGHTS)


def article_of(row: Mapping[str, Any]) -> str:
    """The article that a question of squad2 is about."""
    return str(row["about"]).rpartition(":")[0]


def held_out(articles: Iterable[str]) -> frozenset[str]:
    """Those of all articles that nothing is learnt from; always the same."""
    return frozenset(random.Random(_SEED).sample(sorted(set(articles)), _HELD_OUT))


def _pairs(folder: Path, index: Path) -> Iterator[Pair]:
    ids, _ = read_documents(folder)
    answerer = Answerer(open_snapshot(index), load_embedder(), least=0.0)
    for row in read_lines(folder, "queries"):
        answer = answerer.ask(request_of(row, history=False))
        for place, quote in enumerate(answer.quotes):
            hit = answer.hits[quote.passage - 1]
            text, inside = surrounded(quote, hit), ids[hit.row] == row["about"]
            has = any(string.lower() in text.lower() for string in row["answers"])
            right = row["answerable"] and inside and has
            if right or not has or not row["answerable"]:
                yield Pair(row["text"], text, right, article_of(row), place == 0)


def _learnt(pair: Pair) -> bool:
    """The first quotes, and of the others the right ones and a share of the wrong ones, always the same."""
    return pair.first or pair.right or random.Random(pair.question + pair.text).random() < _WRONG_SHARE


class _LowRank(nn.Module):
    """A matrix that stays as it is, and a change of low rank to it."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(_RANK, base.in_features) / math.sqrt(base.in_features))
        self.up = nn.Parameter(torch.zeros(base.out_features, _RANK))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        change = nn.functional.linear(nn.functional.linear(inputs, self.down), self.up)
        return torch.as_tensor(self.base(inputs) + change * _SCALE)


class _Fitted(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        folder = load_embedder().folder
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.encoder: Any = AutoModel.from_pretrained(folder).requires_grad_(False)
        for layer in self.encoder.encoder.layer:
            for part in [*layer.modules()]:
                for name in _CHANGED:
                    if isinstance(getattr(part, name, None), nn.Linear):
                        setattr(part, name, _LowRank(getattr(part, name)))
        size = self.encoder.config.hidden_size
        self.head = nn.Sequential(nn.Linear(2 * size, _HIDDEN), nn.GELU(), nn.Dropout(0.1), nn.Linear(_HIDDEN, 1))

    def forward(self, pairs: Sequence[Pair]) -> torch.Tensor:
        inputs = self.tokenizer(
            [pair.question for pair in pairs],
            [pair.text for pair in pairs],
            padding=True,
            truncation="longest_first",
            max_length=MAX_TOKENS,
            return_tensors="pt",
        )
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_bfloat16()):
            tokens = self.encoder(**inputs).last_hidden_state.float()
        mask = inputs["attention_mask"].unsqueeze(-1)
        mean = (tokens * mask).sum(dim=1) / mask.sum(dim=1)
        return torch.as_tensor(self.head(torch.cat([tokens[:, 0], mean], dim=1)).squeeze(-1))

    def odds(self, pairs: Sequence[Pair]) -> list[float]:
        self.eval()
        with torch.inference_mode():
            return [float(odds) for start in range(0, len(pairs), 32) for odds in self(pairs[start : start + 32])]

    def weights(self) -> dict[str, torch.Tensor]:
        """What qa/verifier.py reads, in half precision."""
        found: dict[str, torch.Tensor] = {}
        for name, module in self.encoder.named_modules():
            if isinstance(module, _LowRank):
                found |= {f"{name}.up": module.up * _SCALE, f"{name}.down": module.down}
        for name, value in self.head.named_parameters():
            found[f"head.{name.replace('3.', '2.')}"] = value
        return {name: value.detach().half().contiguous() for name, value in found.items()}


def _fit(verifier: _Fitted, pairs: Sequence[Pair], epochs: int) -> None:
    changed = [value for value in verifier.encoder.parameters() if value.requires_grad]
    groups = [{"params": changed, "lr": _RATE}, {"params": verifier.head.parameters(), "lr": _HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = epochs * math.ceil(len(pairs) / _BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (_WARM_UP * steps)) * max(0.0, 1 - step / steps)
    )
    verifier.train()
    for step, batch in enumerate(_batches(pairs, epochs), 1):
        right = torch.tensor([float(pair.right) for pair in batch])
        loss = nn.functional.binary_cross_entropy_with_logits(verifier(batch), right)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([*changed, *verifier.head.parameters()], 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            print(f"{step} of {steps}: loss {loss.item():.3f}", flush=True)


def _batches(pairs: Sequence[Pair], epochs: int) -> Iterator[list[Pair]]:
    """Of like lengths, in another order each time."""
    chance = random.Random(_SEED)
    for _ in range(epochs):
        order = sorted(pairs, key=lambda pair: (len(pair.question) + len(pair.text)) * chance.uniform(0.7, 1.4))
        batches = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
        chance.shuffle(batches)
        yield from batches


if __name__ == "__main__":
    main()
