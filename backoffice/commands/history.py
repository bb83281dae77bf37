"""`manage.py history`: sealing what was recorded, and looking whether it is still what was sealed."""

import json
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

import click
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from backoffice import history as recorded
from backoffice.commands.command import command
from backoffice.commands.forgetting import purge, redact
from backoffice.exceptions import Conflict, Invalid
from backoffice.history import Checkpoint, Report


@click.group("history")
def history() -> None:
    """Seal, verify and forget what was recorded."""


@command("history seal")
def seal() -> None:
    """Seal what has ended, now; a worker does it by itself."""
    sealed = recorded.seal_all()
    click.echo(ngettext("Sealed %(num)d operation.", "Sealed %(num)d operations.", sealed))


@command("history head")
def checkpoint() -> None:
    """Print the end of the chain of seals as one line, to be kept where nobody who can write here can.

    `verify --head` then finds a chain that was cut short, too.
    """
    last = recorded.checkpoint()
    if last is None:
        raise Conflict(_("Nothing is sealed yet. A worker does it, or: manage.py history seal"))
    click.echo(last.line())


@command("history verify")
@click.option(
    "--head",
    "head_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with what `history head` printed, once or many times.",
)
def verify(head_file: Path | None) -> None:
    """Find out whether anything recorded was altered, removed or inserted behind the console's back.

    It names what is wrong, with the tables and rows, and then ends with exit code 1.
    """
    begun = monotonic()
    report = recorded.verify(_heads(head_file) if head_file else ())
    _tell_notes(report)
    if report.findings:
        raise Conflict(_faults(report))
    if report.unknown_keys:
        raise Conflict(_lost_keys(report))
    click.echo(_praise(report, monotonic() - begun))


def _heads(file: Path) -> list[Checkpoint]:
    try:
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
        heads = [_head(line) for line in lines]
    except (ValueError, TypeError, KeyError) as error:
        raise Invalid(_("%(file)s does not hold what `history head` prints.", file=file.name)) from error
    if not heads:
        raise Invalid(_("%(file)s is empty: there is no head in it.", file=file.name))
    return heads


def _head(line: dict[str, Any]) -> Checkpoint:
    at = datetime.fromisoformat(line["sealed_at"].removesuffix("Z"))
    return Checkpoint(int(line["position"]), str(line["digest"]), str(line["key_id"]), at)


def _tell_notes(report: Report) -> None:
    if report.unsealed:
        click.echo(
            ngettext(
                "%(num)d operation of the last day is not sealed yet, and was not looked at.",
                "%(num)d operations of the last day are not sealed yet, and were not looked at.",
                report.unsealed,
            )
        )
    if report.being_forgotten:
        click.echo(
            ngettext(
                "%(num)d operation is being forgotten, or partly is already; its changes were not read.",
                "%(num)d operations are being forgotten, or partly are already; their changes were not read.",
                report.being_forgotten,
            )
        )


def _faults(report: Report) -> str:
    """All that is wrong, a line each; of very many the first ones, and how many more there are."""
    if report.faults == 1:
        return report.findings[0]
    number = format_decimal(report.faults)
    lines = [_("%(number)s faults were found:", number=number), *report.findings]
    if report.unsaid:
        lines.append(_("and %(count)s more", count=format_decimal(report.unsaid)))
    return "\n".join(map(str, lines))


def _lost_keys(report: Report) -> str:
    what = ngettext(
        "%(num)d seal was made with a key that is not here, and cannot be verified.",
        "%(num)d seals were made with keys that are not here, and cannot be verified.",
        report.unknown_keys.total(),
    )
    add = _(
        "Add the earlier key to HISTORY_SEAL_KEY_FALLBACKS (fingerprint: %(keys)s).",
        keys=", ".join(sorted(report.unknown_keys)),
    )
    return f"{what} {add}"


def _praise(report: Report, seconds: float) -> str:
    return str(
        _(
            "Operations: %(seals)s, changes: %(changes)s, in %(seconds)s s (%(speed)s changes a second)."
            " Nothing was altered, removed or inserted.",
            seals=format_decimal(report.seals),
            changes=format_decimal(report.changes),
            seconds=format_decimal(round(seconds, 1)),
            speed=format_decimal(round(report.changes / max(seconds, 0.001))),
        )
    )


for one in (redact, checkpoint, purge, seal, verify):
    history.add_command(one)
