"""The blocks of an HTML tree (paragraphs, items, table rows) as text, with exact borders."""

import re

from lxml import etree  # type: ignore[import-untyped]

# HTML's block elements, and the names trafilatura gives them in its own trees.
BLOCKS = frozenset(
    """address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody tfoot thead
    tr ul head item list quote row code ab""".split()
)
CELLS = frozenset(["td", "th", "cell"])
BREAKS = frozenset(["br", "lb"])
UNSEEN = frozenset(
    """script style noscript noframes template title select button textarea svg math iframe object embed audio video
    canvas""".split()
)
CELL_BORDER = " | "
SPACES = re.compile(r"[ \t\r\n]+")


def blocks(root: "etree._Element") -> list[list[str]]:
    """The text of each block, in the order of the page, as the runs it consists of.

    A run is the text between two tags, its white space as a browser shows it, or a line break. Scripts, comments and
    the like are not text. The cells of a table row are joined by `CELL_BORDER`.
    """
    found: list[list[str]] = [[]]
    unseen = preformatted = 0
    # Events instead of recursion: pages of real sites nest deeper than Python's stack.
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        starts = event == "start"
        if event in ("start", "end"):
            tag = element.tag.rpartition("}")[2].lower()
            step = 1 if starts else -1
            unseen += step * (tag in UNSEEN)
            preformatted += step * (tag == "pre")
            if tag in BLOCKS:
                found.append([])
            elif starts and tag in CELLS and any(run.strip() for run in found[-1]):
                found[-1].append(CELL_BORDER)
            elif starts and tag in BREAKS:
                found[-1].append("\n")
        text = element.text if starts else element.tail if element is not root else None
        if text and not unseen:
            found[-1].append(text if preformatted else SPACES.sub(" ", text))
    return [block for block in found if "".join(block).strip(CELL_BORDER + "\n\t\xa0")]


def block_text(runs: list[str]) -> str:
    """One block's text, without the spaces that markup leaves around line breaks and the borders of empty cells."""
    text = re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", "".join(runs)))
    return text.strip().strip("|").strip()


def markup_text(markup: str) -> list[str]:
    """The blocks of a piece of HTML; empty where it holds no text."""
    parser = etree.HTMLParser(recover=True, remove_blank_text=False)
    root = etree.fromstring(f"<html><body>{markup}</body></html>", parser)
    return [block_text(block) for block in blocks(root)]
