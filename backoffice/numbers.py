"""Numbers as people write them, to their last digit."""

from decimal import Context, Decimal, localcontext

from babel.numbers import format_decimal, format_scientific
from flask_babel import get_locale

# As many digits as PostgreSQL's `numeric` has: 131,072 before the point and 16,383 behind it.
EXACT = Context(prec=150_000)


def number_words(number: float | Decimal) -> str:
    """A number in the reader's notation, whole: `1,234.5678`; of a float what tells it from all others."""
    shortest, locale = repr(number) if isinstance(number, float) else "", get_locale() or "en"
    with localcontext(EXACT):
        if "e" in shortest:
            return str(format_scientific(Decimal(shortest), locale=locale, decimal_quantization=False))
        exact = Decimal(shortest) if shortest else number
        return str(format_decimal(exact, locale=locale, decimal_quantization=False))
