"""What the README tells a reader to type works, and prints what it says."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BLOCKS = re.findall(r"```(sh|text)\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
COMMANDS = [line for kind, block in BLOCKS if kind == "sh" for line in block.splitlines()]

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like a clone and has run the README's build command."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "index").symlink_to(ROOT / "index")
    (build,) = (command for command in COMMANDS if command.startswith("onrecord index build"))
    run(build, folder)
    return folder


@pytest.fixture
def server(reader: Path) -> Iterator[str]:
    """The address of a running server on that index."""
    command = [sys.executable, "-m", "web.cli", "serve", "--index", "sample-index", "--port", "0"]
    process = subprocess.Popen(command, cwd=reader, env=environment(), stderr=subprocess.PIPE, text=True)
    assert process.stderr
    try:
        lines = iter(process.stderr.readline, "")
        yield next(line.strip() for line in lines if line.startswith("http://"))
    finally:
        process.terminate()
        process.wait(30)
        process.stderr.close()


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}


def run(command: str, folder: Path) -> str:
    words = shlex.split(command)
    assert words[0] == "onrecord"
    line = [sys.executable, "-m", "web.cli", *words[1:]]
    return subprocess.run(line, cwd=folder, env=environment(), capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("onrecord ask")])
def test_the_questions_of_the_readme_get_the_answers_it_shows(command: str, reader: Path) -> None:
    shown = [block for kind, block in BLOCKS if kind == "text"]
    printed = run(command, reader)
    expected = shown[[line for line in COMMANDS if line.startswith("onrecord ask")].index(command)]
    assert " ".join(expected.split()) in " ".join(printed.split())


def test_the_request_of_the_readme_gets_an_answer_from_a_server(server: str) -> None:
    (curl,) = (command for command in COMMANDS if command.startswith("curl"))
    words = shlex.split(curl)
    body, address = words[words.index("-d") + 1], words[2].replace("http://127.0.0.1:8080", server)
    request = urllib.request.Request(address, body.encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        answer = json.load(response)
    assert answer["answered"]
    assert answer["quotes"][0]["speaker"] == "Wang Yi"


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("make")])
def test_the_targets_of_the_readme_exist(command: str) -> None:
    words = shlex.split(command.replace("folder", "tests"))
    subprocess.run([words[0], "--dry-run", *words[1:]], cwd=ROOT, capture_output=True, check=True)


def test_every_command_of_the_readme_is_one_of_these_kinds() -> None:
    """So that a new command cannot be added without a test."""
    assert all(command.split()[0] in {"onrecord", "make", "curl"} for command in COMMANDS)
