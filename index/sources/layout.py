"""Lines on pages become paragraphs: which lines belong together, and which belong to no text."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.sources.text import LABEL

ZONE = 3
"""Lines at the head and at the foot of a page among which a running one is looked for."""

SAME_PLACE = 6.0  # points by which a running line may move from page to page
HEADING = 1.15  # times the size of the text, from which on a line is another kind of text
WIDER = 1.35  # times the usual distance of two lines, from which on a paragraph lies between them
HYPHENATING = 0.05  # the share of lines with a hyphen at their end, from which on the document cuts words
COLUMN = 36.0  # points; lines that begin this near to each other are taken to end at the same edge

PAGE_NUMBER = re.compile(r"(?:[-–—|\[(]\s*)?(?:page|p\.)?\s*(\d{1,4})(?:\s*(?:of|/)\s*\d{1,4})?(?:\s*[-–—|\])])?", re.I)
NUMBER = re.compile(r"\d{1,4}")
ENDING = re.compile(r"[.?!…:;。？！][\"”’'»)\]]*[\d*†]{0,3}$")
ITEM = re.compile(r"[•●▪■◦‣∙·*–—-]\s|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]\s|[•●▪■◦‣]")
HYPHENATED = re.compile(r"(?<=[^\W\d_])[-\u2010]$")
WITHOUT_SPACES = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, in points from the lower left corner of its page, without white space around it."""

    text: str
    left: float
    baseline: float
    right: float
    size: float

    @property
    def space(self) -> float:
        """The width of one of its characters, on average."""
        return max(0.0, self.right - self.left) / max(1, len(self.text))


@dataclass(frozen=True, slots=True)
class Layout:
    """Paragraphs, the offset at which each page begins in them joined by one blank line, and the heading above all."""

    paragraphs: list[str]
    pages: tuple[int, ...]
    heading: str | None


def lay_out(pages: Sequence[Sequence[Line]]) -> Layout:
    """The text of `pages`, whose lines stand in reading order; there are as many page starts as pages."""
    cleaned = without_running([_whole_lines(page) for page in pages])
    usual = _Usual(cleaned)
    blocks: list[list[tuple[int, Line]]] = []
    for number, page in enumerate(cleaned):
        for line in page:
            if not blocks or usual.parts(blocks[-1], number, line):
                blocks.append([])
            blocks[-1].append((number, line))
    paragraphs: list[str] = []
    starts: dict[int, int] = {}
    offset = 0
    for block in blocks:
        text = ""
        for number, line in block:
            text = usual.joined(text, line.text)
            starts.setdefault(number, offset + len(text) - len(line.text))
        paragraphs.append(text)
        offset += len(text) + len("\n\n")
    return Layout(paragraphs, _filled(starts, len(pages), max(0, offset - 2)), usual.heading(cleaned))


def without_running(pages: list[list[Line]]) -> list[list[Line]]:
    """`pages` without the lines that stand at the same place of many of them, and without the numbers of pages.

    A line at the edge is taken off, and then the next, as long as each is a running one. A number counts as the same if
    it grows by one a page.
    """
    counted: Counter[tuple[bool, str]] = Counter()
    places: dict[tuple[bool, str], list[float]] = defaultdict(list)
    for number, page in enumerate(pages):
        for top in (True, False):
            for line in _zone(page, top):
                for key in _keys(line.text, number):
                    places[top, key].append(line.baseline)
    for place, baselines in places.items():
        baselines.sort()
        counted[place] = max(
            bisect_left(baselines, baseline + SAME_PLACE) - row for row, baseline in enumerate(baselines)
        )
    return [_peeled(page, number, counted, enough=2 if len(pages) < 6 else 3) for number, page in enumerate(pages)]


def _peeled(page: list[Line], number: int, counted: Counter[tuple[bool, str]], enough: int) -> list[Line]:
    gone = set()
    for top in (True, False):
        for line in _zone(page, top):
            match = PAGE_NUMBER.fullmatch(line.text)
            is_number = match is not None and int(match[1]) == number + 1
            if not is_number and all(counted[top, key] < enough for key in _keys(line.text, number)):
                break
            gone.add(id(line))
    return [line for line in page if id(line) not in gone]


