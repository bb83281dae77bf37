"""How long the content of the history is kept, and forgetting it on purpose."""

from backoffice.retention.forgetting import finish_forgetting, forget, referring
from backoffice.retention.purging import purge, purge_daily, purgeable

__all__ = [
    "finish_forgetting",
    "forget",
    "purge",
    "purge_daily",
    "purgeable",
    "referring",
]
