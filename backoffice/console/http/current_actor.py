"""Who sends a request, and from where; recording what it does as an event."""

from typing import Any, cast

from flask import g, request
from flask_login import current_user
from werkzeug.local import LocalProxy

from backoffice.accounts.sessions import SignedInAdministrator
from backoffice.history import Actor, acting_as
from backoffice.security import VISITOR, record_event


def visitor(name: str = VISITOR) -> Actor:
    """Somebody who is not signed in; `name` is whose name they gave, where that is known."""
    return _from_here(VISITOR, name)


def known_person(name: str, user_id: int) -> Actor:
    """Somebody who has shown who they are."""
    return _from_here("person", name, user_id)


def sender() -> Actor:
    """Who sends this request: the person who is signed in, or a visitor."""
    if not getattr(current_user, "is_authenticated", False):
        return visitor()
    return known_person(person().username, person().user_id)


def _from_here(kind: str, name: str, user_id: int | None = None) -> Actor:
    return Actor(kind, name, user_id, request.remote_addr, g.get("request_id"))


def record_request_event(kind: str, *, persist: bool = True, **facts: object) -> None:
    """Record an event of this kind about the request at hand and whoever sends it.

    Not inside of a transaction that writes. What was typed does not belong in `facts`: it may be a password.
    """
    actor = sender()
    number = person().id if actor.kind != VISITOR else None
    name = actor.name if actor.kind != VISITOR else None
    with acting_as(actor):
        record_event(kind, administrator_id=number, name=name, persist=persist, page=_page(), **facts)


def _page() -> str:
    """Which page was asked for, in our words and not in those of the address."""
    return f"{request.method} {request.url_rule.rule}" if request.url_rule else request.method


# Who is signed in.


def person() -> SignedInAdministrator:
    """Who is signed in."""
    signed_in: SignedInAdministrator = cast(LocalProxy[Any], current_user)._get_current_object()
    return signed_in
