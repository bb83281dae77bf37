"""What the roles are called, and what each may do."""

from typing import Any

from flask_babel import lazy_gettext

ROLE_NAMES: dict[str, Any] = {
    "administrator": lazy_gettext("Administrator"),
    "editor": lazy_gettext("Editor"),
    "viewer": lazy_gettext("Viewer"),
}

# In words: `backoffice/permissions` has it exactly.
ROLE_WORDS: dict[str, Any] = {
    "administrator": lazy_gettext("Everything an editor may, and decides who may enter, and as what."),
    "editor": lazy_gettext("Looks at everything, creates, edits, deletes, exports and undoes."),
    "viewer": lazy_gettext("Looks at everything, and changes nothing."),
}


def role_name(role: str) -> str:
    """What a role is called; one without a name goes as it is stored."""
    return str(ROLE_NAMES.get(role, role))
