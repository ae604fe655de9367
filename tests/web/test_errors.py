"""Every error, on every route, has one shape and the right status."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import ServiceUnavailable, TooManyRequests, Unauthorized
from werkzeug.test import TestResponse

from index.errors import IndexBusyError, IndexInvalidError, IndexMissingError, ModelError, OnrecordError
from index.types import Document
from qa.request import Request
from qa.types import Answer
from tests.web.fakes import FakeAnswerer
from tests.web.samples import DOCUMENTS
from web.app import create_app
from web.errors import describe

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
JSON = {"Content-Type": "application/json"}


def assert_error(response: TestResponse, status: int, code: str, field: str | None = None) -> str:
    """Checks the exact shape and hands back the message."""
    assert response.status_code == status
    assert response.mimetype == "application/json"
    body = response.get_json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "field"}
    assert (body["error"]["code"], body["error"]["field"]) == (code, field)
    assert isinstance(body["error"]["message"], str)
    assert body["error"]["message"]
    return str(body["error"]["message"])


@pytest.mark.parametrize(
    "content_type",
    [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/ld+json"],
)
def test_a_body_that_is_not_called_json_is_415(client: FlaskClient, content_type: str | None) -> None:
    response = client.post("/ask", data=b'{"question": "Vaccines?"}', content_type=content_type)
    assert "application/json" in assert_error(response, 415, "unsupported_media_type")


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_may_name_its_charset_and_ignores_case(client: FlaskClient, content_type: str) -> None:
    assert client.post("/ask", data=b'{"question": "Vaccines?"}', content_type=content_type).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"question=Vaccines",
        b'{"question": "Vaccines?"} {}',
        b'\xef\xbb\xbf{"question": "Vaccines?"}',
        b'{"question": "caf\xe9"}',
        '{"question": "Vaccines?"}'.encode("utf-16"),
        b'{"question": "half \\ud83c of a character"}',
        b"[" * 4000,
    ],
)
def test_a_body_that_cannot_be_read_as_json_is_400(client: FlaskClient, body: bytes) -> None:
    assert_error(client.post("/ask", data=body, headers=JSON), 400, "bad_request")


def test_a_number_too_long_for_python_is_400(answerer: FakeAnswerer) -> None:
    client = create_app(answerer).test_client()
    assert_error(client.post("/ask", data=b'{"limit": ' + b"9" * 5000 + b"}", headers=JSON), 400, "bad_request")


@pytest.mark.parametrize("body", ["[]", "null", "3", '"Vaccines?"', "true"])
def test_json_that_is_no_object_is_422(client: FlaskClient, body: str) -> None:
    assert_error(client.post("/ask", data=body, headers=JSON), 422, "wrong_type")


def test_the_last_of_duplicate_keys_counts(client: FlaskClient) -> None:
    body = b'{"question": "Trade?", "question": "Vaccines?"}'
    assert client.post("/ask", data=body, headers=JSON).get_json()["question"] == "Vaccines?"


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "missing", "question"),
        ({"question": "  "}, "invalid_value", "question"),
        ({"question": 3}, "wrong_type", "question"),
        ({"question": "x" * 1001}, "invalid_value", "question"),
        ({"question": "Vaccines?", "limit": 0}, "invalid_value", "limit"),
        ({"question": "Vaccines?", "limit": 51}, "invalid_value", "limit"),
        ({"question": "Vaccines?", "limit": "5"}, "wrong_type", "limit"),
        ({"question": "Vaccines?", "limit": float("nan")}, None, "limit"),
        ({"question": "Vaccines?", "since": "2020-13"}, "invalid_value", "since"),
        ({"question": "Vaccines?", "since": "2021", "until": "2020"}, "invalid_value", "until"),
        ({"question": "Vaccines?", "colour": "red"}, "unknown_field", "colour"),
        ({"question": "Vaccines?", "history": "x"}, None, "history"),
        ({"question": "Vaccines?", "history": [{"answer": "x"}]}, "missing", "history.0.question"),
    ],
)
def test_a_wrong_field_is_422_and_named(
    client: FlaskClient, body: dict[str, Any], code: str | None, field: str
) -> None:
    response = client.post("/ask", data=json.dumps(body), headers=JSON)
    assert_error(response, 422, code or response.get_json()["error"]["code"], field)


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("", "missing", "question"),
        ("question=", "invalid_value", "question"),
        ("question=Vaccines&limit=many", "wrong_type", "limit"),
        ("question=Vaccines&limit=", "wrong_type", "limit"),
        ("question=Vaccines&limit=2.0", "wrong_type", "limit"),
        ("question=Vaccines&limit=%D9%A3", "wrong_type", "limit"),
        ("question=Vaccines&limit=" + "9" * 5000, "wrong_type", "limit"),
        ("question=Vaccines&limit=-1", "invalid_value", "limit"),
        ("question=Vaccines&limit=99", "invalid_value", "limit"),
        ("question=Vaccines&limit=1&limit=2", "invalid_value", "limit"),
        ("question=Vaccines&question=Trade", "invalid_value", "question"),
        ("question=Vaccines&since=2020&since=2021", "invalid_value", "since"),
        ("question=Vaccines&until=soon", "invalid_value", "until"),
        ("question=Vaccines&history=[]", "unknown_field", "history"),
        ("question=Vaccines&colour=red", "unknown_field", "colour"),
    ],
)
def test_a_wrong_parameter_is_422_and_named(client: FlaskClient, query: str, code: str, field: str) -> None:
    assert_error(client.get(f"/ask?{query}"), 422, code, field)


def test_a_body_past_the_limit_is_413(client: FlaskClient) -> None:
    body = json.dumps({"question": "x" * 5000})
    assert "4,096" in assert_error(client.post("/ask", data=body, headers=JSON), 413, "too_large")


@pytest.mark.parametrize(
    "path", ["/nothing", "/documents", "/documents/", "/ask/", "/documents//briefing", "/static/none.js"]
)
def test_an_unknown_address_is_404(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert path in assert_error(response, 404, "not_found")


@pytest.mark.parametrize("path", ["/documents/none", "/documents/none?format=json", "/documents/..%2fetc"])
def test_an_unknown_document_is_404(client: FlaskClient, path: str) -> None:
    assert assert_error(client.get(path), 404, "not_found" if "%2f" in path else "document_missing")


@pytest.mark.parametrize("query", ["format=pdf", "format=", "format=json&format=json", "format=JSON"])
def test_an_unknown_format_of_a_document_is_422(client: FlaskClient, query: str) -> None:
    assert_error(client.get(f"/documents/briefing?{query}"), 422, "invalid_value", "format")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("put", "/ask"),
        ("delete", "/ask"),
        ("post", "/"),
        ("post", "/documents/briefing"),
        ("post", "/healthz"),
        ("patch", "/readyz"),
        ("post", "/static/chat.js"),
    ],
)
def test_a_wrong_method_is_405_and_says_what_is_allowed(client: FlaskClient, method: str, path: str) -> None:
    response: TestResponse = getattr(client, method)(path)
    assert_error(response, 405, "method_not_allowed")
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("path", ["/nothing", "/documents/none"])
def test_a_reader_gets_a_page_for_404(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers=HTML)
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert "Not Found" in response.text
    assert response.headers["Vary"] == "Accept"


@pytest.mark.parametrize("path", ["/ask", "/ask?limit=x", "/documents/none?format=json"])
def test_programs_get_json_even_where_html_is_accepted(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers=HTML).mimetype == "application/json"


def test_an_address_is_escaped_in_the_page_for_404(client: FlaskClient) -> None:
    response = client.get("/<script>alert(1)</script>", headers=HTML)
    assert "<script>alert" not in response.text
    assert "&lt;script&gt;alert" in response.text


class Failing(FakeAnswerer):
    """Fails in the way it was made to, at everything."""

    def __init__(self, make: Callable[[str], Exception]) -> None:
        super().__init__(DOCUMENTS)
        self.make = make

    def ask(self, request: Request) -> Answer:
        raise self.make("secret/path")

    def document(self, id: str) -> Document:
        raise self.make("secret/path")

    @property
    def documents(self) -> int:
        raise self.make("secret/path")


@pytest.mark.parametrize("path", ["/ask?question=Vaccines", "/documents/briefing", "/readyz", "/"])
@pytest.mark.parametrize("make", [RuntimeError, KeyError, OnrecordError])
def test_an_unforeseen_failure_is_500_logged_and_not_told(
    caplog: pytest.LogCaptureFixture, make: Callable[[str], Exception], path: str
) -> None:
    client = create_app(Failing(make)).test_client()
    with caplog.at_level(logging.ERROR):
        message = assert_error(client.get(path), 500, "internal_error")
    assert "secret" not in message
    assert "secret/path" in caplog.text
    assert "Vaccines" not in caplog.text.split("Traceback")[0], "questions are nobody's business"


@pytest.mark.parametrize("make", [IndexMissingError, IndexInvalidError, IndexBusyError, ModelError])
@pytest.mark.parametrize("path", ["/ask?question=Vaccines", "/readyz"])
def test_an_index_that_cannot_be_read_is_503(
    caplog: pytest.LogCaptureFixture, make: Callable[[str], Exception], path: str
) -> None:
    client = create_app(Failing(make)).test_client()
    assert "secret" not in assert_error(client.get(path), 503, "index_unavailable")
    assert "secret/path" in caplog.text


def test_liveness_does_not_need_the_index() -> None:
    client = create_app(Failing(RuntimeError)).test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Unauthorized("a key is needed"), 401, "unauthorized"),
        (TooManyRequests("slower, please"), 429, "too_many_requests"),
        (ServiceUnavailable("all busy"), 503, "unavailable"),
    ],
)
def test_refusals_of_later_modules_have_their_status_and_code(error: Exception, status: int, code: str) -> None:
    found, problem = describe(error)
    assert (found, problem.code, problem.field) == (status, code, None)


def test_a_refusal_keeps_the_headers_of_its_status() -> None:
    client = create_app(Failing(lambda _: TooManyRequests("slower, please", retry_after=7))).test_client()
    response = client.get("/ask?question=Vaccines")
    assert_error(response, 429, "too_many_requests")
    assert response.headers["Retry-After"] == "7"
