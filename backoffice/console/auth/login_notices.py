"""What follows whenever somebody has signed in: the device is trusted from here on, and they are summary."""

from datetime import UTC, datetime

from flask import Response, after_this_request, flash
from flask_babel import get_timezone, ngettext, refresh
from flask_babel import gettext as _

from backoffice.accounts.sessions import (
    KEPT_FOR,
    CredentialChange,
    LoginSummary,
    SignedInAdministrator,
    login_summary,
    trust_device,
)
from backoffice.console.http import cookie, record_request_event, set_cookie
from backoffice.console.presenters import event_kind_label, moment_label
from backoffice.exceptions import Busy

COOKIE = "backoffice_browser"
MOST_CHANGES = 3


def device_token() -> str | None:
    """By what this browser may be known as a trusted device."""
    return cookie(COOKIE)


def welcome(person: SignedInAdministrator, method: str) -> None:
    """Record that this person has signed in by this method; tell them what happened since the last time."""
    _remember(person)
    record_request_event("sign-in:succeeded", method=method)
    summary = login_summary(person.id, person.session_id)
    if summary is not None:
        refresh()  # their own language and clocks
        _tell(summary)


def _remember(person: SignedInAdministrator) -> None:
    try:
        token = trust_device(person.id, device_token())
    except Busy:  # then the next login will
        return

    @after_this_request
    def _keep(response: Response) -> Response:
        set_cookie(response, COOKIE, token, KEPT_FOR, same_site="Strict")
        return response


def _tell(summary: LoginSummary) -> None:
    flash(_last_words(summary.at, summary.address), "info")
    for words in (_wrong_passwords(summary.wrong_passwords), _wrong_factors(summary.wrong_factors)):
        if words:
            flash(words, "warning")
    if summary.changes:
        flash(_changes(summary.changes), "warning")


def _last_words(at: datetime, address: str | None) -> str:
    when = moment_label(at.replace(tzinfo=UTC).astimezone(get_timezone()))
    if address is None:
        return str(_("You last signed in on %(when)s.", when=when))
    return str(_("You last signed in on %(when)s, from %(address)s.", when=when, address=address))


def _wrong_passwords(count: int) -> str | None:
    if not count:
        return None
    return str(
        ngettext(
            "Since then somebody has tried to sign in as you once, with a wrong password.",
            "Since then somebody has tried to sign in as you %(num)d times, with a wrong password.",
            count,
        )
    )


def _wrong_factors(count: int) -> str | None:
    if not count:
        return None
    words = ngettext(
        "Once the password was right and the second factor was wrong.",
        "%(num)d times the password was right and the second factor was wrong.",
        count,
    )
    advice = _("If this was not you, somebody has your password: please change it.")
    return f"{words} {advice}"


def _changes(changes: list[CredentialChange]) -> str:
    said = [_("%(what)s, by %(who)s", what=event_kind_label(one.kind), who=one.by) for one in changes]
    shown = "; ".join(map(str, said[:MOST_CHANGES]))
    return str(_("How you sign in was changed since then: %(changes)s.", changes=shown))
