"""What a file that leaves the console is called."""

from datetime import datetime


def file_name(noun: str, extension: str, at: datetime) -> str:
    """What it holds and when it was made, in UTC: `users-2026-11-22T1012Z.csv`."""
    return f"{noun}-{at:%Y-%m-%dT%H%M}Z.{extension}"
