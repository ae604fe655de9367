"""Every error becomes one JSON shape, or a page for a person who reads. Nothing else decides on a status."""

import logging
from dataclasses import asdict, dataclass

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from index.errors import IndexBusyError, IndexInvalidError, IndexMissingError, ModelError
from qa.errors import DocumentMissingError, RequestError

log = logging.getLogger(__name__)

MACHINE_PATHS = frozenset({"/ask", "/healthz", "/readyz"})
"""Paths that answer programs, and so with JSON even where a browser asks."""

_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid_value",
    429: "too_many_requests",
    500: "internal_error",
    503: "unavailable",
}


@dataclass(frozen=True, slots=True)
class Problem:
    code: str
    message: str
    field: str | None = None


def register(app: Flask) -> None:
    app.register_error_handler(Exception, respond)


def respond(error: Exception) -> Response | HTTPException:
    if isinstance(error, HTTPException) and (error.code is None or error.code < 400):
        return error
    status, problem = describe(error)
    if status >= 500:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
    if _is_for_a_reader():
        title = HTTP_STATUS_CODES.get(status, "Error")
        response = make_response(render_template("error.html", status=status, title=title, message=problem.message))
    else:
        response = jsonify(error=asdict(problem))
    response.status_code = status
    if isinstance(error, HTTPException):
        _keep_headers(error, response)
    if request.path not in MACHINE_PATHS:
        response.vary.add("Accept")
    return response


def describe(error: Exception) -> tuple[int, Problem]:
    """The status of an error and what is told of it. Only errors raised on purpose tell their message."""
    match error:
        case RequestError():
            return 422, Problem(error.code, error.message, error.field)
        case DocumentMissingError():
            return 404, Problem("document_missing", str(error))
        case IndexMissingError() | IndexInvalidError() | IndexBusyError() | ModelError():
            return 503, Problem(
                "index_unavailable", "the index cannot be read at the moment; the server's log says why"
            )
        case HTTPException(code=int(status)):
            return status, Problem(_CODES.get(status, f"http_{status}"), _message(status, error))
        case _:
            return 500, Problem(_CODES[500], "something went wrong on the server; its log says what")


def _message(status: int, error: HTTPException) -> str:
    match status:
        case 404:
            return f"there is nothing at {request.path}"
        case 405:
            allowed = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
            return f"{request.method} is not allowed at {request.path}; allowed are {allowed}"
        case 413:
            return f"the body is larger than the {current_app.config['MAX_CONTENT_LENGTH']:,} bytes allowed"
        case 500:
            return "something went wrong on the server; its log says what"
        case _:
            return error.description or HTTP_STATUS_CODES.get(status, "error")


def _keep_headers(error: HTTPException, response: Response) -> None:
    """Headers that belong to a status: Allow, Retry-After, WWW-Authenticate."""
    for name, value in error.get_response().headers:
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value


def _is_for_a_reader() -> bool:
    if request.path in MACHINE_PATHS or request.args.get("format") == "json":
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"
