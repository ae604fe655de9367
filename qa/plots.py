"""What confidence is worth, as pictures: risk against coverage, and reliability."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qa.calibration import Bin
from qa.errors import ResultsError

RISK_COVERAGE, RELIABILITY = "risk-coverage.svg", "reliability.svg"
_INCHES = (5.0, 4.0)


def draw(folder: Path, curve: Sequence[tuple[float, float]], reliability: Sequence[Bin]) -> None:
    """Write both pictures into the folder, which is made where it is missing; `curve` is (coverage, risk).

    Raises:
        ResultsError: they cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Words stay words, in whatever sans-serif the reader has; the same figures make the same file.
        with rc_context({"svg.fonttype": "none", "svg.hashsalt": "onrecord"}):
            _save(_risk_coverage(curve), folder / RISK_COVERAGE)
            _save(_reliability(reliability), folder / RELIABILITY)
    except OSError as error:
        raise ResultsError(f"{folder} cannot be written: {error.strerror}") from error


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, format="svg", metadata={"Date": None})


def _axes(across: str, up: str) -> tuple[Figure, Axes]:
    """An empty picture of two shares."""
    figure = Figure(figsize=_INCHES, layout="constrained")
    axes = figure.add_subplot(xlim=(0, 1), ylim=(0, 1), xlabel=across, ylabel=up)
    axes.grid(alpha=0.3)
    return figure, axes


def _legend(figure: Figure) -> None:
    """Above the axes: what is drawn may be anywhere inside."""
    figure.legend(loc="outside upper left", frameon=False)


def _risk_coverage(curve: Sequence[tuple[float, float]]) -> Figure:
    figure, axes = _axes("questions answered, the surest first (share)", "of these wrong (share)")
    coverage, risk = [point[0] for point in curve], [point[1] for point in curve]
    # A single point has no line.
    axes.plot(coverage, risk, "-" if len(curve) > 1 else "o", gid="curve", label="by confidence")
    if curve:
        axes.axhline(curve[-1][1], color="grey", linestyle="dashed", label="in any order")
    _legend(figure)
    return figure


def _reliability(bins: Sequence[Bin]) -> Figure:
    figure, axes = _axes("confidence", "first quotes that are right (share)")
    axes.axline((0, 0), slope=1, color="grey", linestyle="dashed", label="as it should be")
    right = [each.right for each in bins]
    # Rounding may leave a bound on the wrong side of its share.
    below = [max(0.0, each.right - each.low) for each in bins]
    above = [max(0.0, each.high - each.right) for each in bins]
    label = "answers, in bins of equal count, with 95 % intervals"
    axes.errorbar([each.confidence for each in bins], right, yerr=[below, above], fmt="o-", capsize=3, label=label)
    _legend(figure)
    return figure
