from collections.abc import Callable
from typing import TypeVar

from flask import Flask

Loader = TypeVar("Loader", bound=Callable[..., object])

class UserMixin:
    @property
    def is_authenticated(self) -> bool: ...

# Whoever is signed in; `console.http.person()` says it with its type.
current_user: UserMixin

class LoginManager:
    login_view: str | None
    session_protection: str | None
    anonymous_user: Callable[[], object]
    def init_app(self, app: Flask) -> None: ...
    def user_loader(self, callback: Loader) -> Loader: ...
    def unauthorized_handler(self, callback: Loader) -> Loader: ...

def login_user(user: UserMixin | None, remember: bool = False) -> bool: ...
def logout_user() -> bool: ...
