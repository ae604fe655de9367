import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import SidecarError
from index.paragraphs import split_paragraphs
from index.sources import Found, list_files, read_folder
from index.sources.sidecar import Settings, date_in_path, read_sidecar
from index.types import Document, Origin, Skipped


def fill(folder: Path, sidecar: str, **files: str) -> None:
    (folder / "onrecord.toml").write_text(sidecar, encoding="utf-8")
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def documents(folder: Path) -> dict[str, Document]:
    return {item.source: item for item in read_folder(folder) if isinstance(item, Document)}


def reasons(folder: Path) -> dict[str, str]:
    return {item.source: item.reason for item in read_folder(folder) if isinstance(item, Skipped)}


WHITE_HOUSE = """
[[documents]]
paths = "whitehouse/**"
source = "The White House"
speaker = "Jen Psaki"
role = "Press Secretary"
base_url = "https://www.whitehouse.gov"
language = "en"
date_pattern = "%Y/%m/%d"
"""


def test_what_the_sidecar_says_of_a_file_is_in_its_document(tmp_path: Path) -> None:
    fill(tmp_path, WHITE_HOUSE, whitehouse__2021__05__28__a_txt="A.", b_txt="B.")
    found = documents(tmp_path)
    page, other = found["whitehouse/2021/05/28/a.txt"], found["b.txt"]
    assert (page.publisher, page.speaker, page.role) == ("The White House", "Jen Psaki", "Press Secretary")
    assert (page.date, page.date_origin) == ("2021-05-28", Origin.SIDECAR)
    assert page.url == "https://www.whitehouse.gov/2021/05/28/a.txt"
    assert (other.publisher, other.speaker, other.role, other.date, other.url) == (None,) * 5
    assert reasons(tmp_path) == {}


def test_a_later_entry_is_right_key_by_key(tmp_path: Path) -> None:
    sidecar = """
    documents = [
      {paths = "**", source = "All", speaker = "Anna Smith", exclude = true},
      {paths = ["a/*", "b.txt"], source = "Some", exclude = false},
    ]"""
    fill(tmp_path, sidecar, a__x_txt="X.", b_txt="B.", c_txt="C.")
    found = documents(tmp_path)
    assert sorted(found) == ["a/x.txt", "b.txt"]
    assert {(document.publisher, document.speaker) for document in found.values()} == {("Some", "Anna Smith")}
    assert reasons(tmp_path) == {}


def test_the_sidecar_is_right_against_the_document_but_for_its_address_and_a_more_exact_date(tmp_path: Path) -> None:
    sidecar = """
    [[documents]]
    paths = "*"
    speaker = "Right Name"
    base_url = "https://right.example/"
    date_pattern = "%Y-%m"
    """
    record = '{{"text": "T.", "speaker": "Wrong Name", "url": "https://own.example/", "date": "{}"}}'
    fill(tmp_path, sidecar, **{"in2020-09_jsonl": "\n".join(map(record.format, ("2020-09-11", "2019-01-01", "2020")))})
    exact, wrong, vague = documents(tmp_path).values()
    assert {document.speaker for document in (exact, wrong, vague)} == {"Right Name"}
    assert {document.url for document in (exact, wrong, vague)} == {"https://own.example/"}
    assert exact.date == "2020-09-11"
    assert exact.date_origin is not Origin.SIDECAR
    assert (wrong.date, wrong.date_origin) == (vague.date, vague.date_origin) == ("2020-09", Origin.SIDECAR)


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("a.txt", "a.txt", True),
        ("a.txt", "b/a.txt", False),
        ("*.txt", "a.txt", True),
        ("*.txt", "b/a.txt", False),
        ("**/*.txt", "a.txt", True),
        ("**/*.txt", "b/c/a.txt", True),
        ("b/**", "b/c/a.txt", True),
        ("b/**", "bc/a.txt", False),
        ("b/**/a.txt", "b/a.txt", True),
        ("?.txt", "ab.txt", False),
        ("?.txt", "é.txt", True),
        ("A.txt", "a.txt", False),
        ("[a].txt", "a.txt", False),
        ("[a].txt", "[a].txt", True),
        ("a+.txt", "aa.txt", False),
    ],
)
def test_a_path_pattern_matches_whole_paths(tmp_path: Path, pattern: str, name: str, matches: bool) -> None:
    fill(tmp_path, f'documents = [{{paths = "{pattern}", speaker = "X"}}]')
    assert bool(read_sidecar(tmp_path).settings_of(name).entries) is matches


