from pathlib import Path

import pytest

from index.errors import SourceError
from index.sources import read_folder
from index.sources.markdown import MarkdownSource
from index.types import Document, Skipped

PAGES = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "whitehouse"


def read(folder: Path, text: str, name: str = "notes.md") -> Document:
    path = folder / "notes.md"
    path.write_text(text, encoding="utf-8")
    (document,) = MarkdownSource().read(path, name)
    assert isinstance(document, Document)
    return document


def test_front_matter_gives_title_date_address_and_speaker(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        "---\ntitle: \"Jen\\_Psaki on COVID-\\u206019\"\ndate: '2021-02-25'\n"
        "source_url: https://example.org/a\nspeaker: Jen Psaki\ntags: x\n---\n\nText.\n",
    )
    assert document.title == "Jen Psaki on COVID-19"
    assert (document.date, document.url, document.speaker) == ("2021-02-25", "https://example.org/a", "Jen Psaki")
    assert document.text == "Text."


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("2021-02-25", "2021-02-25"),
        ("2021-02-25 10:00:00-05:00", "2021-02-25"),
        ("February 25, 2021", "2021-02-25"),
        ("2021", "2021"),
        ("[2021]", None),
        ("soon", None),
    ],
)
def test_a_front_matter_date_may_be_a_yaml_date_or_words(tmp_path: Path, value: str, date: str | None) -> None:
    assert read(tmp_path, f"---\ndate: {value}\n---\nText.").date == date


def test_without_front_matter_the_heading_and_the_file_name_speak(tmp_path: Path) -> None:
    document = read(tmp_path, "# Four *areas*\n\nText.", "2020-09-11-x.md")
    assert (document.title, document.date, document.text) == ("Four areas", "2020-09-11", "Text.")
    assert read(tmp_path, "Text.", "talks/four-areas.md").title == "Four areas"


def test_broken_front_matter_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="front matter is not YAML: line 3"):
        read(tmp_path, "---\ntitle: A\ntags: [a, b\n---\nText.")
    with pytest.raises(SourceError, match="front matter is not YAML"):
        read(tmp_path, "---\ndate: 2021-13-45\n---\nText.")


def test_every_block_is_a_paragraph_of_plain_words(tmp_path: Path) -> None:
    text = (
        "## Open*ing*\n\nA line\nthat goes on  \nand breaks. ![a *seal*](x.png) [a link](http://x) `code` <b>bold</b>"
        "\n\n"
        "-   One\n    item\n\n    in two paragraphs\n-   **Two**\n\n2021. A year\n\n> Quoted\n> words\n\n"
        "| Country | Votes |\n|---|---|\n| Ghana | 12 |\n\n    indented\n\n&amp; &ldquo;so\\*\n"
    )
    assert read(tmp_path, text).text.split("\n\n") == [
        "Opening",
        "A line that goes on\nand breaks. a seal a link code bold",
        "One item",
        "in two paragraphs",
        "Two",
        "2021. A year",
        "Quoted words",
        "Country | Votes",
        "Ghana | 12",
        "indented",
        "& “so*",
    ]


def test_markup_inside_markdown_becomes_text(tmp_path: Path) -> None:
    text = (
        "<div><p>In <b>a</b> box</p><script>alert(1)</script></div>\n\n<!-- a note -->\n\n"
        "Inline <script>alert(2)</script>words <span onclick='x'>stay</span><br>here.\n"
    )
    assert read(tmp_path, text).text == "In a box\n\nInline words stay\nhere."


def test_an_end_mark_is_dropped(tmp_path: Path) -> None:
    assert read(tmp_path, "Text.\n\n\\###\n").text == "Text."


@pytest.mark.corpus
@pytest.mark.skipif(not PAGES.is_dir(), reason="the real documents of ../shared/corpus/whitehouse are not here")
def test_every_white_house_document_has_text_title_date_and_address() -> None:
    for path in sorted(PAGES.glob("*.md")):
        (document,) = MarkdownSource().read(path, path.name)
        assert isinstance(document, Document)
        assert document.text, path.name
        assert "\xa0" not in document.title
        assert not document.text.endswith("###"), path.name
        assert document.date == path.name[:10]
        assert document.url


def test_front_matter_cannot_stand_for_more_than_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\na: &a {x: 1}\nb:\n  <<: [*a, *a]\n---\nText.")
    (skipped,) = read_folder(tmp_path)
    assert isinstance(skipped, Skipped)
    assert "merge key" in skipped.reason
