"""Which documents are one text published more than once, and which of their paragraphs are the same words.

Candidates share a sample of their shingles, five words in a row each: one in eight, the same ones in every text, as in
Broder, "On the resemblance and containment of documents" (1997). A sketch of that kind finds a text inside a longer
one, too, which MinHash's fixed number of hashes does not. Then the sentences themselves are compared, so nothing is
held a copy by chance.
"""

import re
import unicodedata
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Sketch: TypeAlias = NDArray[np.uint64]
"""(n,) ascending: the sampled shingles of a text, or its least where none is sampled."""

_SHINGLE = 5
_SAMPLE = np.uint64(8)
_PRIME = 0x9E3779B97F4A7C15
_FACTORS = np.array([pow(_PRIME, power, 1 << 64) for power in range(1, _SHINGLE + 1)], np.uint64)
# Of the documents that share a shingle, each is paired with so many of the next ones: boilerplate that a thousand share
# must not make a million pairs, and what is one text in a thousand places is found from one to the next.
_NEXT = 4
# So much of the smaller sketch is shared by what is worth comparing sentence by sentence.
_WORTH_COMPARING = 0.3
# So much of the shorter text, in words, stands in sentences that the other has, too. In ../shared/corpus the one text
# that is published twice has .97; forms filled in for one state and another have .52 at most, letters to Congress .45.
_SHARED = 0.6
# A release is on another site within days, with a weekend between. The same words after a longer time, as in a weekly
# briefing, are said again: they must be found under their own day, and by who asks for the latest.
_DAYS = 4
# Paragraphs are copies where so many words in a row are the same, or the whole document is: "China voted against." in
# two reports of two votes is not the same.
_RUN = 20
# A document is compared with so many of its group, the originals first.
_COMPARED = 50

_WORD = re.compile(r"\w+")
_DASHES = "‐‑‒–—―−-"
_QUOTES = "\"'`´‘’‚‛“”„‟‹›«»′″"
_SPELLING = str.maketrans({**dict.fromkeys(_DASHES, " - "), **dict.fromkeys(_QUOTES), "…": "...", "\u00ad": None})
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides which document of a group is the original: days as YYYY-MM-DD, None where it has no date."""

    source: str
    url: str | None = None
    first_day: str | None = None
    last_day: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph as it is compared: its row, its sentences as `same_words` spells them, and who speaks in it."""

    row: int
    sentences: tuple[str, ...]
    speakers: frozenset[int] = frozenset()

    @property
    def text(self) -> str:
        return " ".join(self.sentences)

    @property
    def words(self) -> int:
        return sum(len(sentence.split()) for sentence in self.sentences)


class Collected(Protocol):
    """Documents by their rows, 0, 1, 2 …, in whatever order they were found."""

    def facts(self) -> Sequence[Facts]: ...

    def texts(self) -> Iterable[str]: ...

    def parts(self, document: int) -> Sequence[Part]:
        """The paragraphs of a document, in order."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Both sorted by the first of each.

    Attributes:
        groups: rows of documents that are one text, the original first.
        copies: rows of paragraphs that are the same words, the one to be quoted first.
    """

    groups: tuple[tuple[int, ...], ...] = ()
    copies: tuple[tuple[int, ...], ...] = ()


def same_words(text: str) -> str:
    """Equal for texts that differ in white space, capitals and the kind of quotation marks and dashes alone."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).translate(_SPELLING)
    return " ".join(plain.casefold().split())


def sketch(text: str) -> Sketch:
    """A function of the text alone, so it may be kept with it; takes a millisecond for 2,500 words."""
    hashes = np.fromiter((_hashed(match[0]) for match in _WORD.finditer(text.casefold())), np.uint64)
    # What is shorter than a shingle is one.
    hashes = np.pad(hashes, (0, max(0, _SHINGLE - len(hashes))))
    count = len(hashes) - _SHINGLE + 1
    mixed = np.zeros(count, np.uint64)
    for place, factor in enumerate(_FACTORS):
        mixed += hashes[place : place + count] * factor
    # The finalizer of MurmurHash3: a sum of products is not even in its low bits, by which the sample is taken.
    for _ in range(2):
        mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    mixed ^= mixed >> np.uint64(33)
    sample = mixed[mixed % _SAMPLE == 0]
    return np.unique(sample) if len(sample) else mixed.min(keepdims=True)


@lru_cache(1 << 16)
def _hashed(word: str) -> int:
    return zlib.crc32(word.encode())


def find_duplicates(collected: Collected, sketches: Sequence[Sketch] | None = None) -> Duplicates:
    """Group documents of which one has most of the other's sentences, and pair their paragraphs.

    The original is the document that was surely published by the earliest day, then one with an address, then the first
    by its path. A paragraph is quoted from the original, unless only a copy names who speaks. `sketches` are those of
    all documents in order, where they are known.

    Time grows with the documents; memory with their sketches, about one byte a word.
    """
    facts = collected.facts()
    order = sorted(range(len(facts)), key=lambda row: _primacy(facts[row]))
    known = [sketch(text) for text in collected.texts()] if sketches is None else sketches
    pairs = (
        (order[one], order[other])
        for one, other in _candidates([known[row] for row in order])
        if _near(facts[order[one]], facts[order[other]])
    )
    same = [pair for pair in pairs if _shares(*(collected.parts(row) for row in pair))]
    rank = {row: place for place, row in enumerate(order)}
    groups = sorted(tuple(sorted(group, key=rank.__getitem__)) for group in _connected(same))
    copies = (_copies(group, facts, collected) for group in groups)
    return Duplicates(tuple(groups), tuple(sorted(found for each in copies for found in each)))


def _primacy(facts: Facts) -> tuple[bool, str, bool, str]:
    return facts.last_day is None, facts.last_day or "", facts.url is None, facts.source


def _near(one: Facts, other: Facts) -> bool:
    """Whether both may have been published within days; what has no date may have been at any time."""
    if not (one.first_day and one.last_day and other.first_day and other.last_day):
        return True
    apart = date.fromisoformat(max(one.first_day, other.first_day)) - date.fromisoformat(
        min(one.last_day, other.last_day)
    )
    return apart.days <= _DAYS


def _candidates(sketches: Sequence[Sketch]) -> Iterator[tuple[int, int]]:
    """Ascending pairs, each once, that share much of the smaller sketch."""
    sizes = np.array([len(each) for each in sketches], np.int64)
    if len(sizes) < 2:
        return
    owners = np.repeat(np.arange(len(sizes)), sizes)
    shingles = np.concatenate(sketches)
    by_shingle = np.argsort(shingles, kind="stable")
    owners, shingles = owners[by_shingle], shingles[by_shingle]
    shared = [
        owners[:-step][same] * len(sizes) + owners[step:][same]
        for step in range(1, _NEXT + 1)
        if (same := shingles[:-step] == shingles[step:]).any()
    ]
    if not shared:
        return
    pairs, counts = np.unique(np.concatenate(shared), return_counts=True)
    ones, others = np.divmod(pairs, len(sizes))
    enough = counts >= _WORTH_COMPARING * np.minimum(sizes[ones], sizes[others])
    yield from zip(ones[enough].tolist(), others[enough].tolist(), strict=True)


def _shares(one: Sequence[Part], other: Sequence[Part]) -> bool:
    """Whether most of the shorter text's words stand in sentences that both have."""
    counted = [Counter(sentence for part in parts for sentence in part.sentences) for parts in (one, other)]
    common, least = _length(counted[0] & counted[1]), min(map(_length, counted))
    return common >= _SHARED * least if least else counted[0] == counted[1]


