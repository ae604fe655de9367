"""A folder is built again whenever it changes, after a quiet moment."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import watchfiles

from index.errors import DocumentsError

# Where files change without end, it is built all the same after so many quiet moments.
_PATIENCE = 30


def watch_folder(folder: Path, rebuild: Callable[[], bool], quiet: float) -> None:
    """Call `rebuild` now, and again whenever nothing has changed for `quiet` seconds since the last change.

    What changes while it runs is built next. Where it returns False, it is called again after `quiet` seconds. Ends
    with KeyboardInterrupt only.

    Raises:
        DocumentsError: the folder cannot be watched.
    """
    rebuild()
    while True:
        # What has changed before it was watched.
        due, since = True, time.monotonic()
        for changed in _changes(folder, quiet):
            if changed:
                since = since if due else time.monotonic()
                due = True
            if due and (not changed or time.monotonic() - since > _PATIENCE * quiet):
                due, since = not rebuild(), time.monotonic()
        if _place(folder) is None:
            rebuild()  # which says so
        while _place(folder) is None:
            time.sleep(quiet)


def _changes(folder: Path, quiet: float) -> Iterator[bool]:
    """True after every change, False after every `quiet` seconds without; ends when the folder is another or gone."""
    root = folder.resolve()
    place = _place(root)

    def visible(change: watchfiles.Change, path: str) -> bool:
        inside = Path(path)
        parts = inside.relative_to(root).parts if inside.is_relative_to(root) else ()
        return not any(part.startswith(".") for part in parts)

    try:
        for changes in watchfiles.watch(
            root,
            watch_filter=visible,
            step=100,
            debounce=500,
            rust_timeout=max(1, int(1000 * quiet)),
            yield_on_timeout=True,
            ignore_permission_denied=True,
        ):
            yield bool(changes)
            if _place(root) != place:
                return
    except (OSError, RuntimeError) as error:
        if place and _place(root) == place:
            raise DocumentsError(
                f"the folder {folder} cannot be watched: {error}; set WATCHFILES_FORCE_POLLING=1 to look at it instead"
            ) from error


def _place(folder: Path) -> tuple[int, int] | None:
    """Which folder it is that has this name; None where there is none."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
