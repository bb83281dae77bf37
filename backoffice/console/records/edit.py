"""Creating and editing one record."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.accounts import FormName
from backoffice.console.base import back
from backoffice.console.http import inside
from backoffice.console.presenters import AuditedTable, Cell, cell, undoable
from backoffice.console.records.autosave import draft_context
from backoffice.console.records.conflict_page import LOOK_OVER, conflict_page, gone_page, merge_sentences
from backoffice.console.records.declarations import column_written
from backoffice.console.records.etags import SENT, etag_of_record, sent_etags
from backoffice.console.records.fields import ReferenceField
from backoffice.console.records.forms import RecordForm
from backoffice.console.records.merge import EditConflict
from backoffice.console.records.record_page import RecordPage
from backoffice.console.records.save import Gone, Saved, save
from backoffice.console.records.sent_form import form_in_address, form_name, form_over, is_foreign, point_out
from backoffice.exceptions import Conflict
from backoffice.extensions import db
from backoffice.models import RowKey, find_row, parse_key, unfillable_columns

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView


class FormPage(RecordPage):
    """A page that is a form over a record, or over none for a new one."""

    @classmethod
    def form_sent(cls, view: "RecordView") -> FormName | None:
        """The form that a request to this page is about; None where its address names none."""
        return form_in_address(view)

    def onward(self, key: RowKey) -> ResponseReturnValue:
        """Where one goes after saving."""
        url = inside(request.form.get("url"))
        if "_add_another" in request.form:
            return redirect(url_for(".create_view", url=url), 303)
        if "_continue_editing" in request.form:
            return redirect(url_for(".edit_view", id=key, url=url), 303)
        return back(url_for(".index_view"))


class CreatePage(FormPage):
    """`/new/`."""

    @classmethod
    def form_sent(cls, view: "RecordView") -> FormName | None:
        return form_name(view, None)

    def get(self) -> ResponseReturnValue:
        _refuse_unfillable(self.view)
        return self._ask(form_over(self.view, None))

    def post(self) -> ResponseReturnValue:
        _refuse_unfillable(self.view)
        form = form_over(self.view, None)
        if LOOK_OVER in request.form or not form.validate():
            return self._ask(form)
        saved = save(self.view, form, None)
        if saved is None:
            return self._ask(form)
        _tell(_("%(name)s was created.", name=saved.name), saved)
        return self.onward(saved.key)

    def _ask(self, form: RecordForm) -> ResponseReturnValue:
        return form_page(self.view, form, form_title(self.view, None))


class EditPage(FormPage):
    """`/edit/`."""

    def get(self) -> ResponseReturnValue:
        return self._over_record(self._ask)

    def post(self) -> ResponseReturnValue:
        return self._over_record(self._save)

    def _over_record(
        self, answer: Callable[[RecordForm, str, RowKey], ResponseReturnValue]
    ) -> ResponseReturnValue:
        key = parse_key(self.view.sql_table, request.args.get("id"))
        record = find_row(db.session, self.view.model, request.args.get("id"))
        if key is None or record is None:
            return gone_page(self.view, key)
        title, form = form_title(self.view, record), form_over(self.view, record)
        return answer(form, title, key)

    def _ask(self, form: RecordForm, title: str, key: RowKey) -> ResponseReturnValue:
        return form_page(self.view, form, title, key)

    def _save(self, form: RecordForm, title: str, key: RowKey) -> ResponseReturnValue:
        if is_foreign(form_name(self.view, key)):
            return self._refuse_foreign(form, title, key)
        try:
            saved = save(self.view, form, key) if form.validate() else None
        except EditConflict as conflict:
            return conflict_page(self.view, form, conflict.merge, key)
        except Gone:
            return gone_page(self.view, key)
        if saved is None:
            return self._ask(form, title, key)
        _tell(self._saved_words(saved), saved)
        return self.onward(key)

    def _refuse_foreign(self, form: RecordForm, title: str, key: RowKey) -> ResponseReturnValue:
        point_out(form, _("This form is not as the console made it for you. Please look it over."))
        fields = ", ".join(str(form[name].label.text) for name in form.edited)
        if fields:
            words = _("What stands here replaces what the record has in: %(fields)s.", fields=fields)
            point_out(form, words)
        return form_page(self.view, form, title, key, 400)

    def _saved_words(self, saved: Saved) -> str:
        words = _("%(name)s was saved.", name=saved.name) if saved.operation_id else _("Nothing was changed.")
        sentences = [words, *merge_sentences(self.view, saved.key, saved.changed)]
        if saved.operation_id and saved.changed:
            sentences.append(_("Both changes are kept."))
        return " ".join(sentences)


def _refuse_unfillable(view: "RecordView") -> None:
    shown = {column_written(view.model, name) for name in view.read_only_names}
    unfillable = unfillable_columns(db.engine, view.sql_table, beside=shown)
    if unfillable:
        raise Conflict(
            _(
                "New records cannot be made here: the table wants a value for %(columns)s, which the "
                "console cannot give.",
                columns=", ".join(unfillable),
            )
        )


def _tell(words: str, saved: Saved) -> None:
    """Say what was done, with the way to undo it."""
    if saved.operation_id is None:
        flash(words, "info")
    else:
        flash(undoable(words, saved.operation_id), "success")


def form_title(view: "RecordView", record: object) -> str:
    """What the page of a record's form is called."""
    if record is None:
        return str(_("New %(singular)s", singular=view.singular))
    return str(_("Edit %(name)s", name=view.name_of(record)))