def _zone(page: list[Line], top: bool) -> list[Line]:
    """The outermost lines, the outermost first."""
    return sorted(page, key=lambda line: line.baseline, reverse=top)[:ZONE]


def _keys(text: str, page: int) -> Iterator[str]:
    """What of a line is the same on all pages if it is a running one; a number of a page is, less that page."""
    text = " ".join(text.casefold().split())
    yield text
    numbers = [*NUMBER.finditer(text)]
    for match in numbers if len(numbers) < 7 else numbers[:3] + numbers[-3:]:
        yield f"{text[: match.start()]}{int(match[0]) - page:+}\0{text[match.end() :]}"


def _whole_lines(page: Sequence[Line]) -> list[Line]:
    """The lines of a page, joined where a raised number or a change of type has cut one."""
    lines: list[Line] = []
    for line in page:
        last = lines[-1] if lines else None
        if last and abs(last.baseline - line.baseline) < last.size * 0.4 and line.left >= last.right - last.size * 0.3:
            gap = " " if line.left - last.right > last.size * 0.12 else ""
            lines[-1] = Line(last.text + gap + line.text, last.left, last.baseline, line.right, last.size)
        elif line.text:
            lines.append(line)
    return lines


class _Usual:
    """What is usual in a document: the size of its text, the distance of its lines, where they end, and its words."""

    def __init__(self, pages: list[list[Line]]) -> None:
        lines = [line for page in pages for line in page]
        self.size = _weighted_median([(line.size, len(line.text)) for line in lines])
        steps = sorted(
            step / above.size
            for page in pages
            for above, below in pairwise(page)
            if above.size > 0 and 0 < (step := above.baseline - below.baseline) < 4 * above.size
        )
        # Not the middle one: where most paragraphs are a line long, that is the distance of paragraphs.
        self._step = steps[int(0.3 * (len(steps) - 1))] if steps else 1.2
        cut = sum(bool(HYPHENATED.search(line.text)) and below.text[:1].islower() for line, below in pairwise(lines))
        self._hyphenates = cut > HYPHENATING * len(lines)
        self._feet = [min((line.baseline for line in page), default=0.0) for page in pages]
        self._edges = [_edges(page) for page in pages]
        self._words = _whole_words(lines)

    def parts(self, block: list[tuple[int, Line]], page: int, line: Line) -> bool:
        """Whether `line` begins a paragraph, and does not go on with that of the lines before it."""
        before, above = block[-1]
        if _differs(above.size, line.size) or LABEL.match(line.text) or ITEM.match(line.text):
            return True
        step = above.baseline - line.baseline
        if before != page or step <= 0:
            return not self._goes_over(before, above, line, turned=before != page)
        if step > WIDER * self._step * max(above.size, line.size):
            return True
        return self._is_indented(block, line) or self._ends(before, above, line)

    def joined(self, text: str, line: str) -> str:
        """`text` with a line behind it; of a hyphen at the end it is decided whether it belongs to the word."""
        if not text:
            return line
        if HYPHENATED.search(text) and (line[:1].isalpha() or line[:1].isdigit()):
            return (text if self._keeps_hyphen(text, line) else text[:-1]) + line
        return text + line if WITHOUT_SPACES.match(text[-1]) and WITHOUT_SPACES.match(line) else f"{text} {line}"

    def heading(self, pages: list[list[Line]]) -> str | None:
        """The largest lines at the head of the first page with text, where they are larger than the text."""
        head = next(filter(None, pages), [])[:15]
        largest = max((line.size for line in head), default=0.0)
        if largest < HEADING * self.size:
            return None
        found: list[str] = []
        for line in head:
            if not _differs(line.size, largest):
                found.append(line.text)
            elif found:
                break
        text = " ".join(found)
        return text if sum(map(str.isalpha, text)) >= 3 else None

    def _goes_over(self, page: int, above: Line, line: Line, turned: bool) -> bool:
        """Whether a paragraph goes on in the next column or on the next page."""
        # What stands elsewhere was drawn out of turn, as menus and stamps are: above the text, or in the middle of it.
        is_last = above.baseline <= self._feet[page] + 4 * above.size
        if not (is_last if turned else line.left >= above.right - above.size):
            return False
        first = next(filter(str.isalnum, line.text), "")
        if first.islower() or (HYPHENATED.search(above.text) and first):
            return True
        return not ENDING.search(above.text) and not self._has_room(page, above, line, times=2, more=3)

    def _ends(self, page: int, above: Line, line: Line) -> bool:
        """Whether a line was ended on purpose: the next word would have had room in it."""
        if HYPHENATED.search(above.text):
            return False
        if ENDING.search(above.text):
            return self._has_room(page, above, line, times=1.15, more=0.5)
        return self._has_room(page, above, line, times=2, more=3)

    def _has_room(self, page: int, above: Line, line: Line, times: float, more: float) -> bool:
        word = line.text.split(maxsplit=1)[0]
        edge = self._edges[page].get(int(above.left // COLUMN))
        return edge is not None and edge - above.right > times * (len(word) + 1) * line.space + more * above.size

    @staticmethod
    def _is_indented(block: list[tuple[int, Line]], line: Line) -> bool:
        above = block[-1][1]
        if line.left > above.left + 0.8 * line.size:
            # Below a bullet or a speaker's name the rest of the paragraph is indented.
            return not any(ITEM.match(other.text) or LABEL.match(other.text) for _, other in block[:1])
        # A paragraph that was indented as a whole ends where a line is not.
        is_block = len(block) > 1 and abs(block[-2][1].left - above.left) < 0.3 * line.size
        return is_block and line.left < above.left - 0.8 * line.size

    def _keeps_hyphen(self, text: str, line: str) -> bool:
        if not line[0].islower():
            return True
        start, end = re.search(r"[\w-]*$", text), re.match(r"\w*", line)
        half, rest = (start[0] if start else "").casefold()[:-1], (end[0] if end else "").casefold()
        if half + rest in self._words:
            return False
        both = min(len(half), len(rest)) > 2 and {half.rpartition("-")[2], rest} <= self._words
        return f"{half}-{rest}" in self._words or both or not self._hyphenates


def _whole_words(lines: list[Line]) -> set[str]:
    """The words that no line's end cuts, in small letters, those with hyphens as they are."""
    words: set[str] = set()
    cut = False
    for line in lines:
        found = re.findall(r"\w+(?:-\w+)*", line.text.casefold())
        start, cut = int(cut), HYPHENATED.search(line.text) is not None
        words.update(found[start : len(found) - cut])
    return words


def _weighted_median(values: list[tuple[float, int]]) -> float:
    total, seen = sum(weight for _, weight in values), 0
    for value, weight in sorted(values):
        seen += weight
        if 2 * seen >= total:
            return value
    return 0.0


def _edges(page: list[Line]) -> dict[int, float]:
    """Where the lines end that begin at about the same place (a multiple of `COLUMN`), nine in ten of three or more."""
    rights: dict[int, list[float]] = defaultdict(list)
    for line in page:
        column = int(line.left // COLUMN)
        for near in (column - 1, column, column + 1):
            rights[near].append(line.right)
    return {column: sorted(found)[int(0.9 * (len(found) - 1))] for column, found in rights.items() if len(found) > 2}


def _differs(size: float, other: float) -> bool:
    return max(size, other) > HEADING * min(size, other)


def _filled(starts: dict[int, int], pages: int, end: int) -> tuple[int, ...]:
    """Where each page begins; one without text begins where the next does, and the first with the text."""
    filled = []
    for number in reversed(range(pages)):
        end = starts.get(number, end)
        filled.append(end)
    return (0, *filled[::-1][1:]) if filled else ()
