"""What a file that leaves the console is called."""

from datetime import datetime


def file_name(noun: str, extension: str, at: datetime, *, filtered: bool = False) -> str:
    """What it holds, whether that is only a part, and when it was made, in UTC.

    `users-2026-11-22T1012Z.csv`, `users-filtered-2026-11-22T1012Z.jsonl`.
    """
    part = "-filtered" if filtered else ""
    return f"{noun}{part}-{at:%Y-%m-%dT%H%M}Z.{extension}"
