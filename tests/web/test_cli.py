"""The `onrecord` command: what it prints, and how it says what went wrong."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from index.build import build_index
from index.sources import suffixes
from tests.conftest import SAMPLE
from tests.fakes import BagOfWords
from web.cli import main

ROOT = Path(__file__).resolve().parents[2]
COMMANDS: tuple[list[str], ...] = (
    [], ["index"], ["index", "build"], ["index", "tune"], ["ask"], ["evaluate"], ["evaluate", "retrieval"],
    ["evaluate", "attribution"], ["evaluate", "speakers"], ["evaluate", "answers"], ["serve"],
    *(["index", name] for name in "list verify rollback prune stats skipped export upgrade".split()),
)  # fmt: skip
PASSPORTS = "What did Psaki say about vaccine passports?"

Documents = Callable[[Mapping[str, str | bytes]], Path]


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands in this process load a model that counts words."""
    monkeypatch.setattr("index.embed.load_embedder", lambda *_: BagOfWords())
    monkeypatch.setattr("qa.answer.load_embedder", lambda *_: BagOfWords())


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, words)))


def failure(*words: str | Path) -> str:
    """The one line a command that fails says, without "Error: "."""
    result = run(*words)
    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    (line,) = (line for line in result.stderr.splitlines() if line.startswith("Error: "))
    assert "Traceback" not in result.stderr
    return line.removeprefix("Error: ")


def start(*words: str | Path, code: str = "from web.cli import main; main()") -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(*words: str | Path, code: str = "from web.cli import main; main()") -> tuple[int, str, str]:
    process = start(*words, code=code)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_explains_itself(command: list[str], option: str) -> None:
    result = run(*command, option)
    assert result.exit_code == 0
    assert "Usage:" in result.stdout
    assert len(result.stdout.splitlines()) > 4


def test_the_help_lists_every_command_with_a_summary() -> None:
    text = run("--help").stdout
    for name in ("ask", "evaluate", "index", "serve"):
        assert re.search(rf"^  {name} +[A-Z]", text, re.MULTILINE)


def test_explaining_loads_no_model_library() -> None:
    commands = [[*command, "--help"] for command in COMMANDS]
    heavy = ["torch", "sentence_transformers", "transformers", "faiss", "flask", "tantivy", "trafilatura"]
    code = f"""if True:
        import sys
        from web.cli import main
        for command in {commands!r}:
            try:
                main(command)
            except SystemExit as end:
                assert not end.code
        loaded = [name for name in {heavy!r} if name in sys.modules]
        assert not loaded, loaded
    """
    status, out, err = finished(code=code)
    assert (status, err) == (0, "")
    assert out.count("Usage:") == len(COMMANDS)


