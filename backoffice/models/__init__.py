"""The tables, one file a noun."""

from backoffice.models.admin_session import AdminSession
from backoffice.models.administrator import Administrator
from backoffice.models.adoption import OWN_PREFIX, application_tables, origins, refuse_problems, survey
from backoffice.models.advice import describe
from backoffice.models.authenticator import Authenticator
from backoffice.models.change import Change
from backoffice.models.claimed_name import ClaimedName
from backoffice.models.draft import Draft
from backoffice.models.folding import folded_name
from backoffice.models.forgetting import Redaction
from backoffice.models.identity import (
    called,
    clean_email,
    clean_username,
    folded,
    is_storable,
    taken,
    taken_for_table,
)
from backoffice.models.invisible import INVISIBLE, visible
from backoffice.models.keys import (
    LONGEST_TEXT_KEY,
    find_row,
    key_column,
    largest_integer,
    no_such_rows,
    parse_id,
    parse_key,
    parse_keys,
)
from backoffice.models.operation import UNFINISHED, Operation, State
from backoffice.models.operation_facts import Facts, OperationReport, RowFacts, UndoneFacts
from backoffice.models.passkey import Passkey
from backoffice.models.password import (
    LONGEST_PASSWORD_BYTES,
    hash_password,
    is_bcrypt,
    is_foreign,
    is_hashable,
    needs_renewal,
    verify_password,
)
from backoffice.models.password_link import PasswordLink
from backoffice.models.post import Post
from backoffice.models.preference import Preference
from backoffice.models.recovery_code import RecoveryCode
from backoffice.models.references import OnDelete, Reference, references_to
from backoffice.models.row_key import RowKey
from backoffice.models.rules import ForeignKey, Rules, rules_of
from backoffice.models.seal import Seal
from backoffice.models.secrets import is_secret
from backoffice.models.security_event import SecurityEvent
from backoffice.models.selection import Selection, SelectionPage
from backoffice.models.stored import (
    RawColumn,
    StoredColumn,
    integers_of,
    raw_columns,
    stored_columns,
    table_called,
    unfillable_columns,
)
from backoffice.models.submission import Submission
from backoffice.models.table_origin import TableOrigin
from backoffice.models.throttle import Throttle
from backoffice.models.trusted_device import TrustedDevice
from backoffice.models.types import RowJSON
from backoffice.models.used_challenge import UsedChallenge
from backoffice.models.user import User

__all__ = [
    "INVISIBLE",
    "LONGEST_PASSWORD_BYTES",
    "LONGEST_TEXT_KEY",
    "OWN_PREFIX",
    "UNFINISHED",
    "AdminSession",
    "Administrator",
    "Authenticator",
    "Change",
    "ClaimedName",
    "Draft",
    "Facts",
    "ForeignKey",
    "OnDelete",
    "Operation",
    "OperationReport",
    "Passkey",
    "PasswordLink",
    "Post",
    "Preference",
    "RawColumn",
    "RecoveryCode",
    "Redaction",
    "Reference",
    "RowFacts",
    "RowJSON",
    "RowKey",
    "Rules",
    "Seal",
    "SecurityEvent",
    "Selection",
    "SelectionPage",
    "State",
    "StoredColumn",
    "Submission",
    "TableOrigin",
    "Throttle",
    "TrustedDevice",
    "UndoneFacts",
    "UsedChallenge",
    "User",
    "application_tables",
    "called",
    "clean_email",
    "clean_username",
    "describe",
    "find_row",
    "folded",
    "folded_name",
    "hash_password",
    "integers_of",
    "is_bcrypt",
    "is_foreign",
    "is_hashable",
    "is_secret",
    "is_storable",
    "key_column",
    "largest_integer",
    "needs_renewal",
    "no_such_rows",
    "origins",
    "parse_id",
    "parse_key",
    "parse_keys",
    "raw_columns",
    "references_to",
    "refuse_problems",
    "rules_of",
    "stored_columns",
    "survey",
    "table_called",
    "taken",
    "taken_for_table",
    "unfillable_columns",
    "verify_password",
    "visible",
]
