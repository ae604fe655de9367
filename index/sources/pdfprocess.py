"""A process of its own for one PDF, because a damaged one can kill the process that parses it, or keep it for ever.

`python -P pdfprocess.py CHARACTERS PAGES <file` writes lines of JSON: `{"pages", "title", "created"}`, and for every
page `{"lines": [[text, left, baseline, right, size], …], "picture"}` in points from the lower left corner, where the
lines of a damaged one are null; or instead `{"error"}`. It stops behind so many characters or pages. It imports nothing
of this project, and is run as a file, so that it starts in a tenth of a second.
"""

import contextlib
import ctypes
import json
import sys
from collections.abc import Iterator
from typing import Any

MAX_MEMORY = 4 * 2**30  # a page of a few bytes can be made to unpack to any size
HYPHENS = (0x02, 0xFFFE)  # what the library gives for a hyphen at the end of a line, instead of the line's end
LINE_ENDS = (0x0A, 0x0D)
BLANK = (0x00, 0x20, 0x09, 0xA0)


def main(characters: int, most_pages: int) -> None:
    _limit_memory()
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    except pypdfium2.PdfiumError as error:
        password = error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD
        _write({"error": "password" if password else "damaged"})
        return
    pages = len(document)
    if pages > most_pages:
        _write({"error": "pages", "pages": pages})
        return
    facts = {key: document.get_metadata_value(name) for key, name in (("title", "Title"), ("created", "CreationDate"))}
    _write({"pages": pages, **facts})
    for number in range(pages):
        lines, picture = None, False
        # Some broken pages are no error before they are used.
        with contextlib.suppress(pypdfium2.PdfiumError):
            page = document[number]
            lines = list(_lines(pypdfium2.raw, page.get_textpage()))
            picture = not lines and _has_picture(pypdfium2.raw, page)
            page.close()
        _write({"lines": lines, "picture": picture})
        characters -= sum(len(line[0]) for line in lines or ())
        if characters < 0:
            _write({"error": "characters"})
            return


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    with contextlib.suppress(OSError, ValueError):  # where it is lower already
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def _write(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()  # what was read before a crash tells on which page it was


def _has_picture(raw: Any, page: Any) -> bool:
    return next(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3), None) is not None


def _lines(raw: Any, text: Any) -> Iterator[tuple[str, float, float, float, float]]:
    """The lines of a page, in the order of its text, each with where it stands."""
    line: list[int] = []
    first = last = -1
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, index)
        if code not in LINE_ENDS:
            line.append(ord("-") if code in HYPHENS else code)
            if code not in BLANK:
                first, last = index if first < 0 else first, index
        if code in LINE_ENDS or code in HYPHENS:
            if first >= 0:
                yield _line(raw, text, line, first, last)
            line, first = [], -1
    if first >= 0:
        yield _line(raw, text, line, first, last)


def _line(raw: Any, text: Any, codes: list[int], first: int, last: int) -> tuple[str, float, float, float, float]:
    x, y, start, end = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF(), raw.FS_RECTF()
    raw.FPDFText_GetCharOrigin(text, first, x, y)
    raw.FPDFText_GetLooseCharBox(text, first, start)
    raw.FPDFText_GetLooseCharBox(text, last, end)
    # Halves of a character beyond the first 65,536 may come one by one.
    halves = "".join(chr(code) for code in codes if code < 0x110000)
    words = halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    right = max(start.right, end.right)
    return words, round(x.value, 2), round(y.value, 2), round(right, 2), round(abs(start.top - start.bottom), 2)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
