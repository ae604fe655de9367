import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from index.build import Built, build_documents, build_index
from index.errors import DocumentsError, IndexMissingError
from index.snapshot import open_snapshot
from index.sources.base import document_id
from index.types import Basis, Document, Paragraph, Sentence, Skipped, Speech
from tests.fakes import BagOfWords

Write = Callable[[Mapping[str, str | bytes]], Path]
BINARY = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256))


def documents_of(index: Path) -> dict[str, Document]:
    """By their sources."""
    snapshot = open_snapshot(index)
    found = {document.source: document for document in snapshot.corpus.all_documents()}
    snapshot.close()
    return found


def build(folder: Path, index: Path) -> Built:
    return build_index(folder, index, BagOfWords())


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def test_a_build_says_what_it_did(documents: Write, index: Path) -> None:
    folder = documents({"a.txt": "One.\n\nTwo.", "b/c.md": "# Title\n\nThree.", "d.bin": BINARY})
    built = build(folder, index)
    assert (built.documents, built.paragraphs, built.embedded) == (2, 3, 3)
    assert [item.source for item in built.skipped] == ["d.bin"]
    snapshot = open_snapshot(index)
    assert snapshot.name == built.snapshot
    snapshot.close()


def test_progress_tells_of_every_stage(documents: Write, index: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    folder = documents({"a.txt": "One.\n\nTwo.", "b.txt": "Three."})
    build_index(folder, index, BagOfWords(), lambda *step: told.append(step))
    files = [(stage, done, 2) for stage in ("checking", "reading") for done in (1, 2)]
    assert told == [*files, ("embedding", 3, 3)]


def test_a_missing_folder_is_named(tmp_path: Path, index: Path) -> None:
    with pytest.raises(DocumentsError, match=f"there is no folder {tmp_path / 'gone'}"):
        build(tmp_path / "gone", index)


def test_a_file_is_not_a_folder_of_documents(documents: Write, index: Path) -> None:
    path = documents({"a.txt": "One."}) / "a.txt"
    with pytest.raises(DocumentsError, match=r"a\.txt is not a folder"):
        build(path, index)


def test_an_empty_folder_is_told_what_to_hold(tmp_path: Path, index: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DocumentsError, match=r"empty holds no documents; put \.csv, .*\.pdf, .* or \.zip files there"):
        build(tmp_path / "empty", index)


def test_a_folder_of_nothing_readable_names_three_files_with_their_reasons(documents: Write, index: Path) -> None:
    folder = documents({"a.txt": BINARY, "b.xyz": "x", "c.txt": "", "d.txt": " \n ", "e.jsonl": "{"})
    with pytest.raises(DocumentsError) as raised:
        build(folder, index)
    assert str(raised.value) == (
        f"{folder} holds nothing that can be read (a.txt: binary, not text; b.xyz: no reader for .xyz files; "
        "c.txt: no text in it and 2 more)"
    )
    with pytest.raises(IndexMissingError):
        open_snapshot(index)


def test_what_cannot_be_read_is_skipped_with_a_reason_and_the_rest_is_built(documents: Write, index: Path) -> None:
    folder = documents(
        {
            "good.txt": "Vaccines are for everyone.",
            "image.txt": BINARY,
            "empty.txt": "",
            "blank.md": " \n\n\t\n",
            "empty.html": "<html><body></body></html>",
            "records.jsonl": '[1, 2]\n"text"\nnull\n{"text": "Trade grew."}\n'
            '{"title": "x"}\n{"text": 5}\n{\n{"text": ""}',
        }
    )
    built = build(folder, index)
    reasons = {item.source: item.reason for item in built.skipped}
    assert reasons["image.txt"] == "binary, not text"
    assert {"empty.txt", "blank.md", "empty.html"} <= reasons.keys()
    assert all(reasons.values())
    for line in (1, 2, 3):
        assert reasons[f"records.jsonl line {line}"] == "not a JSON object"
    assert {f"records.jsonl line {line}" for line in (5, 6, 7, 8)} <= reasons.keys()
    assert {document.text for document in documents_of(index).values()} == {"Vaccines are for everyone.", "Trade grew."}


def test_broken_encoding_loses_no_more_than_the_broken_characters(documents: Write, index: Path) -> None:
    text = "Le café était fermé, le garçon aussi. La délégation était présente à l'Élysée. "
    folder = documents({"broken.txt": text.encode() * 3 + b"\xff\xfe stop", "good.txt": text})
    assert build(folder, index).skipped == ()
    found = documents_of(index)
    assert found["broken.txt"].text.startswith(text * 3)
    assert found["broken.txt"].text.endswith("stop")
    assert found["good.txt"].text == text.strip()


def test_a_nul_and_an_emoji_survive_a_build(documents: Write, index: Path) -> None:
    record = {"id": "1", "text": "Peace \0 now 🙂. Trade \ud800 too, says 𝔘nicode."}
    build(documents({"a.jsonl": json.dumps(record), "b.txt": "Water 🌊 for all. 👩‍👩‍👧"}), index)
    found = documents_of(index)
    assert "🙂. Trade" in found["a.jsonl#1"].text
    assert "𝔘nicode" in found["a.jsonl#1"].text
    assert found["b.txt"].text == "Water 🌊 for all. 👩‍👩‍👧"
    snapshot = open_snapshot(index)
    document, paragraph = snapshot.corpus.paragraph(1)
    assert document.text[slice(paragraph.start, paragraph.end)] == document.text
    snapshot.close()


@pytest.mark.parametrize("inside", [".", "index", "deep/er/index"])
def test_an_index_inside_the_documents_is_refused(documents: Write, inside: str) -> None:
    folder = documents({"a.txt": "One."})
    with pytest.raises(DocumentsError, match=r"would lie inside the documents .*give --out another place"):
        build(folder, folder / inside)
    assert [path.name for path in folder.iterdir()] == ["a.txt"]


def test_a_link_to_the_documents_does_not_hide_that_the_index_lies_inside(documents: Write, tmp_path: Path) -> None:
    folder = documents({"a.txt": "One."})
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(DocumentsError, match="would lie inside"):
        build(folder, tmp_path / "link" / "index")


def test_a_folder_beside_with_a_longer_name_is_not_inside(documents: Write) -> None:
    folder = documents({"a.txt": "One."})
    build(folder, folder.with_name("documents-index"))
    assert len(documents_of(folder.with_name("documents-index"))) == 1


def test_a_second_build_embeds_nothing_and_gives_the_same_vectors(documents: Write, index: Path) -> None:
    folder = documents({"a.txt": "One thing.\n\nTwo things.", "b.txt": "Two things."})
    first = build(folder, index)
    vectors = (index / "snapshots" / first.snapshot / "vectors.faiss").read_bytes()
    embedder = BagOfWords()
    second = build_index(folder, index, embedder)
    assert (first.embedded, second.embedded, embedder.embedded) == (2, 0, [])
    assert (index / "snapshots" / second.snapshot / "vectors.faiss").read_bytes() == vectors


def test_a_rebuild_embeds_only_the_paragraphs_that_are_new(documents: Write, index: Path) -> None:
    build(documents({"a.txt": "One thing.\n\nTwo things."}), index)
    embedder = BagOfWords()
    folder = documents({"a.txt": "One thing.\n\nTwo changed things.", "b.txt": "Three."})
    assert build_index(folder, index, embedder).embedded == 2
    assert embedder.embedded == ["Two changed things.", "Three."]


def test_another_model_embeds_everything_again(documents: Write, index: Path) -> None:
    folder = documents({"a.txt": "One.\n\nTwo."})
    build(folder, index)
    other = BagOfWords("other")
    assert build_index(folder, index, other).embedded == 2
    snapshot = open_snapshot(index)
    assert snapshot.manifest.model_digest == other.digest
    snapshot.close()


def test_a_build_that_was_stopped_goes_on_where_it_was(documents: Write, index: Path) -> None:
    class Stop(Exception):
        pass

    def stop(stage: str, done: int, total: int | None) -> None:
        if stage == "embedding":
            raise Stop

    folder = documents({"a.txt": "\n\n".join(f"Paragraph number {i}." for i in range(700))})
    with pytest.raises(Stop):
        build_index(folder, index, BagOfWords(), stop)
    assert 0 < build(folder, index).embedded < 700


def test_a_removed_file_leaves_the_index(documents: Write, index: Path) -> None:
    folder = documents({"a.txt": "Vaccines are for everyone.", "b.txt": "Trade grew."})
    build(folder, index)
    (folder / "a.txt").unlink()
    build(folder, index)
    assert documents_of(index).keys() == {"b.txt"}
    snapshot = open_snapshot(index)
    assert snapshot.lexicon.search("vaccine", 5)[0].tolist() == []
    rows, _ = snapshot.vectors.search(BagOfWords().queries(["Vaccines"])[0][0], 5)
    assert rows.tolist() == [0]
    snapshot.close()


def test_a_changed_file_is_read_anew_under_the_same_id(documents: Write, index: Path) -> None:
    build(documents({"a.txt": "Trade grew."}), index)
    before = documents_of(index)["a.txt"]
    build(documents({"a.txt": "Trade shrank."}), index)
    after = documents_of(index)["a.txt"]
    assert (after.id, after.text) == (before.id, "Trade shrank.")


def test_ids_follow_from_the_source_and_not_from_the_order_of_a_build(documents: Write, index: Path) -> None:
    records = ['{"id": "x", "text": "Ex."}', '{"id": "y", "text": "Why."}']
    folder = documents({"m.txt": "Em.", "n/o.md": "En.", "r.jsonl": "\n".join(records)})
    build(folder, index)
    before = {source: document.id for source, document in documents_of(index).items()}
    documents({"a.txt": "First now.", "n/a.txt": "Another.", "r.jsonl": "\n".join(records[::-1])})
    build(folder, index)
    after = {source: document.id for source, document in documents_of(index).items()}
    assert after.items() >= before.items()
    assert len(set(after.values())) == len(after) == len(before) + 2


def test_ids_do_not_depend_on_where_the_folder_is(documents: Write, tmp_path: Path, index: Path) -> None:
    folder = documents({"a/b.txt": "One."})
    build(folder, index)
    build(folder.rename(tmp_path / "moved"), tmp_path / "other")
    assert documents_of(index) == documents_of(tmp_path / "other")


def test_a_paragraph_longer_than_a_window_is_found_by_a_word_at_its_very_end(documents: Write, index: Path) -> None:
    filler = " ".join(["The ministers spoke of trade and grain"] * 40)
    long = f"{filler} zeppelin"
    build(documents({"a.txt": long, "b.txt": filler, "c.txt": "They met in Moscow."}), index)
    snapshot = open_snapshot(index)
    rows, scores = snapshot.vectors.search(BagOfWords().queries(["zeppelin"])[0][0], 3)
    document, paragraph = snapshot.corpus.paragraph(int(rows[0]))
    assert document.source == "a.txt"
    assert document.text[slice(paragraph.start, paragraph.end)] == long
    assert scores[0] > scores[1]
    snapshot.close()


def test_a_long_paragraph_is_embedded_in_overlapping_windows_that_cover_it_whole(documents: Write, index: Path) -> None:
    text = " ".join(f"word{number}" for number in range(333))
    embedder = BagOfWords()
    built = build_index(documents({"a.txt": text}), index, embedder)
    assert built.paragraphs == 1
    assert built.embedded == len(embedder.embedded) > 8
    starts = [text.index(window) for window in embedder.embedded]
    ends = [start + len(window) for start, window in zip(starts, embedder.embedded, strict=True)]
    assert starts[0] == 0
    assert ends[-1] == len(text)
    assert all(start < end for start, end in zip(starts[1:], ends, strict=False))
    snapshot = open_snapshot(index)
    assert snapshot.corpus.windows.tolist() == [0] * len(starts)
    snapshot.close()


def test_the_dense_and_the_lexical_side_number_paragraphs_alike(sample_index: Path) -> None:
    snapshot = open_snapshot(sample_index)
    for row in range(0, len(snapshot.corpus), 5):
        document, paragraph = snapshot.corpus.paragraph(row)
        text = document.text[slice(paragraph.start, paragraph.end)]
        window = text[slice(*BagOfWords().windows([text])[0][0])]
        rows, scores = snapshot.vectors.search(BagOfWords().queries([window])[0][0], 3)
        assert row in rows
        assert scores[0] == pytest.approx(1, abs=1e-5)
        assert row in snapshot.lexicon.search(text, 3)[0]
    snapshot.close()


def test_two_names_of_one_person_are_one_speaker_of_the_index(documents: Write, index: Path) -> None:
    files = {
        "a.txt": "Russian Foreign Minister Sergey Lavrov spoke in Moscow.\n\nLavrov said that trade grew.",
        "b.txt": "LAVROV: We agree.\n\nQ: On what?\n\nLAVROV: On trade.",
    }
    build(documents(files), index)
    snapshot = open_snapshot(index)
    assert {speaker.name for speaker in snapshot.corpus.speakers.values()} == {"Sergey Lavrov", "Reporter"}
    rows = snapshot.corpus.rows_of_speakers(["Sergey Lavrov"]).tolist()
    assert {snapshot.corpus.paragraph(row)[0].source for row in rows} == {"a.txt", "b.txt"}
    snapshot.close()


def test_skipped_items_are_values_a_command_can_show(documents: Write, index: Path) -> None:
    built = build(documents({"a.txt": "One.", "b.txt": BINARY}), index)
    assert built.skipped == (Skipped("b.txt", "binary, not text"),)


def test_documents_whose_paragraphs_are_known_are_published_as_they_are(index: Path) -> None:
    """Nothing is split or attributed anew: neither blank lines nor labels are looked for."""
    document = Document("a", "Talks", "MS. ROE: Trade.\n\nGrew. It rained.", "a")
    speech = Speech("Ann Archer", Basis.METADATA)
    paragraphs = (Paragraph(0, 22, (Sentence(0, 22, speech),)), Paragraph(23, 33, (Sentence(23, 33),)))
    built = build_documents([(document, paragraphs), (Document("b", "", "", "b"), ())], index, BagOfWords())
    assert (built.documents, built.paragraphs, built.skipped) == (2, 2, ())
    snapshot = open_snapshot(index)
    assert [snapshot.corpus.paragraph(row) for row in (0, 1)] == [(document, each) for each in paragraphs]
    assert {speaker.name for speaker in snapshot.corpus.speakers.values()} == {"Ann Archer"}
    assert snapshot.lexicon.search("talks", 5)[0].tolist() == [0, 1]
    snapshot.close()


@pytest.mark.parametrize("source", ["press.txt", "press.txt#7"])
def test_no_record_stands_in_another_files_place(documents: Write, index: Path, source: str) -> None:
    record = {"id": document_id(source), "source": source, "text": "Words that nobody said."}
    folder = documents({"a.jsonl": json.dumps(record), "press.txt": "Wang Yi said that trade grew."})
    built = build(folder, index)
    reason = "a record in it says that it comes from press.txt, which is a file of its own"
    assert built.skipped == (Skipped("a.jsonl", reason),)
    assert {name: held.text for name, held in documents_of(index).items()} == {
        "press.txt": "Wang Yi said that trade grew."
    }
