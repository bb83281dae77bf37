"""What a list says where finding its rows took too long."""

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext


def timeout_sentences() -> list[str]:
    """What took too long, and that this says nothing about what there is."""
    seconds = current_app.config["LIST_SECONDS"]
    cut_off = ngettext(
        "This list was cut off, since finding its rows took longer than %(num)d second.",
        "This list was cut off, since finding its rows took longer than %(num)d seconds.",
        seconds,
    )
    return [str(cut_off), str(_("Whether anything matches is not known."))]
