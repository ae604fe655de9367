"""What may be asked, and what is said where something else is."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import RequestError
from qa.request import MAX_HISTORY, MAX_QUESTION, Request, parse_request
from qa.types import MAX_TURN, Turn

FIELDS = ("question", "history", "limit", "speaker", "since", "until", "source")


def refused(**fields: Any) -> tuple[str, str | None]:
    """The code and the field of the refusal."""
    with pytest.raises(RequestError) as caught:
        parse_request({"question": "Who spoke?", **fields})
    assert caught.value.message == str(caught.value)
    assert caught.value.message.strip()
    return caught.value.code, caught.value.field


def test_a_question_alone_is_enough_and_the_rest_has_defaults() -> None:
    request = parse_request({"question": "Who spoke?"})
    assert request == Request(question="Who spoke?")
    assert (request.history, request.limit, request.speaker) == ((), 5, ())
    assert (request.since, request.until, request.source) == (None, None, None)


def test_every_field_is_taken_over() -> None:
    request = parse_request(
        {
            "question": "Who spoke?",
            "history": [{"question": "Who?", "answer": "He."}],
            "limit": 50,
            "speaker": ["Wang Yi", "Lavrov"],
            "since": "2019",
            "until": "2020-09",
            "source": "*.html",
        }
    )
    assert request.history == (Turn(question="Who?", answer="He."),)
    assert (request.limit, request.speaker, request.source) == (50, ("Wang Yi", "Lavrov"), "*.html")
    assert (request.since, request.until) == ("2019", "2020-09")


def test_any_mapping_is_read() -> None:
    assert parse_request(MappingProxyType({"question": "Who?"})).question == "Who?"


def test_a_request_cannot_be_changed() -> None:
    request = parse_request({"question": "Who?"})
    with pytest.raises(ValueError, match="frozen"):
        request.limit = 7


def test_a_question_is_required() -> None:
    with pytest.raises(RequestError) as caught:
        parse_request({})
    assert (caught.value.code, caught.value.field) == ("missing", "question")
    assert "question" in caught.value.message


def test_an_unknown_field_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(RequestError) as caught:
        parse_request({"question": "Who?", "speakers": ["Wang Yi"]})
    assert (caught.value.code, caught.value.field) == ("unknown_field", "speakers")
    assert all(name in caught.value.message for name in FIELDS)


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("question", None, "question"),
        ("question", 5, "question"),
        ("question", ["Who?"], "question"),
        ("history", "Who?", "history"),
        ("history", 5, "history"),
        ("history", None, "history"),
        ("history", {"question": "Who?"}, "history"),
        ("history", ["Who?"], "history.0"),
        ("history", [None], "history.0"),
        ("history", [{"question": "Who?"}, {"question": 5}], "history.1.question"),
        ("history", [{"question": "Who?", "answer": None}], "history.0.answer"),
        ("limit", None, "limit"),
        ("limit", True, "limit"),
        ("limit", 1.5, "limit"),
        ("limit", 5.0, "limit"),
        ("limit", "5", "limit"),
        ("limit", [5], "limit"),
        ("speaker", 5, "speaker"),
        ("speaker", None, "speaker"),
        ("speaker", {"name": "Wang Yi"}, "speaker"),
        ("speaker", ["Wang Yi", 5], "speaker.1"),
        ("speaker", [["Wang Yi"]], "speaker.0"),
        ("since", 2020, "since"),
        ("since", ["2020"], "since"),
        ("until", 2020.5, "until"),
        ("until", True, "until"),
        ("source", 5, "source"),
        ("source", ["*.html"], "source"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_with_its_place(field: str, value: object, where: str) -> None:
    assert refused(**{field: value}) == ("wrong_type", where)


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("question", "", "question"),
        ("question", " \n\t ", "question"),
        ("question", "?" * (MAX_QUESTION + 1), "question"),
        ("history", [{"question": "Who?"}] * (MAX_HISTORY + 1), "history"),
        ("history", [{"question": "?" * (MAX_TURN + 1)}], "history.0.question"),
        ("history", [{"question": "Who?", "answer": "!" * (MAX_TURN + 1)}], "history.0.answer"),
        ("limit", 0, "limit"),
        ("limit", -1, "limit"),
        ("limit", 51, "limit"),
        ("limit", 10**30, "limit"),
        ("speaker", "", "speaker.0"),
        ("speaker", ["Wang Yi", ""], "speaker.1"),
        ("speaker", "x" * 201, "speaker.0"),
        ("speaker", ["Wang Yi"] * 21, "speaker"),
        ("source", "", "source"),
        ("source", "*" * 501, "source"),
    ],
)
def test_a_value_out_of_range_is_named_with_its_place(field: str, value: object, where: str) -> None:
    assert refused(**{field: value}) == ("invalid_value", where)


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        ({}, ("missing", "history.0.question")),
        ({"answer": "He."}, ("missing", "history.0.question")),
        ({"question": "Who?", "role": "user"}, ("unknown_field", "history.0.role")),
    ],
)
def test_an_earlier_turn_is_checked_like_a_request(turn: Mapping[str, str], expected: tuple[str, str]) -> None:
    assert refused(history=[turn]) == expected


def test_an_earlier_turn_may_be_without_its_answer() -> None:
    assert parse_request({"question": "And?", "history": [{"question": "Who?"}]}).history[0].answer == ""


def test_a_question_may_be_as_long_as_allowed() -> None:
    assert len(parse_request({"question": "?" * MAX_QUESTION}).question) == 1000


def test_white_space_around_a_question_is_dropped() -> None:
    assert parse_request({"question": "  Who spoke?\n"}).question == "Who spoke?"


def test_a_single_name_is_a_list_of_one() -> None:
    assert parse_request({"question": "Who?", "speaker": "Wang Yi"}).speaker == ("Wang Yi",)


@pytest.mark.parametrize("names", [[], ["Wang Yi"], ("Wang Yi", "Lavrov")])
def test_names_may_come_as_any_sequence(names: list[str] | tuple[str, ...]) -> None:
    assert parse_request({"question": "Who?", "speaker": names}).speaker == tuple(names)


@pytest.mark.parametrize("field", ["since", "until"])
@pytest.mark.parametrize("date", ["2020", "2020-09", "2020-09-11", "2020-02-29", "1945", "0001"])
def test_a_date_may_be_a_year_a_month_or_a_day(field: str, date: str) -> None:
    assert getattr(parse_request({"question": "Who?", field: date}), field) == date


@pytest.mark.parametrize("field", ["since", "until"])
@pytest.mark.parametrize(
    "date",
    """2021-02-30 2021-02-29 2021-13 2021-00 2021-01-00 2021-04-31 2021-01-32 0000 0000-01 0000-01-01 20 20200 2020-9
    2020-09-1 2020/09/11 11-09-2020 20200911 2020-09-11T10:00 September today -2020 +2020""".split(),
)
def test_what_is_no_date_is_refused(field: str, date: str) -> None:
    assert refused(**{field: date}) == ("invalid_value", field)


@pytest.mark.parametrize("date", ["", " ", "2020 ", " 2020", "2020\n", "September 2020"])
def test_a_date_has_nothing_around_it(date: str) -> None:
    assert refused(since=date) == ("invalid_value", "since")


@pytest.mark.parametrize(("since", "until"), [("2021", "2020"), ("2020-10", "2020-09"), ("2020-09-12", "2020-09-11")])
def test_a_period_that_ends_before_it_begins_is_refused(since: str, until: str) -> None:
    assert refused(since=since, until=until) == ("invalid_value", "until")


@pytest.mark.parametrize(
    ("since", "until"),
    [("2020", "2020"), ("2020-09", "2020"), ("2020-12-31", "2020"), ("2020", "2020-01-01"), ("2019", "2020-02")],
)
def test_a_period_may_end_within_the_date_it_begins_with(since: str, until: str) -> None:
    request = parse_request({"question": "Who?", "since": since, "until": until})
    assert (request.since, request.until) == (since, until)


def test_a_date_may_be_left_open_by_null() -> None:
    request = parse_request({"question": "Who?", "since": None, "until": None, "source": None})
    assert (request.since, request.until, request.source) == (None, None, None)


def plain(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(values, max_size=3) | st.dictionaries(keys() | st.sampled_from(["question", "answer"]), values)


def keys() -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=[]), max_size=5)


def json_values() -> st.SearchStrategy[Any]:
    """Anything that json.loads can give, lone surrogates and NaN among it."""
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | keys() | dates()
    return st.recursive(scalars, plain, max_leaves=6)


def dates() -> st.SearchStrategy[str]:
    return st.from_regex(r"[0-2][0-9]{3}(-[0-3][0-9](-[0-3][0-9])?)?", fullmatch=True)


def fields() -> Iterator[tuple[str, st.SearchStrategy[Any]]]:
    yield from ((name, json_values()) for name in FIELDS)
    yield "other", json_values()


def nearly_right() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"question": st.text(min_size=1, max_size=20)},
        optional={
            "history": st.lists(st.fixed_dictionaries({"question": st.text(max_size=5)}), max_size=2),
            "limit": st.integers(-1, 60),
            "speaker": st.text(max_size=5) | st.lists(st.text(max_size=5), max_size=3),
            "since": dates(),
            "until": dates() | st.none(),
            "source": st.text(max_size=5),
        },
    )


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(keys(), json_values(), max_size=3) | st.fixed_dictionaries({}, optional=dict(fields())))
def test_whatever_is_sent_is_a_request_or_a_refusal(data: dict[str, Any]) -> None:
    check(data)


@settings(max_examples=60, deadline=None)
@given(nearly_right())
def test_what_is_nearly_right_is_a_request_or_a_refusal(data: dict[str, Any]) -> None:
    check(data)


def check(data: dict[str, Any]) -> None:
    found = outcome(data)
    if isinstance(found, RequestError):
        assert found.code in {"missing", "unknown_field", "wrong_type", "invalid_value"}
        assert found.field is not None
    else:
        assert 1 <= found.limit <= 50
        assert 1 <= len(found.question) <= MAX_QUESTION
        assert all(found.speaker)


def outcome(data: dict[str, Any]) -> Request | RequestError:
    try:
        return parse_request(data)
    except RequestError as error:
        return error
