"""Who may do what: the roles, in one readable place."""

from backoffice.permissions.roles import (
    ACTS,
    GRANTS,
    HIGHEST,
    LOWEST,
    RECORDS,
    ROLES,
    SECURITY_LOG,
    Role,
    matrix,
    may,
    require,
    roles_that_may,
)

__all__ = [
    "ACTS",
    "GRANTS",
    "HIGHEST",
    "LOWEST",
    "RECORDS",
    "ROLES",
    "SECURITY_LOG",
    "Role",
    "matrix",
    "may",
    "require",
    "roles_that_may",
]
