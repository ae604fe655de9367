"""The same over a real socket, behind the server that the command uses."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.web.serving import serving


def exchange(base: str, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def test_a_question_is_answered_over_a_socket(app: Flask) -> None:
    body = json.dumps({"question": "What did Lavrov say about the vaccine in August?"}).encode()
    with serving(app) as base:
        status, answer = exchange(base, "POST", "/ask", body, **{"Content-Type": "application/json"})
    assert status == 200
    assert "Lavrov" in str(answer["answer"])


def test_questions_asked_at_once_each_get_their_own_answer(app: Flask) -> None:
    questions = ["vaccines", "climate", "noodle", "trade"] * 8
    with serving(app) as base, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda question: exchange(base, "GET", f"/ask?question={question}"), questions))
    assert [answer["question"] for _, answer in answers] == questions


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_past_the_limit_is_refused_however_it_is_sent(app: Flask, chunked: bool) -> None:
    body = b'{"question": "' + b"x" * 5000 + b'"}'
    with serving(app) as base:
        connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/ask", iter([body]) if chunked else body, headers, encode_chunked=chunked)
        response = connection.getresponse()
        status, answer = response.status, json.loads(response.read())
        connection.close()
    assert status == 413
    assert answer["error"]["code"] == "too_large"
