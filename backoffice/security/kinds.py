"""What is recorded: the kinds of events, each `noun:what`."""

# Signing in, and what comes after it.
SUCCEEDED = "sign-in:succeeded"
REFUSED = "sign-in:refused"
THROTTLED = "sign-in:throttled"
FACTOR_REFUSED = "second-factor:refused"

KINDS = (
    SUCCEEDED,
    REFUSED,
    THROTTLED,
    "sign-in:ended",
    "session:ended",
    "proof:asked",
    "proof:given",
    "proof:refused",
    "proof:throttled",
    "password:refused",
    "password:throttled",
    "password:changed",
    "password-link:made",
    "password-link:used",
    "password-link:refused",
    "password-link:throttled",
    FACTOR_REFUSED,
    "second-factor:throttled",
    "second-factor:added",
    "second-factor:removed",
    "second-factor:reset",
    "passkey:added",
    "passkey:removed",
    "passkey:refused",
    "passkey:throttled",
    "recovery-codes:made",
    "recovery-codes:used",
    "administrator:granted",
    "administrator:role-changed",
    "administrator:disabled",
    "administrator:enabled",
    "administrator:revoked",
    "limits:cleared",
    "access:refused",
    "form:refused",
    "request:refused",
    "request:failed",
    "probe:filter",
    "probe:id",
    "probe:field",
)

# What anybody can bring about as often as they like: of these only so many become rows.
RATE_LIMITED = frozenset(kind for kind in KINDS if kind.endswith((":refused", ":throttled"))) | {
    "probe:filter",
    "probe:id",
    "probe:field",
}

# What changes how somebody signs in: they are told at their next login.
MEANS_OF_SIGNING_IN = (
    "password:changed",
    "password-link:used",
    "second-factor:added",
    "second-factor:removed",
    "second-factor:reset",
    "passkey:added",
    "passkey:removed",
    "recovery-codes:made",
)
