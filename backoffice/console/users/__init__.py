"""The users of the application, and their passwords."""

from backoffice.console.users.passwords import link_context
from backoffice.console.users.view import UserView

__all__ = ["UserView", "link_context"]
