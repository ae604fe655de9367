"""What every response says of itself to the browser: what may run, and how long it may be kept."""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def register(app: Flask) -> None:
    version = _version(Path(app.static_folder or ""))

    @app.url_defaults
    def version_static(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("v", version)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in SECURITY.items():
            response.headers.setdefault(name, value)
        if request.endpoint == "static" and response.status_code < 400:
            response.headers["Cache-Control"] = _static_policy(version)
        else:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _static_policy(version: str) -> str:
    """Modules import each other without a version, and must be revalidated or an upgrade would mix old with new."""
    return "public, max-age=31536000, immutable" if request.args.get("v") == version else "no-cache"


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