@pytest.mark.parametrize("words", [["nonsense"], ["ask"], ["index", "build"], ["serve", "--port", "70000"]])
def test_a_wrong_command_line_is_refused_with_a_hint(words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr


@pytest.mark.usefixtures("stand_in")
def test_a_build_says_what_it_made(tmp_path: Path) -> None:
    result = run("index", "build", SAMPLE, "--out", tmp_path / "index")
    assert result.exit_code == 0, result.output
    name = (tmp_path / "index" / "CURRENT").read_text("utf-8").strip()
    assert re.search(r"\b20 documents, \d+ paragraphs \(\d+ texts newly embedded\), 0 skipped", result.stdout)
    assert f"{tmp_path / 'index'}: {name} is live" in result.stdout.replace("\n", " ").replace("  ", " ")


@pytest.mark.usefixtures("stand_in")
def test_a_second_build_embeds_nothing_anew(documents: Documents, tmp_path: Path) -> None:
    folder = documents({"a.txt": "Trade was discussed.\n\nSo was climate.\n"})
    assert "2 texts newly embedded" in run("index", "build", folder, "--out", tmp_path / "index").stdout
    (folder / "b.txt").write_text("Trade was discussed.")
    assert "0 texts newly embedded" in run("index", "build", folder, "--out", tmp_path / "index").stdout


@pytest.mark.usefixtures("stand_in")
def test_a_build_of_what_has_not_changed_says_so(documents: Documents, tmp_path: Path) -> None:
    folder = documents({"a.txt": "Trade was discussed."})
    live = run("index", "build", folder, "--out", tmp_path / "index").stdout.splitlines()[-1]
    changed, still = run("index", "build", folder, "--out", tmp_path / "index").stdout.splitlines()
    assert changed.startswith(f"{folder}: nothing has changed; 1 documents, 1 paragraphs, 0 skipped; ")
    assert still == live
    anew = run("index", "build", folder, "--out", tmp_path / "index", "--anew").stdout
    assert "(0 texts newly embedded)" in anew
    assert live not in anew


@pytest.mark.usefixtures("stand_in")
def test_the_last_document_is_withdrawn_by_a_single_build_that_says_so(documents: Documents, tmp_path: Path) -> None:
    folder, index = documents({"a.txt": "Trade was discussed."}), tmp_path / "index"
    run("index", "build", folder, "--out", index)
    (folder / "a.txt").unlink()
    assert "--allow-empty" in run("index", "build", folder, "--out", index).stderr
    assert run("index", "build", folder, "--out", index, "--allow-empty", "--watch").exit_code == 2
    assert run("index", "build", folder, "--out", index, "--allow-empty").stdout.startswith("0 documents")
    assert "Not on record" in run("ask", "What was said about trade?", "--index", index).stdout


@pytest.mark.usefixtures("stand_in")
def test_what_is_skipped_is_named_with_the_reason(documents: Documents, tmp_path: Path) -> None:
    folder = documents({"a.txt": "Trade was discussed.\n", "b.exe": b"MZ\0\0", "empty.txt": ""})
    result = run("index", "build", folder, "--out", tmp_path / "index")
    assert result.exit_code == 0
    assert "1 documents" in result.stdout
    assert "2 skipped" in result.stdout
    assert "skipped b.exe: no reader for .exe files" in result.stderr
    assert "skipped empty.txt: no text in it" in result.stderr


@pytest.mark.usefixtures("stand_in")
def test_of_many_skipped_files_each_is_named(documents: Documents, tmp_path: Path) -> None:
    folder = documents({"a.txt": "Trade was discussed.\n", **{f"{number:02}.exe": b"MZ" for number in range(15)}})
    result = run("index", "build", folder, "--out", tmp_path / "index")
    assert result.stderr.count(".exe: ") == 15


@pytest.mark.usefixtures("stand_in")
def test_a_folder_that_is_missing_or_holds_nothing_is_named_in_one_line(documents: Documents, tmp_path: Path) -> None:
    missing, out = tmp_path / "nowhere", tmp_path / "index"
    assert str(missing) in failure("index", "build", missing, "--out", out)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert f"{empty} holds no documents" in failure("index", "build", empty, "--out", out)
    unreadable = documents({"b.exe": b"MZ\0\0"})
    assert "b.exe: no reader for .exe files" in failure("index", "build", unreadable, "--out", out)
    file = documents({"a.txt": "Trade.\n"}) / "a.txt"
    assert "is not a folder" in failure("index", "build", file, "--out", out)
    assert not (out / "CURRENT").exists()


@pytest.mark.usefixtures("stand_in")
def test_a_build_that_fails_leaves_the_index_as_it_was(documents: Documents, tmp_path: Path) -> None:
    out = tmp_path / "index"
    run("index", "build", documents({"a.txt": "Trade was discussed.\n"}), "--out", out)
    before = (out / "CURRENT").read_bytes()
    failure("index", "build", tmp_path / "nowhere", "--out", out)
    assert (out / "CURRENT").read_bytes() == before


@pytest.mark.usefixtures("stand_in")
def test_an_index_is_not_put_among_its_documents(documents: Documents) -> None:
    folder = documents({"a.txt": "Trade was discussed.\n"})
    assert "--out" in failure("index", "build", folder, "--out", folder / "index")


def test_a_model_that_is_not_there_is_named(documents: Documents, tmp_path: Path) -> None:
    folder = documents({"a.txt": "Trade was discussed.\n"})
    message = failure("index", "build", folder, "--out", tmp_path / "index", "--model", "no-such-model")
    assert "no-such-model" in message


@pytest.mark.usefixtures("stand_in")
def test_an_answer_is_printed_with_who_when_where_and_around_what(sample_index: Path) -> None:
    result = run("ask", "--index", sample_index, PASSPORTS)
    assert result.exit_code == 0, result.output
    first = result.stdout.strip().split("\n\n")[0].splitlines()
    assert first[0] == "Jen Psaki, 6 April 2021 (named before these words):"
    assert re.fullmatch(r"  “Washington is not going to back vaccine passports, .+”", first[1])
    assert first[2].startswith("  Press Briefing by Press Secretary Jen Psaki (digest) — ")
    assert first[2].endswith("2021-04-06-psaki-press-briefing.txt")
    assert first[3].startswith("  in: MS. PSAKI: Washington is not going to back vaccine passports")


@pytest.mark.usefixtures("stand_in")
def test_a_short_answer_is_printed_before_who_said_it(sample_index: Path) -> None:
    question = "How many executive actions did the President sign with the national strategy against COVID-19?"
    result = run("ask", "--index", sample_index, question)
    assert result.stdout.strip().startswith("ten — Jen Psaki, 21 January 2021 (")


@pytest.mark.usefixtures("stand_in")
def test_who_said_nothing_on_it_is_said_plainly_and_others_follow(sample_index: Path) -> None:
    result = run("ask", "--index", sample_index, "What did Macron say about vaccines?")
    assert result.exit_code == 0
    assert result.stdout.startswith("Not on record: ")
    assert "Macron" in result.stdout.splitlines()[0]
    assert "\nOthers said on this:\n" in result.stdout
    assert "“" in result.stdout


@pytest.mark.usefixtures("stand_in")
def test_options_restrict_what_is_answered(sample_index: Path) -> None:
    options = ["--speaker", "Xi", "--since", "2020-09", "--until", "2020", "--source", "*.md", "--limit", "3"]
    body = json.loads(run("ask", "--index", sample_index, "vaccines", "--json", *options).stdout)
    assert body["interpreted"]["speakers"] == ["Xi Jinping"]
    assert (body["interpreted"]["since"], body["interpreted"]["until"]) == ("2020-09", "2020")
    assert len(body["passages"]) == 3
    assert {quote["speaker"] for quote in body["quotes"]} == {"Xi Jinping"}
    assert {passage["date"] for passage in body["passages"]} == {"2020-09-22"}


@pytest.mark.usefixtures("stand_in")
def test_a_speaker_may_be_given_more_than_once(sample_index: Path) -> None:
    words = ["vaccines", "--json", "--speaker", "Xi", "--speaker", "Psaki"]
    body = json.loads(run("ask", "--index", sample_index, *words).stdout)
    assert set(body["interpreted"]["speakers"]) == {"Xi Jinping", "Jen Psaki"}


@pytest.mark.usefixtures("stand_in")
def test_json_is_what_the_contract_says(sample_index: Path) -> None:
    result = run("ask", "--index", sample_index, PASSPORTS, "--json")
    assert result.exit_code == 0
    body: dict[str, Any] = json.loads(result.stdout)
    assert list(body) == [
        "question", "interpreted", "answered", "confidence", "answer", "quotes", "others", "passages", "index",
        "took_ms",
    ]  # fmt: skip
    assert body["question"] == PASSPORTS
    assert body["answered"] is True
    assert body["quotes"][0]["speaker"] == "Jen Psaki"
    assert body["answer"] == f"Jen Psaki, 6 April 2021: “{body['quotes'][0]['text']}”"
    assert len(body["passages"]) == 5


@pytest.mark.usefixtures("stand_in")
def test_json_shows_characters_and_not_escapes(sample_index: Path) -> None:
    result = run("ask", "--index", sample_index, "What did Guterres say about climate change?", "--json")
    assert "António Guterres" in result.stdout


def test_asking_where_no_index_is_says_what_to_run(tmp_path: Path) -> None:
    message = failure("ask", "--index", tmp_path / "nowhere", "Who spoke?")
    assert str(tmp_path / "nowhere") in message
    assert "onrecord index build" in message


@pytest.mark.usefixtures("stand_in")
def test_who_accepts_fewer_wrong_answers_gets_fewer_answers(sample_index: Path) -> None:
    found = {
        percent: json.loads(run("ask", "--index", sample_index, PASSPORTS, "--json", "--at-most-wrong", percent).stdout)
        for percent in ("0", "100")
    }
    assert (found["0"]["answered"], found["100"]["answered"]) == (False, True)
    assert found["0"]["confidence"] == found["100"]["confidence"]


@pytest.mark.parametrize("command", [["ask", "Who spoke?"], ["serve", "--port", "0"]])
@pytest.mark.parametrize("percent", ["101", "-0.5", "nan"])
def test_a_share_of_wrong_answers_that_is_none_is_refused(command: list[str], percent: str, sample_index: Path) -> None:
    message = failure(*command, "--index", sample_index, "--at-most-wrong", percent)
    assert message == f"{percent} is no percentage of answers; give a number from 0 to 100"


@pytest.mark.parametrize("command", [["ask", "Who spoke?"], ["serve", "--port", "0"]])
def test_a_reranker_that_is_not_there_is_named(command: list[str], sample_index: Path) -> None:
    message = failure(*command, "--index", sample_index, "--reranker", "no-such-model")
    assert "no-such-model" in message
    assert "owner/name@revision" in message


def test_serving_where_no_index_is_says_what_to_run(tmp_path: Path) -> None:
    assert "onrecord index build" in failure("serve", "--index", tmp_path / "nowhere", "--port", "0")


def test_a_damaged_index_says_what_to_run(tmp_path: Path) -> None:
    (tmp_path / "CURRENT").write_text("gone\n")
    assert "onrecord index build" in failure("ask", "--index", tmp_path, "Who spoke?")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ([""], "question"),
        (["x" * 1001], "1,001"),
        (["Who?", "--since", "2021-02-30"], "2021-02-30"),
        (["Who?", "--since", "2021", "--until", "2020"], "2020"),
        (["Who?", "--limit", "51"], "limit"),
        (["Who?", "--source", ""], "source"),
    ],
)
def test_a_question_that_may_not_be_asked_is_refused_in_one_line(
    words: list[str], named: str, sample_index: Path
) -> None:
    assert named in failure("ask", "--index", sample_index, *words)


