"""The posts of the application."""

from flask_babel import lazy_gettext
from wtforms.validators import InputRequired

from backoffice.console.presenters import REQUIRED
from backoffice.console.records import LongTextField, RecordView


class PostView(RecordView):
    """`/admin/post/`. The author is found by typing; nobody is sent a list of all users."""

    icon = "chat-left-text"
    title = lazy_gettext("Posts")
    singular = lazy_gettext("post")
    plural = lazy_gettext("posts")

    column_list = ("id", "body", "author", "timestamp")
    column_filters = ("timestamp", "author")
    column_searchable_list = ("body", "author")
    column_sortable_list = ("id", "timestamp")
    column_default_sort = ("timestamp", True)
    column_labels = {
        "id": lazy_gettext("Number"),
        "body": lazy_gettext("Body"),
        "author": lazy_gettext("Author"),
        "timestamp": lazy_gettext("Timestamp"),
    }
    relation_labels = {"author": "username"}
    name_column = "body"
    wide_column = "body"

    form_columns = ("body", "author", "timestamp")
    bulk_edit_columns = ("author", "timestamp")
    form_overrides = {"body": LongTextField}
    form_args = {
        "body": {"validators": [InputRequired(REQUIRED)]},
        "author": {"description": lazy_gettext("A username, or # and the number of a user.")},
        "timestamp": {"description": lazy_gettext("Now, if left empty.")},
    }
