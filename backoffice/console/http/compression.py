"""Compressed answers: files once, pages as they are sent."""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

# Below this a compressed answer is hardly shorter, and still one packet.
WORTH_COMPRESSING = 1_000
COMPRESSIBLE = {"text/html", "text/plain", "application/json"}
# Nearly all that level 9 gains, in a fraction of its time.
PAGE_LEVEL = 3
# What a browser says of a request that another site cannot have caused.
OWN_REQUESTS = (None, "same-origin", "none")


def init_app(app: Flask) -> None:
    """Compress the pages of `app` for browsers that take it."""
    app.after_request(compress_page)


def compress_page(response: Response) -> Response:
    """Compress a page; streams, files and what is compressed already pass as they are.

    A page that another site had the browser ask for stays uncompressed: from its compressed length that
    site could find out, guess by guess, what the page says (BREACH).
    """
    if not _is_page(response):
        return response
    response.vary.update(("Accept-Encoding", "Sec-Fetch-Site"))
    if accepts_gzip() and request.headers.get("Sec-Fetch-Site") in OWN_REQUESTS:
        response.set_data(gzip.compress(response.get_data(), PAGE_LEVEL, mtime=0))
        response.content_encoding = "gzip"
    return response


@lru_cache(maxsize=64)
def compressed_file(content: bytes) -> bytes:
    """`content` at the highest level, made the first time it is asked for."""
    return gzip.compress(content, mtime=0)


def accepts_gzip() -> bool:
    """Whether the client takes gzip."""
    return request.accept_encodings.quality("gzip") > 0


def _is_page(response: Response) -> bool:
    return (
        response.mimetype in COMPRESSIBLE
        and response.is_sequence
        and not response.direct_passthrough
        and "Content-Encoding" not in response.headers
        and len(response.get_data()) >= WORTH_COMPRESSING
    )
