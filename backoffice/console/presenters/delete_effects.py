"""What a deletion does to other tables, in words."""

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from backoffice.bulk import DeleteAction, Effect
from backoffice.console.presenters.table_labels import rows_label, table_label
from backoffice.models import Administrator
from backoffice.registry import registry


def fact(effect: Effect) -> tuple[str, str]:
    """What becomes of the rows, and how many they are."""
    called, rows = table_label(effect.reference.table.name), _number(effect)
    if effect.reference.table.name == Administrator.__tablename__:
        return _("Administrators who lose access"), rows
    if effect.on_delete is DeleteAction.CUT:
        return _(
            "%(things)s that stay without %(relation)s", things=called, relation=_relation_of(effect)
        ), rows
    if effect.on_delete is DeleteAction.DELETED:
        return _("%(things)s removed too", things=called), rows
    return _("%(things)s that stand in the way", things=called), rows


def refusal(effect: Effect) -> str:
    """Why the database would refuse, and whether something can be done about it."""
    reason = ngettext(
        "%(rows)s refers to these by %(column)s, and cannot be without.",
        "%(rows)s refer to these by %(column)s, and cannot be without.",
        effect.rows,
        rows=_counted_of(effect),
        column=effect.reference.column.name,
    )
    if effect.is_choice:
        return str(reason)
    ending = _("They cannot be deleted from here, so nothing can be deleted.")
    return f"{reason} {ending}"


def choice(effect: Effect) -> dict[str, object]:
    """The question what is to become of the rows, with what was answered so far."""
    deleted = effect.on_delete is DeleteAction.DELETED
    if effect.on_delete is DeleteAction.REFUSED:
        keep = _("Keep them, and delete nothing")
    else:
        keep = _("Keep them, without %(relation)s", relation=_relation_of(effect))
    return {
        "name": f"along:{effect.reference.name}",
        "legend": _("What is to become of %(rows)s?", rows=_counted_of(effect)),
        "options": [
            {"value": "keep", "label": keep, "checked": not deleted},
            {"value": "delete", "label": _("Delete them too"), "checked": deleted},
        ],
    }


def settled(name: str, on_delete: str, rows: int) -> str:
    """What became of the rows that referred by `name`, such as `post.user_id`, once it is done."""
    table, _dot, column = name.rpartition(".")
    if table == Administrator.__tablename__:
        return str(
            ngettext("%(num)s administrator lost access.", "%(num)s administrators lost access.", rows)
        )
    counted = rows_label(table, rows)
    if on_delete == DeleteAction.DELETED:
        return str(_("%(rows)s deleted too.", rows=counted))
    return str(
        ngettext(
            "%(rows)s stays without %(relation)s.",
            "%(rows)s stay without %(relation)s.",
            rows,
            rows=counted,
            relation=_relation(table, column),
        )
    )


def _number(effect: Effect) -> str:
    number = format_decimal(effect.rows)
    return str(number if effect.exact else _("more than %(number)s", number=number))


def _counted_of(effect: Effect) -> str:
    return rows_label(effect.reference.table.name, effect.rows, _number(effect))


def _relation_of(effect: Effect) -> str:
    return _relation(effect.reference.table.name, effect.reference.column.name)


def _relation(table: str, column: str) -> str:
    """What the rows lose: the label of the relation, or the name of the column."""
    view = registry().view_of(table)
    if view is None:
        return column
    for name in view.relation_labels:
        relation = view.columns[name]
        if relation.attribute.property.columns[0].name == column:
            return str(relation.label).lower()
    return column
