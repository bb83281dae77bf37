"""Where somebody else was faster: the page that shows both, and the one for a record that is gone."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.console.http import inside, person, wants_json
from backoffice.console.presenters import Cell, marked_up
from backoffice.console.records.autosave import draft_context
from backoffice.console.records.declarations import column_written
from backoffice.console.records.field_values import Value, display_value, value_cell
from backoffice.console.records.form_state import FormState, shown_values
from backoffice.console.records.forms import RecordForm, inputs_of
from backoffice.console.records.merge import THEIRS, YOURS, Merge
from backoffice.console.records.save import CHOICE, SEEN, Gone, choices, seen
from backoffice.console.records.sent_form import form_name
from backoffice.exceptions import Conflict
from backoffice.extensions import db
from backoffice.history import who_deleted, who_set
from backoffice.models import RowKey

# A form that is to be looked over once more before anything is saved.
LOOK_OVER = "_look_over"
# What a form is sent with beside its fields, and has to be sent with again.
PASSED_ON = ("url", "version", "_continue_editing", "_add_another")

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView


def conflict_page(view: "RecordView", form: RecordForm, merge: Merge, key: RowKey) -> ResponseReturnValue:
    """Yours, theirs and the original, to choose by field; everything typed comes along."""
    news = merge_sentences(view, key, merge.changed)
    if wants_json():
        raise Conflict(" ".join([*news, _("Nothing was saved.")]))
    draft = draft_context(view, form, key)
    shown = FormState(person().session_id, shown_values(merge.now))
    answered = seen(view, key)
    own = [name for name in form.edited if name not in merge.both]
    others = [name for name in merge.changed if name not in form.edited]
    name = view.name_of_key(key)
    page = view.render(
        "records/conflict.html",
        title=_("%(name)s was changed meanwhile", name=name),
        breadcrumbs=view.urls.breadcrumbs(key),
        news=news,
        again=bool(answered),
        conflicts=[_conflict(view, form, merge, one, answered) for one in merge.both],
        yours=[_fact(form, one) for one in own],
        theirs=[_fact(merge.now, one) for one in others],
        state=[*_typed(form), *draft["state"], (SEEN, shown.signed(form_name(view, key)))],
        form_url=view.urls.of_record("edit_view", key) if draft["draft_kept"] else None,
        discard_url=draft["discard_url"],
        cancel_url=inside(request.values.get("url")) or url_for(".index_view"),
        return_url=inside(request.values.get("url")),
    )
    return page, 409


def _conflict(
    view: "RecordView", form: RecordForm, merge: Merge, name: str, answered: dict[str, Value]
) -> dict[str, object]:
    original, yours = form.original(name), display_value(form[name])
    theirs = display_value(merge.now[name])
    chosen = choices(form)[name] if merge.is_as_seen(name, answered) else None
    sides = [(YOURS, _("Yours, as you typed it"), yours), (THEIRS, _("Theirs, as it is now"), theirs)]
    return {
        "name": f"{CHOICE}{name}",
        "label": form[name].label.text,
        "original": _side(original, original),
        "sides": [
            {"value": side, "label": label, "checked": side == chosen, "shown": _side(original, value)}
            for side, label, value in sides
        ],
    }


def merge_sentences(view: "RecordView", key: RowKey, names: Collection[str]) -> list[str]:
    """Who changed these fields of a record, as far as the console knows: a sentence for each."""
    if not names:
        return []
    columns = {name: column_written(view.model, name) for name in names}
    setters = who_set(db.session(), view.sql_table, (key,), list(columns.values()))
    fields: dict[tuple[str, int | None] | None, list[str]] = {}
    for name in names:
        act = setters[columns[name]]
        who = None if act is None else (act.actor_name, act.actor_id)
        fields.setdefault(who, []).append(str(view.form_class()[name].label.text))
    return [_merge_sentence(who, labels) for who, labels in fields.items()]


def _merge_sentence(who: tuple[str, int | None] | None, labels: list[str]) -> str:
    fields = ", ".join(labels)
    if who is None:
        return str(_("Meanwhile this was changed outside the console: %(fields)s.", fields=fields))
    if who == (person().username, person().user_id):
        return str(_("Meanwhile you changed this in another window: %(fields)s.", fields=fields))
    return str(_("Meanwhile %(name)s changed this: %(fields)s.", name=who[0], fields=fields))


def gone_page(view: "RecordView", key: RowKey | None) -> ResponseReturnValue:
    """What was typed into the form of a record that is not there any more; a page not found without."""
    form = view.form_class(request.form)
    typed = _typed(form)
    if key is None or request.method != "POST" or not typed:
        abort(404)
    if wants_json():
        raise Gone(_("This record was deleted meanwhile. Nothing was saved."))
    sent = [field for field in form.typed_fields if field.name in request.form]
    page = view.render(
        "records/gone.html",
        title=_("This record was deleted meanwhile"),
        breadcrumbs=view.urls.breadcrumbs(),
        deletion=who_deleted(db.session(), view.sql_table, (key,)),
        texts=[(field.name, field.label.text, request.form[field.name]) for field in sent],
        state=[*typed, (LOOK_OVER, "1")],
        new_url=url_for(".create_view") if view.allows("create") else None,
        new_label=_("Begin a new %(singular)s with this", singular=view.singular),
        cancel_url=inside(request.values.get("url")) or url_for(".index_view"),
    )
    return page, 404


def _typed(form: RecordForm) -> list[tuple[str, str]]:
    """What was sent in the fields of a form, and how to go on, to be sent again."""
    names = [*(name for field in form.typed_fields for name in inputs_of(field)), *PASSED_ON]
    return [(name, text) for name in names for text in request.form.getlist(name)]


def _fact(form: RecordForm, name: str) -> tuple[str, Cell]:
    return str(form[name].label.text), value_cell(display_value(form[name]))


def _side(original: Value, value: Value) -> dict[str, object] | Cell:
    """A value beside the original: a text with what is new in it marked, anything else as it is."""
    if original[0] == value[0] == "text":
        return {"kind": "marked", "value": marked_up(original[1], value[1])}
    return value_cell(value)
