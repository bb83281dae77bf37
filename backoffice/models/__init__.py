"""The tables, one file a noun."""

from backoffice.models.administrator import Administrator
from backoffice.models.change import Change
from backoffice.models.draft import Draft
from backoffice.models.forgetting import Forgetting
from backoffice.models.operation import Operation
from backoffice.models.post import Post
from backoffice.models.preference import Preference
from backoffice.models.seal import Seal
from backoffice.models.selection import Selection, SelectionPage
from backoffice.models.sign_in import SignIn
from backoffice.models.table_origin import TableOrigin
from backoffice.models.user import User

__all__ = [
    "Administrator",
    "Change",
    "Draft",
    "Forgetting",
    "Operation",
    "Post",
    "Preference",
    "Seal",
    "Selection",
    "SelectionPage",
    "SignIn",
    "TableOrigin",
    "User",
]
