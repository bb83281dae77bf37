"""Who may do what: the roles, in one readable place."""

from backoffice.permissions.roles import ACTS, ROLES, may, require

__all__ = ["ACTS", "ROLES", "may", "require"]
