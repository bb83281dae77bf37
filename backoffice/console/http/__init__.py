"""What every request and answer goes through: guards, headers, cookies, errors, assets."""

from backoffice.console.http import assets, compression, cookies, errors, headers, requests, submissions
from backoffice.console.http.assets import asset, icon
from backoffice.console.http.cookies import cookie, delete_cookie, set_cookie
from backoffice.console.http.current_actor import known_person, person, record_request_event, sender, visitor
from backoffice.console.http.digests import digest, is_digest_of
from backoffice.console.http.errors import ask_for_nobody, http_error, retry_after, status_of, wants_json
from backoffice.console.http.headers import ENCRYPTION, HEADERS
from backoffice.console.http.health import health, is_health_check
from backoffice.console.http.kept_form import OF_EVERY_FORM, SECRET, page_of_form, typed
from backoffice.console.http.probes import record_probe
from backoffice.console.http.requests import is_refused
from backoffice.console.http.safe_redirects import address_of, endpoint_of, here, inside
from backoffice.console.http.submissions import answer_once

__all__ = [
    "ENCRYPTION",
    "HEADERS",
    "OF_EVERY_FORM",
    "SECRET",
    "address_of",
    "answer_once",
    "ask_for_nobody",
    "asset",
    "assets",
    "compression",
    "cookie",
    "cookies",
    "delete_cookie",
    "digest",
    "endpoint_of",
    "errors",
    "headers",
    "health",
    "here",
    "http_error",
    "icon",
    "inside",
    "is_digest_of",
    "is_health_check",
    "is_refused",
    "known_person",
    "page_of_form",
    "person",
    "record_probe",
    "record_request_event",
    "requests",
    "retry_after",
    "sender",
    "set_cookie",
    "status_of",
    "submissions",
    "typed",
    "visitor",
    "wants_json",
]
