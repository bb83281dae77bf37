"""Putting deleted rows back: the undo of just these deletions."""

from collections import Counter
from collections.abc import Mapping, Sequence

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice import undo
from backoffice.console.auth import require_reauthentication
from backoffice.console.base import Page, back
from backoffice.console.history.facts import rows_with_reasons
from backoffice.console.http import inside, person
from backoffice.console.presenters import (
    diffs_of,
    may_see,
    operation_url,
    rows_label,
    skipped_rows,
    skipped_sentences,
    undoable,
)
from backoffice.console.records import keys_sent
from backoffice.exceptions import Conflict, Forbidden, Invalid
from backoffice.extensions import db
from backoffice.history import Facts, about_row
from backoffice.models import Change, Operation, no_such_rows
from backoffice.permissions import GRANTS, may
from backoffice.undo import Preview
from backoffice.work import reason_label

# The ticks, and the choice to do without what stands in the way.
TICKED, LEAVE_OUT = "rowid", "leave_out"
MOST_TICKED = 1_000

# The ids of deletions, by the operation that made them.
Deletions = dict[int, list[int]]


class RestorePage(Page):
    """`/return/`, which asks only where something stands in the way."""

    def post(self) -> ResponseReturnValue:
        changes = _ticked()
        if not changes:
            flash(_("Nothing was selected, so nothing was done. Tick the rows first."), "warning")
            return back(url_for(".trash_view"))
        if changes[0].table_name == GRANTS:
            require_reauthentication()
        deletions = _by_operation(changes)
        previews = {id_: undo.preview(db.session(), _act(id_), only) for id_, only in deletions.items()}
        in_the_way = [one for one in previews.values() if one.refusal or one.obstacles]
        if in_the_way and LEAVE_OUT not in request.form:
            return self._question(changes, previews)
        skipped: Counter[str] = Counter()
        for one in in_the_way:
            skipped.update(one.obstacles if not one.rows else {})
        possible = {id_: only for id_, only in deletions.items() if previews[id_].rows}
        return self._done(changes[0].table_name, self._return_all(possible, _about(changes)), skipped)

    def _return_all(self, deletions: Deletions, facts: Facts | None) -> list[Operation]:
        """An operation for each; where something came in the way just now, those before it are done."""
        acts: list[Operation] = []
        try:
            acts.extend(self._return(id_, only, facts) for id_, only in deletions.items())
        except Conflict as refusal:
            flash(str(refusal), "error")
        return acts

    def _return(self, id_: int, only: Sequence[int], facts: Facts | None) -> Operation:
        skip, mine = LEAVE_OUT in request.form, person().id
        return undo.undo(_act(id_), facts=facts, skip=skip, only=only, administrator_id=mine)

    def _question(self, changes: Sequence[Change], previews: Mapping[int, Preview]) -> ResponseReturnValue:
        obstacles: Counter[str] = Counter()
        for preview in previews.values():
            obstacles.update(preview.obstacles)
        rows = sum(preview.rows for preview in previews.values())
        table = changes[0].table_name
        page = self.view.render(
            "history/restore.html",
            title=_("Put back %(rows)s", rows=rows_label(table, len(changes))),
            breadcrumbs=[{"label": _("Trash"), "url": url_for(".trash_view", table=table)}],
            refusals=sorted({one.refusal for one in previews.values() if one.refusal}),
            obstacles=[(_sentence(reason_label(why, table)), str(count)) for why, count in obstacles.items()],
            examples=[row for id_, one in previews.items() for row in rows_with_reasons(id_, one.examples)],
            rest=_("Put back %(rows)s", rows=rows_label(table, rows)) if rows else None,
            confirm_url=url_for(".return_view"),
            state=[*((TICKED, change.id) for change in changes), (LEAVE_OUT, "1"), ("url", _back())],
            cancel_url=_back() or url_for(".trash_view", table=table),
        )
        return page, 409

    def _done(self, table: str, acts: Sequence[Operation], skipped: Counter[str]) -> ResponseReturnValue:
        waiting = next((act for act in acts if not act.is_finished), None)
        if waiting is not None:
            return redirect(operation_url(waiting.id), 303)
        rows = sum(act.changed_rows for act in acts)
        for act in acts:
            skipped.update((act.report or {}).get("left_out", {}))
        labels = {why: reason_label(why, table) for why in skipped}
        sentences = [
            _("%(rows)s put back.", rows=rows_label(table, rows)),
            *skipped_sentences(skipped, labels),
        ]
        if any(_did_more(act) for act in acts):
            sentences.append(_("What else was changed by the deletion stays as it is."))
        text = " ".join(map(str, sentences))
        flash(undoable(text, acts[0].id) if len(acts) == 1 else text, "success" if rows else "warning")
        return back(url_for(".trash_view", table=table))


def _ticked() -> list[Change]:
    """The deletions that were ticked. Raises Forbidden where one of them may not be undone."""
    texts = request.form.getlist(TICKED)
    if len(texts) > MOST_TICKED:
        raise Invalid(_("At most %(most)s rows can be ticked at once.", most=MOST_TICKED))
    ids = keys_sent(Change.__table__, texts)  # type: ignore[arg-type]
    statement = select(Change).where(Change.id.in_(ids), Change.action == "delete")
    changes = list(db.session.scalars(statement.order_by(Change.id.desc())))
    if missing := set(ids) - {change.id for change in changes}:
        raise no_such_rows(sorted(map(str, missing)))
    tables = {change.table_name for change in changes}
    if not all(may_see(table) and may(person(), "undo", table) for table in tables):
        raise Forbidden(_("Your role does not allow this."))
    if len(tables) > 1:
        raise Invalid(_("Rows of one table at a time can be put back."))
    return changes


def _by_operation(changes: Sequence[Change]) -> Deletions:
    deletions: Deletions = {}
    for change in changes:
        deletions.setdefault(change.operation_id, []).append(change.id)
    return deletions


def _act(operation_id: int) -> Operation:
    return db.session.get_one(Operation, operation_id)


def _about(changes: Sequence[Change]) -> Facts | None:
    """What an operation that puts one row back keeps of it; None for several."""
    if len(changes) > 1:
        return None
    key, title = changes[0].row_key, diffs_of(changes)[changes[0].id].title
    return about_row(key, None if title == f"#{key}" else title)


def _did_more(act: Operation) -> bool:
    """Whether the operation that was undone in part had changed more rows than were to come back."""
    undone = _act(act.undoes_id or 0)
    return undone.changed_rows > act.changed_rows + skipped_rows(act)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _back() -> str:
    return inside(request.form.get("url")) or ""