@pytest.mark.parametrize(
    ("pattern", "name", "date"),
    [
        ("%Y/%m/%d", "a/2020/05/06/x.html", "2020-05-06"),
        ("%Y%m%d", "20200506-x.html", "2020-05-06"),
        ("%d %B %Y", "Statement of 6 May 2020.txt", "2020-05-06"),
        ("%d-%b-%Y", "06-may-2020", "2020-05-06"),
        ("%Y-%m", "2020-05", "2020-05"),
        ("%b%Y", "may2020", "2020-05"),
        ("y%Y", "y2020", "2020"),
        ("%Y/%m/%d", "2020/13/40/2021/02/03", "2021-02-03"),
        ("%Y", "1234567", None),
        ("%Y/%m", "no date", None),
        ("100%%/%Y", "100%/2020", "2020"),
    ],
)
def test_a_date_is_found_in_a_path_as_exact_as_the_pattern(pattern: str, name: str, date: str | None) -> None:
    assert date_in_path(name, pattern) == date


@given(st.dates())
def test_a_date_that_is_written_in_a_path_is_found_again(day: object) -> None:
    found = date_in_path(f"x/{day}/a.txt", "/%Y-%m-%d/")
    assert found == (str(day) if "1000" <= str(day)[:4] <= "2100" else None)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[documents]", "it is not TOML"),
        ("documents = 3", r"an entry begins with \[\[documents\]\]"),
        ('[documents]\npaths = "a"', r"an entry begins with \[\[documents\]\]"),
        ("documents = [5]", r"\[\[documents\]\] 1: is no table, such as"),
        ('documents = [{paths = "a"}, ["b"]]', r"\[\[documents\]\] 2: is no table, such as"),
        ("x = 1", "'x' is unknown; entries are"),
        ('[[documents]]\nspeaker = "a"', r"\[\[documents\]\] 1: 'paths' is missing"),
        (
            '[[documents]]\npaths = "a"\n[[documents]]\npaths = "b"\nspeeker = "c"',
            r"2: 'speeker' is no key; the keys are p",
        ),
        ("[[documents]]\npaths = 3", r"1: 'paths': input should be a valid list"),
        ('[[documents]]\npaths = ["a", 3]', r"1: 'paths': input should be a valid string"),
        ("[[documents]]\npaths = []", r"1: 'paths': list should have at least 1 item"),
        ('[[documents]]\npaths = "/etc/*"', "'/etc/\\*' is no path inside the folder"),
        ('[[documents]]\npaths = "../x"', "is no path inside the folder"),
        ('[[documents]]\npaths = "a"\nspeaker = 1', "'speaker': input should be a valid string"),
        ('[[documents]]\npaths = "a"\nspeaker = " "', "'speaker': is empty"),
        ('[[documents]]\npaths = "a"\nlanguage = "english"', "'english' is no language code"),
        ('[[documents]]\npaths = "a"\nbase_url = "javascript:x"', "'javascript:x' is no web address"),
        ('[[documents]]\npaths = "a"\nexclude = "yes"', "'exclude': input should be a valid boolean"),
        ('[[documents]]\npaths = "a"\ndate_pattern = "%H"', "'%H' is not known; %Y, %m"),
        ('[[documents]]\npaths = "a"\ndate_pattern = "%Y%"', "'%' is not known"),
        ('[[documents]]\npaths = "a"\ndate_pattern = "%d"', "must have one %Y"),
        ('[[documents]]\npaths = "a"\ndate_pattern = "%Y-%d"', "must have one %Y"),
    ],
)
def test_what_cannot_be_is_named_with_its_place_before_anything_is_read(
    tmp_path: Path, content: str, message: str
) -> None:
    fill(tmp_path, content, a_txt="A.")
    with pytest.raises(SidecarError, match=message) as caught:
        read_folder(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'onrecord.toml'}: ")


def test_a_sidecar_that_is_no_text_or_too_large_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "onrecord.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SidecarError, match="not UTF-8"):
        read_folder(tmp_path)
    (tmp_path / "onrecord.toml").write_bytes(b"#" * 2_000_000)
    with pytest.raises(SidecarError, match="larger than"):
        read_folder(tmp_path)
    (tmp_path / "onrecord.toml").write_bytes(b"x = " + b"[" * 100_000)
    with pytest.raises(SidecarError, match="not TOML"):
        read_folder(tmp_path)


