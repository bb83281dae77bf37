"""Undoing: a page says what would be put back, and what stands in the way, and only then it is done."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from backoffice import undo
from backoffice.console.auth import require_reauthentication
from backoffice.console.base import Page, back
from backoffice.console.history.access import changes_access, may_undo, operation_or_refuse
from backoffice.console.history.changes import described
from backoffice.console.history.facts import operation_cell, rows_with_reasons, undoing_of
from backoffice.console.http import inside, person
from backoffice.console.presenters import (
    may_see,
    operation_label,
    operation_url,
    report_of,
    table_label,
    undoable,
)
from backoffice.console.records import most_by_a_press
from backoffice.exceptions import Conflict, Forbidden
from backoffice.extensions import db
from backoffice.models import Operation
from backoffice.undo import Effect, Preview

# The hidden input by which a form says that it stood beside what would happen.
PREVIEWED = "previewed"
# The tick that lets the rest be undone, without what stands in the way.
LEAVE_OUT = "leave_out"


class UndoPage(Page):
    """`/undo/`: asked with GET, done with POST, which a message's button may send without asking."""

    def get(self) -> ResponseReturnValue:
        return self._question(_operation())

    def post(self) -> ResponseReturnValue:
        act = _operation()
        if not _may_begin(act):
            return self._question(act)
        if changes_access(act) or _removes_many(act):
            require_reauthentication()
        try:
            undoing = undo.undo(
                act,
                skip=LEAVE_OUT in request.form,
                administrator_id=person().id,
            )
        except Conflict as refusal:
            return _being_undone(act) or self._question(act, str(refusal))
        if not undoing.is_finished:
            return redirect(operation_url(undoing.id), 303)
        flash(undoable(report_of(undoing), undoing.id), "success")
        return back(operation_url(act.id))

    def _question(self, act: Operation, error: str | None = None) -> ResponseReturnValue:
        preview = undo.preview(db.session(), act)
        number = format_decimal(preview.rows)
        page = self.view.render(
            "history/undo.html",
            title=_("Undo: %(what)s", what=operation_label(act)),
            breadcrumbs=[
                {"label": _("History"), "url": url_for(".index_view")},
                {"label": operation_label(act), "url": operation_url(act.id)},
            ],
            error=error,
            refusal=preview.refusal,
            earlier=operation_cell(earlier) if (earlier := undoing_of(act)) else None,
            blocked=not preview.rows,
            facts=[_fact(effect) for effect in preview.effects if may_see(effect.table)],
            obstacles=[
                (preview.labels[why], format_decimal(rows)) for why, rows in preview.obstacles.items()
            ],
            examples=rows_with_reasons(act.id, preview.examples),
            leaves_out=LEAVE_OUT in request.form,
            changes=described([change for change in preview.first if may_see(change.table_name)]),
            more=_more(preview),
            background=preview.is_big,
            is_whole=preview.is_whole,
            confirm_url=url_for(".undo_view", id=act.id),
            confirm_label=ngettext(
                "Undo %(number)s change", "Undo %(number)s changes", preview.rows, number=number
            ),
            state=[(PREVIEWED, "1"), ("url", inside(request.values.get("url")) or operation_url(act.id))],
            cancel_url=inside(request.values.get("url")) or operation_url(act.id),
        )
        return page, 409 if error else 200


def _operation() -> Operation:
    """The operation that the address names. Raises NotFound, or Forbidden where it may not be undone."""
    act = operation_or_refuse(request.args.get("id"))
    if not may_undo(act):
        raise Forbidden(_("Your role does not allow this."))
    return act


def _being_undone(act: Operation) -> ResponseReturnValue | None:
    """On to the page on which the progress is seen, where the button was pressed before."""
    undoing = undoing_of(act)
    return None if undoing is None or undoing.is_finished else redirect(operation_url(undoing.id), 303)


def _may_begin(act: Operation) -> bool:
    """Whether what this would do was shown, or is small and has nothing in its way."""
    if PREVIEWED in request.form:
        return True
    preview = undo.preview(db.session(), act)
    return not (preview.refusal or preview.obstacles or preview.is_big)


def _removes_many(act: Operation) -> bool:
    """Whether undoing it takes more rows away than one press of a button may."""
    if act.changed_rows <= most_by_a_press():
        return False
    effects = undo.preview(db.session(), act).effects
    return sum(effect.rows for effect in effects if effect.action == "remove") > most_by_a_press()


def _fact(effect: Effect) -> tuple[str, str]:
    """What would become of the rows of a table, and of how many."""
    labels = {
        "restore": _("%(things)s that come back", things=table_label(effect.table)),
        "remove": _("%(things)s that go again", things=table_label(effect.table)),
        "revert": _("%(things)s that are as before again", things=table_label(effect.table)),
    }
    return str(labels[effect.action]), format_decimal(effect.rows)


def _more(preview: Preview) -> str | None:
    more = preview.rows - len(preview.first)
    return str(_("and %(count)s more", count=format_decimal(more))) if more > 0 else None
