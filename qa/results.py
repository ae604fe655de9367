"""What every measurement writes beside its figures: the code, model, index and settings they were made with."""

import json
import math
import shutil
import statistics
import subprocess
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from qa.errors import ResultsError

_HERE = Path(__file__).resolve()


def latency(times: Sequence[float]) -> dict[str, float]:
    """The median and the 95th percentile (nearest rank) of some milliseconds, one or more."""
    late = sorted(times)[math.ceil(0.95 * len(times)) - 1]
    return {"p50_ms": round(statistics.median(times), 1), "p95_ms": round(late, 1)}


def commit() -> str | None:
    """The commit this code runs from, "-dirty" where files were changed since; None outside a git checkout.

    A package installed into an environment inside some repository is not that repository's code, so git is asked for
    this very file.
    """
    git = shutil.which("git")
    if git is None or _git(git, "ls-files", "--error-unmatch", _HERE.name) is None:
        return None
    return _git(git, "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*")


def _git(git: str, *arguments: str) -> str | None:
    line = [git, "-C", str(_HERE.parent), *arguments]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


# Asked for when a measurement starts: over a long one, the checkout may move on and the code that runs does not.
_COMMIT = commit()


def _version() -> str | None:
    try:
        return metadata.version("onrecord")
    except metadata.PackageNotFoundError:
        return None


def write_results(
    path: Path, figures: Any, settings: dict[str, Any], model: str | None = None, index: str | None = None
) -> None:
    """Write {"commit", "version", "model", "index", "settings", "figures"} as JSON; paths among the settings as text.

    Raises:
        ResultsError: the file cannot be written.
    """
    made = {
        "commit": _COMMIT,
        "version": _version(),
        "model": model,
        "index": index,
        "settings": settings,
    }
    try:
        path.write_text(json.dumps({**made, "figures": figures}, ensure_ascii=False, indent=1, default=str), "utf-8")
    except OSError as error:
        raise ResultsError(f"{path} cannot be written: {error.strerror}") from error
