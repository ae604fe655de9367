import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from index.copies import Place
from index.corpus import Corpus
from index.corpus_writer import CorpusWriter
from index.duplicates import find_duplicates
from index.errors import IndexInvalidError
from index.paragraphs import split_paragraphs
from index.speakers import REPORTER
from index.types import Basis, Document, Origin, Paragraph, Sentence, Skipped, Speaker, Speech
from tests.strategies import texts

FIRST = Document(
    "first",
    "Talks",
    "Wang Yi said yes. Rain.\n\nLavrov agreed.",
    "a.txt",
    "2020-09",
    "https://example.org/a",
    "Wang Yi",
    title_origin=Origin.HEADING,
    date_origin=Origin.DATELINE,
    publisher="Ministry of Talks",
    language="ru",
    pages=(0, 25),
)
SECOND = Document("second", "A note 🙂", "Psaki: no.", "b.jsonl#2")
FIRST_PARAGRAPHS = (
    Paragraph(0, 23, (Sentence(0, 17, Speech("Wang Yi", Basis.CUE, (0, 12))), Sentence(18, 23))),
    Paragraph(25, 39, (Sentence(25, 39, Speech("Lavrov", Basis.CARRIED, (25, 31))),)),
)
SECOND_PARAGRAPHS = (Paragraph(0, 10, (Sentence(0, 10, Speech("Psaki", Basis.METADATA)),)),)
Contents = Sequence[tuple[Document, Sequence[Paragraph]]]
BOTH: Contents = ((FIRST, FIRST_PARAGRAPHS), (SECOND, SECOND_PARAGRAPHS))


def written(
    path: Path,
    contents: Contents = BOTH,
    same: Mapping[str, Speaker] | None = None,
    windows: Sequence[tuple[int, int, int]] = (),
    skipped: Sequence[Skipped] = (),
) -> Corpus:
    writer = CorpusWriter(path)
    for document, paragraphs in contents:
        writer.add(document, paragraphs)
    writer.merge_speakers(same or {})
    writer.add_windows(windows)
    writer.finish(skipped)
    return Corpus(path)


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    corpus = written(tmp_path / "corpus.sqlite")
    yield corpus
    corpus.close()


def test_documents_come_back_as_they_were_added(corpus: Corpus) -> None:
    assert corpus.document("first") == FIRST
    assert corpus.document("second") == SECOND
    assert list(corpus.all_documents()) == [FIRST, SECOND]
    assert corpus.documents == 2


def test_a_page_is_the_last_that_begins_before_a_character() -> None:
    assert [FIRST.page(position) for position in (0, 24, 25, 39)] == [1, 1, 2, 2]
    assert SECOND.page(3) is None


def test_paragraphs_come_back_with_sentences_speakers_and_evidence(corpus: Corpus) -> None:
    assert len(corpus) == 3
    assert corpus.paragraph(0) == (FIRST, FIRST_PARAGRAPHS[0])
    assert corpus.paragraph(1) == (FIRST, FIRST_PARAGRAPHS[1])
    assert corpus.paragraph(2) == (SECOND, SECOND_PARAGRAPHS[0])


