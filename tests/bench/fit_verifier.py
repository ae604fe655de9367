"""Fit qa/verifier.safetensors: has a text the answer to a question?

    python -m tests.bench.fit_verifier --index INDEX --squad2 INDEX [--shared ../shared]

INDEX is of ../shared/corpus, the other of ../shared/eval/squad2 (`onrecord evaluate retrieval … --work INDEX`). Learnt
from the written questions of tests/bench/questions, squad2 and xquad-en; every tenth document of the written questions
and four of squad2's sixteen articles are held out, to measure on. About an hour of two cores.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from qa.calibration import auroc
from qa.sets import read_lines
from qa.verifier import MAX_TOKENS, WEIGHTS
from tests.bench.lowrank import Descent, Encoder, halved, in_batches, mean
from tests.bench.pairs import Pair, article_of, held_out, prose_pairs, squad2_pairs, written_pairs, xquad_pairs

_HIDDEN, _DROPOUT = 64, 0.1
_BATCH, _POOL, _EPOCHS, _RATE, _HEAD_RATE, _WARM_UP, _SEED = 16, 512, 2.5, 4e-4, 1e-3, 0.06, 0
# What finding the short answer weighs beside telling whether there is one.
_SPAN = 0.5
# What cross_entropy passes over.
_NOT_KNOWN = -100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--squad2", type=Path, required=True)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    arguments = parser.parse_args()
    torch.manual_seed(_SEED)
    sets = arguments.shared / "eval"
    unseen = held_out(map(article_of, read_lines(sets / "squad2", "queries")))
    print("held out:", ", ".join(sorted(unseen)))
    texts = [row["text"] for row in read_lines(sets / "squad2", "corpus") if row["_id"].rpartition(":")[0] in unseen]
    pairs = [
        *squad2_pairs(sets / "squad2", arguments.squad2),
        *xquad_pairs(sets / "xquad-en", texts),
        *written_pairs(arguments.shared / "corpus", arguments.index),
        *prose_pairs(sets),
    ]
    verifier = _Fitted()
    _fit(verifier, [pair for pair in pairs if not pair.held])
    save_file(verifier.weights(), WEIGHTS)
    held = [pair for pair in pairs if pair.held]
    groups = {name: [pair for pair in held if pair.group == name] for name in ("written", "inscit", "polnear")}
    for name, part in {"squad2": [pair for pair in held if pair.first], **groups}.items():
        print(f"{name}, held out: {len(part)} pairs, AUROC of right {_auroc(verifier, part)}")


def _auroc(verifier: "_Fitted", pairs: Sequence[Pair]) -> float | None:
    return auroc(verifier.odds(pairs), [pair.right for pair in pairs])


class _Fitted(nn.Module):
    """The encoder, a head that says whether a text answers, and one that says where: only the first is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Sequential(
            nn.Linear(2 * self.encoder.size, _HIDDEN), nn.GELU(), nn.Dropout(_DROPOUT), nn.Linear(_HIDDEN, 1)
        )
        self.span = nn.Linear(self.encoder.size, 2)

    def forward(self, pairs: Sequence[Pair]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(pairs,) log odds, (pairs, tokens, 2) scores of where an answer begins and ends, (pairs, 2) where it does."""
        inputs = self.encoder.tokenizer(
            [pair.question for pair in pairs],
            [pair.text for pair in pairs],
            padding=True,
            truncation="longest_first",
            max_length=MAX_TOKENS,
            return_tensors="pt",
            return_offsets_mapping=True,
        )
        offsets = inputs.pop("offset_mapping")
        places = torch.tensor(
            [_tokens_of(pair, offsets[row], inputs.sequence_ids(row)) for row, pair in enumerate(pairs)]
        )
        tokens, mask = self.encoder(inputs), inputs["attention_mask"]
        odds = self.head(torch.cat([tokens[:, 0], mean(tokens, mask)], dim=1)).squeeze(-1)
        return odds, self.span(tokens).masked_fill(mask.unsqueeze(-1) == 0, -1e4), places

    def odds(self, pairs: Sequence[Pair]) -> list[float]:
        self.eval()
        with torch.inference_mode():
            return [float(odds) for start in range(0, len(pairs), 32) for odds in self(pairs[start : start + 32])[0]]

    def weights(self) -> dict[str, torch.Tensor]:
        """What qa/verifier.py reads, in half precision."""
        head = {f"head.{name.replace('3.', '2.')}": value for name, value in self.head.named_parameters()}
        return self.encoder.change() | halved(head)


def _tokens_of(pair: Pair, offsets: torch.Tensor, sequences: Sequence[int | None]) -> tuple[int, int]:
    """The first and the last token of the answer; the first of all if the text has none, _NOT_KNOWN if cut off."""
    if pair.answer is None:
        return (_NOT_KNOWN, _NOT_KNOWN) if pair.right else (0, 0)
    start, end = pair.answer
    spans = [(place, *offsets[place].tolist()) for place, part in enumerate(sequences) if part == 1]
    first = [place for place, begin, stop in spans if begin <= start < stop]
    last = [place for place, begin, stop in spans if begin < end <= stop]
    return (first[0], last[0]) if first and last else (_NOT_KNOWN, _NOT_KNOWN)


def _fit(verifier: _Fitted, pairs: Sequence[Pair]) -> None:
    heads = [*verifier.head.parameters(), *verifier.span.parameters()]
    steps = int(_EPOCHS * (len(pairs) // _BATCH))
    descent = Descent([(verifier.encoder.fitted, _RATE), (heads, _HEAD_RATE)], steps, _WARM_UP)
    verifier.train()
    for _, batch in zip(range(steps), _batches(pairs), strict=False):
        odds, scores, places = verifier(batch)
        right = torch.tensor([float(pair.right) for pair in batch])
        loss = nn.functional.binary_cross_entropy_with_logits(odds, right)
        if (places >= 0).any():
            sides = (nn.functional.cross_entropy(scores[..., side], places[:, side]) for side in (0, 1))
            loss = loss + _SPAN * sum(sides) / 2
        descent.step(loss)


def _batches(pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    """Of like lengths, in another order each time, for ever."""
    chance = random.Random(_SEED)
    while True:
        batches = [batch for pool in in_batches(pairs, min(_POOL, len(pairs)), chance) for batch in _alike(pool)]
        chance.shuffle(batches)
        yield from batches


def _alike(pool: Sequence[Pair]) -> Iterator[list[Pair]]:
    order = sorted(pool, key=lambda pair: len(pair.question) + len(pair.text))
    return (order[start : start + _BATCH] for start in range(0, len(order), _BATCH))


if __name__ == "__main__":
    main()
