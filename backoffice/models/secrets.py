"""The columns whose content is kept and never shown."""

# In whichever table they stand, they are never listed, exported, searched, sorted by, filtered, logged
# or put into a diff.
SECRET_COLUMNS: frozenset[str] = frozenset({"password_hash", "token", "token_digest", "encrypted_secret"})


def is_secret(column_name: str) -> bool:
    """Whether what stands in columns of this name must not be seen."""
    return column_name.lower() in SECRET_COLUMNS
