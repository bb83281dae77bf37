"""What was typed into a form and not saved: what of it is kept, for whom, and how a form shows it again."""

import json
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from backoffice.accounts import FormName, drafts
from backoffice.console.records.field_values import Value, comes_back, same
from backoffice.console.records.form_state import FormState
from backoffice.console.records.forms import RecordForm, inputs_of
from backoffice.models import Draft


def keep(administrator_id: int, name: FormName, form: RecordForm, state: FormState) -> bool:
    """Keep what was edited in a form that was sent; whether that could be done."""
    edited = {
        name: request.form.getlist(name)
        for field in form.typed_fields
        if field.name in request.form and not _comes_back(field, state.shown)
        for name in inputs_of(field)
    }
    return drafts.keep(administrator_id, name, edited, state.shown)


def put_into(form: RecordForm, draft: Draft) -> None:
    """Let a form that shows a record show what was typed, where that is still something else."""
    fields: dict[str, list[str]] = json.loads(draft.fields)
    for field in form.typed_fields:
        if field.name in fields:
            typed = MultiDict((name, text) for name in inputs_of(field) for text in fields.get(name, ()))
            field.process(typed, field.object_data)


def differs(form: RecordForm, shown: dict[str, Value]) -> bool:
    """Whether a form that a draft was put into shows anything else than it did before."""
    return any(not _comes_back(field, shown) for field in form.typed_fields)


def changed_since(draft: Draft, shown: dict[str, Value]) -> list[str]:
    """The names of the fields that the record has another value of than when the draft was begun."""
    then: dict[str, Value] = json.loads(draft.shown)
    return [name for name, value in shown.items() if name in then and not same(then[name], value)]


def state_with(draft: Draft, shown: dict[str, Value], sign_in_id: int) -> FormState:
    """The state of a form that shows a draft: what was typed before started from what there was then."""
    then: dict[str, Value] = json.loads(draft.shown)
    typed = json.loads(draft.fields).keys() & then.keys()
    return FormState(sign_in_id, {**shown, **{name: then[name] for name in typed}})


def _comes_back(field: Any, shown: dict[str, Value]) -> bool:
    return field.name in shown and comes_back(field, shown[field.name])
