"""What the roles are called, and what each may do, as forms offer them."""

from flask_babel.speaklater import LazyString

from backoffice.permissions import ROLES


def role_label(role: str) -> str:
    """What a role is called; one that there is no more goes as it is stored."""
    return str(ROLES[role].label) if role in ROLES else role


def role_choices() -> list[tuple[str, str]]:
    """The roles to choose from."""
    return [(role.name, role.label) for role in ROLES.values()]


def role_descriptions() -> LazyString:
    """What each of them may do, one after the other."""
    return LazyString(lambda: " ".join(f"{role.label}: {role.description}" for role in ROLES.values()))
