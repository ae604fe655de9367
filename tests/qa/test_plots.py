"""The pictures of what confidence is worth."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("matplotlib", reason="drawing needs the extra 'evaluate'")

from qa.calibration import Bin
from qa.errors import ResultsError
from qa.plots import RELIABILITY, RISK_COVERAGE, draw

BINS = (Bin(5, 0.45, 0.2, 0.04, 0.62), Bin(5, 0.9, 1.0, 0.57, 1.0))
CURVE = [(0.1, 0.0), (0.5, 0.2), (0.8, 0.4)]


def words(path: Path) -> str:
    """What a picture says, as text."""
    return " ".join(text.strip() for text in ElementTree.parse(path).getroot().itertext() if text.strip())


def points(path: Path) -> list[tuple[float, float]]:
    """The corners of the curve, in the picture's own units, left to right."""
    drawn = re.search(r'<g id="curve">\s*<path d="([^"]*)"', path.read_text("utf-8"))
    assert drawn
    return [(float(x), float(y)) for x, y in re.findall(r"[ML] (\S+) (\S+)", drawn[1])]


def test_both_pictures_are_drawn_into_a_folder_that_is_made(tmp_path: Path) -> None:
    draw(tmp_path / "new" / "plots", CURVE, BINS)
    assert "wrong" in words(tmp_path / "new" / "plots" / RISK_COVERAGE)
    assert "confidence" in words(tmp_path / "new" / "plots" / RELIABILITY)


def test_the_curve_is_where_its_numbers_say(tmp_path: Path) -> None:
    """In the proportions of its points; a picture's y grows downwards."""
    draw(tmp_path, CURVE, BINS)
    (x0, y0), (x1, y1), (x2, y2) = points(tmp_path / RISK_COVERAGE)
    assert (x1 - x0) / (x2 - x0) == pytest.approx((0.5 - 0.1) / (0.8 - 0.1), abs=1e-3)
    assert (y0 - y1) / (y0 - y2) == pytest.approx(0.2 / 0.4, abs=1e-3)


def test_the_same_figures_make_the_same_pictures(tmp_path: Path) -> None:
    for name in ("a", "b"):
        draw(tmp_path / name, CURVE, BINS)
    for picture in (RISK_COVERAGE, RELIABILITY):
        assert (tmp_path / "a" / picture).read_bytes() == (tmp_path / "b" / picture).read_bytes()


def test_where_nothing_was_answered_the_pictures_are_empty(tmp_path: Path) -> None:
    draw(tmp_path, [], ())
    assert "confidence" in words(tmp_path / RELIABILITY)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="file"):
        draw(tmp_path / "file", CURVE, BINS)
