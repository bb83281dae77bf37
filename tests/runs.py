"""What a run is of: what takes long is skipped by name in a plain run, and what was skipped is named."""

import gc
from collections import Counter

import pytest

from tests.databases import CHOSEN, IN_CI, NAMES
from tests.tables import show_tables

SLOW = "It takes long by its nature: it runs in .ci/run, or when it is named"


def pytest_configure() -> None:
    """Refuse a choice of databases that there are not."""
    if unknown := set(CHOSEN) - set(NAMES):
        raise pytest.UsageError(
            f"TEST_DATABASES: all, or some of {', '.join(NAMES)}, not {', '.join(unknown)}"
        )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked `slow`, where everything is run and nothing was named."""
    if not IN_CI and _is_plain(config):
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(SLOW))


def _is_plain(config: pytest.Config) -> bool:
    is_whole = config.args == config.getini("testpaths")
    return is_whole and not config.option.keyword and "slow" not in config.option.markexpr


def pytest_collection_finish() -> None:
    """What all tests share stays: nobody needs to look again and again whether it is still in use."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the tables of the run, and name what was skipped, once for a thousand tests."""
    if not hasattr(terminalreporter.config, "workerinput"):  # else the process that started this one does it
        show_tables(terminalreporter)
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    for reason, number in sorted(reasons.items()):
        terminalreporter.write_line(f"SKIPPED [{number}] {reason}", yellow=True)
