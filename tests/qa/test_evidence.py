"""What the first quote is judged by."""

from math import log

import numpy as np
import pytest

from index.snapshot import Snapshot
from qa.answer import Answerer
from qa.confidence import confidence
from qa.evidence import EVIDENCE
from qa.request import parse_request
from tests.fakes import BagOfWords
from tests.qa.making import snapshot

DOCUMENTS = {
    "talks.txt": (
        "2021-05-04\n\nMinister Ada Moss said: “Oslo will give 40 boats to the harbour of Bergen.”\n\n"
        "The ferry leaves the quay at noon. It carries 12 cars to Narvik every day. No dogs are let on board.\n"
    ),
    "other.txt": "2021-06-01\n\nMinister Ada Moss said: “The museum of Tromsø opens in autumn.”\n",
}


class Reader:
    """A verifier that remembers what it was asked to read."""

    def __init__(self) -> None:
        self.read: list[tuple[str, str]] = []

    def log_odds(self, question: str, text: str) -> float:
        self.read.append((question, text))
        return 1.5


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return snapshot(tmp_path_factory.mktemp("evidence"), DOCUMENTS)


def found(opened: Snapshot, question: str, verifier: Reader | None = None) -> dict[str, float]:
    evidence = Answerer(opened, BagOfWords(), verifier=verifier).evidence(parse_request({"question": question}))
    assert evidence is not None
    return dict(zip(EVIDENCE, evidence.tolist(), strict=True))


def test_names_and_numbers_that_the_passage_lacks_are_counted(opened: Snapshot) -> None:
    assert found(opened, "How many boats will Oslo give to the harbour of Bergen?")["unnamed"] == 0
    assert found(opened, "How many boats will Oslo give to the harbour of Narvik?")["unnamed"] == 1
    assert found(opened, "Will Oslo give boats to Narvik, Tromsø, Vardø, Hamar and Bodø?")["unnamed"] == 3


@pytest.mark.parametrize(
    ("question", "unnamed"),
    [
        ("How many cars does the ferry carry to Årdal?", 1),
        ("How many cars does the “Ferry” carry to (Tromsø)?", 1),
        ("Describe the cars on the ferry to Narvik", 0),
        ("describe the cars on the ferry to Narvik", 0),
        ("HOW MANY CARS DOES THE FERRY CARRY TO BERGEN EVERY DAY?", 0),
        ("How many cars does the ferry carry in 7 days?", 1),
    ],
)
def test_what_a_name_is_does_not_hang_on_how_a_question_is_typed(
    opened: Snapshot, question: str, unnamed: float
) -> None:
    assert found(opened, question)["unnamed"] == unnamed


def test_a_name_that_no_document_has_is_unheard_and_one_of_another_document_is_not(opened: Snapshot) -> None:
    assert found(opened, "How many boats will Oslo give to Narvik?")["unheard"] == 0
    assert found(opened, "How many boats will Oslo give to Hamar?")["unheard"] == 1


@pytest.mark.parametrize(
    ("question", "typed", "whether"),
    [("How many cars does the ferry carry?", 1, 0), ("Does the ferry carry cars?", 0, 1), ("ferry and cars", 0, 0)],
)
def test_what_a_question_asks_for_is_told_apart(opened: Snapshot, question: str, typed: float, whether: float) -> None:
    signs = found(opened, question)
    assert (signs["typed"], signs["whether"]) == (typed, whether)
    if not typed:
        assert signs["offered"] == 0


def test_a_quote_that_has_no_number_offers_the_least(opened: Snapshot) -> None:
    has = found(opened, "How many cars does the ferry carry to Narvik every day?")["offered"]
    lacks = found(opened, "How many weeks is the museum of Tromsø open in autumn?")["offered"]
    assert lacks == pytest.approx(log(0.02))
    assert has > lacks


def test_a_quote_is_read_with_its_neighbours_and_who_says_it(opened: Snapshot) -> None:
    reader = Reader()
    nobodys = found(opened, "How many cars does the ferry carry to Narvik?", reader)
    somebodys = found(opened, "What did Ada Moss say about boats?", reader)
    assert reader.read == [
        (
            "How many cars does the ferry carry to Narvik?",
            "The ferry leaves the quay at noon. It carries 12 cars to Narvik every day. No dogs are let on board.",
        ),
        (
            "What did Ada Moss say about boats?",
            "Ada Moss: Minister Ada Moss said: “Oslo will give 40 boats to the harbour of Bergen.”",
        ),
    ]
    assert (nobodys["spoken"], nobodys["verified"]) == (0, 1.5)
    assert (somebodys["spoken"], somebodys["verified"]) == (1, 1.5)


def test_without_a_verifier_the_odds_are_even(opened: Snapshot) -> None:
    assert found(opened, "How many cars does the ferry carry to Narvik?")["verified"] == 0


def test_an_answer_is_surer_the_better_the_odds() -> None:
    signs = dict.fromkeys(EVIDENCE, 0.0) | {"sentence": 0.6, "weakest": 0.6}

    def sure(**others: float) -> float:
        return confidence(np.array([(signs | others)[name] for name in EVIDENCE], np.float32))

    assert sure(verified=3.0) > sure(verified=0.0) > sure(verified=-3.0)
    assert sure(spoken=1.0, verified=3.0) > sure(spoken=1.0, verified=-3.0)
    assert sure(verified=3.0) > sure(verified=3.0, sentence=0.2, weakest=0.2)
    for spoken in (0.0, 1.0):
        least, most = (sure(spoken=spoken, weakest=sign, verified=9 * sign) for sign in (-1.0, 1.0))
        assert 0 <= least < most <= 1
