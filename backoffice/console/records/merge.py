"""Two people, one record: what others changed since a form was made, and which fields have to be decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from backoffice.console.records.field_values import Value, same, value_of
from backoffice.console.records.forms import RecordForm

YOURS, THEIRS = "yours", "theirs"


@dataclass(frozen=True)
class Merge:
    """What others did to a record since a form of it was made.

    `now` is the form as the record is now, `changed` the fields that have another value in it than they were
    shown with, and `both` those of them that were edited too, and to something else.
    """

    now: RecordForm
    changed: list[str]
    both: list[str]

    @classmethod
    def found(cls, form: RecordForm, record: object) -> Self:
        """Compare a form that was sent with the record as it is."""
        now = type(form)(None, record)
        present = {field.name: value_of(field) for field in now}
        changed = [name for name in present if not same(present[name], form.original(name))]
        both = [n for n in changed if n in form.edited and not same(present[n], value_of(form[n]))]
        return cls(now, changed, both)

    def is_as_seen(self, name: str, seen: Mapping[str, Value]) -> bool:
        """Whether a field is still as it was when somebody was asked about it."""
        return name in seen and same(seen[name], value_of(self.now[name]))


class EditConflict(Exception):
    """Fields were edited that somebody else gave another value meanwhile; a person has to decide."""

    def __init__(self, merge: Merge) -> None:
        super().__init__()
        self.merge = merge


def resolve(form: RecordForm, merge: Merge, choices: Mapping[str, str], seen: Mapping[str, Value]) -> None:
    """Take the choices that were made, each for the value that was seen. Raises Overtaken without them."""
    undecided = [
        name
        for name in merge.both
        if choices.get(name) not in (YOURS, THEIRS) or not merge.is_as_seen(name, seen)
    ]
    if undecided:
        raise EditConflict(merge)
    for name in [name for name in form.edited if choices.get(name) == THEIRS]:
        form.take_back(name)