def _length(sentences: Counter[str]) -> int:
    return sum(len(sentence.split()) * times for sentence, times in sentences.items())


def _connected(pairs: Iterable[tuple[int, int]]) -> Iterator[set[int]]:
    groups: dict[int, set[int]] = {}
    for pair in pairs:
        one, other = sorted((groups.setdefault(row, {row}) for row in pair), key=len)
        if one is not other:
            other |= one
            groups.update(dict.fromkeys(one, other))
    return (group for row, group in groups.items() if row == min(group))


@dataclass(slots=True)
class _Class:
    """Paragraphs of the same words by the same people; `document` is the place in the group of the first."""

    document: int
    rows: list[tuple[bool, int, int]]  # whether it names nobody, place of its document, row
    speakers: frozenset[int]

    def takes(self, part: Part) -> bool:
        return not (self.speakers and part.speakers) or self.speakers == part.speakers

    def add(self, document: int, part: Part) -> None:
        self.rows.append((not part.speakers, document, part.row))
        self.speakers |= part.speakers


def _copies(group: Sequence[int], facts: Sequence[Facts], collected: Collected) -> Iterator[tuple[int, ...]]:
    """Rows of the paragraphs that are the same words, the one to be quoted first; `group` has its original first."""
    classes: dict[int, _Class] = {}
    kept: list[Sequence[Part]] = []
    for place, document in enumerate(group):
        parts = collected.parts(document)
        left = {part.row: part for part in parts}
        for earlier, theirs in enumerate(kept):
            if not left:
                break
            if not _near(facts[document], facts[group[earlier]]):
                continue
            for part, twin in _aligned(parts, theirs):
                found = classes[twin.row]
                if part.row in left and found.document == earlier and found.takes(part):
                    found.add(place, left.pop(part.row))
                    classes[part.row] = found
        for part in left.values():
            classes[part.row] = _Class(place, [(not part.speakers, place, part.row)], part.speakers)
        if place < _COMPARED:
            kept.append(parts)
    for each in {id(each): each for each in classes.values()}.values():
        if len(each.rows) > 1:
            yield tuple(row for _, _, row in sorted(each.rows))


def _aligned(one: Sequence[Part], other: Sequence[Part]) -> Iterator[tuple[Part, Part]]:
    """The paragraphs of one document with those of another that are the same words, where enough in a row are."""
    places = {key: place for place, key in enumerate(_told_apart(other))}
    matches = [places.get(key, -1) for key in _told_apart(one)]
    start = 0
    for end in range(1, len(matches) + 1):
        # What has no match is -1, and the match after that may be the first of all.
        if end < len(matches) and 0 <= matches[end - 1] == matches[end] - 1:
            continue
        whole = end - start == min(len(one), len(other))
        if matches[start] >= 0 and (whole or sum(part.words for part in one[start:end]) >= _RUN):
            yield from zip(one[start:end], other[matches[start] :], strict=False)
        start = end


def _told_apart(parts: Sequence[Part]) -> Iterator[tuple[str, int]]:
    """Each paragraph's words, and the how manieth with these it is: "Thank you." is said more than once."""
    seen: defaultdict[str, int] = defaultdict(int)
    for part in parts:
        seen[part.text] += 1
        yield part.text, seen[part.text]
