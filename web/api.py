"""The routes for programs: /ask, and what an operator's probes ask for."""

import json
import re
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from qa.contract import answer_json
from qa.errors import RequestError
from qa.request import parse_request
from web.answering import Live

_INTEGER = re.compile(r"-?[0-9]{1,9}")


def routes(live: Live) -> Blueprint:
    blueprint = Blueprint("api", __name__)

    def answer(data: dict[str, Any]) -> Response:
        asked = parse_request(data)
        with live.lease() as answerer:
            return jsonify(answer_json(answerer.ask(asked)))

    @blueprint.post("/ask")
    def ask() -> Response:
        return answer(_body())

    @blueprint.get("/ask")
    def ask_by_address() -> Response:
        return answer(_parameters(request.args))

    @blueprint.get("/healthz")
    def healthy() -> Response:
        return jsonify(status="ok")

    @blueprint.get("/readyz")
    def ready() -> Response:
        """Ready as long as anything answers, also where what was published last is refused: that is said beside it."""
        refused = live.refused
        with live.lease() as answerer:
            return jsonify(
                status="ready",
                index=answerer.index,
                documents=answerer.documents,
                paragraphs=answerer.paragraphs,
                refused=asdict(refused) if refused else None,
            )

    return blueprint


def _body() -> dict[str, Any]:
    """The JSON object that was sent.

    Raises:
        HTTPException: it is not called JSON (415), or cannot be read as it (400), or is too large (413).
        RequestError: it is JSON, and not an object.
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("send the question as JSON, with Content-Type: application/json")
    try:
        data = json.loads(request.get_data().decode("utf-8"))
        # A lone surrogate ("\ud800") is an escape that no text can hold; better said here than met by a tokenizer.
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("the body is not UTF-8") from None
    except UnicodeEncodeError:
        raise BadRequest("the body escapes half a character (a lone surrogate)") from None
    except RecursionError:
        raise BadRequest("the body is nested too deeply") from None
    except ValueError as error:
        raise BadRequest(f"the body is not JSON: {error}") from None
    if not isinstance(data, dict):
        raise RequestError("wrong_type", 'the body must be a JSON object, such as {"question": "…"}')
    return data


def _parameters(args: MultiDict[str, str]) -> dict[str, Any]:
    """A query string as the object that a POST would send; `speaker` may be repeated, nothing else may."""
    if "history" in args:
        raise RequestError("unknown_field", "'history' cannot be given in an address; send it with POST", "history")
    data: dict[str, Any] = {}
    for name, values in args.lists():
        if name == "speaker":
            data[name] = values
        elif len(values) > 1:
            raise RequestError("invalid_value", f"'{name}' is given {len(values)} times; once is allowed", name)
        else:
            data[name] = values[0]
    if _INTEGER.fullmatch(data.get("limit", "")):
        data["limit"] = int(data["limit"])
    return data