@pytest.mark.usefixtures("stand_in")
def test_retrieval_is_measured_and_written_down(tmp_path: Path) -> None:
    pytest.importorskip("ir_measures", reason="measuring needs the extra 'evaluate'")
    result = run("evaluate", "retrieval", tmp_path)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert result.stderr.startswith(f"Error: {tmp_path} is not a set in the BEIR layout")


@pytest.fixture(scope="session")
def real_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two documents of the sample, built by the command with the real model in a process of its own."""
    folder = tmp_path_factory.mktemp("real")
    (folder / "documents").mkdir()
    for name in ("2020-09-11-wang-yi-lavrov-moscow.html", "2021-04-06-psaki-press-briefing.txt"):
        (folder / "documents" / name).write_bytes((SAMPLE / name).read_bytes())
    (folder / "documents" / "notes.odt").write_bytes(b"PK")
    status, out, err = finished("index", "build", folder / "documents", "--out", folder / "index")
    assert status == 0, err
    assert "2 documents" in out
    assert "1 skipped" in out
    assert "skipped notes.odt: no reader for .odt files" in err
    assert "Traceback" not in err
    return folder / "index"


@pytest.mark.model
def test_a_built_index_is_asked_by_another_process(real_index: Path) -> None:
    status, out, err = finished("ask", "--index", real_index, "what did Wang Yi say about vaccines")
    assert status == 0, err
    assert out.strip().startswith("Wang Yi, 11 September 2020 (continues a statement):\n  “")
    assert "public good" in out


@pytest.mark.model
def test_a_missing_folder_is_one_line_in_a_real_process(tmp_path: Path) -> None:
    status, out, err = finished("index", "build", tmp_path / "nowhere", "--out", tmp_path / "index")
    assert status == 1
    assert out == ""
    assert err.splitlines()[-1].startswith(f"Error: there is no folder {tmp_path / 'nowhere'}")
    assert "Traceback" not in err


@pytest.fixture
def server(real_index: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running command on a copy of the index, `tmp_path / "index"`, and where it says it listens."""
    shutil.copytree(real_index, tmp_path / "index")
    process = start("serve", "--index", tmp_path / "index", "--port", "0")
    assert process.stdout
    assert process.stderr
    try:
        said = []
        while not (match := re.match(r"http://(127\.0\.0\.1:\d+)$", line := process.stderr.readline())):
            said.append(line)
            assert line, "".join(said)
        yield process, match[1]
    finally:
        process.kill()
        process.wait(30)
        process.stdout.close()
        process.stderr.close()


