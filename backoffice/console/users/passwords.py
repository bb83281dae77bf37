"""New passwords for users: chosen for them, or by themselves with a link that is handed to them."""

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.accounts import Account, find_account, is_granted
from backoffice.accounts.passwords import NewLink, create_link, is_risky, set_password
from backoffice.console.auth import new_password, same_again
from backoffice.console.base import back
from backoffice.console.http import digest, inside, is_digest_of, person
from backoffice.console.presenters import TranslatedForm
from backoffice.console.records import SENT, RecordPage, RecordView
from backoffice.exceptions import Conflict, Forbidden, Invalid
from backoffice.permissions import may


class PasswordForm(TranslatedForm):
    """A new password, typed twice."""

    password = new_password()
    again = same_again("password")


class PasswordPage(RecordPage):
    """`/password/`. Nobody chooses the password of an administrator but they themselves."""

    def get(self) -> ResponseReturnValue:
        account = _account(self.view, request.args.get("id"))
        if _is_own(account):
            return redirect(url_for("account.index"))
        return self._ask(account, PasswordForm())

    def post(self) -> ResponseReturnValue:
        account = _account(self.view, request.args.get("id"))
        if reason := _why_only_a_link(account):
            raise Conflict(reason)
        form, status = PasswordForm(request.form), 422
        try:
            if form.validate() and _set_password(form, account):
                flash(_("%(name)s has a new password.", name=account.user.username), "success")
                return back(url_for(".details_view", id=account.user.id))
        except Conflict as conflict:
            status, again = 409, _("If yours is to replace that one, please set it again.")
            form.form_errors.append(f"{conflict} {again}")
        return self._ask(account, form, status)

    def _ask(self, account: Account, form: PasswordForm, status: int = 200) -> ResponseReturnValue:
        cancel_url = inside(request.values.get("url")) or url_for(".details_view", id=account.user.id)
        page = self.view.render(
            "users/password.html",
            title=_("Password of %(name)s", name=account.user.username),
            account=account,
            is_risky=is_risky(account),
            reason=_why_only_a_link(account),
            form=form,
            version=[(SENT, digest(*_shown(account)))],
            save_label=_("Set password"),
            cancel_url=cancel_url,
            return_url=inside(request.values.get("url")),
            breadcrumbs=self.view.urls.breadcrumbs(account.user.id),
        )
        return page, status


class PasswordLinkPage(RecordPage):
    """`/password-link/`: makes a link, and shows it this once."""

    def post(self) -> ResponseReturnValue:
        account = _account(self.view, request.form.get("id"))
        if _is_own(account):
            raise Conflict(_why_only_a_link(account))
        key, is_granted = account.user.id, account.grant is not None
        link = create_link(key, lambda now: (now.grant is not None) == is_granted)
        return self.view.render(
            "users/password_link.html",
            **link_context(link),
            breadcrumbs=self.view.urls.breadcrumbs(key),
            back_url=url_for(".details_view", id=key),
        )


def _account(view: RecordView, key: str | None) -> Account:
    user = view.record_or_404(key)
    check_may_touch(user.id)
    return find_account(user.id)


def link_context(link: NewLink) -> dict[str, object]:
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


def _shown(account: Account) -> tuple[object, ...]:
    """The password that the page is about to replace; nothing of it can be found out from its digest."""
    return "password", account.user.id, account.user.username, account.password_holder.password_hash


def _has_password_as_shown(account: Account) -> bool:
    version = request.form.get(SENT)
    return account.grant is None and (version is None or is_digest_of(version, *_shown(account)))
