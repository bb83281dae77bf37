"""What we use of Flask-Admin 2.2 that is not its public surface: all of it, under names of ours.

Its next release may move any of these. tests/console/test_flask_admin_private.py says which one it was.
"""

from collections.abc import Callable, Sequence
from typing import Any

from flask.typing import ResponseReturnValue
from flask_admin import Admin, BaseView
from flask_admin.contrib.sqla import ModelView


class GuardedView(BaseView):
    """A view whose functions are guarded by `guard` and called by `call`."""

    def guard(self, name: str) -> ResponseReturnValue | None:
        """The answer in place of the view function `name`; None where it may be called."""
        return None

    def call(
        self, function: Callable[..., ResponseReturnValue], arguments: dict[str, object]
    ) -> ResponseReturnValue:
        """The answer of a view function."""
        return function(self, **arguments)

    def _handle_view(self, name: str, **_arguments: object) -> ResponseReturnValue | None:
        return self.guard(name)

    def _run_view(
        self, fn: Callable[..., ResponseReturnValue], *_arguments: object, **arguments: object
    ) -> ResponseReturnValue:
        # Flask-Admin's own calls the function again after a TypeError inside it, which hides the error.
        return self.call(fn, arguments)


class DeclaredView(ModelView):
    """A ModelView that makes of its declarations what we need, in place of what Flask-Admin does."""

    def declared(self) -> None:
        """Called when the view is made, and its declarations stand."""

    @property
    def own_actions(self) -> Sequence[tuple[str, object]]:
        """The actions that the view declares with `@action`: name and label of each."""
        return list(self._actions)

    def own_action(self, name: str) -> Callable[[Sequence[str]], ResponseReturnValue | None] | None:
        """What does the action of this name with the keys that were ticked; None where there is none."""
        found = self._actions_data.get(name)
        return found[0] if found is not None else None

    def scaffold_auto_joins(self) -> list[object]:
        """None: a list joins what it shows, and nothing else."""
        return []

    def _refresh_cache(self) -> None:
        self.declared()


def views_of(admin: Admin) -> Sequence[Any]:
    """The views of an Admin, in the order in which they were added."""
    return list(admin._views)


def index_of(view: BaseView) -> str:
    """The endpoint of the page that a view begins with."""
    return f"{view.endpoint}.{view._default_view}"
