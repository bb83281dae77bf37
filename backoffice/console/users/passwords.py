"""New passwords for users: chosen for them, or by themselves with a link that is handed to them."""

from typing import TYPE_CHECKING, Any

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.base import expose
from flask_babel import gettext as _

from backoffice.accounts import Account, find_account, is_granted
from backoffice.accounts.passwords import HandedOut, hand_out, is_risky, set_password
from backoffice.console.auth import new_password, same_again
from backoffice.console.base import back, person
from backoffice.console.http import digest, inside, is_digest_of
from backoffice.console.presenters import TranslatedForm
from backoffice.console.records import SENT
from backoffice.exceptions import Conflict, Forbidden, Invalid
from backoffice.permissions import may

if TYPE_CHECKING:
    from backoffice.console.records import Records
else:  # Flask-Admin would make each base class of a view a view of its own
    Records = object


class PasswordForm(TranslatedForm):
    """A new password, typed twice."""

    password = new_password()
    again = same_again("password")


class PasswordPages(Records):
    """Nobody chooses the password of an administrator but they themselves."""

    @expose("/password/", methods=("GET", "POST"))
    def password_view(self) -> ResponseReturnValue:
        account = self._account(request.args.get("id"))
        reason = _why_only_a_link(account)
        if request.method == "POST" and reason:
            raise Conflict(reason)
        if _is_own(account):
            return redirect(url_for("account.index"))
        form, status = PasswordForm(request.form), 422
        try:
            is_set = request.method == "POST" and form.validate() and _set_password(form, account)
        except Conflict as conflict:
            is_set, status = False, 409
            again = _("If yours is to replace that one, please set it again.")
            form.form_errors.append(f"{conflict} {again}")
        if is_set:
            flash(_("%(name)s has a new password.", name=account.user.username), "success")
            return back(url_for(".details_view", id=account.user.id))
        page = self._page(account, form, reason)
        return page, status if form.errors else 200

    @expose("/password-link/", methods=("POST",))
    def password_link_view(self) -> ResponseReturnValue:
        """Make a link, and show it this once."""
        account = self._account(request.form.get("id"))
        if _is_own(account):
            raise Conflict(_why_only_a_link(account))
        key, is_granted = account.user.id, account.grant is not None
        link = hand_out(key, lambda now: (now.grant is not None) == is_granted)
        return self.render("users/password_link.html", **handed_out(link), **self._around(key))

    def _account(self, key: str | None) -> Account:
        user = self.record_or_404(key)
        check_may_touch(user.id)
        return find_account(user.id)

    def _page(self, account: Account, form: PasswordForm, reason: str | None) -> str:
        return self.render(
            "users/password.html",
            title=_("Password of %(name)s", name=account.user.username),
            account=account,
            is_risky=is_risky(account),
            reason=reason,
            form=form,
            version=[(SENT, digest(*_shown(account)))],
            save_label=_("Set password"),
            cancel_url=inside(request.values.get("url")) or url_for(".details_view", id=account.user.id),
            return_url=inside(request.values.get("url")),
            breadcrumbs=self.breadcrumbs(account.user.id),
        )

    def _around(self, key: Any) -> dict[str, Any]:
        return {"breadcrumbs": self.breadcrumbs(key), "back_url": url_for(".details_view", id=key)}


def handed_out(link: HandedOut) -> dict[str, Any]:
    """What the page shows of a link that was just made.

    Its code stands behind the "#": no browser sends that to a server, and no log has it.
    """
    address = url_for("password.choose", _external=True)
    return {
        "title": _("A link for %(name)s", name=link.username),
        "link": link,
        "address": f"{address}#{link.code}",
    }


def check_may_touch(user_id: int) -> None:
    """An administrator's account is for those who administer accounts: whoever edits it could use it."""
    if not may(person(), "administer") and is_granted(user_id):
        raise Forbidden(_("This user is an administrator, whose account your role does not let you change."))


def _is_own(account: Account) -> bool:
    return account.user.id == person().user_id


def _why_only_a_link(account: Account) -> str | None:
    """Why no password is set here for somebody, if none is."""
    if _is_own(account):
        return str(_("You change your own password on the page of your account."))
    if account.grant is not None:
        return str(_("Administrators choose their passwords themselves, by a link that you hand to them."))
    if current_app.config["USER_PASSWORDS"] == "link":
        return str(_("Users choose their passwords themselves, by a link that you hand to them."))
    return None


def _set_password(form: PasswordForm, account: Account) -> bool:
    try:
        # The page has said what is at stake where the hash is another application's.
        set_password(account.user.id, form["password"].data, force=True, is_as_shown=_has_password_as_shown)
    except Invalid as error:
        form["password"].errors = [str(error)]
        return False
    return True


def _shown(account: Account) -> tuple[Any, ...]:
    """The password that the page is about to replace; nothing of it can be found out from its digest."""
    return "password", account.user.id, account.user.username, account.password_holder.password_hash


def _has_password_as_shown(account: Account) -> bool:
    version = request.form.get(SENT)
    return account.grant is None and (version is None or is_digest_of(version, *_shown(account)))
