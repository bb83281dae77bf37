"""How long the content of the history is kept, and forgetting it on purpose."""

from backoffice.retention.purging import purge, purge_daily, purgeable
from backoffice.retention.redaction import finish_redaction, redact, referring

__all__ = [
    "finish_redaction",
    "purge",
    "purge_daily",
    "purgeable",
    "redact",
    "referring",
]
