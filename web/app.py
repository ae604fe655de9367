"""The application: receives its collaborators, reads no environment, registers and returns."""

import mimetypes
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from web import api, errors, headers, pages
from web.answering import Answering, Fixed, Live

__all__ = ["Answering", "Live", "Settings", "create_app"]


@dataclass(frozen=True, slots=True)
class Settings:
    """`max_body` is the largest request body in bytes; `examples` are offered where nothing has been asked yet."""

    max_body: int = 1 << 20
    examples: tuple[str, ...] = (
        "What did Wang Yi say about vaccines?",
        "What did Lavrov say about vaccines?",
        "Who spoke about climate finance?",
    )


_DEFAULTS = Settings()


class _Json(DefaultJSONProvider):
    """UTF-8 as it is, so that quotations can be read in a terminal, in the order of the contract."""

    ensure_ascii = False
    sort_keys = False


def create_app(answerer: Answering | Live, settings: Settings = _DEFAULTS) -> Flask:
    live = answerer if isinstance(answerer, Live) else Fixed(answerer)
    # The machine's own table may call modules text/plain, and browsers then refuse to run them under nosniff.
    mimetypes.add_type("text/javascript", ".js")
    app = Flask("web")
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body
    app.json = _Json(app)
    # An address with two slashes is a wrong address, not an invitation to redirect.
    app.url_map.merge_slashes = False
    jinja: Any = app.jinja_options
    app.jinja_options = {**jinja, "trim_blocks": True, "lstrip_blocks": True}
    headers.register(app)
    errors.register(app)
    app.register_blueprint(api.routes(live))
    app.register_blueprint(pages.routes(live, settings.examples))
    return app