@given(texts())
@settings(max_examples=30, deadline=None)
def test_any_text_comes_back_with_its_spans(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    document = Document("id", text[:20], text, "a.txt")
    paragraphs = split_paragraphs(document)
    corpus = written(tmp_path_factory.mktemp("corpus") / "corpus.sqlite", [(document, paragraphs)])
    assert corpus.document("id") == document
    assert [corpus.paragraph(row)[1] for row in range(len(corpus))] == list(paragraphs)
    corpus.close()


def test_an_unknown_id_is_no_document(corpus: Corpus) -> None:
    assert corpus.document("third") is None
    assert corpus.document("") is None
    assert corpus.document("first' OR '1'='1") is None


@pytest.mark.parametrize("row", [-1, 3, 10**9])
def test_a_row_that_is_not_there_is_an_index_error(corpus: Corpus, row: int) -> None:
    with pytest.raises(IndexError):
        corpus.paragraph(row)


def test_rows_of_speakers_are_the_paragraphs_they_speak_in(corpus: Corpus) -> None:
    assert corpus.rows_of_speakers(["Wang Yi"]).tolist() == [0]
    assert corpus.rows_of_speakers(["Psaki", "Wang Yi"]).tolist() == [0, 2]
    assert corpus.rows_of_speakers(["Wang Yi", "Nobody"]).tolist() == [0]
    assert corpus.rows_of_speakers(["wang yi", "Nobody"]).tolist() == []
    assert corpus.rows_of_speakers([]).tolist() == []


def test_a_speaker_of_several_sentences_has_a_paragraph_once(tmp_path: Path) -> None:
    speech = Speech("Wang Yi", Basis.CUE)
    paragraphs = [Paragraph(0, 23, (Sentence(0, 17, speech), Sentence(18, 23, speech)))]
    corpus = written(tmp_path / "corpus.sqlite", [(FIRST, paragraphs)])
    assert corpus.rows_of_speakers(["Wang Yi"]).tolist() == [0]
    corpus.close()


def test_rows_of_documents_are_their_paragraphs_in_ascending_order(corpus: Corpus) -> None:
    assert corpus.rows_of_documents([0]).tolist() == [0, 1]
    assert corpus.rows_of_documents(iter([1, 0])).tolist() == [0, 1, 2]
    assert corpus.rows_of_documents([]).tolist() == []
    assert corpus.rows_of_documents([7]).tolist() == []


def test_merged_speakers_speak_under_the_one_name_and_keep_the_others_as_aliases(tmp_path: Path) -> None:
    lavrov = Speaker("Sergey Lavrov", ("Lavrov", "Psaki"))
    corpus = written(tmp_path / "corpus.sqlite", same={"Lavrov": lavrov, "Psaki": lavrov})
    assert sorted(corpus.speakers.values(), key=lambda speaker: speaker.name) == [lavrov, Speaker("Wang Yi")]
    assert corpus.rows_of_speakers(["Sergey Lavrov"]).tolist() == [1, 2]
    assert corpus.rows_of_speakers(["Lavrov"]).tolist() == []
    spoken = [s.speech for row in (1, 2) for s in corpus.paragraph(row)[1].sentences]
    assert spoken == [
        Speech("Sergey Lavrov", Basis.CARRIED, (25, 31)),
        Speech("Sergey Lavrov", Basis.METADATA),
    ]
    corpus.close()


def test_a_name_merged_into_one_that_is_used_too_is_one_speaker(tmp_path: Path) -> None:
    wang = Speaker("Wang Yi", ("Lavrov",))
    corpus = written(tmp_path / "corpus.sqlite", same={"Wang Yi": wang, "Lavrov": wang})
    assert corpus.rows_of_speakers(["Wang Yi"]).tolist() == [0, 1]
    assert wang in corpus.speakers.values()
    corpus.close()


def test_a_date_is_a_range_of_days_for_filters(corpus: Corpus) -> None:
    assert list(corpus.document_facts()) == [
        (0, "2020-09-01", "2020-09-30", "a.txt", "https://example.org/a", "Ministry of Talks"),
        (1, None, None, "b.jsonl#2", "", ""),
    ]


def test_windows_come_back_in_the_order_of_their_vectors(tmp_path: Path) -> None:
    writer = CorpusWriter(tmp_path / "corpus.sqlite")
    writer.add(FIRST, FIRST_PARAGRAPHS)
    writer.merge_speakers({})
    writer.add_windows([(0, 0, 12), (0, 8, 23)])
    writer.add_windows([(1, 25, 39)])
    assert (writer.documents, writer.paragraphs, writer.sentences, writer.windows) == (1, 2, 3, 3)
    writer.finish([])
    corpus = Corpus(tmp_path / "corpus.sqlite")
    assert corpus.windows.tolist() == [0, 0, 1]
    corpus.close()


def test_a_writer_gives_back_the_texts_of_its_paragraphs_with_their_place(tmp_path: Path) -> None:
    writer = CorpusWriter(tmp_path / "corpus.sqlite")
    for document, paragraphs in BOTH:
        writer.add(document, paragraphs)
    assert list(writer.paragraph_texts()) == [
        (0, 0, "Wang Yi said yes. Rain.", [(0, 17), (18, 23)]),
        (1, 25, "Lavrov agreed.", [(0, 14)]),
        (2, 0, "Psaki: no.", [(0, 10)]),
    ]
    writer.abandon()


def test_what_was_skipped_is_kept_in_the_file(tmp_path: Path) -> None:
    written(tmp_path / "corpus.sqlite", skipped=[Skipped("x.bin", "binary, not text")]).close()
    connection = sqlite3.connect(tmp_path / "corpus.sqlite")
    assert connection.execute("SELECT source, reason FROM skipped").fetchall() == [("x.bin", "binary, not text")]
    connection.close()


def test_an_opened_corpus_cannot_be_written_to(tmp_path: Path) -> None:
    path = tmp_path / "corpus.sqlite"
    corpus = written(path)
    before = path.read_bytes()
    list(corpus.all_documents())
    corpus.close()
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["corpus.sqlite"]


def test_a_path_with_signs_that_mean_something_in_a_uri_can_be_opened(tmp_path: Path) -> None:
    folder = tmp_path / "a #1? 100% é"
    folder.mkdir()
    corpus = written(folder / "corpus.sqlite")
    assert corpus.document("first") == FIRST
    corpus.close()


@pytest.mark.parametrize("content", [None, b"", b"not a database at all, but long enough to have a header" * 30])
def test_a_missing_empty_or_damaged_file_is_refused_with_the_command_that_repairs_it(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "corpus.sqlite").write_bytes(content)
    with pytest.raises(IndexInvalidError, match=r"corpus\.sqlite is (missing|damaged).*onrecord index build"):
        Corpus(tmp_path / "corpus.sqlite")


TRANSCRIPT = Document("third", "A briefing", "Is it?\n\nYes. It is.\n\nAnd is it? No.\n\nIt rains.", "c.txt")
ASKED, ANSWERED = Speech(REPORTER, Basis.LABEL), Speech("Psaki", Basis.LABEL)
TRANSCRIPT_PARAGRAPHS = (
    Paragraph(0, 6, (Sentence(0, 6, ASKED),)),
    Paragraph(8, 19, (Sentence(8, 12, ANSWERED), Sentence(13, 19, ANSWERED))),
    Paragraph(21, 35, (Sentence(21, 31, ASKED), Sentence(32, 35, ANSWERED))),
    Paragraph(37, 46, (Sentence(37, 46),)),
)


@pytest.fixture
def transcribed(tmp_path: Path) -> Iterator[Corpus]:
    """Three paragraphs of two documents (rows 0 to 2), and a transcript (rows 3 to 6)."""
    writer = CorpusWriter(tmp_path / "corpus.sqlite")
    for document, paragraphs in BOTH:
        writer.add(document, paragraphs)
    writer.add(TRANSCRIPT, TRANSCRIPT_PARAGRAPHS, [None, 0, None, 2])
    writer.merge_speakers({"Psaki": Speaker("Jen Psaki", ("Psaki",)), "Lavrov": Speaker("Jen Psaki", ("Psaki",))})
    writer.finish([])
    corpus = Corpus(tmp_path / "corpus.sqlite")
    yield corpus
    corpus.close()


def test_what_a_paragraph_answers_is_a_row_of_the_whole_corpus(transcribed: Corpus) -> None:
    assert transcribed.answers.tolist() == [-1, -1, -1, -1, 3, -1, 5]


def test_where_nothing_is_said_to_be_an_answer_nothing_is(corpus: Corpus) -> None:
    assert corpus.answers.tolist() == [-1, -1, -1]


def test_sentences_are_numbered_in_the_order_of_the_text(transcribed: Corpus) -> None:
    assert transcribed.sentences == 10
    assert transcribed.first_sentences.tolist() == [0, 2, 3, 4, 5, 7, 9, 10]
    counts = [len(transcribed.paragraph(row)[1].sentences) for row in range(len(transcribed))]
    assert np.diff(transcribed.first_sentences).tolist() == counts


def test_sentences_know_who_speaks_them_under_the_merged_name(transcribed: Corpus) -> None:
    names = [transcribed.speakers[row].name if row >= 0 else None for row in transcribed.sentence_speakers.tolist()]
    psaki = "Jen Psaki"
    assert names == ["Wang Yi", None, psaki, psaki, REPORTER, psaki, psaki, REPORTER, psaki, None]
    of_psaki = np.isin(transcribed.sentence_speakers, transcribed.speaker_rows([psaki]))
    assert np.flatnonzero(of_psaki).tolist() == [2, 3, 5, 6, 8]
    assert transcribed.speaker_rows(["Psaki", "Nobody"]).tolist() == []


def test_what_is_only_a_reporters_question_is_left_out_of_what_may_answer(transcribed: Corpus) -> None:
    assert transcribed.answering is not None
    assert transcribed.answering.tolist() == [0, 1, 2, 4, 5, 6]


def test_where_no_reporter_asks_everything_may_answer(corpus: Corpus) -> None:
    assert corpus.answering is None


def test_rows_of_others_are_those_in_which_anybody_else_or_nobody_speaks(corpus: Corpus) -> None:
    everything = list(range(len(corpus)))
    assert corpus.rows_of_others([]).tolist() == everything
    for names in (["Wang Yi"], ["Psaki", "Wang Yi"]):
        alone = [
            row
            for row in everything
            if all(each.speech and each.speech.speaker in names for each in corpus.paragraph(row)[1].sentences)
        ]
        assert corpus.rows_of_others(names).tolist() == [row for row in everything if row not in alone]


def test_rows_beside_are_the_whole_document(transcribed: Corpus) -> None:
    for row in range(len(transcribed)):
        beside = transcribed.rows_beside(row).tolist()
        assert row in beside
        assert {transcribed.paragraph(each)[0].id for each in beside} == {transcribed.paragraph(row)[0].id}


def test_the_row_before_is_of_the_same_document(transcribed: Corpus) -> None:
    assert transcribed.rows_before(np.arange(7)).tolist() == [0, 0, 2, 3, 3, 4, 5]
    assert transcribed.rows_before(np.array([6, 3, 0, 1])).tolist() == [5, 3, 0, 0]
    assert transcribed.rows_before(np.empty(0, np.int64)).tolist() == []


def test_a_corpus_without_documents_has_no_sentences(tmp_path: Path) -> None:
    corpus = written(tmp_path / "corpus.sqlite", [])
    assert (len(corpus), corpus.sentences, corpus.first_sentences.tolist()) == (0, 0, [0])
    assert corpus.answering is None
    corpus.close()


def test_a_writer_gives_back_titles_by_documents_and_by_paragraphs(tmp_path: Path) -> None:
    writer = CorpusWriter(tmp_path / "corpus.sqlite")
    for document, paragraphs in (*BOTH, (Document("none", "Of no paragraph", "", "d.txt"), ())):
        writer.add(document, paragraphs)
    assert list(writer.titles()) == ["Talks", "A note 🙂", "Of no paragraph"]
    assert list(writer.paragraph_titles()) == ["Talks", "Talks", "A note 🙂"]
    writer.abandon()


def test_paragraphs_know_their_documents(transcribed: Corpus) -> None:
    assert transcribed.documents_of.tolist() == [0, 0, 1, 2, 2, 2, 2]


def spoken(identifier: str, *paragraphs: str) -> tuple[Document, tuple[Paragraph, ...]]:
    """A document whose sentences are one character each: who speaks it, "Q" for a reporter, "." for nobody."""
    text, spans = "", []
    for speakers in paragraphs:
        start = len(text)
        speeches = [
            {"Q": Speech(REPORTER, Basis.LABEL), ".": None}.get(who, Speech(who, Basis.CUE)) for who in speakers
        ]
        sentences = tuple(Sentence(start + at, start + at + 1, speech) for at, speech in enumerate(speeches))
        spans.append(Paragraph(start, start + len(speakers), sentences))
        text += speakers + "\n\n"
    return Document(identifier, "", text, identifier), tuple(spans)


@pytest.mark.parametrize(
    ("paragraphs", "goes_on"),
    [
        (("A", "A", "A"), [False, True, True]),
        (("A", "B", "A"), [False, False, False]),
        (("A", "Q", "A"), [False, False, False]),
        (("Q", "Q"), [False, False]),
        ((".", "."), [False, False]),
        (("A", ".", "A"), [False, False, False]),
        (("A", "", "A"), [False, False, False]),
        # What counts is who spoke last, and who speaks first.
        (("BA", "AB", "BA"), [False, True, True]),
        (("AB", "A"), [False, False]),
        (("QA", "AQ", "QA"), [False, True, False]),
        (("A.", "A"), [False, False]),
        (("A", "ABA"), [False, True]),
        ((), []),
    ],
)
def test_a_paragraph_goes_on_with_the_words_of_who_spoke_last(
    tmp_path: Path, paragraphs: tuple[str, ...], goes_on: list[bool]
) -> None:
    corpus = written(tmp_path / "corpus.sqlite", [spoken("a", *paragraphs)])
    assert corpus.goes_on.tolist() == goes_on
    corpus.close()


def test_no_statement_goes_on_over_the_border_of_a_document(tmp_path: Path) -> None:
    contents = [spoken("a", "A", "A"), spoken("none"), spoken("b", "A", "A"), spoken("c", "A")]
    corpus = written(tmp_path / "corpus.sqlite", contents)
    assert corpus.goes_on.tolist() == [False, True, False, True, False]
    corpus.close()


def test_a_statement_goes_on_under_another_name_of_the_same_person(tmp_path: Path) -> None:
    same = Speaker("Ann Archer", ("A", "B"))
    corpus = written(tmp_path / "corpus.sqlite", [spoken("a", "A", "B", "C")], {"A": same, "B": same})
    assert corpus.goes_on.tolist() == [False, True, False]
    corpus.close()


RELEASED = "The ministers spoke for three hours about trade, vaccines and the climate, and will meet again next spring."


def test_copies_come_back_with_where_they_stand(tmp_path: Path) -> None:
    documents = [
        Document("a", "Here", f"A note.\n\n{RELEASED}", "a.txt", "2020-09-12"),
        Document("b", "There", RELEASED, "b.txt", "2020-09-11", "https://example.org/b", publisher="Ministry"),
        Document("c", "Rain", "It rains.", "c.txt"),
    ]
    writer = CorpusWriter(tmp_path / "corpus.sqlite")
    for document in documents:
        writer.add(document, split_paragraphs(document))
    writer.merge_speakers({})
    writer.add_duplicates(find_duplicates(writer))
    writer.finish([])
    with closing(Corpus(tmp_path / "corpus.sqlite")) as corpus:
        there = Place("b", "There", "2020-09-11", "b.txt", "https://example.org/b", "Ministry", 0, len(RELEASED))
        here = Place("a", "Here", "2020-09-12", "a.txt", None, None, 9, 9 + len(RELEASED))
        assert [corpus.places(row) for row in range(len(corpus))] == [(), (there,), (here,), ()]
        everything = corpus.distinct(None)
        assert everything is not None
        assert everything.tolist() == [0, 2, 3]
        for allowed, distinct in (([0, 1], [0, 1]), ([1, 2], [2]), ([], [])):
            found = corpus.distinct(np.array(allowed, np.int64))
            assert found is not None
            assert found.tolist() == distinct
        assert corpus.different == 3
        assert corpus.originals().tolist() == [1, 2]
        assert [corpus.published_as(document) for document in documents] == [(documents[1],), (documents[0],), ()]
        assert corpus.published_as(Document("gone", "Gone", "Gone.", "gone.txt")) == ()
        assert corpus.one_text(0, 2)
        assert not corpus.one_text(0, 1)
        assert not corpus.one_text(2, 3)


def test_the_people_of_copies_are_compared_once_it_is_known_who_is_who(tmp_path: Path) -> None:
    def said(name: str, source: str) -> tuple[Document, tuple[Paragraph, ...]]:
        sentence = Sentence(0, len(RELEASED), Speech(name, Basis.METADATA))
        return Document(source, "Talks", RELEASED, source), (Paragraph(0, len(RELEASED), (sentence,)),)

    merged = {"Wang": Speaker("Wang Yi", ("Wang",)), "Wang Yi": Speaker("Wang Yi", ("Wang",))}
    for number, (same, count) in enumerate(((merged, 1), ({}, 2))):
        writer = CorpusWriter(tmp_path / f"{number}.sqlite")
        for document, paragraphs in (said("Wang Yi", "a.txt"), said("Wang", "b.txt")):
            writer.add(document, paragraphs)
        writer.merge_speakers(same)
        writer.add_duplicates(find_duplicates(writer))
        writer.finish([])
        with closing(Corpus(tmp_path / f"{number}.sqlite")) as corpus:
            assert corpus.different == count


def test_a_corpus_without_copies_leaves_every_search_as_it_is(corpus: Corpus) -> None:
    rows = np.array([0, 2])
    assert corpus.distinct(None) is None
    assert corpus.distinct(rows) is rows
    assert corpus.places(0) == ()
    assert corpus.different == len(corpus)
    assert corpus.originals().tolist() == [0, 1]


def test_questions_and_answers_are_found_from_each_other(transcribed: Corpus) -> None:
    assert transcribed.questions_of(None).tolist() == [3, 5]
    assert transcribed.questions_of(np.array([0, 6])).tolist() == [5]
    assert transcribed.questions_of(np.array([0, 1])).tolist() == []
    assert transcribed.answers_to(np.array([3, 5])).tolist() == [4, 6]
    assert transcribed.answers_to(np.array([0, 4, 5])).tolist() == [6]
    assert transcribed.answers_to(np.empty(0, np.int64)).tolist() == []


def test_where_nothing_is_answered_there_are_no_questions(corpus: Corpus) -> None:
    assert corpus.questions_of(None).tolist() == corpus.questions_of(np.array([0, 2])).tolist() == []
    assert corpus.answers_to(np.array([0, 1])).tolist() == []


def test_one_date_makes_a_corpus_dated(tmp_path: Path, corpus: Corpus) -> None:
    assert corpus.is_dated
    undated = written(tmp_path / "undated.sqlite", ((SECOND, SECOND_PARAGRAPHS),))
    assert not undated.is_dated
    undated.close()
