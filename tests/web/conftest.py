import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.fakes import FakeAnswerer
from tests.web.samples import DOCUMENTS
from web.app import Settings, create_app


@pytest.fixture
def answerer() -> FakeAnswerer:
    return FakeAnswerer(DOCUMENTS)


@pytest.fixture
def app(answerer: FakeAnswerer) -> Flask:
    return create_app(answerer, Settings(max_body=4096, examples=("Who spoke about trade?", "<b>Bold?</b>")))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
