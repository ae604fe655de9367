"""The shape of the project: which package may import which, what lies at the top, how long a module may be."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("index", "qa", "web")
ALLOWED = {"index": {"index"}, "qa": {"qa", "index"}, "web": {"web", "qa", "index"}}
TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "index",
    "pyproject.toml",
    "qa",
    "tests",
    "web",
}
LONGEST_MODULE = 500


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """The top-level names of everything a module imports, also inside of functions and under TYPE_CHECKING."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # A relative import stays in its package, or climbs out of it unseen.
            assert node.level == 0, f"{path} imports relatively in line {node.lineno}"
            yield (node.module or "").partition(".")[0]


def test_every_package_has_modules() -> None:
    assert all(modules(package) for package in PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_one_way(package: str) -> None:
    others = {*PACKAGES, "tests"} - ALLOWED[package]
    wrong = [(path.relative_to(ROOT).as_posix(), name) for path in modules(package) for name in imported(path)]
    assert [(path, name) for path, name in wrong if name in others] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_is_too_long_to_hold_in_the_head(package: str) -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in modules(package)
    }
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_the_top_of_the_repository_holds_only_what_was_agreed() -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip(f"git cannot list the files: {listed.stderr.strip()}")
    names = {name.partition("/")[0] for name in listed.stdout.split("\0") if name}
    assert names - TOP_LEVEL == set()


@pytest.mark.parametrize("module", ["index.commands", "qa.commands", "qa.evaluate_commands", "web.cli"])
def test_a_command_starts_without_loading_the_model_libraries(module: str) -> None:
    """`onrecord --help` must not take the seconds that importing torch takes."""
    heavy = ("torch", "transformers", "sentence_transformers", "sklearn", "scipy", "matplotlib")
    code = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "[]", "")
