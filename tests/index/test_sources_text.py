from pathlib import Path

import pytest

from index.sources.text import TextSource
from index.types import Document

SEED = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "seed"


def read(folder: Path, text: str, name: str = "notes.txt") -> Document:
    path = folder / "notes.txt"
    path.write_text(text, encoding="utf-8")
    (document,) = TextSource().read(path, name)
    assert isinstance(document, Document)
    return document


def test_breadcrumb_title_and_date_above_a_text_become_its_facts(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        "Home > News\nTalks on Four Areas\n2020/09/11\n\nOne.\n\nTwo.\n\nSuggest To A Friend:   \nPrint",
    )
    assert (document.title, document.date, document.text) == ("Talks on Four Areas", "2020-09-11", "One.\n\nTwo.")


@pytest.mark.parametrize("head", ["Talks\n\n5 May 2020\n\n", "5 May 2020\nTalks\n\n", "Talks\n5 May 2020\n"])
def test_title_and_date_may_stand_in_either_order(tmp_path: Path, head: str) -> None:
    document = read(tmp_path, f"{head}One.\nTwo.")
    assert (document.title, document.date) == ("Talks", "2020-05-05")
    assert "Talks" not in document.text


@pytest.mark.parametrize(
    "text",
    [
        "This is a sentence.\n\nAnother.",
        "MR. SMITH: Welcome\n\nThank you.",
        "x" * 201 + "\n\nText.",
        "A line\nand its other half\n\nText.",
        "Only this line",
    ],
)
def test_a_first_line_that_is_no_title_stays_in_the_text(tmp_path: Path, text: str) -> None:
    document = read(tmp_path, text, "2020-09-11-four_areas.txt")
    assert (document.title, document.date) == ("Four areas", "2020-09-11")
    assert document.text.startswith(text[:6])


def test_lines_wrapped_by_hand_are_joined(tmp_path: Path) -> None:
    assert read(tmp_path, "It was said\nthat all\r\nagree.\n\nNew.").text == "It was said that all agree.\n\nNew."


def test_a_line_that_names_a_speaker_begins_anew(tmp_path: Path) -> None:
    text = "Q: Will you\ngo?\nMR. SMITH: No,\nnot now.\nGeng Shuang: Why\nnot?\nQ  And you?\n\nEnd."
    assert read(tmp_path, text).text == (
        "Q: Will you go?\nMR. SMITH: No, not now.\nGeng Shuang: Why not?\nQ  And you?\n\nEnd."
    )


def test_without_blank_lines_each_line_is_a_paragraph(tmp_path: Path) -> None:
    assert read(tmp_path, "First one.\nSecond one.\nThird one.\n").text == "First one.\n\nSecond one.\n\nThird one."


@pytest.mark.corpus
@pytest.mark.skipif(not SEED.is_dir(), reason="the real release of ../shared/corpus/seed is not here")
def test_the_release_on_four_areas_is_read_without_its_furniture() -> None:
    (path,) = SEED.glob("*.txt")
    (document,) = TextSource().read(path, path.name)
    assert isinstance(document, Document)
    assert document.title == "Wang Yi on Four Areas of China-Russia Cooperation in the Future"
    assert document.date == "2020-09-11"
    text = document.text.split("\n\n")
    assert (len(text), text[0][:21], text[-1][:7]) == (6, "On September 11, 2020", "Fourth,")
