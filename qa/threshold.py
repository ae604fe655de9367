"""The share of wrong answers that somebody accepts → the confidence below which an answer is withheld."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from qa.errors import ThresholdError

Table: TypeAlias = Sequence[tuple[float, float]]
"""(confidence, share wrong): of the answers given from that confidence on, how many are wrong; both 0…1, ascending."""

# For a calibrated confidence, an answer of confidence p is wrong with probability 1 - p, so that of those from p on no
# greater share is, and the threshold for N % is 1 - N %. Not measured: `onrecord evaluate answers` prints the points of
# a measured table (risk and coverage), which lets more be answered, as most answers are surer than the threshold.
CALIBRATED: Table = ((0.0, 1.0), (1.0, 0.0))


def least_confidence(at_most_wrong: float, table: Table = CALIBRATED) -> float:
    """The least confidence, 0…1, from which on at most so many per cent of the answers given are wrong.

    Between the points of the table the share is taken to change evenly. Where it rises again further up, as few
    answers measured there make it do, the threshold lies above that.

    Raises:
        ThresholdError: it is no percentage, or fewer than are wrong among the surest answers measured.
    """
    if not 0 <= at_most_wrong <= 100:
        raise ThresholdError(f"{at_most_wrong:g} is no percentage of answers; give a number from 0 to 100")
    accepted = at_most_wrong / 100
    threshold, wrong = table[-1]
    if wrong > accepted:
        raise ThresholdError(
            f"no confidence keeps wrong answers at {at_most_wrong:g} %: {100 * wrong:.3g} % of the surest answers "
            "measured are wrong; accept as many or more"
        )
    for (low, more), (high, fewer) in reversed(list(pairwise(table))):
        if more > accepted:
            return high - (high - low) * (accepted - fewer) / (more - fewer)
        threshold = low
    return threshold
