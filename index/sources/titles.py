"""Which titles that programs write into a file's properties are a title."""

import re

from index.sources.base import one_line

PLACEHOLDER = re.compile(
    r"""(?:microsoft\s+(?:office\s+)?(?:word|excel|powerpoint|publisher)\b.*
      | untitled.* | (?:new\s+)?(?:document|doc|dokument|presentation|slide|scan|title|template|blank|page)[\s_-]*\d*
      | .*\.(?:docx?|dotx?|rtf|odt|pdf|wpd|indd|qxd|tex|dvi|pages|pptx?|xlsx?|html?|txt|p65|ps|eps|tiff?)
      | print\s*(?:job|preview)?.* | (?:https?|file)://.* | about:blank | none | null | n/?a)""",
    re.IGNORECASE | re.VERBOSE,
)
# A name of a file or a number of a paper, as no word has: "A_RES_75_1", "N2012345", "2020-09-11".
SIGN = re.compile(r"\S*[\d_]\S*")


def stated_title(title: str | None) -> str | None:
    """`title` on one line, or None where it is what a program puts there of itself: "Microsoft Word - x.doc"."""
    title = one_line(title or "").strip("\"' ")
    sound = sum(map(str.isalpha, title)) >= 3 and "\ufffd" not in title
    return title if sound and not PLACEHOLDER.fullmatch(title) and not SIGN.fullmatch(title) else None