def form_page(
    view: "RecordView", form: RecordForm, title: str, key: RowKey | None = None, status: int | None = None
) -> ResponseReturnValue:
    """The page of a form, with what is wrong in it, and the status that says so."""
    return_url = inside(request.values.get("url"))
    page = view.render(
        "records/form.html",
        title=title,
        breadcrumbs=view.urls.breadcrumbs(key),
        form=form,
        facts=[*_read_only(view, key), *_gone(view, form, key)],
        can_continue=True,
        can_add_another=view.allows("create"),
        cancel_url=return_url or url_for(".index_view"),
        links=view.links(key) if key is not None else [],
        delete_url=url_for(".delete_view") if key is not None and view.allows("delete") else None,
        key=key,
        version=_version(view, key),
        return_url=return_url,
        **draft_context(view, form, key),
    )
    status = status or (503 if form.is_held_up else 422 if form.errors else 200)
    return page, status, {"Retry-After": "5"} if status == 503 else {}


def _read_only(view: "RecordView", key: RowKey | None) -> list[tuple[str, Cell]]:
    """What the console has no field for."""
    record = db.session.get(view.model, key) if key is not None and view.read_only_names else None
    labels = {name: str(view.columns[name].label) for name in view.read_only_names if record is not None}
    return [(label, cell(getattr(record, name))) for name, label in labels.items()]


def _gone(view: "RecordView", form: RecordForm, key: RowKey | None) -> Iterator[tuple[str, Cell]]:
    """What the record refers to and is not there any more, so that its field is empty."""
    record = db.session.get(view.model, key) if key is not None else None
    for field in form:
        if record is None or not isinstance(field, ReferenceField):
            continue
        held = getattr(record, field.attribute) if getattr(record, field.short_name) is None else None
        if held is not None and field.referred is field.rows.key:
            gone = AuditedTable(field.rows.table.name).gone_rows([held], field.rows.label.name)
            yield str(_("%(field)s, as stored", field=field.label.text)), gone[str(held)].cell


def _version(view: "RecordView", key: RowKey | None) -> list[tuple[str, str]]:
    """How the record was shown when the form was first made, however often it was sent since."""
    record = db.session.get(view.model, key) if key is not None else None
    if key is None or record is None:
        return []
    version = sent_etags(view).get(key) or etag_of_record(view, record)
    return [(SENT, f"{key}:{version}")]
