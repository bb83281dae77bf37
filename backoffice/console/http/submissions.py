"""A form that acts is used once: whoever sends it twice gets the answer of the first time.

Each page gives its forms a token that is its own. Forms are the same where the token is, who sends it, the
address and all that was typed: what was edited since, after going back in the browser, is another form.
"""

import base64
import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Callable
from datetime import timedelta
from time import sleep
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, Response, current_app, flash, g, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from backoffice.clock import utcnow
from backoffice.console.http.current_actor import person
from backoffice.exceptions import Busy, SentTwice
from backoffice.history import Earlier, SentForm, find_submission, keep_answer, submitting

log = logging.getLogger(__name__)

# The hidden input that carries the token.
TOKEN = "_submission"  # noqa: S105
LONGEST_TOKEN = 100
# What does not make a form another one: what is new whenever it is shown, and where one goes on after.
BESIDE = frozenset(
    {
        TOKEN,
        "csrf_token",
        "_form_state",
        "_continue_editing",
        "_add_another",
        "proof_password",
        "proof_code",
        "answer",
        "challenge",
    }
)
# Whoever acts has an answer right after. Whoever had none by then has died in between.
ANSWERED_WITHIN = timedelta(seconds=5)
PAUSE_SECONDS = 0.05
MESSAGES = "_flashes"


def init_app(app: Flask) -> None:
    """Templates get `submission_token()`, which every form carries."""
    app.jinja_env.globals.update(submission_token=submission_token)


def submission_token() -> str:
    """The token of the forms of this page; where one is shown again that was not acted upon, the same."""
    if "submission_token" not in g:
        sent = _sent_token() if request.method == "POST" and not _is_acted_upon() else None
        g.submission_token = sent or secrets.token_urlsafe(16)
    token: str = g.submission_token
    return token


def answer_once(act: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """What `act` answers; where the form that was sent was acted upon before, what was answered then.

    Raises SentTwice where nobody knows any more what that was.
    """
    token = _sent_token() if request.method == "POST" else None
    if token is None:
        return act()
    sent = SentForm(_digest(token))
    earlier = find_submission(sent.digest)
    if earlier is not None:
        return _answer_of(sent, token, earlier)
    try:
        return _act(act, sent, token)
    except SentTwice:  # the other one was faster
        earlier = find_submission(sent.digest)
        if earlier is None:
            raise
        return _answer_of(sent, token, earlier)


def _act(act: Callable[[], ResponseReturnValue], sent: SentForm, token: str) -> ResponseReturnValue:
    g.sent_form = sent
    with submitting(sent):
        answer = current_app.make_response(act())
    if sent.is_claimed:
        _keep(sent, token, answer)
    return answer


def _keep(sent: SentForm, token: str, answer: Response) -> None:
    """Keep the answer; where the database does not take it now, the form was acted upon all the same."""
    kept = {
        "status": answer.status_code,
        "location": answer.location,
        "page": None if answer.location else answer.get_data(as_text=True),
        "messages": session.get(MESSAGES, []),
    }
    text = json.dumps(kept, default=str)
    try:
        keep_answer(sent.digest, _cipher(token).encrypt(text.encode()).decode())
    except (Busy, SQLAlchemyError) as error:
        log.warning("could not keep the answer to a form: %s", type(error).__name__)


def _answer_of(sent: SentForm, token: str, earlier: Earlier) -> ResponseReturnValue:
    while earlier.answer is None and utcnow() < earlier.sent_at + ANSWERED_WITHIN:
        sleep(PAUSE_SECONDS)
        earlier = find_submission(sent.digest) or earlier
    try:
        text = _cipher(token).decrypt((earlier.answer or "").encode())
    except InvalidToken as error:
        raise SentTwice(earlier.operation_id) from error
    return _again(json.loads(text))


def _again(kept: dict[str, Any]) -> Response:
    """The same answer, with what it had to say: the browser may have shown it, or passed over it."""
    told = [tuple(pair) for pair in session.get(MESSAGES, [])]
    for category, message in kept["messages"]:
        if (category, message) not in told:
            flash(message, category)
    answer = current_app.make_response((kept["page"] or "", kept["status"]))
    if kept["location"]:
        answer.location = kept["location"]
    return answer


def _is_acted_upon() -> bool:
    sent: SentForm | None = g.get("sent_form")
    return sent is not None and sent.is_claimed


def _sent_token() -> str | None:
    token = request.form.get(TOKEN, "")
    return token if 0 < len(token) <= LONGEST_TOKEN else None


def _digest(token: str) -> str:
    fields = [pair for pair in request.form.items(multi=True) if pair[0] not in BESIDE]
    sent = repr((token, person().id, request.full_path, fields)).encode("utf-8", "surrogatepass")
    key: str = current_app.config["SECRET_KEY"]
    return hmac.new(key.encode(), sent, hashlib.sha256).hexdigest()


def _cipher(token: str) -> Fernet:
    """What is answered may be for the eyes of one person: a link, or codes, that are shown once."""
    key = hashlib.blake2b(token.encode("utf-8", "surrogatepass"), digest_size=32, person=b"form answers")
    return Fernet(base64.urlsafe_b64encode(key.digest()))
