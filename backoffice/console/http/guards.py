"""What a request may be, before any page sees it: method, size, text, the host it names, where it comes from.

The server in front has limits of its own, a little wider (commands/gunicorn_settings.py), so that what is
just too much is answered here, in words. The head of a request is judged by itself (`judge_head`): our own
server does so before it takes what comes after (commands/web_worker/).
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from flask_babel import lazy_gettext
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request

from backoffice.console.http.text import is_text, path_of, texts_of_body, texts_of_head

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
HEALTH = ("/healthz",)
UNDER_ANY_NAME = (*HEALTH, "/static/")
# Where console/http/mount.py leaves the reason why an address is none of the console's, for the words below.
MISPLACED = "backoffice.misplaced"
HOST = re.compile(r"(?P<name>[a-z0-9._-]+|\[[a-f0-9:.]+\])(:[0-9]{1,5})?", re.ASCII)
SAFE = ("GET", "HEAD")
# Our own pages, and what no page has caused: an address that was typed, a bookmark.
OURS = ("same-origin", "none")
# Where the words for the status would not say enough, by the reason.
MESSAGES = {
    "method": lazy_gettext("The console opens pages and takes forms, and nothing else."),
    "host": lazy_gettext(
        "The console does not answer to the name in this address. "
        "Whoever runs it says in the setting TRUSTED_HOSTS which names it has."
    ),
    "characters": lazy_gettext(
        "The address or the form holds what is no text: a NUL character, or a part of a character. "
        "Most likely it came along with something that was pasted. Nothing was changed."
    ),
    "root": lazy_gettext(
        "The console is under another path of this site, which is its setting APPLICATION_ROOT. "
        "A proxy in front passes that path on as it is."
    ),
    "prefix": lazy_gettext(
        "The path under which the console stands has to be a plain one, such as /ops. "
        "What it is, a proxy in front says in X-Forwarded-Prefix, and a server in SCRIPT_NAME."
    ),
    "origin": lazy_gettext(
        "Another site sent you here, and it may only link to this page. Please open the console yourself."
    ),
}


class Refused(HTTPException):
    """A request that no page will see; `reason` is one word for the log, in which nothing sent stands."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(MESSAGES.get(reason))
        self.code = status
        self.reason = reason


def check_head() -> None:
    """Refuse what the head of this request is enough to refuse."""
    judge_head(request, current_app.config)


def judge_head(sent: Request, config: Mapping[str, Any]) -> None:
    """Raise Refused where the head of a request is enough to refuse it, whatever comes after.

    It asks neither the database nor who is signed in, and needs no context of Flask's.
    """
    _judge_method(sent)
    _judge_host(sent, config["HOST_NAMES"])
    _judge_place(sent)
    _judge_headers(sent)
    _judge_address(sent)
    _judge_text(sent)
    _judge_body(sent, config["MAX_CONTENT_LENGTH"])
    _judge_origin(sent)


def _judge_method(sent: Request) -> None:
    """What is neither opened nor sent; OPTIONS too, alike for what there is and what there is not."""
    if sent.method not in METHODS:
        raise Refused(405, "method")


def _judge_place(sent: Request) -> None:
    reason = sent.environ.get(MISPLACED)
    if reason is not None:
        raise Refused(404 if reason == "root" else 400, reason)


def _judge_headers(sent: Request) -> None:
    sizes = [len(name) + len(value) for name, value in sent.headers]
    if len(sizes) > MOST_HEADERS or max(sizes, default=0) > LONGEST_HEADER:
        raise Refused(431, "headers")


def _judge_address(sent: Request) -> None:
    query = sent.query_string
    if len(sent.environ.get("PATH_INFO", "")) + len(query) > LONGEST_ADDRESS:
        raise Refused(414, "address")
    if query.count(b"&") >= MOST_PARAMETERS:
        raise Refused(400, "parameters")


def _judge_text(sent: Request) -> None:
    if not is_text(path_of(sent)):
        raise Refused(404, "path")
    if not is_text(*texts_of_head(sent)):
        raise Refused(400, "characters")


def _judge_body(sent: Request, longest: int) -> None:
    length, kind = sent.content_length, sent.mimetype
    if (length or 0) > longest:
        raise Refused(413, "body")
    if sent.method == "POST" and (kind or length) and kind not in BODIES:
        raise Refused(415, "type")


def check_form() -> None:
    """Count the fields of a form before each becomes an object. What is read for it is kept for the form."""
    if request.mimetype != FORM:
        return
    sent = request.get_data()
    # Sent in chunks, of a length that nobody said before, it is cut off at the limit without a word.
    if request.content_length is None and len(sent) >= current_app.config["MAX_CONTENT_LENGTH"]:
        raise Refused(413, "body")
    if sent.count(b"&") >= MOST_FIELDS:
        raise Refused(413, "fields")


def check_text() -> None:
    """Refuse a form, and JSON, with what no database can hold."""
    try:
        is_whole = is_text(*texts_of_body())
    except UnicodeError:
        is_whole = False
    if not is_whole:
        raise Refused(400, "characters")


# Hosts: a request that names another one goes no further. So a made-up name gets into no address, and a page
# of another name that leads here (DNS rebinding) gets nothing.


def _judge_host(sent: Request, names: list[str] | None) -> None:
    if not sent.path.startswith(UNDER_ANY_NAME) and not is_ours(sent.headers.get("Host", ""), names):
        raise Refused(400, "host")


def is_ours(host: str, names: list[str] | None) -> bool:
    """Whether `host`, with a port or without, is one of these names of ours; None is any."""
    found = HOST.fullmatch(host.lower())
    if found is None or names is None:
        return found is not None
    name = found["name"].strip("[]")
    return name in names or any(name.endswith(end) for end in names if end.startswith("."))


# Origins: forms are sent by our own pages only, whatever token they carry. Other sites may lead a person
# here, in a window of its own, and nothing else: no frames, images or scripts.


def _judge_origin(sent: Request) -> None:
    """What another site has the browser send."""
    site = sent.headers.get("Sec-Fetch-Site")
    if sent.method in SAFE:
        allowed = site is None or site in OURS or _is_link(sent)
    else:
        allowed = site in OURS if site else _comes_from_here(sent)
    if not allowed:
        raise Refused(403, "origin")


def _is_link(sent: Request) -> bool:
    """Whether the browser goes to this address in a window, and not in a frame."""
    headers = sent.headers
    return headers.get("Sec-Fetch-Mode") == "navigate" and headers.get("Sec-Fetch-Dest") == "document"


def _comes_from_here(sent: Request) -> bool:
    """What older browsers say, and all of them over plain HTTP. A script that says nothing has its token."""
    origin = sent.headers.get("Origin") or sent.headers.get("Referer")
    return origin is None or _is_here(origin, sent)


def _is_here(address: str, sent: Request) -> bool:
    try:
        scheme, host, *_rest = urlsplit(address)
    except ValueError:
        return False
    default = {"http": ":80", "https": ":443"}.get(scheme)
    here = host.lower().removesuffix(default or "") == sent.host.lower()
    # The other way round it may be a proxy that speaks HTTPS for us and is not believed.
    return here and default is not None and (scheme == "https" or not sent.is_secure)
