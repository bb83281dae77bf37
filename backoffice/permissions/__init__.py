"""Who may do what: the roles, in one readable place."""

from backoffice.permissions.roles import (
    ACTS,
    GRANTS,
    RECORDS,
    ROLES,
    SECURITY_LOG,
    allowed_on,
    matrix,
    may,
    require,
)

__all__ = ["ACTS", "GRANTS", "RECORDS", "ROLES", "SECURITY_LOG", "allowed_on", "matrix", "may", "require"]
