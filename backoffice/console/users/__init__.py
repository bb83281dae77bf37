"""The users of the application, and their passwords."""

from backoffice.console.users.passwords import handed_out
from backoffice.console.users.view import UserView

__all__ = ["UserView", "handed_out"]
