"""The settings: read from the environment, and refused in one line where they are wrong."""

from datetime import timedelta
from pathlib import Path

import pytest

import config
from backoffice import checked
from backoffice.permissions import ROLES

STRONG = "0123456789abcdef" * 2 + "XYZ"
PRODUCTION = {
    "BACKOFFICE_ENV": "production",
    "SECRET_KEY": STRONG,
    "DATABASE_URL": "postgresql://u:p@host/name",
}
# Under none of these can the console stand.
NO_PLAIN_PATHS = (
    "ops",
    "//ops",
    "/a/../b",
    "/a//b",
    "/%2f",
    "/a b",
    "/a?b",
    "/\u00e9",
    "/ops\n",
    "///",
    "/" + "a" * 200,
)


def test_the_environments_differ_by_values() -> None:
    production = config.load(PRODUCTION)
    development = config.load({"SECRET_KEY": STRONG})
    assert production.keys() - development.keys() == {"SESSION_COOKIE_SECURE"}
    assert development.keys() <= production.keys()
    assert production["SESSION_COOKIE_SECURE"] is True
    assert development["BACKOFFICE_ENV"] == "development"
    assert config.load({"BACKOFFICE_ENV": "testing", "SECRET_KEY": STRONG})["TESTING"] is True


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 64}, "SECRET_KEY"),
        ({"SECRET_KEY": "you-will-never-guess-0123456789abcdef"}, "SECRET_KEY"),
        ({"SECRET_KEY_FALLBACKS": "dev"}, "SECRET_KEY_FALLBACKS"),
        ({"SECRET_KEY_FALLBACKS": f"{STRONG}, {'a' * 64}"}, "SECRET_KEY_FALLBACKS"),
        ({"HISTORY_SEAL_KEY_FALLBACKS": "dev"}, "HISTORY_SEAL_KEY_FALLBACKS"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        ({"DATABASE_URL": "not an address"}, "DATABASE_URL"),
        ({"DATABASE_URL": "oracle://host/name"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://host"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://host:port/name"}, "DATABASE_URL"),
        ({"REDIS_URL": "http://host"}, "REDIS_URL"),
        ({"PORT": "0"}, "PORT"),
        ({"PORT": "80; rm"}, "PORT"),
        ({"PORT": "9" * 5000}, "PORT"),
        ({"BCRYPT_LOG_ROUNDS": "3"}, "BCRYPT_LOG_ROUNDS"),
        ({"BCRYPT_LOG_ROUNDS": "9"}, "BCRYPT_LOG_ROUNDS"),
        ({"MIN_PASSWORD_LENGTH": "7"}, "MIN_PASSWORD_LENGTH"),
        ({"BACKOFFICE_ENV": "prod"}, "BACKOFFICE_ENV"),
        ({"FLASK_DEBUG": "maybe"}, "FLASK_DEBUG"),
        ({"TRUSTED_HOSTS": "https://console.example.com"}, "TRUSTED_HOSTS"),
        ({"TRUSTED_HOSTS": "console.example.com:8443"}, "TRUSTED_HOSTS"),
        ({"TRUSTED_HOSTS": "console.example.com, *"}, "TRUSTED_HOSTS"),
        ({"TRUSTED_HOSTS": "."}, "TRUSTED_HOSTS"),
        *(({"APPLICATION_ROOT": path}, "APPLICATION_ROOT") for path in NO_PLAIN_PATHS),
        *(({"SCRIPT_NAME": path}, "SCRIPT_NAME") for path in NO_PLAIN_PATHS),
        ({"APPLICATION_ROOT": "/ops", "SCRIPT_NAME": "/desk"}, "SCRIPT_NAME"),
        ({"HISTORY_KEEP_DAYS": "0"}, "HISTORY_KEEP_DAYS"),
        ({"HISTORY_KEEP_DAYS": "90d"}, "HISTORY_KEEP_DAYS"),
        ({"HISTORY_SEAL_KEY": "short"}, "HISTORY_SEAL_KEY"),
        ({"SECOND_FACTOR_ROLES": "editors"}, "SECOND_FACTOR_ROLES"),
        ({"SECOND_FACTOR_ROLES": "all, editor"}, "SECOND_FACTOR_ROLES"),
        ({"SECOND_FACTOR_ROLES": "none, editor"}, "SECOND_FACTOR_ROLES"),
        ({"USER_PASSWORDS": "mail"}, "USER_PASSWORDS"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_that_names_it(changes: dict[str, str], name: str) -> None:
    with pytest.raises(config.SettingError, match=f"^{name}: ") as refused:
        checked(config.load({**PRODUCTION, **changes}))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "driver"),
    [
        ("postgres://u@h/n", "postgresql+psycopg"),
        ("postgresql://u@h/n", "postgresql+psycopg"),
        ("mysql://u@h/n", "mysql+pymysql"),
        ("mariadb://u@h/n", "mariadb+pymysql"),
        ("sqlite:///x.db", "sqlite"),
    ],
)
def test_addresses_mean_the_drivers_that_we_bring(address: str, driver: str) -> None:
    assert (
        config.load({**PRODUCTION, "DATABASE_URL": address})["SQLALCHEMY_DATABASE_URI"].drivername == driver
    )


def test_a_relative_file_is_beside_config() -> None:
    url = config.load({"SECRET_KEY": STRONG})["SQLALCHEMY_DATABASE_URI"]
    assert url.database == str(Path(config.__file__).parent / "app.db")
    absolute = config.load({"SECRET_KEY": STRONG, "DATABASE_URL": "sqlite:////srv/app.db"})
    assert absolute["SQLALCHEMY_DATABASE_URI"].database == "/srv/app.db"


def test_the_key_of_a_development_machine_is_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "KEY_FILE", tmp_path / "instance" / "secret_key")
    first = config.load({})["SECRET_KEY"]
    assert len(first) == 64
    assert config.load({})["SECRET_KEY"] == first
    assert (tmp_path / "instance" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert list((tmp_path / "instance").iterdir()) == [tmp_path / "instance" / "secret_key"]


def test_in_production_the_machine_is_called_by_its_own_names_unless_others_are_given() -> None:
    own = ["127.0.0.1", "::1", "localhost"]
    assert config.load(PRODUCTION)["HOST_NAMES"] == own
    assert config.load({**PRODUCTION, "HOST": "0.0.0.0"})["HOST_NAMES"] == own
    assert config.load({**PRODUCTION, "HOST": "192.0.2.7"})["HOST_NAMES"] == [
        "127.0.0.1",
        "192.0.2.7",
        *own[1:],
    ]
    given = config.load({**PRODUCTION, "TRUSTED_HOSTS": "Console.example.com, [::1]"})
    assert given["HOST_NAMES"] == ["::1", "console.example.com"]


def test_cookies_of_production_are_for_one_host_and_https() -> None:
    settings = config.load(PRODUCTION)
    assert settings["SESSION_COOKIE_NAME"] == "__Host-backoffice_session"
    assert (settings["COOKIE_PREFIX"], settings["SESSION_COOKIE_SECURE"]) == ("__Host-", True)
    assert config.load({"SECRET_KEY": STRONG})["COOKIE_PREFIX"] == ""


def test_limits_are_settings() -> None:
    settings = config.load({**PRODUCTION, "SESSION_IDLE_MINUTES": "5", "SESSION_HOURS": "2"})
    assert settings["SESSION_IDLE"] == timedelta(minutes=5)
    assert settings["SESSION_ABSOLUTE"] == timedelta(hours=2)


def test_the_history_is_sealed_with_a_key_of_its_own_if_there_is_one() -> None:
    own, earlier, secret = "0123456789abcdef" * 2, "fedcba9876543210" * 2, PRODUCTION["SECRET_KEY"]
    assert config.load(PRODUCTION)["HISTORY_SEAL_KEYS"] == [secret]
    older = "89abcdef01234567" * 2
    keys = {"HISTORY_SEAL_KEY": own, "HISTORY_SEAL_KEY_FALLBACKS": earlier, "SECRET_KEY_FALLBACKS": older}
    assert config.load({**PRODUCTION, **keys})["HISTORY_SEAL_KEYS"] == [own, earlier, secret, older]
    assert config.load({**keys, "SECRET_KEY": "dev", "SECRET_KEY_FALLBACKS": "de"})["HISTORY_SEAL_KEYS"][
        2:
    ] == [
        "dev",
        "de",
    ]


def test_history_is_kept_for_ever_unless_told_otherwise() -> None:
    assert config.load(PRODUCTION)["HISTORY_KEEP_DAYS"] is None
    assert config.load({**PRODUCTION, "HISTORY_KEEP_DAYS": "90"})["HISTORY_KEEP_DAYS"] == 90


def test_in_production_every_role_needs_a_second_factor_unless_it_is_said_otherwise() -> None:
    def roles(**environ: str) -> object:
        return checked(config.load({**PRODUCTION, **environ}))["SECOND_FACTOR_ROLES"]

    assert roles() == roles(SECOND_FACTOR_ROLES="all") == list(ROLES)
    assert roles(SECOND_FACTOR_ROLES="administrator, editor") == ["administrator", "editor"]
    assert roles(SECOND_FACTOR_ROLES="none") == roles(BACKOFFICE_ENV="development") == []


@pytest.mark.parametrize("name", ["APPLICATION_ROOT", "SCRIPT_NAME"])
@pytest.mark.parametrize(
    ("given", "root"),
    [("", "/"), ("/", "/"), ("/ops", "/ops"), ("/ops/", "/ops"), ("/a/b-c_d.e~f/1", "/a/b-c_d.e~f/1")],
)
def test_the_path_is_a_setting_by_two_names(name: str, given: str, root: str) -> None:
    assert config.load({"SECRET_KEY": STRONG, name: given})["APPLICATION_ROOT"] == root
    both = {"APPLICATION_ROOT": given, "SCRIPT_NAME": given}
    assert config.load({"SECRET_KEY": STRONG, **both})["APPLICATION_ROOT"] == root
