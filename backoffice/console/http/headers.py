"""The headers that every answer carries, errors and files included."""

from flask import Flask, Response, current_app, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    )
)
# Passkeys are asked for by our own pages; the rest is needed by none.
CLOSED_FEATURES = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
OWN_FEATURES = ("publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS_POLICY = ", ".join(
    (*(f"{name}=()" for name in CLOSED_FEATURES), *(f"{name}=(self)" for name in OWN_FEATURES))
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
}
# A year, which is what browsers ask for before they remember it across reinstallations.
ENCRYPTION = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
# After signing out, "back" shows nothing. Drafts, colours and time zone are the browser's to keep.
SIGN_OUT, CLEAR_SITE_DATA = "sign_in.logout", '"cache"'


def init_app(app: Flask) -> None:
    """Send the headers with every response of `app`."""
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    """Set the headers on `response`; what it says about caching itself is kept."""
    response.headers.update(HEADERS)
    # A page may hold other people's data: neither browsers nor proxies keep it.
    response.headers.setdefault("Cache-Control", "no-store")
    if request.endpoint == SIGN_OUT and response.status_code == 303:
        response.headers["Clear-Site-Data"] = CLEAR_SITE_DATA
    # Over plain HTTP browsers pass over it. It is there also where a proxy does not say that it speaks HTTPS.
    if request.is_secure or current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.update(ENCRYPTION)
    return response
