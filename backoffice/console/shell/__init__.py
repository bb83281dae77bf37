"""What is around the pages: navigation, palette, theme, dashboard."""

from backoffice.console.shell import navigation
from backoffice.console.shell.dashboard import Dashboard
from backoffice.console.shell.palette import PaletteView
from backoffice.console.shell.theme import ThemeView

__all__ = ["Dashboard", "PaletteView", "ThemeView", "navigation"]
