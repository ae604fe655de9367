"""Questions' and answers' vectors → the maps that bring them together."""

from collections.abc import Sequence

import numpy as np

from index.maps import Maps
from index.types import Rows, Vectors

# Chosen on 2,164 questions of press conferences, each ranked with maps of other months (nDCG@10 of dense search
# 31.5 → 36.7). One map for both sides gives 36.2, a map of queries alone 35.2; a weaker pull to the identity 35.4.
_EPOCHS, _BATCH, _RATE = 30, 512, 1e-3
_TEMPERATURE = 0.05
_PULL = 15.0
# For infinity, whose gradient is none.
_NOTHING = -1e9


def train(queries: Vectors, passages: Vectors, answers: Sequence[Rows]) -> Maps:
    """Maps under which each query is nearer to the passages at `answers` than to those of the queries beside it.

    `queries` is (n, dimensions), `passages` (m, dimensions); `answers` holds, for each query, at least one ascending
    row of `passages`. The loss is InfoNCE (van den Oord, Li and Vinyals, "Representation Learning with Contrastive
    Predictive Coding", 2018) with the batch's other answers as negatives, a query's other answers left out, and the
    squared distance from the identity beside it. The same for the same input on one machine.
    """
    import torch
    from torch.nn.functional import normalize, softplus

    random = np.random.default_rng(0)
    asked, said = torch.from_numpy(queries), torch.from_numpy(passages)
    identity = torch.eye(queries.shape[1])
    maps = [identity.clone().requires_grad_() for _ in range(2)]
    batches = -(-len(queries) // _BATCH)
    optimizer = torch.optim.Adam(maps, lr=_RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=_EPOCHS * batches)
    for _ in range(_EPOCHS):
        for batch in np.array_split(random.permutation(len(queries)), batches):
            pool, right = _pool([answers[place] for place in batch])
            positive = torch.from_numpy(right)
            scores = normalize(asked[batch] @ maps[0]) @ normalize(said[pool] @ maps[1]).T / _TEMPERATURE
            others = torch.logsumexp(scores.masked_fill(positive, _NOTHING), dim=1, keepdim=True)
            each = (softplus(others - scores) * positive).sum(dim=1) / positive.sum(dim=1)
            distance = sum(((matrix - identity) ** 2).sum() for matrix in maps) / len(identity)
            optimizer.zero_grad()
            torch.autograd.backward(each.mean() + _PULL * distance)
            optimizer.step()
            schedule.step()
    first, second = (matrix.detach().numpy() for matrix in maps)
    return Maps(first, second, len(queries))


def _pool(answers: Sequence[Rows]) -> tuple[Rows, np.ndarray[tuple[int, int], np.dtype[np.bool_]]]:
    """(m,) the answers of a batch of n queries, ascending, and (n, m) which of them are whose."""
    pool = np.unique(np.concatenate(answers))
    right = np.zeros((len(answers), len(pool)), bool)
    for row, own in zip(right, answers, strict=True):
        row[np.searchsorted(pool, own)] = True
    return pool, right
