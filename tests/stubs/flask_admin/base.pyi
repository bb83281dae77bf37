from collections.abc import Callable, Iterable
from typing import TypeVar

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue

Function = TypeVar("Function", bound=Callable[..., object])

def expose(url: str = "/", methods: Iterable[str] | None = ("GET",)) -> Callable[[Function], Function]: ...

class AdminViewMeta(type): ...

class BaseView(metaclass=AdminViewMeta):
    _urls: list[tuple[str, str, Iterable[str]]]
    _default_view: str | None
    name: str
    category: object
    endpoint: str
    url: str
    static_folder: str | None
    admin: Admin
    blueprint: Blueprint | None
    def __init__(
        self,
        name: object = None,
        category: object = None,
        endpoint: str | None = None,
        url: str | None = None,
        static_folder: str | None = None,
        static_url_path: str | None = None,
        menu_class_name: str | None = None,
        menu_icon_type: str | None = None,
        menu_icon_value: str | None = None,
    ) -> None: ...
    def render(self, template: str, **kwargs: object) -> str: ...
    def is_visible(self) -> bool: ...
    def is_accessible(self) -> bool: ...
    def _handle_view(self, name: str, **kwargs: object) -> ResponseReturnValue | None: ...
    def _run_view(
        self, fn: Callable[..., ResponseReturnValue], *args: object, **kwargs: object
    ) -> ResponseReturnValue: ...

class AdminIndexView(BaseView): ...

class Admin:
    app: Flask
    _views: list[BaseView]
    def __init__(
        self, app: Flask | None = None, name: str | None = None, *, index_view: AdminIndexView | None = None
    ) -> None: ...
    def add_view(self, view: BaseView) -> None: ...
