import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.rows import among


@given(st.lists(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_rows_are_among_the_allowed_ones_or_not(rows: list[int], allowed: set[int]) -> None:
    found = among(np.array(rows, np.int64), np.array(sorted(allowed), np.int64))
    assert found.dtype == np.bool_
    assert found.tolist() == [row in allowed for row in rows]
