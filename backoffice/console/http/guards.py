"""What a request may be, before any page sees it: method, size, the host it names, the site it comes from.

The server in front has limits of its own, a little wider (commands/gunicorn_settings.py), so that what is
just too much is answered here, in words.
"""

import re
from urllib.parse import urlsplit

from flask import current_app, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

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
# They hold nothing of anybody, and whoever watches over the process asks by any address that it has.
UNDER_ANY_NAME = ("health.healthz", "asset")
HOST = re.compile(r"(?P<name>[a-z0-9._-]+|\[[a-f0-9:.]+\])(:[0-9]{1,5})?", re.ASCII)
SAFE = ("GET", "HEAD")
# Our own pages, and what no page has caused: an address that was typed, a bookmark.
OURS = ("same-origin", "none")


class Refused(HTTPException):
    """A request that no page will see.

    `reason` is one word for the log: nothing that was sent stands in it. `message` says it to the person,
    where the words for the status would not say enough.
    """

    def __init__(self, status: int, reason: str, message: str | None = None) -> None:
        super().__init__(message)
        self.code = status
        self.reason = reason


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


# Hosts: a request that names another one goes no further. So a made-up name gets into no address, and a page
# of another name that leads here (DNS rebinding) gets nothing.


def check_host() -> None:
    """Refuse a request to a name that is not ours."""
    if request.endpoint not in UNDER_ANY_NAME and not is_ours(request.headers.get("Host", "")):
        message = _(
            "The console does not answer to the name in this address. "
            "Whoever runs it says in the setting TRUSTED_HOSTS which names it has."
        )
        raise Refused(400, "host", message)


def is_ours(host: str) -> bool:
    """Whether `host`, with a port or without, is a name that the settings know."""
    found = HOST.fullmatch(host.lower())
    names: list[str] | None = current_app.config["HOST_NAMES"]
    if found is None or names is None:
        return found is not None
    name = found["name"].strip("[]")
    return name in names or any(name.endswith(end) for end in names if end.startswith("."))


# Origins: forms are sent by our own pages only, whatever token they carry. Other sites may lead a person
# here, in a window of its own, and nothing else: no frames, images or scripts.


def check_origin() -> None:
    """Refuse what another site has the browser send."""
    site = request.headers.get("Sec-Fetch-Site")
    if request.method in SAFE:
        allowed = site is None or site in OURS or _is_link()
    else:
        allowed = site in OURS if site else _comes_from_here()
    if not allowed:
        message = _(
            "Another site sent you here, and it may only link to this page. Please open the console yourself."
        )
        raise Refused(403, "origin", message)


def _is_link() -> bool:
    """Whether the browser goes to this address in a window, and not in a frame."""
    headers = request.headers
    return headers.get("Sec-Fetch-Mode") == "navigate" and headers.get("Sec-Fetch-Dest") == "document"


def _comes_from_here() -> bool:
    """What older browsers say, and all of them over plain HTTP. A script that says nothing has its token."""
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    return origin is None or _is_here(origin)


def _is_here(address: str) -> bool:
    try:
        scheme, host, *_rest = urlsplit(address)
    except ValueError:
        return False
    default = {"http": ":80", "https": ":443"}.get(scheme)
    here = host.lower().removesuffix(default or "") == request.host.lower()
    # The other way round it may be a proxy that speaks HTTPS for us and is not believed.
    return here and default is not None and (scheme == "https" or not request.is_secure)
