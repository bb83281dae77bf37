"""What a deletion does to other tables, in words."""

from typing import Any

from flask import current_app
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from backoffice.bulk import Effect, Fate
from backoffice.models import Administrator


def fact(effect: Effect) -> tuple[str, str]:
    """What becomes of the rows, and how many they are."""
    things, rows = _things(effect), format_decimal(effect.rows)
    if effect.reference.table.name == Administrator.__tablename__:
        return _("Administrators who lose access"), rows
    if effect.fate is Fate.CUT:
        return _("%(things)s that stay without %(relation)s", things=things, relation=_relation(effect)), rows
    if effect.fate is Fate.DELETED:
        return _("%(things)s removed too", things=things), rows
    return _("%(things)s that stand in the way", things=things), rows


def refusal(effect: Effect) -> str:
    """Why the database would refuse, and whether something can be done about it."""
    reason = ngettext(
        "%(rows)s refers to these by %(column)s, and cannot be without.",
        "%(rows)s refer to these by %(column)s, and cannot be without.",
        effect.rows,
        rows=_counted(effect),
        column=effect.reference.column.name,
    )
    if effect.is_choice:
        return str(reason)
    return f"{reason} {_('They cannot be deleted from here, so nothing can be deleted.')}"


def choice(effect: Effect) -> dict[str, Any]:
    """The question what is to become of the rows, with what was answered so far."""
    deleted = effect.fate is Fate.DELETED
    if effect.fate is Fate.REFUSED:
        keep = _("Keep them, and delete nothing")
    else:
        keep = _("Keep them, without %(relation)s", relation=_relation(effect))
    return {
        "name": f"along:{effect.reference.name}",
        "legend": _("What is to become of %(rows)s?", rows=_counted(effect)),
        "options": [
            {"value": "keep", "label": keep, "checked": not deleted},
            {"value": "delete", "label": _("Delete them too"), "checked": deleted},
        ],
    }


def settled(effect: Effect) -> str:
    """What became of the rows, once it is done."""
    if effect.reference.table.name == Administrator.__tablename__:
        lost = ngettext(
            "%(num)s administrator lost access.", "%(num)s administrators lost access.", effect.rows
        )
        return str(lost)
    rows = _counted(effect)
    if effect.fate is Fate.DELETED:
        return str(_("%(rows)s deleted too.", rows=rows))
    return str(
        ngettext(
            "%(rows)s stays without %(relation)s.",
            "%(rows)s stay without %(relation)s.",
            effect.rows,
            rows=rows,
            relation=_relation(effect),
        )
    )


def _things(effect: Effect) -> str:
    """What the rows of the other table are called: as its view calls them, if it has one."""
    view = _view(effect.reference.table.name)
    return str(view.title if view is not None else effect.reference.table.name)


def _counted(effect: Effect) -> str:
    """How many rows of what."""
    table = effect.reference.table.name
    view = _view(table)
    if view is not None:
        return str(view.counted(effect.rows))
    return str(ngettext("%(num)s row of %(table)s", "%(num)s rows of %(table)s", effect.rows, table=table))


def _relation(effect: Effect) -> str:
    """What the rows lose: the label of the relation, or the name of the column."""
    view, column = _view(effect.reference.table.name), effect.reference.column.name
    for name in view.relation_labels if view is not None else ():
        relation = view.columns[name]
        if relation.attribute.property.columns[0].name == column:
            return str(relation.label).lower()
    return str(column)


def _view(table: str) -> Any:
    console = current_app.extensions["admin"][0]
    return next((view for view in console.record_views if view.table == table), None)
