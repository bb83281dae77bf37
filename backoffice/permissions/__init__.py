"""Who may do what: the roles, in one readable place."""

from backoffice.permissions.roles import (
    GRANTS,
    HIGHEST,
    LOWEST,
    PERMISSIONS,
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
    "GRANTS",
    "HIGHEST",
    "LOWEST",
    "PERMISSIONS",
    "RECORDS",
    "ROLES",
    "SECURITY_LOG",
    "Role",
    "matrix",
    "may",
    "require",
    "roles_that_may",
]