def test_an_entry_for_no_file_and_a_sidecar_in_another_place_are_reported(tmp_path: Path) -> None:
    fill(tmp_path, 'documents = [{paths = "wrong/**"}, {paths = ["*.txt", "x"]}]', a_txt="A.", b__onrecord_toml="x")
    assert reasons(tmp_path) == {
        "b/onrecord.toml": "onrecord.toml counts at the top of the folder only",
        "onrecord.toml": "no file has a path like wrong/**",
    }


def test_what_is_said_of_members_is_said_by_the_path_they_have_in_their_container(tmp_path: Path) -> None:
    sidecar = """
    [[documents]]
    paths = "site.zip"
    source = "Site"
    base_url = "https://site.example/"
    [[documents]]
    paths = "site.zip/news/**"
    speaker = "Anna Smith"
    base_url = "https://news.example/"
    date_pattern = "%Y/%m"
    [[documents]]
    paths = "**/drafts/**"
    exclude = true
    """
    fill(tmp_path, sidecar)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("top.txt", "news/2020/05/a.txt", "drafts/b.txt", "news/drafts/c.txt"):
            archive.writestr(name, "Text.")
        archive.writestr("in/d.txt.gz", gzip.compress(b"Text."))
    (tmp_path / "site.zip").write_bytes(buffer.getvalue())
    found = documents(tmp_path)
    assert sorted(found) == ["site.zip/in/d.txt.gz", "site.zip/news/2020/05/a.txt", "site.zip/top.txt"]
    top, news = found["site.zip/top.txt"], found["site.zip/news/2020/05/a.txt"]
    assert (top.publisher, top.speaker, top.url, top.date) == ("Site", None, "https://site.example/top.txt", None)
    assert (news.publisher, news.speaker, news.date) == ("Site", "Anna Smith", "2020-05")
    assert news.url == "https://news.example/2020/05/a.txt"
    assert reasons(tmp_path) == {}


def test_settings_of_a_file_say_nothing_of_others(tmp_path: Path) -> None:
    fill(
        tmp_path,
        'documents = [{paths = "a/*", speaker = "A"}, {paths = "*", speaker = "B"}]',
        a__x_txt="X.",
        b_txt="B.",
    )
    (tmp_path / "c.zip").write_bytes(b"")
    listed = {file.name: file.settings for file in list_files(tmp_path) if isinstance(file, Found)}
    everything = read_sidecar(tmp_path)
    assert listed["a/x.txt"] == Settings(everything.entries[:1])
    assert listed["b.txt"] == Settings(everything.entries[1:])
    assert listed["c.zip"] == everything
    assert repr(read_sidecar(tmp_path)) == repr(everything)
    assert "'B'" not in repr(listed["a/x.txt"])


def test_the_language_decides_how_dates_and_sentences_are_read(tmp_path: Path) -> None:
    spanish = "Declaración\n\nMadrid, 3 de mayo de 2020\n\nEl Sr. Sánchez habló. Nada más."
    fill(tmp_path, 'documents = [{paths = "es/*", language = "es"}]', es__a_txt=spanish, b_txt=spanish)
    found = documents(tmp_path)
    read, other = found["es/a.txt"], found["b.txt"]
    assert (read.language, read.date, read.date_origin) == ("es", "2020-05-03", Origin.DATELINE)
    assert (other.language, other.date) == ("en", None)
    last = split_paragraphs(read)[-1]
    assert [read.text[s.start : s.end] for s in last.sentences] == ["El Sr. Sánchez habló.", "Nada más."]


def test_the_example_of_the_readme_is_read(tmp_path: Path) -> None:
    readme = Path(__file__).resolve().parents[2] / "README.md"
    example = readme.read_text("utf-8").partition("```toml\n")[2].partition("```")[0]
    fill(tmp_path, example, whitehouse__2021__05__28__psaki_txt="A.")
    (document,) = documents(tmp_path).values()
    assert document.url == "https://www.whitehouse.gov/2021/05/28/psaki.txt"
    assert (document.publisher, document.date) == ("The White House", "2021-05-28")
