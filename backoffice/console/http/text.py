"""What of a request is text, and whether a database can hold it.

None holds NUL, or half a character (a lone surrogate), and bytes that are no UTF-8 would be replaced without
a word. The guards refuse them wherever they stand, so no page has to look for them.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import current_app, request
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder
from werkzeug.wrappers import Request

# How NUL is shown.
VISIBLE_NUL = "\N{SYMBOL FOR NULL}"


def is_text(*parts: str | bytes) -> bool:
    """Whether all of these are text that every database holds."""
    try:
        raw = [part.encode() if isinstance(part, str) else part for part in parts]
        return not any("\0" in part.decode() for part in raw)
    except UnicodeError:
        return False


def path_of(sent: Request) -> bytes:
    """The path of a request, as it was sent but for `%` and two digits."""
    return str(sent.environ.get("PATH_INFO", "")).encode("latin-1")


def texts_of_head(sent: Request) -> Iterator[str | bytes]:
    """The query, the headers and the cookies of a request, names and values."""
    yield unquote_to_bytes(sent.query_string)
    for pairs in (sent.headers, sent.cookies.items(multi=True)):
        for pair in pairs:
            yield from pair


def texts_of_body() -> Iterator[str | bytes]:
    """The names and values of what was sent; of files their names only. Raises UnicodeError."""
    match request.mimetype:
        case "application/x-www-form-urlencoded":
            yield unquote_to_bytes(request.get_data())
        case "multipart/form-data":
            yield from _texts_of_parts(request.get_data(), request.mimetype_params.get("boundary", ""))
        case "application/json":
            yield from _texts_of_json(request.get_data())


def _texts_of_parts(body: bytes, boundary: str) -> Iterator[str | bytes]:
    decoder = MultipartDecoder(boundary.encode(), max_parts=current_app.config["MAX_FORM_PARTS"])
    decoder.receive_data(body)
    decoder.receive_data(None)
    is_file, value = False, bytearray()
    while not isinstance(event := _next_event(decoder), Epilogue):
        if isinstance(event, Field | File):
            is_file, value = isinstance(event, File), bytearray()
            yield from (event.name or "", getattr(event, "filename", ""))
        elif isinstance(event, Data) and not is_file:
            value += event.data
            if not event.more_data:
                yield bytes(value)


def _next_event(decoder: MultipartDecoder) -> Any:
    try:
        return decoder.next_event()
    except UnicodeError:
        raise
    except ValueError:  # no form: Werkzeug reads no field of it, and no page gets to see one
        return Epilogue(b"")


def _texts_of_json(body: bytes) -> Iterator[str | bytes]:
    yield body
    try:
        waiting = [json.loads(body)]
    except (ValueError, RecursionError):  # no JSON: whoever wants some says so
        return
    while waiting:
        match waiting.pop():
            case str(text):
                yield text
            case dict(members):
                waiting.extend([*members, *members.values()])
            case list(items):
                waiting.extend(items)
