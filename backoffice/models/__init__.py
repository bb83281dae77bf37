"""The tables, one file a noun."""

from backoffice.models.administrator import Administrator
from backoffice.models.authenticator import Authenticator
from backoffice.models.change import Change
from backoffice.models.draft import Draft
from backoffice.models.forgetting import Forgetting
from backoffice.models.known_browser import KnownBrowser
from backoffice.models.operation import Operation
from backoffice.models.passkey import Passkey
from backoffice.models.password_link import PasswordLink
from backoffice.models.post import Post
from backoffice.models.preference import Preference
from backoffice.models.recovery_code import RecoveryCode
from backoffice.models.seal import Seal
from backoffice.models.security_event import SecurityEvent
from backoffice.models.selection import Selection, SelectionPage
from backoffice.models.sign_in import SignIn
from backoffice.models.table_origin import TableOrigin
from backoffice.models.throttle import Throttle
from backoffice.models.used_challenge import UsedChallenge
from backoffice.models.user import User

__all__ = [
    "Administrator",
    "Authenticator",
    "Change",
    "Draft",
    "Forgetting",
    "KnownBrowser",
    "Operation",
    "Passkey",
    "PasswordLink",
    "Post",
    "Preference",
    "RecoveryCode",
    "Seal",
    "SecurityEvent",
    "Selection",
    "SelectionPage",
    "SignIn",
    "TableOrigin",
    "Throttle",
    "UsedChallenge",
    "User",
]
