"""What a downgrade would lose: asked about before anything is changed."""

from collections.abc import Iterable

import click
import sqlalchemy as sa
from alembic import context
from alembic.runtime.migration import RevisionStep

from backoffice.exceptions import Conflict
from backoffice.models.adoption import origins


def confirm_losses(connection: sa.Connection, steps: Iterable[RevisionStep]) -> None:
    """Ask before `steps` drop a table of users or posts; `-x yes=1` answers for a script.

    Raises Conflict where the answer is no, or nobody answers, or another table refers to one of these.
    """
    doomed = _doomed(connection, steps)
    _refuse_dependants(connection, doomed)
    counts = {name: _count(connection, name) for name in doomed}
    losses = [f"{count:,} row{'s' * (count > 1)} of {name}" for name, count in counts.items() if count]
    if losses:
        _confirm(f"This deletes {' and '.join(losses)}, for good.")


def _doomed(connection: sa.Connection, steps: Iterable[RevisionStep]) -> list[str]:
    made = [getattr(step.revision.module, "makes", None) for step in steps if step.is_downgrade]
    noted = origins(connection)
    inspector = sa.inspect(connection)
    return [name for name in made if name and noted.get(name) is False and inspector.has_table(name)]


def _refuse_dependants(connection: sa.Connection, doomed: list[str]) -> None:
    for (_schema, other), keys in sa.inspect(connection).get_multi_foreign_keys().items():
        for key in keys:
            if key["referred_table"] in doomed and other not in doomed:
                raise Conflict(f"{key['referred_table']} cannot be dropped: {other} refers to it.")


def _count(connection: sa.Connection, name: str) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one()


def _confirm(loss: str) -> None:
    if context.get_x_argument(as_dictionary=True).get("yes") == "1":
        return
    try:
        is_wanted = click.confirm(f"{loss} Go on?")
    except click.Abort:  # there is nobody to ask
        is_wanted = False
    if not is_wanted:
        raise Conflict("Nothing was changed. (To go on without being asked, add: -x yes=1)")
