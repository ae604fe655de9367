"""The JSON of an answer, key by key: programs are written against it."""

import json
from typing import Any

import pytest

from qa.answer import Answerer
from qa.contract import answer_json
from qa.request import parse_request

# What DESIGN.md shows, with values that stand for their type: a list holds one example of its items, and a list of
# alternatives under "either" says what a value may be.
CONTRACT = """
{"question": "…",
 "interpreted": {"standalone": "…", "topic": "…", "speakers": ["…"], "since": {"either": ["…", null]},
  "until": {"either": ["…", null]}, "latest": false, "unknown_speakers": ["…"]},
 "answered": true, "confidence": 0.93, "answer": "…",
 "quotes": [{"text": "…", "speaker": {"either": ["…", null]}, "basis": {"either": ["…", null]},
  "date": {"either": ["…", null]}, "passage": 1, "start": 812, "end": 1010,
  "short": {"either": [{"text": "…", "start": 830, "end": 832}, null]}}],
 "others": [{"text": "…", "speaker": {"either": ["…", null]}, "basis": {"either": ["…", null]},
  "date": {"either": ["…", null]}, "passage": 1, "start": 812, "end": 1010,
  "short": {"either": [{"text": "…", "start": 830, "end": 832}, null]}}],
 "passages": [{"rank": 1, "score": 0.71, "text": "…", "speakers": ["…"], "title": "…", "date": {"either": ["…", null]},
  "document": "…", "source": "…", "publisher": {"either": ["…", null]}, "page": {"either": [1, null]},
  "start": 640, "end": 1210, "url": "…",
  "copies": [{"document": "…", "title": "…", "date": {"either": ["…", null]}, "source": "…",
   "publisher": {"either": ["…", null]}, "url": "…"}]}],
 "index": "…", "took_ms": 12.3}
"""
QUESTIONS = {
    "answered": "What did Wang Yi say about vaccines?",
    "answered without a speaker": "Which talks did the ministers hold in Moscow on 11 September 2020?",
    "known and silent": "What did Lavrov say about vaccines?",
    "unknown": "What did Macron say about vaccines in 2021?",
    "a number": "How many executive actions did the President sign with the national strategy against COVID-19?",
    "latest": "What is the most recent statement on climate?",
    "nothing to find": "? ! …",
    "only function words": "what is it that they are",
    "no passages": "vaccines in 1999",
    "not only ASCII": "Was sagte Merkel über Zölle? 关税 🙂",
}


def check(value: object, shape: Any, place: str) -> None:
    """Compare with the contract, down to the last key."""
    if isinstance(shape, dict) and list(shape) == ["either"]:
        wanted = [each for each in shape["either"] if type(value) is type(each)]
        assert wanted, f"{place} is {value!r}, not one of {shape['either']}"
        check(value, wanted[0], place)
    elif isinstance(shape, dict):
        assert isinstance(value, dict), place
        assert list(value) == list(shape), place
        for key, inner in shape.items():
            check(value[key], inner, f"{place}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), place
        for number, item in enumerate(value):
            check(item, shape[0], f"{place}.{number}")
    else:
        assert type(value) is type(shape), f"{place} is {value!r}"


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=list(QUESTIONS))
@pytest.mark.parametrize("limit", [1, 50])
def test_an_answer_has_exactly_the_keys_of_the_contract(question: str, limit: int, sample_answerer: Answerer) -> None:
    body = answer_json(sample_answerer.ask(parse_request({"question": question, "limit": limit})))
    check(body, json.loads(CONTRACT), "answer")
    assert json.loads(json.dumps(body, allow_nan=False, ensure_ascii=False)) == body
    assert 0 <= body["confidence"] <= 1


def test_quotes_and_passages_refer_to_each_other_and_to_the_text(sample_answerer: Answerer) -> None:
    for question in QUESTIONS.values():
        body = answer_json(sample_answerer.ask(parse_request({"question": question})))
        assert [passage["rank"] for passage in body["passages"]] == list(range(1, len(body["passages"]) + 1))
        for passage in body["passages"]:
            text = sample_answerer.document(passage["document"]).text
            assert passage["text"] == text[passage["start"] : passage["end"]]
            assert passage["url"] == f"/documents/{passage['document']}#{passage['start']}-{passage['end']}"
        for quote in body["quotes"] + body["others"]:
            passage = body["passages"][quote["passage"] - 1]
            assert passage["start"] <= quote["start"] < quote["end"] <= passage["end"]
            assert quote["text"] == passage["text"][quote["start"] - passage["start"] : quote["end"] - passage["start"]]
            assert quote["speaker"] is None or quote["speaker"] in passage["speakers"]
            assert quote["basis"] in {None, "label", "metadata", "cue", "carried"}


def test_a_short_answer_is_a_part_of_the_first_quote(sample_answerer: Answerer) -> None:
    body = answer_json(sample_answerer.ask(parse_request({"question": QUESTIONS["a number"]})))
    quote = body["quotes"][0]
    short = quote["short"]
    assert short["text"] == quote["text"][short["start"] - quote["start"] : short["end"] - quote["start"]]
    assert body["answer"].startswith(f"{short['text']} — ")
    assert all(each["short"] is None for each in body["quotes"][1:])


def test_what_is_not_on_record_has_no_quotes_and_passages_all_the_same(sample_answerer: Answerer) -> None:
    body = answer_json(sample_answerer.ask(parse_request({"question": QUESTIONS["unknown"]})))
    assert (body["answered"], body["quotes"]) == (False, [])
    assert body["passages"]
    assert body["others"]
    assert body["interpreted"]["unknown_speakers"] == ["Macron"]
    assert (body["interpreted"]["since"], body["interpreted"]["until"]) == ("2021", "2021")


def test_the_question_is_given_back_as_it_was_asked(sample_answerer: Answerer) -> None:
    fields = {"question": "And on climate?", "history": [{"question": QUESTIONS["answered"]}]}
    body = answer_json(sample_answerer.ask(parse_request(fields)))
    assert body["question"] == "And on climate?"
    assert body["interpreted"]["standalone"] != body["question"]
    assert body["index"] == sample_answerer.index
