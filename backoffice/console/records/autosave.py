"""What was typed into a form and not saved: what of it is kept, for whom, and how a form shows it again."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from flask import request, url_for
from werkzeug.datastructures import MultiDict
from wtforms import Field

from backoffice.accounts import drafts
from backoffice.console.http import person
from backoffice.console.records.field_values import Value, is_unchanged, same
from backoffice.console.records.form_state import STATE, FormState, shown_values
from backoffice.console.records.forms import RecordForm, inputs_of
from backoffice.console.records.sent_form import form_name
from backoffice.models import Draft, RowKey

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView


class DraftNote(TypedDict):
    """When what a form shows was typed, and what of the record was changed since."""

    typed_at: datetime
    changed: list[str]


class DraftContext(TypedDict):
    """How the page of a form keeps what is typed, and what it says of what was typed before."""

    state: list[tuple[str, str]]
    draft: DraftNote | None
    draft_kept: bool
    draft_url: str
    discard_url: str


def draft_context(view: "RecordView", form: RecordForm, key: RowKey | None) -> DraftContext:
    """What the page of a form needs to keep what is typed; what was typed before is put into the form."""
    name = form_name(view, key)
    shown, session_id = shown_values(form.shown), person().session_id
    state, is_kept = FormState(session_id, shown), False
    note: DraftNote | None = None
    if request.method == "POST":
        sent = FormState.sent(name)
        state = FormState(session_id, sent.shown) if sent and sent.is_of(person()) else state
        # Where the database is busy it would only be waited for once more: the page holds it all.
        is_kept = not form.is_held_up and drafts.keep(person().id, name, edited(form, state), state.shown)
    elif draft := drafts.find(person().id, name):
        put_into(form, draft)
        if differs(form, shown):
            changed = [form[field].label.text for field in changed_since(draft, shown)]
            note = {"typed_at": draft.updated_at, "changed": changed}
            state = state_with(draft, shown, session_id)
    return {
        "state": [(STATE, state.signed(name))],
        "draft": note,
        "draft_kept": is_kept,
        "draft_url": url_for(".draft_view", id=key),
        "discard_url": url_for(".discard_view", id=key),
    }


def edited(form: RecordForm, state: FormState) -> dict[str, list[str]]:
    """The texts of what was edited in a form that was sent, by their inputs."""
    return {
        name: request.form.getlist(name)
        for field in form.typed_fields
        if field.name in request.form and not _is_unchanged(field, state.shown)
        for name in inputs_of(field)
    }


def put_into(form: RecordForm, draft: Draft) -> None:
    """Let a form that shows a record show what was typed, where that is still something else."""
    fields: dict[str, list[str]] = json.loads(draft.fields)
    for field in form.typed_fields:
        if field.name in fields:
            typed = MultiDict((name, text) for name in inputs_of(field) for text in fields.get(name, ()))
            field.process(typed, field.object_data)


def differs(form: RecordForm, shown: dict[str, Value]) -> bool:
    """Whether a form that a draft was put into shows anything else than it did before."""
    return any(not _is_unchanged(field, shown) for field in form.typed_fields)


def changed_since(draft: Draft, shown: dict[str, Value]) -> list[str]:
    """The names of the fields that the record has another value of than when the draft was begun."""
    then: dict[str, Value] = json.loads(draft.shown)
    return [name for name, value in shown.items() if name in then and not same(then[name], value)]


def state_with(draft: Draft, shown: dict[str, Value], session_id: int) -> FormState:
    """The state of a form that shows a draft: what was typed before started from what there was then."""
    then: dict[str, Value] = json.loads(draft.shown)
    typed = json.loads(draft.fields).keys() & then.keys()
    return FormState(session_id, {**shown, **{name: then[name] for name in typed}})


def _is_unchanged(field: Field, shown: dict[str, Value]) -> bool:
    return field.name in shown and is_unchanged(field, shown[field.name])
