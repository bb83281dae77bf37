"""A history to forget something of: `sealed` is that of the history's own tests."""

from tests.history.conftest import sealed

__all__ = ["sealed"]
