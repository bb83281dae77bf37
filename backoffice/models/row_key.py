"""The key of a row."""

# The value of its primary key: a number or a text.
RowKey = int | str
