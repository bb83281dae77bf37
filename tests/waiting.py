"""Waiting for what another process or thread does: for the condition itself, however busy the machine is."""

import time
from collections.abc import Callable

# What has not come by then does not come.
SECONDS = 120


def waited_for(condition: Callable[[], object]) -> float:
    """How many seconds it takes until something is so."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < SECONDS, f"it does not come: {condition}"
        time.sleep(0.02)
    return time.monotonic() - began
