"""Addresses that a person is sent on to: only ever pages inside the console.

An address is what the browser knows: it begins with the path under which the console stands, if there is one.
"""

import posixpath
from functools import lru_cache
from urllib.parse import unquote

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException, MethodNotAllowed

LONGEST = 2000


def address_of(endpoint: str) -> str:
    """The address of a page of the console that needs nothing but its name; found once for all pages."""
    return _address_below(request.script_root, endpoint)


@lru_cache(maxsize=256)
def _address_below(_script_root: str, endpoint: str) -> str:
    return url_for(endpoint)


def here() -> str:
    """The address of this request."""
    return f"{request.script_root}{request.full_path.removesuffix('?')}"


def inside(address: str | None) -> str | None:
    """`address`, if it is a path of the console; an address from outside is never followed.

    Where it only takes forms, the page that it belongs to: nobody goes to a form by a link.
    """
    root = f"{request.script_root}/admin"
    if not address or not address.startswith(f"{root}/") or len(address) > LONGEST:
        return None
    if any(character in "\\\x7f" or character <= " " for character in address):
        return None
    return _page_at(address) if _stays_below(root, address) else None


def _stays_below(root: str, address: str) -> bool:
    """Whether no `..`, however it is written, leads out again."""
    return f"{posixpath.normpath(_path_of(address).replace(chr(92), '/'))}/".startswith(f"{root}/")


def _page_at(address: str) -> str:
    if _takes_only_forms(address):
        while not endpoint_of(address):
            address = posixpath.dirname(address.partition("?")[0].rstrip("/")) + "/"
    return address


def _takes_only_forms(address: str) -> bool:
    try:
        _match(address)
    except MethodNotAllowed:
        return True
    except HTTPException:
        return False
    return False


def endpoint_of(address: str) -> str:
    """The name of the page at an address inside; nothing where there is none."""
    try:
        return _match(address)
    except HTTPException:
        return ""


def _match(address: str) -> str:
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None  # noqa: S101 (there is one within a request)
    path = _path_of(address).removeprefix(request.script_root)
    return str(adapter.match(path, method="GET")[0])


def _path_of(address: str) -> str:
    return unquote(address.partition("?")[0].partition("#")[0])
