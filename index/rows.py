"""Rows of what was found against the rows that a search may return: few against, perhaps, all."""

import numpy as np
from numpy.typing import NDArray

from index.types import Rows


def among(rows: Rows, allowed: Rows) -> NDArray[np.bool_]:
    """(n,) which rows are among the allowed ones, which ascend. NumPy's own `isin` sorts or copies all of those."""
    if not len(allowed):
        return np.zeros(len(rows), bool)
    places = np.minimum(np.searchsorted(allowed, rows), len(allowed) - 1)
    found: NDArray[np.bool_] = allowed[places] == rows
    return found
