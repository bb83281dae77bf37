from collections.abc import Callable, Sequence
from typing import TypeVar

from flask.typing import ResponseReturnValue

Function = TypeVar("Function", bound=Callable[..., object])
Handler = Callable[[Sequence[str]], ResponseReturnValue | None]

def action(name: str, text: object, confirmation: object = None) -> Callable[[Function], Function]: ...

class ActionsMixin:
    _actions: list[tuple[str, object]]
    _actions_data: dict[str, tuple[Handler, object, object]]
    def init_actions(self) -> None: ...
    def is_action_allowed(self, name: str) -> bool: ...
