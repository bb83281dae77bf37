"""What a form knows of its making, which travels with it, signed."""

from dataclasses import dataclass
from typing import Self

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer

from backoffice.accounts import FormName
from backoffice.accounts.sessions import SignedInAdministrator, session_owner
from backoffice.console.records.field_values import Value, carried, display_value
from backoffice.console.records.forms import RecordForm

# The hidden input that carries a form's state.
STATE = "_form_state"


@dataclass(frozen=True)
class FormState:
    """In which session a form was made, and what each of its fields showed.

    So what is typed can be kept for the person whom the form was made for, even where their session is over;
    and a save knows what it started from, whoever changed the record since. Nobody else can plant anything,
    since they cannot make a state.
    """

    session_id: int
    shown: dict[str, Value]

    def signed(self, name: FormName) -> str:
        """The state as the form `name` carries it."""
        return str(_serializer().dumps([*name, self.session_id, self.shown]))

    @classmethod
    def sent(cls, name: FormName, input_name: str = STATE) -> Self | None:
        """The state that came with this request, if it is one of the form `name`."""
        try:
            table, key, session_id, shown = _serializer().loads(request.form.get(input_name, ""))
        except BadData:
            return None
        return cls(session_id, shown) if FormName(table, key) == name else None

    def is_of(self, person: SignedInAdministrator) -> bool:
        """Whether the form was made for this person, in this session or in another one."""
        if self.session_id == person.session_id:
            return True
        owner = session_owner(self.session_id)
        return owner is not None and owner.id == person.id


def shown_values(form: RecordForm) -> dict[str, Value]:
    """What each field of a form shows, as it travels; nothing of passwords."""
    return {field.name: carried(display_value(field)) for field in form.typed_fields}


def _serializer() -> URLSafeSerializer:
    # The same keys as for the token beside it: a form that was open when the key changed can still be sent.
    return URLSafeSerializer(current_app.config["WTF_CSRF_SECRET_KEY"], salt="form-state")
