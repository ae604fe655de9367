from itertools import pairwise

from hypothesis import example, given, settings

from index.paragraphs import split_paragraphs
from index.types import Document
from tests.strategies import texts


def split(text: str) -> list[list[str]]:
    """The sentences of each paragraph, as text."""
    document = Document("id", "Title", text, "a.txt")
    return [[text[s.start : s.end] for s in paragraph.sentences] for paragraph in split_paragraphs(document)]


@given(texts())
@example("  \n\n A.  B?\n\n\n \t\nC")
@settings(max_examples=60, deadline=None)
def test_spans_are_in_order_lie_in_their_paragraph_and_cover_all_but_white_space(text: str) -> None:
    paragraphs = split_paragraphs(Document("id", "Title", text, "a.txt"))
    covered: set[int] = set()
    for paragraph in paragraphs:
        assert 0 <= paragraph.start < paragraph.end <= len(text)
        assert paragraph.sentences
        assert paragraph.start == paragraph.sentences[0].start
        assert paragraph.end == paragraph.sentences[-1].end
        for sentence in paragraph.sentences:
            assert paragraph.start <= sentence.start < sentence.end <= paragraph.end
            covered.update(range(sentence.start, sentence.end))
        assert all(a.end <= b.start for a, b in pairwise(paragraph.sentences))
    assert all(a.end <= b.start for a, b in pairwise(paragraphs))
    assert "".join(text[i] for i in range(len(text)) if i not in covered).strip() == ""


@given(texts())
@settings(max_examples=60, deadline=None)
def test_every_span_slices_to_text_without_white_space_around_it_or_a_line_break_in_it(text: str) -> None:
    for paragraph in split_paragraphs(Document("id", "Title", text, "a.txt")):
        found = text[paragraph.start : paragraph.end]
        assert found
        assert found == found.strip()
        assert "\n\n" not in found
        for sentence in paragraph.sentences:
            words = text[sentence.start : sentence.end]
            assert words
            assert words == words.strip()
            assert "\n" not in words
            assert len(words) <= 2000


def test_paragraphs_end_at_blank_lines_also_at_those_of_spaces() -> None:
    assert split("One.\n\nTwo.\n \t \nThree.\n\n\n\nFour.") == [["One."], ["Two."], ["Three."], ["Four."]]


def test_a_text_of_nothing_but_white_space_has_no_paragraphs() -> None:
    assert split("") == []
    assert split(" \n\n\t \n ") == []


def test_a_paragraph_is_split_into_sentences() -> None:
    assert split("We agree. Do you? Yes!") == [["We agree.", "Do you?", "Yes!"]]


def test_an_abbreviated_title_or_initial_ends_no_sentence() -> None:
    assert split("Mr. Guterres met Dr. Tedros. They spoke.") == [["Mr. Guterres met Dr. Tedros.", "They spoke."]]


def test_a_line_break_ends_a_sentence() -> None:
    assert split("Q: What now\nMS. PSAKI: We wait") == [["Q: What now", "MS. PSAKI: We wait"]]


def test_a_sentence_too_long_to_quote_is_cut_between_words() -> None:
    text = "grain " * 700 + "ends here."
    (pieces,) = split(text)
    assert len(pieces) == 3
    assert max(map(len, pieces)) <= 2000
    assert " ".join(pieces) == text


def test_a_long_run_of_letters_is_cut_where_there_is_no_space() -> None:
    (pieces,) = split("x" * 4500)
    assert [len(piece) for piece in pieces] == [2000, 2000, 500]


def test_a_character_outside_the_basic_plane_counts_as_one_in_a_span() -> None:
    assert split("We 🙂 agree. All of 𝔘s do.") == [["We 🙂 agree.", "All of 𝔘s do."]]
