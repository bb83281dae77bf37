"""Which site a request comes from, as far as the browser says, and what other sites may do: link to us.

Forms are sent by our own pages only, whatever token they carry. Other sites, neighbours under the same domain
among them, may lead a person here, in a window of its own, and nothing else: no frames, images or scripts.
"""

from urllib.parse import urlsplit

from flask import request
from flask_babel import gettext as _

from backoffice.console.refusals import Refused

SAFE = ("GET", "HEAD")
# Our own pages, and what no page has caused: an address that was typed, a bookmark.
OURS = ("same-origin", "none")


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
