from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_admin.actions import ActionsMixin
from flask_admin.base import BaseView
from flask_sqlalchemy import SQLAlchemy
from wtforms import Field

class ModelView(BaseView, ActionsMixin):
    # A model is whatever is mapped: what it holds is its author's.
    model: type[Any]
    session: object
    can_create: bool
    can_edit: bool
    can_delete: bool
    can_export: bool
    column_list: Sequence[str] | None
    column_filters: Sequence[str] | None
    column_searchable_list: Sequence[str] | None
    column_sortable_list: Sequence[str] | None
    column_default_sort: str | tuple[str, bool] | list[tuple[str, bool]] | None
    column_labels: Mapping[str, str] | None
    column_descriptions: Mapping[str, str] | None
    column_details_list: Sequence[str] | None
    column_export_list: Sequence[str] | None
    form_columns: Sequence[str] | None
    form_args: Mapping[str, Mapping[str, Any]] | None
    form_overrides: Mapping[str, type[Field]] | None
    def __init__(
        self,
        model: type[Any],
        session: SQLAlchemy,
        name: object = None,
        category: object = None,
        endpoint: str | None = None,
        url: str | None = None,
        static_folder: str | None = None,
        menu_class_name: str | None = None,
        menu_icon_type: str | None = None,
        menu_icon_value: str | None = None,
    ) -> None: ...
    def scaffold_auto_joins(self) -> list[object]: ...
    def _refresh_cache(self) -> None: ...

_: Callable[..., object]
