"""Tuning: what it learns from, whether it helps, and that what it published can be searched, kept and undone."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.build import build_index
from index.errors import IndexInvalidError, IndexMissingError, ModelError
from index.maps import Maps, mapped
from index.pairs import mine
from index.snapshot import Snapshot, current, open_snapshot
from index.training import train
from index.tuning import tune, undo
from index.types import Vectors
from tests.fakes import BagOfWords

# What reporters call a thing, and what the spokesperson does.
WORDING = {
    "tariffs": "commerce", "virus": "epidemic", "islands": "sovereignty", "missiles": "denuclearisation",
    "hostages": "consular", "pipeline": "energy", "hackers": "cybersecurity", "glaciers": "climate",
}  # fmt: skip
PLACES = ("Cairo", "Lima", "Oslo", "Quito", "Seoul")
DAYS = range(1, 13)

Write = Callable[[Mapping[str, str | bytes]], Path]


def transcript(day: int, fits: bool) -> str:
    """A press conference; where answers do not fit, none has to do with its question."""
    said = list(WORDING.values())
    turns = []
    for number, asked in enumerate(WORDING):
        answer = said[number] if fits else said[(number * 5 + day * day + day // 3) % len(said)]
        place = PLACES[(day + number) % len(PLACES)]
        turns.append(f"Q: Could you please comment on {asked} in {place} today?")
        turns.append(f"Hua Chunying: Our position on {answer} is known{f' in {place}' if fits else ''}.")
    return f"Press Conference on May {day}, 2020\n\n" + "\n\n".join(turns)


@pytest.fixture
def index(tmp_path: Path, documents: Write) -> Path:
    """An index whose answers are worded otherwise than its questions, always in the same way."""
    build_index(documents({f"{day:02}.txt": transcript(day, True) for day in DAYS}), tmp_path / "index", BagOfWords())
    return tmp_path / "index"


@pytest.fixture
def snapshot(index: Path) -> Iterator[Snapshot]:
    with closing(open_snapshot(index)) as opened:
        yield opened


def vectors(index: Path) -> tuple[Vectors, Vectors]:
    """Those of the windows and of the sentences."""
    with closing(open_snapshot(index)) as opened:
        return np.concatenate(list(opened.vectors.batches())), np.concatenate(list(opened.sentences.batches()))


def epidemics(index: Path) -> int:
    """How many of the answers first found for a question about the virus are about the epidemic, of 12."""
    with closing(open_snapshot(index)) as opened:
        query = opened.adapt(BagOfWords().queries(["Could you please comment on virus in Oslo today?"])[0])[0]
        rows, _ = opened.vectors.search(query, 12, opened.corpus.answering)
        found = [opened.corpus.paragraph(int(row)) for row in rows]
        return sum("epidemic" in document.text[paragraph.start : paragraph.end] for document, paragraph in found)


def test_a_pair_is_a_question_without_its_label_and_the_paragraphs_that_answer_it(snapshot: Snapshot) -> None:
    pairs = mine(snapshot.corpus)
    assert len(pairs) == len(WORDING) * len(DAYS)
    assert pairs[0].text == "Could you please comment on tariffs in Lima today?"
    (answer,) = pairs[0].answers
    document, paragraph = snapshot.corpus.paragraph(int(answer))
    assert "commerce" in document.text[paragraph.start : paragraph.end]
    assert snapshot.corpus.documents_of[answer] == pairs[0].document


def test_fewer_pairs_are_drawn_the_same_way_every_time(snapshot: Snapshot) -> None:
    drawn = [[(pair.document, pair.text) for pair in mine(snapshot.corpus, 10)] for _ in range(2)]
    assert len(drawn[0]) == 10
    assert drawn[0] == drawn[1]


def test_titles_pair_with_the_opening_of_a_release_unless_many_have_them(tmp_path: Path, documents: Write) -> None:
    one = "# Ministers meet for talks in Moscow\n\n" + "\n\n".join(f"Part {number} of it." for number in range(5))
    same = "# Remarks by the President on jobs\n\nHe spoke about "
    folder = documents({"a.md": one, "b.md": same + "steel.", "c.md": same + "coal."})
    build_index(folder, tmp_path / "index", BagOfWords())
    with closing(open_snapshot(tmp_path / "index")) as opened:
        (pair,) = mine(opened.corpus)
        texts = [opened.corpus.paragraph(int(row)) for row in pair.answers]
    assert pair.text == "Ministers meet for talks in Moscow"
    assert [document.text[paragraph.start : paragraph.end] for document, paragraph in texts] == [
        "Part 0 of it.", "Part 1 of it.", "Part 2 of it.",
    ]  # fmt: skip


def test_a_release_at_two_places_is_learned_from_once(tmp_path: Path, documents: Write) -> None:
    release = (
        "# Ministers meet for talks in Moscow\n\nThey spoke for three hours about trade, vaccines and the climate."
    )
    build_index(documents({"a/a.md": release, "b/b.md": release}), tmp_path / "index", BagOfWords())
    with closing(open_snapshot(tmp_path / "index")) as opened:
        (pair,) = mine(opened.corpus)
    assert (pair.document, pair.answers.tolist()) == (0, [0])


def test_tuning_finds_answers_worded_otherwise_than_their_questions(index: Path) -> None:
    name, before = current(index), epidemics(index)
    tuned = tune(index, BagOfWords(), strength=1)
    assert tuned.gain
    assert tuned.gain.after > tuned.gain.before
    assert tuned.snapshot == current(index) != name
    assert epidemics(index) > before
    with closing(open_snapshot(index)) as opened:
        assert opened.manifest.tuned == tuned.pairs == len(WORDING) * len(DAYS)
        assert np.allclose(np.linalg.norm(opened.adapt(BagOfWords().queries(["virus", "tariffs"])[0]), axis=1), 1)


def test_tuning_declines_where_it_does_not_help(tmp_path: Path, documents: Write) -> None:
    index = tmp_path / "index"
    build_index(documents({f"{day:02}.txt": transcript(day, False) for day in DAYS}), index, BagOfWords())
    before = current(index)
    tuned = tune(index, BagOfWords())
    assert tuned.gain
    assert not tuned.gain.helps
    assert tuned.snapshot is None
    assert current(index) == before
    assert [path.name for path in (index / "snapshots").iterdir()] == [before]


def test_too_few_pairs_are_not_learned_from(sample_index: Path) -> None:
    before = current(sample_index)
    tuned = tune(sample_index, BagOfWords())
    assert (tuned.gain, tuned.snapshot, current(sample_index)) == (None, None, before)


def test_no_passage_is_embedded_again(index: Path) -> None:
    model = BagOfWords()
    tune(index, model)
    assert model.embedded == []


def test_equal_indexes_are_tuned_alike(index: Path) -> None:
    first = tune(index, BagOfWords())
    before = vectors(index)
    # From the tuned vectors, those of the model are got back.
    second = tune(index, BagOfWords())
    assert first.gain
    assert second.gain
    assert second.gain.before == pytest.approx(first.gain.before, abs=1e-2)
    assert second.gain.after == pytest.approx(first.gain.after, abs=1e-2)
    for one, other in zip(before, vectors(index), strict=True):
        np.testing.assert_allclose(one, other, atol=3e-3)


def test_undone_the_vectors_are_the_models_again(index: Path) -> None:
    before = vectors(index)
    assert undo(index) is None
    tune(index, BagOfWords())
    assert undo(index) == current(index)
    with closing(open_snapshot(index)) as opened:
        assert (opened.maps, opened.manifest.tuned) == (None, 0)
    for one, other in zip(before, vectors(index), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-3)


def test_a_later_build_keeps_the_maps_and_says_so(index: Path, documents: Write) -> None:
    tuned = tune(index, BagOfWords())
    before = vectors(index)
    folder = documents({"13.txt": transcript(13, True)})
    built = build_index(folder, index, BagOfWords())
    assert built.tuned == tuned.pairs
    after = vectors(index)
    np.testing.assert_allclose(after[0][: len(before[0])], before[0], atol=1e-5)
    assert build_index(folder, index, BagOfWords("another model")).tuned == 0


def test_a_snapshot_whose_maps_are_missing_is_not_searched_without_them(index: Path) -> None:
    tune(index, BagOfWords())
    folder = index / "snapshots" / current(index)
    assert "maps.f32" in json.loads((folder / "manifest.json").read_text())["files"]
    (folder / "maps.f32").unlink()
    with pytest.raises(IndexInvalidError, match=r"maps\.f32 is missing"):
        open_snapshot(index)


def test_tuning_needs_an_index_and_its_model(index: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="another model"):
        tune(index, BagOfWords("other"))
    with pytest.raises(IndexMissingError):
        tune(tmp_path / "nowhere", BagOfWords())
    assert not (tmp_path / "nowhere").exists()


def test_training_does_not_push_a_querys_other_answers_away() -> None:
    """Where every answer is the query's own there is nothing to tell apart, and the identity is the best map."""
    vectors = np.eye(4, dtype=np.float32)
    maps = train(vectors[:1], vectors, [np.array([1, 2, 3])])
    np.testing.assert_allclose(maps.queries, np.eye(4), atol=1e-6)
    np.testing.assert_allclose(maps.passages, np.eye(4), atol=1e-6)


def test_maps_at_no_strength_leave_vectors_as_they_are() -> None:
    matrix = np.random.default_rng(0).normal(size=(8, 8)).astype(np.float32)
    unit = mapped(matrix, np.eye(8, dtype=np.float32))
    np.testing.assert_allclose(mapped(unit, Maps(matrix, matrix, 1).at(0).queries), unit, atol=1e-6)
    np.testing.assert_allclose(Maps(matrix, matrix, 1).at(1).passages, matrix, atol=1e-5)
