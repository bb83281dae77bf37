"""Who may enter: passwords, second factors, sessions and the grants of administrators."""

from backoffice.accounts import drafts, unlocking
from backoffice.accounts.account import Account, find_account
from backoffice.accounts.administrators import (
    TABLE,
    change_role,
    create_administrator,
    disable,
    enable,
    find_user,
    find_user_exactly,
    follow_rename,
    grant_access,
    revoke,
)
from backoffice.accounts.authentication import authenticate
from backoffice.accounts.drafts import FormName
from backoffice.accounts.names import refuse_taken
from backoffice.accounts.preferences import save_preferences
from backoffice.accounts.protection import (
    is_granted,
    protected_accounts,
    protected_grants,
    protected_users,
    somebody_left,
)

__all__ = [
    "TABLE",
    "Account",
    "FormName",
    "authenticate",
    "change_role",
    "create_administrator",
    "disable",
    "drafts",
    "enable",
    "find_account",
    "find_user",
    "find_user_exactly",
    "follow_rename",
    "grant_access",
    "is_granted",
    "protected_accounts",
    "protected_grants",
    "protected_users",
    "refuse_taken",
    "revoke",
    "save_preferences",
    "somebody_left",
    "unlocking",
]
