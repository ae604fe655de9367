"""Bytes as a bad disk or a cut-off download leaves them; the same for the same seed."""

import random


def damaged(data: bytes, seed: int, most: int = 10, cut: bool = True) -> bytes:
    """`data` with up to `most` bytes replaced and, with `cut`, of every fourth seed the end missing."""
    chance = random.Random(seed)
    broken = bytearray(data)
    for _ in range(chance.randint(1, most)):
        broken[chance.randrange(len(broken))] = chance.randrange(256)
    return bytes(broken[: chance.randrange(len(broken))] if cut and seed % 4 == 0 else broken)
