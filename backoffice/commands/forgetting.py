"""`manage.py history purge` and `history forget`: forgetting on purpose, which is recorded as such."""

import re
from datetime import timedelta
from time import sleep

import click
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import reasons, retention, work
from backoffice.clock import utcnow
from backoffice.commands.command import command
from backoffice.exceptions import Conflict, Invalid
from backoffice.extensions import db
from backoffice.history import seal_all
from backoffice.models import Operation, State

UNITS = {"d": timedelta(days=1), "w": timedelta(weeks=1), "h": timedelta(hours=1)}
# How often it is looked whether a worker has come to the end.
LOOK_SECONDS = 0.3


@command("history purge")
@click.option("--older-than", required=True, metavar="90d", help="Days (d), weeks (w) or hours (h).")
@click.option("--dry-run", is_flag=True, help="Only say what would be forgotten.")
def purge(older_than: str, dry_run: bool) -> None:
    """Forget the content of what is long over: it cannot be undone then.

    Who did what and when stays, and the chain of seals stays whole. The setting HISTORY_KEEP_DAYS has the
    workers do it daily.
    """
    before = utcnow() - _span(older_than)
    seal_all()
    if dry_run:
        found = retention.purgeable(before)
        click.echo(_("Would forget %(what)s.", what=_amount(found.operations, found.changes)))
        return
    act = retention.purge(before)
    if act is None:
        click.echo(_("There is nothing to forget that ended so long ago."))
        return
    act = _followed(act.id)
    seal_all()
    click.echo(_("Forgot %(changes)s, as operation %(number)d.", changes=_changes(act), number=act.id))


def _span(text: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,5})([dwh])", text.strip().lower())
    if match is None or int(match[1]) == 0:
        raise Invalid(_("Say how old in days, weeks or hours, such as 90d, 12w or 48h."))
    return int(match[1]) * UNITS[match[2]]


def _amount(operations: int, changes: int) -> str:
    return str(
        _(
            "%(operations)s with %(changes)s",
            operations=ngettext("%(num)d operation", "%(num)d operations", operations),
            changes=ngettext("%(num)d change", "%(num)d changes", changes),
        )
    )


def _changes(act: Operation) -> str:
    return str(ngettext("%(num)d change", "%(num)d changes", act.changed_rows))


def _followed(act_id: int) -> Operation:
    """An operation that was begun, when it is over, whoever goes on with it."""
    while not (act := _as_it_is(act_id)).is_finished:
        work.run_operation(act_id)
        if not _as_it_is(act_id).is_finished:
            sleep(LOOK_SECONDS)
    if act.state != State.DONE:
        reason = reasons.in_words((act.report or {}).get("error", act.state))
        raise Conflict(_("Operation %(number)d stopped: %(reason)s", number=act_id, reason=reason))
    return act


def _as_it_is(act_id: int) -> Operation:
    db.session.rollback()
    return db.session.get_one(Operation, act_id, populate_existing=True)


@command("history forget")
@click.argument("table")
@click.argument("key", metavar="ID")
@click.option(
    "--with", "also", multiple=True, metavar="TABLE", help="Rows of that table that referred to it, too."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def redact(table: str, key: str, also: tuple[str, ...], yes: bool) -> None:
    """Forget what the history holds of one row: `history forget user 7`.

    Of a user, it also forgets by which name and from where they acted. The row itself stays as it is; delete
    it before, if it is to go. What is forgotten cannot be undone or put back.
    """
    for other, rows in retention.referring(table, key).items():
        if rows and other not in also:
            click.echo(_referring(other, rows))
    if not yes:
        question = _("Forget %(table)s %(key)s in the whole history, for good?", table=table, key=key)
        click.confirm(question, abort=True)
    act = retention.redact(table, key, also)
    seal_all()
    click.echo(_("Forgot %(changes)s, as operation %(number)d.", changes=_changes(act), number=act.id))
    left = (act.report or {}).get("not_over", [])
    if left:
        numbers = ", ".join(map(str, left))
        raise Conflict(_("These operations were not over yet; try again then: %(numbers)s", numbers=numbers))


def _referring(table: str, rows: int) -> str:
    referred = ngettext(
        "%(num)d row of %(table)s referred to it, and stays in the history.",
        "%(num)d rows of %(table)s referred to it, and stay in the history.",
        rows,
        table=table,
    )
    along = _("With --with %(table)s they are forgotten too.", table=table)
    return f"{referred} {along}"
