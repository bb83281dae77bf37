"""What was typed into a form and not saved: what of it is kept, for whom, and how a form shows it again."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.datastructures import MultiDict
from wtforms import Field

from backoffice.accounts import drafts
from backoffice.accounts.drafts import FormName
from backoffice.console.forms import RecordForm, plain
from backoffice.models import Draft

# The hidden input that carries a form's state.
STATE = "_form_state"
NEVER_KEPT = {"password", "file", "hidden"}


@dataclass(frozen=True)
class FormState:
    """What a form knows of its making: in which sign-in, and a digest of what each field showed.

    It travels with the form, signed. So what is typed can be kept for the person whom the form was made for,
    even where their session is over; and nobody else can plant anything, since they cannot make a state.
    """

    sign_in_id: int
    shown: dict[str, str]

    def signed(self, name: FormName) -> str:
        """The state as the form `name` carries it."""
        return str(_serializer().dumps([*name, self.sign_in_id, self.shown]))

    @classmethod
    def sent(cls, name: FormName) -> Self | None:
        """The state that came with this request, if it is one of the form `name`."""
        try:
            table, key, sign_in_id, shown = _serializer().loads(request.form.get(STATE, ""))
        except BadData:
            return None
        return cls(sign_in_id, shown) if FormName(table, key) == name else None


def _serializer() -> URLSafeSerializer:
    # The same keys as for the token beside it: a form that was open when the key changed can still be sent.
    return URLSafeSerializer(current_app.config["WTF_CSRF_SECRET_KEY"], salt="form-state")


def keep(administrator_id: int, name: FormName, form: RecordForm, state: FormState) -> bool:
    """Keep what was edited in a form that was sent; whether that could be done."""
    edited = {
        name: request.form.getlist(name)
        for field in _kept_fields(form)
        if field.name in request.form and _digest(field) != state.shown.get(field.name)
        for name in _inputs(field)
    }
    return drafts.keep(administrator_id, name, edited, state.shown)


def put_into(form: RecordForm, draft: Draft) -> None:
    """Let a form that shows a record show what was typed, where that is still something else."""
    fields: dict[str, list[str]] = json.loads(draft.fields)
    for field in _kept_fields(form):
        if field.name in fields:
            typed = MultiDict((name, text) for name in _inputs(field) for text in fields.get(name, ()))
            field.process(typed, field.object_data)


def changed_since(draft: Draft, shown: dict[str, str]) -> list[str]:
    """The names of the fields that the record has another value of than when the draft was begun."""
    then: dict[str, str] = json.loads(draft.shown)
    return [name for name, digest in shown.items() if name in then and then[name] != digest]


def state_with(draft: Draft, shown: dict[str, str], sign_in_id: int) -> FormState:
    """The state of a form that shows a draft: what was typed before is compared with what there was then."""
    then: dict[str, str] = json.loads(draft.shown)
    typed = json.loads(draft.fields).keys() & then.keys()
    return FormState(sign_in_id, {**shown, **{name: then[name] for name in typed}})


def digests(form: RecordForm) -> dict[str, str]:
    """What each field holds, in a form that can be compared and not read."""
    return {field.name: _digest(field) for field in _kept_fields(form)}


def _kept_fields(form: RecordForm) -> Iterator[Any]:
    """The fields that a person types into, except for passwords."""
    return (field for field in form if getattr(field.widget, "input_type", "text") not in NEVER_KEPT)


def _inputs(field: Any) -> tuple[str, ...]:
    """The names that a field is sent under: a moment has its zone beside it."""
    return (field.name, *getattr(field, "companions", ()))


def _digest(field: Field) -> str:
    if field.process_errors:
        return ""
    return hashlib.sha256(repr(plain(field)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
