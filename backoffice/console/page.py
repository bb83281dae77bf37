"""A page: the route that leads to it, and what it asks of whoever opens it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from flask.typing import ResponseReturnValue
from flask.views import MethodView
from flask_admin import expose as flask_admin_expose

from backoffice.accounts.sessions import RequiredAction

Function = TypeVar("Function", bound=Callable[..., object])

# When a page asks for re-authentication: before a form is taken, or before it is opened, too.
SENDING = frozenset({"POST"})
OPENING = SENDING | {"GET", "HEAD"}


@dataclass(frozen=True)
class Access:
    """What a page asks of whoever opens it.

    `permission` is one of `permissions`; `reauthentication` names the methods before which a person
    authenticates again; the page is open although an action of `open_before` is still required.
    """

    permission: str
    reauthentication: Collection[str] = ()
    open_before: Collection[RequiredAction] = ()


class page:  # noqa: N801, it stands in a class as a decorated function does
    """A page at a route of a view: `index_view = page("/", ListPage, "view")`.

    What follows the page's class is its `Access`. Flask-Admin takes it for a function of the view that was
    exposed there, so a subclass may replace it by another page, or by a function which it exposes itself.
    """

    __name__: str

    def __init__(
        self,
        url: str,
        page_class: type[MethodView],
        permission: str,
        *,
        reauthentication: Collection[str] = (),
        open_before: Collection[RequiredAction] = (),
    ) -> None:
        self._urls = [(url, tuple(sorted(page_class.methods or ())))]
        self.page_class = page_class
        self.access = Access(permission, reauthentication, open_before)

    def __set_name__(self, owner: type, name: str) -> None:
        self.__name__ = name

    def __get__(self, view: object, owner: type | None = None) -> Callable[..., ResponseReturnValue]:
        return self if view is None else partial(self, view)

    def __call__(self, view: object, **arguments: object) -> ResponseReturnValue:
        return self.page_class(view).dispatch_request(**arguments)  # type: ignore[call-arg]


def expose(
    url: str = "/",
    methods: Collection[str] = ("GET",),
    *,
    permission: str,
    reauthentication: Collection[str] = (),
    open_before: Collection[RequiredAction] = (),
) -> Callable[[Function], Function]:
    """Flask-Admin's `expose`, with what the page asks of whoever opens it."""

    def exposed(function: Function) -> Function:
        function.access = Access(permission, reauthentication, open_before)  # type: ignore[attr-defined]
        made: Function = flask_admin_expose(url, methods)(function)
        return made

    return exposed


def access_to(view_class: type, name: str) -> Access | None:
    """What the page `name` of a view asks; where a subclass does not say, what the replaced page asks."""
    for each in view_class.__mro__:
        access = getattr(vars(each).get(name), "access", None)
        if isinstance(access, Access):
            return access
    return None


def page_at(view_class: type, name: str) -> type[MethodView] | None:
    """The class of the page `name` of a view; of the replaced one where a subclass has a function there."""
    for each in view_class.__mro__:
        found: type[MethodView] | None = getattr(vars(each).get(name), "page_class", None)
        if found is not None:
            return found
    return None
