"""How a migration runs: on one connection, one process at a time, beside tables that are not ours."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import click
import sqlalchemy as sa
from alembic import context
from alembic.runtime.migration import RevisionStep
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateTable

from backoffice.clock import utcnow
from backoffice.exceptions import BackofficeError, Conflict
from backoffice.extensions import db
from backoffice.listing import search_index
from backoffice.models.adoption import (
    application_tables,
    note_origins,
    own_tables,
    refuse_problems,
    strangers,
    survey,
    unknown_things_ignored,
)
from backoffice.models.advice import describe
from backoffice.models.table_origin import TableOrigin
from migrations import defaults
from migrations.completing import complete
from migrations.guards import carry_out
from migrations.losses import confirm_losses
from migrations.rebuilt import Rebuilt
from migrations.scope import include_name, include_object
from migrations.turn import turn

VERSION_TABLE = "backoffice_alembic_version"


def run() -> None:
    """What every command of Flask-Migrate calls; a refusal is said in a line or two, without a trace."""
    try:
        with unknown_things_ignored():
            run_offline() if context.is_offline_mode() else run_online()
    except BackofficeError as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        reason = f"The database refused: {error.orig}\n{error.statement or ''}"
        raise click.ClickException(reason.strip()) from error


def run_online() -> None:
    with db.engine.connect() as connection:
        found = strangers(connection)
        connection.rollback()
        configure(
            connection=connection,
            include_object=include_object(found),
            on_version_apply=[carry_out, *rebuilt(connection)],
        )
        connection.rollback()
        steps = planned_steps()
        confirm_losses(connection, steps)
        connection.rollback()
        with turn(connection) if steps else nullcontext():
            if any(step.is_upgrade for step in steps):
                adopt(connection)
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
            if steps:
                finish(connection)


def rebuilt(connection: sa.Connection) -> list[Callable[..., None]]:
    """What has to be done after each step on SQLite."""
    return [Rebuilt(connection).after_step] if connection.dialect.name == "sqlite" else []


def configure(**options: Any) -> None:
    context.configure(
        target_metadata=db.metadata,
        version_table=VERSION_TABLE,
        # SQLite's driver has no transactions for this, but the application begins them itself.
        transactional_ddl=True if db.engine.dialect.name == "sqlite" else None,
        compare_type=True,
        compare_server_default=True,
        render_as_batch=True,
        include_name=include_name,
        # Comments on tables and columns are the database administrator's.
        autogenerate_plugins=[
            "alembic.autogenerate.*",
            "~alembic.autogenerate.comments",
            "alembic.ext.checkconstraint_byname",
            defaults.PLUGIN,
        ],
        process_revision_directives=complete_revision,
        **options,
    )


def planned_steps() -> list[RevisionStep]:
    """The revisions that an upgrade or a downgrade will run; none for the other commands."""
    migration = context.get_context()
    if "destination_rev" not in migration.opts:
        # A command that only looks leaves no empty version table behind.
        migration.opts["dont_mutate"] = True
        return []
    steps = migration.opts["fn"](migration.get_current_heads(), migration)
    return [step for step in steps if isinstance(step, RevisionStep)]


def adopt(connection: sa.Connection) -> None:
    """Note, before anything is made, which of the application's tables are there already."""
    with connection.begin():
        findings = [finding for finding in survey(connection) if finding.adopted is None]
        refuse_problems(findings)
        note_origins(connection, findings)
    for line in describe(connection, [finding for finding in findings if finding.is_there]):
        click.echo(line)
    connection.rollback()


def finish(connection: sa.Connection) -> None:
    """Say where the database is now; once no revision is left, nothing of ours is, interrupted or not."""
    with connection.begin():
        heads = context.get_context().get_current_heads()
        if not heads:
            search_index.drop(connection, nullcontext)
            for table in reversed(own_tables()):
                table.drop(connection, checkfirst=True)
            connection.execute(sa.text(f"DROP TABLE IF EXISTS {VERSION_TABLE}"))
    click.echo(f"The database is at {', '.join(heads) or 'the beginning'}.")


def complete_revision(migration: Any, revision: Any, directives: list[Any]) -> None:
    """Write what Alembic leaves out, and nothing where nothing has changed."""
    if not getattr(context.config.cmd_opts, "autogenerate", False):
        return
    if directives[0].upgrade_ops.is_empty():
        directives.clear()
        click.echo("Nothing has changed, no revision was made.")
        return
    complete(migration, revision, directives)


def run_offline() -> None:
    """Write the statements for a new database, in which nothing has to be looked at first."""
    configure(url=db.engine.url, literal_binds=True, on_version_apply=carry_out)
    if any(step.is_downgrade for step in planned_steps()):
        raise Conflict("A downgrade looks at the database first, and cannot be written down with --sql.")
    with context.begin_transaction():
        if not context.get_context().get_current_heads():
            write_origins()
        context.run_migrations()


def write_origins() -> None:
    table = db.metadata.tables[TableOrigin.__tablename__]
    context.execute(CreateTable(table))
    for made in application_tables():
        context.execute(sa.insert(table).values(table_name=made.name, adopted=False, at=utcnow()))


run()
