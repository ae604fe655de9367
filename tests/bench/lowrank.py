"""The built-in model with a low-rank change that can be fitted; index/lowrank.py reads what comes of it."""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import torch
from torch import nn
from transformers import AutoModel, AutoTokenizer

from index.embed import built_in_folder, has_bfloat16

_RANK, _SCALE = 16, 2.0
_CHANGED = ("query", "key", "value", "dense")
_NORM = 1.0

Item = TypeVar("Item")


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


class Encoder(nn.Module):
    """The built-in model's encoder with a change that can be fitted, and its tokenizer."""

    def __init__(self) -> None:
        super().__init__()
        folder = built_in_folder()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model: Any = AutoModel.from_pretrained(folder).requires_grad_(False)
        for layer in self.model.encoder.layer:
            for part in [*layer.modules()]:
                for name in _CHANGED:
                    if isinstance(getattr(part, name, None), nn.Linear):
                        setattr(part, name, _LowRank(getattr(part, name)))

    def forward(self, inputs: Any) -> torch.Tensor:
        """(texts, tokens, dimensions)"""
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_bfloat16()):
            return torch.as_tensor(self.model(**inputs).last_hidden_state.float())

    @property
    def size(self) -> int:
        return int(self.model.config.hidden_size)

    @property
    def fitted(self) -> list[nn.Parameter]:
        return [value for value in self.model.parameters() if value.requires_grad]

    def change(self, strength: float = 1.0) -> dict[str, torch.Tensor]:
        """What `index.lowrank.read_change` reads, so far on the way from no change, 0, to what was fitted, 1."""
        found: dict[str, torch.Tensor] = {}
        for name, module in self.model.named_modules():
            if isinstance(module, _LowRank):
                found |= {f"{name}.up": module.up * _SCALE * strength, f"{name}.down": module.down}
        return halved(found)


def halved(values: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """In half precision, ready to be written."""
    return {name: value.detach().half().contiguous() for name, value in values.items()}


def mean(tokens: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """(texts, dimensions) the mean of each text's tokens where `mask` (texts, tokens) is 1."""
    return (tokens * mask.unsqueeze(-1)).sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1)


class Descent:
    """Steps of AdamW whose rate rises in a share `warm_up` of them and then falls to 0; prints every hundredth loss."""

    def __init__(self, groups: Sequence[tuple[Sequence[nn.Parameter], float]], steps: int, warm_up: float) -> None:
        self._values = [value for values, _ in groups for value in values]
        self._steps, self._done = steps, 0
        self._optimizer = torch.optim.AdamW(
            [{"params": list(values), "lr": rate} for values, rate in groups], weight_decay=0.01
        )
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer, lambda step: min(1.0, (step + 1) / (warm_up * steps)) * max(0.0, 1 - step / steps)
        )

    def step(self, loss: torch.Tensor) -> None:
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._values, _NORM)
        self._optimizer.step()
        self._schedule.step()
        self._done += 1
        if self._done % 100 == 0:
            print(f"{self._done} of {self._steps}: loss {loss.item():.3f}", flush=True)


def in_batches(items: Sequence[Item], size: int, chance: random.Random) -> Iterator[list[Item]]:
    """All items in another order, so many at a time; what is left over is left out."""
    order = chance.sample(items, len(items))
    return (order[start : start + size] for start in range(0, len(order) - size + 1, size))
