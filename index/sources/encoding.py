"""Bytes to characters: what a file's encoding is, and which characters are never text."""

import codecs
import re
from contextlib import suppress

import charset_normalizer

from index.errors import SourceError

# UTF-32 first: its little-endian mark begins with the one of UTF-16.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Without a mark every other byte is a NUL, which is refused, or are told by accident: "café" in cp1252 is valid UTF-16.
NOT_GUESSED = ["utf_7", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le"]
# What pages declare and what their writers' programs wrote: browsers read them so (encoding.spec.whatwg.org).
SUPERSETS = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
# Python's own, which no page is in; some take the square of a text's length.
NOT_DECLARED = frozenset(["idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7"])
MAX_MESS = 0.1  # charset-normalizer's share of improbable characters, where 0 is clean
MIN_TEXT_PER_CONTROL = 100  # characters; a stray control is removed, more of them are another kind of file
SAMPLE_BEFORE, SAMPLE_AFTER = 50_000, 200_000

LINE_END = re.compile(r"\r\n|[\r\v\f\x85\u2028]")
# Controls, and characters that show nothing and split words for a search: soft hyphen, zero-width space, word joiner.
INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff]")
SURROGATE = re.compile(r"[\ud800-\udfff]")


def decode(data: bytes, declared: str | None = None, *, replaced: bool = False) -> str:
    """The text of `data`; `declared` is the encoding it claims, believed where it is not UTF-8 and fits.

    With `replaced`, what is in no encoding that can be told is text all the same, each odd byte the replacement
    character.

    Raises:
        SourceError: it is binary, or nothing tells its encoding.
    """
    text = _decode_marked(data)
    if text is None:
        if has_nuls(data):
            raise SourceError("binary, not text")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            text = _decode_other(data, error.start, declared, replaced)
    if _is_binary(text):
        raise SourceError("binary, not text")
    return text


def has_nuls(data: bytes) -> bool:
    """Whether NUL is more of it than a stray control may be of a text; in all of it, as some files begin with text."""
    return data.count(b"\0") * MIN_TEXT_PER_CONTROL > len(data)


def python_name(declared: str) -> str | None:
    """Python's name of an encoding that a text or its server declares; None of one that is unknown, or no text's."""
    declared = declared.strip().lower()
    try:
        name = codecs.lookup(SUPERSETS.get(declared, declared)).name
    except (LookupError, ValueError):
        return None
    return None if name in NOT_DECLARED else name


def in_utf8(data: bytes, encoding: str) -> bytes:
    """A text in this encoding as UTF-8 with its mark; as it is where it has a mark, is UTF-8, or is not in this one."""
    if any(data.startswith(mark) for mark, _ in BYTE_ORDER_MARKS):
        return data
    try:
        data.decode("utf-8")  # never by chance; and servers add whatever encoding they were set up with
    except UnicodeDecodeError:
        try:
            return codecs.BOM_UTF8 + data.decode(encoding).encode("utf-8", errors="replace")
        except (LookupError, UnicodeError):
            return data
    return data


def clean_characters(text: str) -> str:
    r"""`text` with "\n" as its only line end and without characters that show nothing; all others stay."""
    text = LINE_END.sub("\n", text).replace("\u2029", "\n\n")
    # A lone surrogate (JSON's "\ud800") is no character, and can be neither stored nor sent.
    return SURROGATE.sub("\ufffd", INVISIBLE.sub("", text))


def _decode_marked(data: bytes) -> str | None:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    return None


def _decode_other(data: bytes, first_bad: int, declared: str | None, replaced: bool) -> str:
    repaired = data.decode("utf-8", errors="replace")
    damaged = repaired.count("\ufffd")
    # Mostly sound multi-byte sequences: UTF-8 with damage. Another encoding would garble all of them.
    if sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", repaired))) > 10 * damaged:
        return repaired
    for encoding in (python_name(declared or ""), _guess(data, first_bad)):
        with suppress(LookupError, UnicodeError):
            text = data.decode(encoding or "utf-8")
            if not _is_binary(text):
                return text
    if replaced:
        return repaired
    raise SourceError("its encoding cannot be told")


def _guess(data: bytes, first_bad: int) -> str | None:
    # The first bytes that are not ASCII tell most, and may lie far behind the start.
    start = data.rfind(b"\n", 0, max(0, first_bad - SAMPLE_BEFORE)) + 1
    matches = charset_normalizer.from_bytes(data[start : first_bad + SAMPLE_AFTER], cp_exclusion=NOT_GUESSED)
    best = matches.best()
    if best is None or best.chaos > MAX_MESS:
        return None
    for match in matches:
        western = "cp1252" in (match.encoding, *match.could_be_from_charset)
        # Where the two are equally likely, cp1250 comes first by alphabet and reads "señor" as "seńor".
        if western and match.chaos <= best.chaos and match.coherence >= best.coherence:
            return "cp1252"
    return best.encoding


def _is_binary(text: str) -> bool:
    sample = text[:100_000]
    return len(re.findall(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", sample)) * MIN_TEXT_PER_CONTROL > len(sample)
