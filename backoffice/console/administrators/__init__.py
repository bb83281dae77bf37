"""Who may enter the console, and resetting their second factor."""

from backoffice.console.administrators.mfa_reset import SecondFactorResetView
from backoffice.console.administrators.view import AdministratorView

__all__ = ["AdministratorView", "SecondFactorResetView"]
