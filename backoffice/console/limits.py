"""How much a request may hold. What is more is refused before anything of it is looked at.

The server in front has limits of its own, a little wider (commands/gunicorn_settings.py), so that what is
just too much is answered here, in words.
"""

from flask import current_app, request
from flask_babel import gettext as _

from backoffice.console.refusals import Refused

METHODS = ("GET", "HEAD", "POST")
# A list with twenty filters and its place in the table is the longest address that we make.
LONGEST_ADDRESS = 8_000
MOST_PARAMETERS = 100
MOST_HEADERS = 100
# Browsers send all cookies of a site as one.
LONGEST_HEADER = 8_190
# A thousand ticked rows, each with its version and its tick, and what else stands in the form.
MOST_FIELDS = 4_000
FORM = "application/x-www-form-urlencoded"
BODIES = (FORM, "multipart/form-data", "application/json")


def check_method() -> None:
    """Refuse what is neither opened nor sent; OPTIONS too, alike for what there is and what there is not."""
    if request.method not in METHODS:
        raise Refused(405, "method", _("The console opens pages and takes forms, and nothing else."))


def check_size() -> None:
    """Refuse a request that is too much in any way."""
    _check_headers()
    _check_address()
    _check_body()


def _check_headers() -> None:
    sizes = [len(name) + len(value) for name, value in request.headers]
    if len(sizes) > MOST_HEADERS or max(sizes, default=0) > LONGEST_HEADER:
        raise Refused(431, "headers")


def _check_address() -> None:
    query = request.query_string
    if len(request.environ.get("PATH_INFO", "")) + len(query) > LONGEST_ADDRESS:
        raise Refused(414, "address")
    if query.count(b"&") >= MOST_PARAMETERS:
        raise Refused(400, "parameters")


def _check_body() -> None:
    length, kind = request.content_length, request.mimetype
    if (length or 0) > current_app.config["MAX_CONTENT_LENGTH"]:
        raise Refused(413, "body")
    if request.method == "POST" and (kind or length) and kind not in BODIES:
        raise Refused(415, "type")
    if kind == FORM:
        _check_form()


def _check_form() -> None:
    """Count the fields before each becomes an object. What is read for it is kept for the form."""
    sent = request.get_data()
    # Sent in chunks, of a length that nobody said before, it is cut off at the limit without a word.
    if request.content_length is None and len(sent) >= current_app.config["MAX_CONTENT_LENGTH"]:
        raise Refused(413, "body")
    if sent.count(b"&") >= MOST_FIELDS:
        raise Refused(413, "fields")
