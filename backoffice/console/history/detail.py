"""One operation: what it did, or how far it has come, and stopping it."""

from dataclasses import asdict

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice import work
from backoffice.console.base import Page
from backoffice.console.history.access import may_cancel, may_undo, operation_or_refuse
from backoffice.console.history.changes import CHANGES_SHOWN, changes_of, described
from backoffice.console.history.facts import facts_of, outcome_of, skipped_in, undoing_of
from backoffice.console.http import person
from backoffice.console.presenters import operation_label, operation_url, progress_of, skipped_rows
from backoffice.exceptions import Forbidden
from backoffice.models import Operation


class OperationPage(Page):
    """`/details/`."""

    def get(self) -> ResponseReturnValue:
        act = operation_or_refuse(request.args.get("id"))
        changes = changes_of(act, request.args.get("after"))
        shown = changes[:CHANGES_SHOWN]
        undoing, skipped = undoing_of(act), skipped_in(act)
        return self.view.render(
            "history/detail.html",
            title=operation_label(act),
            breadcrumbs=[{"label": _("History"), "url": url_for(".index_view")}],
            state=act.state,
            outcome=outcome_of(act),
            progress=None if act.is_finished else progress_of(act),
            progress_url=url_for(".progress_view", id=act.id),
            key=act.id,
            cancel_url=url_for(".cancel_view") if _can_be_stopped(act) else None,
            resume_url=url_for(".resume_view") if _can_be_stopped(act) else None,
            undo_url=url_for(".undo_view", id=act.id)
            if shown and not undoing and _can_be_undone(act)
            else None,
            facts=list(facts_of(act, undoing)),
            skipped=skipped,
            skipped_more=max(0, skipped_rows(act) - len(skipped)),
            changes=described(shown),
            first_url=operation_url(act.id) if "after" in request.args else None,
            next_url=(
                url_for(".details_view", id=act.id, after=shown[-1].id)
                if len(changes) > CHANGES_SHOWN
                else None
            ),
        )


class ProgressPage(Page):
    """`/progress/`, as JSON."""

    def get(self) -> ResponseReturnValue:
        act = operation_or_refuse(request.args.get("id"))
        return jsonify(is_finished=act.is_finished, **asdict(progress_of(act)))


class CancelPage(Page):
    """`/cancel/`."""

    def post(self) -> ResponseReturnValue:
        act = operation_or_refuse(request.form.get("id"))
        if not may_cancel(act):
            raise Forbidden(_("Only whoever began this, or an administrator, can stop it."))
        if not work.cancel(act.id, person().username):
            flash(_("This was over already, or cannot be stopped."), "info")
        return redirect(operation_url(act.id), 303)


class ResumePage(Page):
    """`/resume/`."""

    def post(self) -> ResponseReturnValue:
        act = operation_or_refuse(request.form.get("id"))
        if not may_cancel(act):
            raise Forbidden(_("Only whoever began this, or an administrator, can have it go on."))
        if not work.resume(act.id):
            flash(_("It does not wait for anything any more."), "info")
        return redirect(operation_url(act.id), 303)


def _can_be_stopped(act: Operation) -> bool:
    return act.lease_until is not None and act.cancel_at is None and may_cancel(act)


def _can_be_undone(act: Operation) -> bool:
    return act.is_finished and act.forgotten_at is None and may_undo(act)