def get(address: str, path: str) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(address, timeout=60)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


@pytest.mark.model
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_the_server_answers_over_a_socket_and_stops_when_told_to(
    sign: signal.Signals, server: tuple[subprocess.Popen[str], str]
) -> None:
    process, address = server
    assert get(address, "/healthz") == (200, {"status": "ok"})
    status, body = get(address, "/ask?question=What+did+Wang+Yi+say+about+vaccines%3F")
    assert status == 200
    assert body["quotes"][0]["speaker"] == "Wang Yi"
    passage = body["passages"][body["quotes"][0]["passage"] - 1]
    status, document = get(address, f"/documents/{passage['document']}?format=json")
    assert document["text"][passage["start"] : passage["end"]] == passage["text"]
    assert get(address, "/ask")[0] == 422
    process.send_signal(sign)
    assert process.wait(30) == 0
    assert process.stderr
    assert "Traceback" not in process.stderr.read()


@pytest.mark.model
def test_the_running_server_takes_up_a_new_build(server: tuple[subprocess.Popen[str], str], tmp_path: Path) -> None:
    process, address = server
    before = get(address, "/readyz")[1]
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text("Ann Archer said that the lanterns of the harbour burn all night.\n", "utf-8")
    status, _, err = finished("index", "build", folder, "--out", tmp_path / "index")
    assert status == 0, err
    deadline = time.monotonic() + 60
    while (after := get(address, "/readyz")[1])["index"] == before["index"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert (after["status"], after["documents"], after["refused"]) == ("ready", 1, None)
    body = get(address, "/ask?question=What+did+Archer+say+about+lanterns%3F")[1]
    assert body["index"] == after["index"]
    assert body["quotes"][0]["speaker"] == "Ann Archer"
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert process.stderr
    log = process.stderr.read()
    assert f"{after['index']} answers: 1 documents, 1 paragraphs" in log
    assert "Traceback" not in log


def test_a_document_is_shown_with_who_speaks_each_sentence(sample_index: Path) -> None:
    result = CliRunner().invoke(main, ["index", "show", str(sample_index), "wang-yi-lavrov-moscow.html"])
    assert result.exit_code == 0
    assert "(from the metadata)\n2020-09-11 (from the " in result.output
    assert "Wang Yi (carried)" in result.output
    assert "Sergey Lavrov (cue)" in result.output
    assert "\n–  " in result.output


@pytest.mark.parametrize("name", ["nothing-of-the-kind", ".html"])
def test_a_document_that_is_none_or_many_is_one_clear_error(sample_index: Path, name: str) -> None:
    result = CliRunner().invoke(main, ["index", "show", str(sample_index), name])
    assert result.exit_code == 1
    assert name in result.output


@pytest.mark.usefixtures("stand_in")
def test_tuning_says_what_came_of_it(tmp_path: Path) -> None:
    """Where there is too little to learn from, the index is as it was, and that is no error."""
    build_index(SAMPLE, tmp_path / "index", BagOfWords())
    tuned = run("index", "tune", tmp_path / "index")
    assert tuned.exit_code == 0
    assert "is as it was" in tuned.stdout
    assert "too few to learn from" in tuned.stdout
    assert "nothing to undo" in run("index", "tune", tmp_path / "index", "--undo").stdout


def test_tuning_where_no_index_is_says_what_to_run(tmp_path: Path) -> None:
    assert "onrecord index build" in failure("index", "tune", tmp_path / "nowhere")


def test_the_help_of_a_build_names_what_is_read() -> None:
    """It says so itself: to ask the readers would be to load their libraries for every --help."""
    result = CliRunner().invoke(main, ["index", "build", "--help"])
    assert result.exit_code == 0
    assert suffixes() in " ".join(result.output.split())
