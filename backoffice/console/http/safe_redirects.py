"""Addresses that a person is sent on to: only ever inside the console."""

import posixpath
from functools import lru_cache
from urllib.parse import unquote

from flask import request, url_for

LONGEST = 2000


def address_of(endpoint: str) -> str:
    """The address of a page of the console that needs nothing but its name; found once for all pages."""
    return _address_below(request.script_root, endpoint)


@lru_cache(maxsize=256)
def _address_below(_script_root: str, endpoint: str) -> str:
    return url_for(endpoint)


def inside(address: str | None) -> str | None:
    """`address`, if it is a path of the console; an address from outside is never followed."""
    if not address or not address.startswith("/admin/") or len(address) > LONGEST:
        return None
    if any(character in "\\\x7f" or character <= " " for character in address):
        return None
    return address if _stays_inside(address) else None


def _stays_inside(address: str) -> bool:
    """Whether no `..`, however it is written, leads out again."""
    path = unquote(address.partition("?")[0].partition("#")[0])
    return posixpath.normpath(path.replace("\\", "/") + "/").startswith("/admin")
