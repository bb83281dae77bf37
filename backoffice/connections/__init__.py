"""Connections to a database: set up, waited for only so long, and thrown away where nothing is heard."""

from backoffice.connections.engine import CONNECT_SECONDS, configure
from backoffice.connections.limits import GRACE_SECONDS, lift_statement_limit, limit_reads

__all__ = ["CONNECT_SECONDS", "GRACE_SECONDS", "configure", "lift_statement_limit", "limit_reads"]
