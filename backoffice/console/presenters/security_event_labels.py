"""Authentication events in words."""

import json

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from backoffice.console.presenters.method_labels import method_label
from backoffice.console.presenters.role_labels import role_label
from backoffice.models import SecurityEvent
from backoffice.statements import AnyRow

WORDS: dict[str, str] = {
    "sign-in:succeeded": lazy_gettext("Signed in"),
    "sign-in:refused": lazy_gettext("Could not sign in"),
    "sign-in:throttled": lazy_gettext("Turned away after too many attempts to sign in"),
    "sign-in:ended": lazy_gettext("Signed out"),
    "session:ended": lazy_gettext("Session ended"),
    "proof:asked": lazy_gettext("Asked to authenticate again"),
    "proof:given": lazy_gettext("Authenticated again"),
    "proof:refused": lazy_gettext("Could not authenticate again"),
    "proof:throttled": lazy_gettext("Signed out after too many wrong answers"),
    "password:refused": lazy_gettext("Wrong password of somebody signed in"),
    "password:throttled": lazy_gettext("Turned away after too many wrong passwords"),
    "password:changed": lazy_gettext("Password changed"),
    "password-link:made": lazy_gettext("Link for a new password made"),
    "password-link:used": lazy_gettext("New password set with a link"),
    "password-link:refused": lazy_gettext("Link for a new password refused"),
    "password-link:throttled": lazy_gettext("Turned away after too many wrong links"),
    "second-factor:refused": lazy_gettext("Right password, wrong second factor"),
    "second-factor:throttled": lazy_gettext("Turned away after too many wrong second factors"),
    "second-factor:added": lazy_gettext("Authenticator app set up"),
    "second-factor:removed": lazy_gettext("Authenticator app removed"),
    "second-factor:reset": lazy_gettext("Second factors reset"),
    "passkey:added": lazy_gettext("Passkey added"),
    "passkey:removed": lazy_gettext("Passkey removed"),
    "passkey:refused": lazy_gettext("Passkey refused"),
    "passkey:throttled": lazy_gettext("Turned away after too many wrong passkeys"),
    "recovery-codes:made": lazy_gettext("Recovery codes made"),
    "recovery-codes:used": lazy_gettext("Recovery code used"),
    "administrator:granted": lazy_gettext("Access given"),
    "administrator:role-changed": lazy_gettext("Role changed"),
    "administrator:disabled": lazy_gettext("Access disabled"),
    "administrator:enabled": lazy_gettext("Access enabled"),
    "administrator:revoked": lazy_gettext("Access taken away"),
    "limits:cleared": lazy_gettext("Limits on attempts cleared"),
    "access:refused": lazy_gettext("Asked for what their role does not allow"),
    "form:refused": lazy_gettext("Form without the token of its session"),
    "request:refused": lazy_gettext("Request refused"),
    "request:failed": lazy_gettext("Request failed"),
    "probe:filter": lazy_gettext("Asked a list for what it does not show"),
    "probe:id": lazy_gettext("Asked for a record that is not there"),
    "probe:field": lazy_gettext("Sent fields that the form does not have"),
}

# What the kinds with one noun are about, together.
GROUPS: dict[str, str] = {
    "sign-in": lazy_gettext("Signing in and out"),
    "session": lazy_gettext("Sessions"),
    "proof": lazy_gettext("Re-authentication"),
    "password": lazy_gettext("Passwords"),
    "password-link": lazy_gettext("Links for new passwords"),
    "second-factor": lazy_gettext("Second factors"),
    "passkey": lazy_gettext("Passkeys"),
    "recovery-codes": lazy_gettext("Recovery codes"),
    "administrator": lazy_gettext("Access"),
    "limits": lazy_gettext("Limits"),
    "access": lazy_gettext("Refused by role"),
    "form": lazy_gettext("Forms"),
    "request": lazy_gettext("Requests"),
    "probe": lazy_gettext("Probes"),
}

# These are about the page that was asked for.
ON_PAGES = ("access:", "form:", "request:", "probe:")

REASONS: dict[str, str] = {
    "password": lazy_gettext("wrong password"),
    "no password": lazy_gettext("they have no password here"),
    "disabled": lazy_gettext("their access is disabled"),
    "stale": lazy_gettext("the user has another name now"),
    "unknown": lazy_gettext("nobody is called that"),
    "impossible": lazy_gettext("too long for a name or a password"),
}


def event_kind_label(kind: str) -> str:
    """What an event of this kind is; one without words goes by its own name."""
    return str(WORDS.get(kind, kind))


def event_label(event: SecurityEvent | AnyRow) -> str:
    """What happened: the kind, and what there is to know beside it."""
    facts = json.loads(event.facts)
    details = [
        str(REASONS.get(facts["reason"], facts["reason"])) if "reason" in facts else None,
        method_label(facts["method"]) if "method" in facts else None,
        role_label(facts["role"]) if "role" in facts else None,
        ", ".join(facts.get("names", ())),
        facts.get("page") if event.kind.startswith(ON_PAGES) else None,
        _("name #%(digest)s", digest=facts["name_digest"][:8]) if "name_digest" in facts else None,
        _("by %(name)s", name=facts["by"]) if "by" in facts else None,
    ]
    said = ", ".join(str(one) for one in details if one)
    return f"{event_kind_label(event.kind)}: {said}" if said else event_kind_label(event.kind)


def kind_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """What there is to choose, by group: the whole of it first where it has several kinds."""
    groups = []
    for noun, label in GROUPS.items():
        kinds = [(kind, str(words)) for kind, words in WORDS.items() if kind.partition(":")[0] == noun]
        every = [(noun, str(_("All of this")))] if len(kinds) > 1 else []
        groups.append((str(label), [*every, *kinds]))
    return groups
