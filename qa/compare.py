"""Two runs over the same questions → which is better, measure by measure, and whether chance would explain it.

A run is what `onrecord evaluate … --out FILE` wrote of each question. On why to test by randomisation, see Smucker,
Allan and Carterette, "A Comparison of Statistical Significance Tests for Information Retrieval Evaluation" (2007).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, bootstrap, permutation_test

from qa.errors import ResultsError

RESAMPLES = 9_999
SEED = 0
# Resamples held in memory at a time.
_BATCH = 200
# Said of each question and neither good nor bad in itself.
_NO_MEASURES = frozenset({"ms", "confidence", "answered", "answerable"})
_LOWER_IS_BETTER = frozenset({"over_abstained", "wrong_name", "error"})


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a file: `name` is its mode, or "answers" where a file has but one.

    `questions` is id → question ("" where the file does not say), `measures` is measure → id → 0…1; a measure that does
    not apply to a question has no value there.
    """

    name: str
    file: Path
    commit: str | None
    model: str | None
    questions: Mapping[str, str]
    measures: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of two runs over the questions that have it in both; all values of 0…1.

    `difference` is the second mean less the first, `low` and `high` its 95 % bootstrap interval (None for a single
    question). `wins` are the questions that the second answers better, whichever way better is. `p` is two-sided: how
    often a difference as large would come about if it were chance which run gave which value.
    """

    measure: str
    questions: int
    first: float
    second: float
    difference: float
    low: float | None
    high: float | None
    wins: int
    ties: int
    losses: int
    p: float


def read_runs(path: Path) -> dict[str, Run]:
    """Name → run, in the order of the file.

    Raises:
        ResultsError: it cannot be read, or does not hold the measures of each question.
    """
    try:
        written = json.loads(path.read_text("utf-8"))
        figures = written["figures"]
        parts = figures if isinstance(figures, list) else [figures]
        runs = [_run(part, path, written.get("commit"), written.get("model")) for part in parts]
    except OSError as error:
        raise ResultsError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ResultsError(
            f"{path} does not hold the measures of each question; write it with `onrecord evaluate retrieval` or "
            "`answers`, and --out"
        ) from error
    return {run.name: run for run in runs}


def _run(part: Mapping[str, Any], path: Path, commit: str | None, model: str | None) -> Run:
    rows = part["asked"] if "asked" in part else part["questions"]
    measures: dict[str, dict[str, float]] = {}
    for row in rows:
        for name, value in row.items():
            if isinstance(value, bool | float) and name not in _NO_MEASURES:
                measures.setdefault(name, {})[str(row["id"])] = float(value)
    questions = {str(row["id"]): str(row.get("question", "")) for row in rows}
    return Run(part.get("mode", "answers"), path, commit, model, questions, measures)


def pair(
    first: Mapping[str, Run], second: Mapping[str, Run], modes: tuple[str, str] | None = None
) -> list[tuple[Run, Run]]:
    """The runs to compare: the two that `modes` names, else those of one name in both files.

    Raises:
        ResultsError: there are none, or they were not asked the same questions.
    """
    if modes:
        pairs = [(_named(first, modes[0]), _named(second, modes[1]))]
    else:
        pairs = [(run, second[name]) for name, run in first.items() if name in second]
    if not pairs:
        raise ResultsError(
            f"the files have no run in common ({_listed(first)}; {_listed(second)}); name two with --modes"
        )
    for one, other in pairs:
        _check_same_questions(one, other)
    return pairs


def _named(runs: Mapping[str, Run], name: str) -> Run:
    if name not in runs:
        files = ", ".join({str(run.file) for run in runs.values()}) or "the file"
        raise ResultsError(f"{files} has no {name}; it has {_listed(runs)}")
    return runs[name]


def _listed(names: Mapping[str, Any]) -> str:
    return ", ".join(names) or "nothing"


def _check_same_questions(one: Run, other: Run) -> None:
    files = f"{one.file} and {other.file}"
    only_one = sorted(one.questions.keys() - other.questions.keys())
    only_other = sorted(other.questions.keys() - one.questions.keys())
    if only_one or only_other:
        example = (only_one or only_other)[0]
        raise ResultsError(
            f"{files} hold different questions: {len(only_one):,} are only in the first, {len(only_other):,} only in "
            f"the second (as {example})"
        )
    for key, text in one.questions.items():
        if text and other.questions[key] and text != other.questions[key]:
            raise ResultsError(f"{files} hold different questions: {key} is “{text}” and “{other.questions[key]}”")
    if not one.measures.keys() & other.measures.keys():
        raise ResultsError(f"{files} have no measure in common ({_listed(one.measures)}; {_listed(other.measures)})")


def compare(first: Run, second: Run) -> list[Comparison]:
    """Each measure that some question has in both runs, in the order of the first."""
    found = []
    for name, values in first.measures.items():
        others = second.measures.get(name, {})
        shared = [key for key in values if key in others]
        if shared:
            pairs = np.array([(values[key], others[key]) for key in shared])
            found.append(_comparison(name, pairs[:, 0], pairs[:, 1]))
    return found


def _comparison(measure: str, first: NDArray[np.float64], second: NDArray[np.float64]) -> Comparison:
    differences = second - first
    low, high = _interval(differences)
    higher, lower = int((differences > 0).sum()), int((differences < 0).sum())
    wins, losses = (lower, higher) if measure in _LOWER_IS_BETTER else (higher, lower)
    return Comparison(
        measure=measure,
        questions=len(differences),
        first=round(float(first.mean()), 6),
        second=round(float(second.mean()), 6),
        difference=round(float(differences.mean()), 6),
        low=low,
        high=high,
        wins=wins,
        ties=len(differences) - wins - losses,
        losses=losses,
        p=chance(differences),
    )


def chance(differences: NDArray[np.float64]) -> float:
    """The two-sided p of paired differences of shape (n,), n > 0, if either sign of each were as likely.

    Exact where all that changed is right or wrong (McNemar's test, which is a sign test then) and where there are few
    changes; else by RESAMPLES random sign flips with a fixed seed. Questions without a difference have no sign to flip.
    """
    changed = differences[differences != 0]
    if len(changed) < 2:
        return 1.0
    if np.all(np.abs(changed) == 1):
        return float(binomtest(int((changed > 0).sum()), len(changed)).pvalue)
    flipped = permutation_test(
        (changed,),
        np.sum,
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=_BATCH,
        rng=SEED,
    )
    return float(flipped.pvalue)


def _interval(differences: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """The 95 % percentile bootstrap interval of the mean."""
    if len(differences) < 2:
        return None, None
    drawn = bootstrap(
        (differences,), np.mean, vectorized=True, method="percentile", n_resamples=RESAMPLES, batch=_BATCH, rng=SEED
    )
    return round(float(drawn.confidence_interval.low), 6), round(float(drawn.confidence_interval.high), 6)
