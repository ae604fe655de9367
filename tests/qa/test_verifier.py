"""A question and a text, read together."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from index.errors import ModelError
from qa.verifier import WEIGHTS, BuiltInVerifier, built_in_verifier, reading

TEXT = "The bridge over the Alta was opened in 1962 by the mayor. It is 214 metres long and was painted red."


@pytest.mark.model
def test_it_tells_an_answer_from_a_text_on_the_same_thing() -> None:
    verifier = built_in_verifier()
    for right, wrong in (
        ("When was the bridge over the Alta opened?", "When was the tunnel under the Alta opened?"),
        ("How long is the bridge over the Alta?", "How much did the bridge over the Alta cost?"),
        ("Who opened the bridge over the Alta?", "Who died on the bridge over the Alta?"),
    ):
        assert verifier.log_odds(right, TEXT) > verifier.log_odds(wrong, TEXT)


@pytest.mark.model
def test_it_gives_threads_what_it_gives_one_and_takes_any_text() -> None:
    verifier = built_in_verifier()
    pairs = [("", ""), ("bridge", TEXT), (TEXT * 40, "bridge"), ("bridge", TEXT * 400), ("Élysée 🙂", "\u202e\x00…")]
    alone = [verifier.log_odds(*pair) for pair in pairs]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda pair: verifier.log_odds(*pair), pairs * 3)) == pytest.approx(alone * 3, abs=1e-3)


@pytest.mark.model
@pytest.mark.parametrize("damage", ["absent", "empty", "cut short"])
def test_weights_that_cannot_be_read_are_a_model_error(damage: str, tmp_path: Path) -> None:
    weights = tmp_path / "verifier.safetensors"
    if damage != "absent":
        weights.write_bytes(WEIGHTS.read_bytes()[: 0 if damage == "empty" else 5000])
    with pytest.raises(ModelError, match=r"cannot be read.*reinstall"):
        BuiltInVerifier(weights).log_odds("bridge", TEXT)


def test_a_text_is_read_with_who_says_it_and_the_end_of_what_a_reporter_asked() -> None:
    assert reading("We will.", None, "") == "We will."
    assert reading("We will.", "Ada Moss", "") == "Ada Moss: We will."
    long = f"Q {'And there is more to it. ' * 20}\nWill you?"
    assert reading("We will.", "Ada Moss", long).startswith("Ada Moss: We will. (asked: ")
    assert reading("We will.", "Ada Moss", long).endswith("more to it. Will you?)")
    assert len(reading("We will.", "Ada Moss", long)) < 250


@pytest.mark.model
def test_it_tells_what_somebody_said_from_what_he_did_not() -> None:
    verifier = built_in_verifier()
    said = reading("We will buy forty boats for the harbour. They are to be built in Bergen.", "Ada Moss", "")
    for right, wrong in (
        ("How many ships did Ada Moss promise?", "When will Ada Moss's ships arrive?"),
        ("Where did Ada Moss want the ships made?", "Who did Ada Moss want to pay for the ships?"),
    ):
        assert verifier.log_odds(right, said) > verifier.log_odds(wrong, said)
