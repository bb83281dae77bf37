"""Static files: joined, fingerprinted, compressed once and cached by browsers for good."""

import hashlib
from importlib.resources import files
from pathlib import Path, PurePath

from flask import Flask, Response, abort, current_app, request
from markupsafe import Markup

from backoffice.console.http.compression import accepts_gzip, compressed_file
from backoffice.console.http.icons import drawing, sprite

STATIC = Path(__file__).parents[2] / "static"
BOOTSTRAP = files("flask_bootstrap") / "static" / "bootstrap5" / "css" / "bootstrap.min.css"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
CACHED_FOR_GOOD = "public, max-age=31536000, immutable"


class Assets:
    """The files by name, and one fingerprint of them all, which is part of their address.

    One for all, so that a module can name its neighbours by relative address.
    """

    def __init__(self) -> None:
        self.files = {**_own_files(), "console.css": _stylesheet(), "icons.svg": sprite()}
        digest = hashlib.sha256()
        for name, content in sorted(self.files.items()):
            digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
        self.fingerprint = digest.hexdigest()[:12]


def init_app(app: Flask) -> None:
    """Serve the files of `app`; templates get `asset(name)` for an address and `icon(name)`."""
    app.extensions["assets"] = Assets()
    app.add_url_rule("/static/<fingerprint>/<path:name>", "asset", serve)
    app.jinja_env.globals.update(asset=asset, icon=icon)
    if app.debug:  # an edited file shows at the next request
        app.before_request(lambda: app.extensions.update(assets=Assets()))


def asset(name: str) -> str:
    """The address of the file `name`. Raises KeyError where there is none."""
    assets = _assets()
    if name not in assets.files:
        raise KeyError(name)
    # Not url_for: a list names its icons hundreds of times.
    return f"{request.script_root}/static/{assets.fingerprint}/{name}"


def icon(name: str) -> Markup:
    """The icon `name` for a template. Raises KeyError where there is none."""
    return drawing(asset("icons.svg"), name)


def serve(fingerprint: str, name: str) -> Response:
    """The file `name`; kept for good under its own fingerprint, checked each time under an older one."""
    assets = _assets()
    content = assets.files.get(name) or abort(404)
    response = Response(content, mimetype=TYPES[PurePath(name).suffix])
    response.headers["Cache-Control"] = CACHED_FOR_GOOD if fingerprint == assets.fingerprint else "no-cache"
    response.vary.add("Accept-Encoding")
    if accepts_gzip():
        response.set_data(compressed_file(content))
        response.content_encoding = "gzip"
    return response


def _assets() -> Assets:
    assets: Assets = current_app.extensions["assets"]
    return assets


def _own_files() -> dict[str, bytes]:
    """The modules and images, by their path below the folder; stylesheets are sent as one."""
    paths = (path for path in STATIC.rglob("*") if path.suffix in TYPES.keys() - {".css"})
    return {path.relative_to(STATIC).as_posix(): path.read_bytes() for path in paths}


def _stylesheet() -> bytes:
    """Bootstrap in a layer, so that any rule of ours wins over it; then ours: what all pages share first."""
    bootstrap = BOOTSTRAP.read_text("utf-8").removeprefix('@charset "UTF-8";').partition("/*# source")[0]
    paths = sorted(STATIC.rglob("*.css"), key=lambda path: (path.parent.name != "layout", path))
    own = (path.read_text("utf-8") for path in paths)
    return "\n".join(("@layer bootstrap {", bootstrap, "}", *own)).encode()
