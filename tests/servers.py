"""Database servers of the suite's own, which may be killed, stopped, filled up, made read-only and replaced.

Each runs as the user that its package made, where the suite itself runs as root, and waits for no disk.
"""

import os
import shutil
import time
from functools import cached_property
from pathlib import Path

from tests.database_server import DATABASE, HOST, SECONDS, DatabaseServer
from tests.databases import missing

DEBIAN = Path("/usr/lib/postgresql")


class Postgresql(DatabaseServer):
    """PostgreSQL, of the newest version on this machine."""

    user = superuser = "postgres"
    driver = "postgresql+psycopg"

    @classmethod
    def require(cls) -> None:
        if not any(DEBIAN.glob("*/bin/initdb")) or not shutil.which("setpriv"):
            missing("a PostgreSQL of the suite's own")

    @cached_property
    def _programs(self) -> Path:
        return max(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])).parent

    @property
    def _room(self) -> Path:
        return self.folder / "small"

    def _make(self) -> None:
        self._mount()
        initdb = str(self._programs / "initdb")
        who = f"--username={self.superuser}"
        self._run_program(initdb, "--no-sync", "--auth=trust", who, f"--pgdata={self.data}")

    def _make_database(self) -> None:
        self.run(f"CREATE ROLE {self.owner} LOGIN")
        where = ""
        if self.megabytes is not None:
            self.run(f"CREATE TABLESPACE small OWNER {self.owner} LOCATION '{self._room}'")
            where = " TABLESPACE small"
        self.run(f"CREATE DATABASE {DATABASE} OWNER {self.owner}{where}")

    def _command(self) -> list[str]:
        settings = {"fsync": "off", "listen_addresses": HOST, "max_wal_senders": "4"}
        chosen = [f"--{name}={value}" for name, value in settings.items()]
        return [
            *(str(self._programs / "postgres"), "-D", str(self.data), "-p", str(self.port)),
            *("-k", str(self.folder), *chosen),
        ]

    def make_read_only(self) -> None:
        self.run("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")

    def make_writable(self) -> None:
        self.run("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()")

    def replica(self) -> "PostgresqlReplica":
        return PostgresqlReplica(self)

    def promote(self) -> None:
        self.run("SELECT pg_promote()")


class PostgresqlReplica(Postgresql):
    """A server that follows another one, until it is promoted."""

    def __init__(self, source: Postgresql) -> None:
        self._source = source
        super().__init__(source.megabytes)

    def _make(self) -> None:
        self._mount()
        copy = str(self._programs / "pg_basebackup")
        where = (f"--host={HOST}", f"--port={self._source.port}", f"--username={self.superuser}")
        small = f"--tablespace-mapping={self._source._room}={self._room}"
        how = ("--write-recovery-conf", "--checkpoint=fast", "--no-sync", small)
        self._run_program(copy, *where, *how, f"--pgdata={self.data}")

    def _make_database(self) -> None:
        """It comes with what is copied; from here on nothing is committed that is not here too."""
        self._source.run("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        while not self._source.run("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"):
            time.sleep(0.02)


class Mariadb(DatabaseServer):
    """MariaDB, with a log from which others can follow it."""

    user, superuser = "mysql", "root"
    driver = "mariadb+pymysql"

    @classmethod
    def require(cls) -> None:
        programs = ("mariadbd", "mariadb-install-db", "setpriv")
        if not all(shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin") for program in programs):
            missing("a MariaDB of the suite's own")

    @property
    def _room(self) -> Path:
        return self.data / DATABASE

    def _make(self) -> None:
        self._run_program(
            *("mariadb-install-db", "--no-defaults", "--auth-root-authentication-method=normal"),
            *("--skip-test-db", f"--datadir={self.data}"),
        )
        self._mount()

    def _make_database(self) -> None:
        self.run(
            f"CREATE DATABASE IF NOT EXISTS {DATABASE}",
            f"CREATE USER '{self.owner}'@'%%'",
            f"GRANT ALL ON {DATABASE}.* TO '{self.owner}'@'%%'",
        )

    def _command(self) -> list[str]:
        settings = {
            "datadir": self.data,
            # Each that starts takes away what the last one has left where its temporary tables are.
            "tmpdir": self.folder,
            "socket": self.folder / "socket",
            "pid-file": self.folder / "pid",
            "bind-address": HOST,
            "port": self.port,
            "server-id": self.port,
            "character-set-server": "utf8mb4",
            "log-bin": self.folder / "log-bin",
            # What is committed is with the system, which is not killed: its disk is not waited for.
            "innodb-flush-log-at-trx-commit": 2,
            "innodb-file-per-table": 1,
        }
        flags = [f"--{name}={value}" for name, value in settings.items()]
        return ["mariadbd", "--no-defaults", "--log-slave-updates", "--skip-name-resolve", *flags]

    def make_read_only(self) -> None:
        self.run("SET GLOBAL read_only = 1")

    def make_writable(self) -> None:
        self.run("SET GLOBAL read_only = 0")

    def replica(self) -> "MariadbReplica":
        return MariadbReplica(self)

    def promote(self) -> None:
        while not self._has_read_all():
            time.sleep(0.02)
        self.run("STOP SLAVE", "RESET SLAVE ALL")
        self.make_writable()

    def _has_read_all(self) -> bool:
        (status,) = self.run("SHOW SLAVE STATUS")
        assert not status.Last_SQL_Error, status.Last_SQL_Error
        return "Slave has read all relay log" in status.Slave_SQL_Running_State


class MariadbReplica(Mariadb):
    """A server that follows another one from its very beginning, until it is promoted."""

    def __init__(self, source: Mariadb) -> None:
        self._source = source
        super().__init__(source.megabytes)

    def _make_database(self) -> None:
        self.run(
            f"CHANGE MASTER TO master_host = '{HOST}', master_port = {self._source.port},"
            f" master_user = '{self.superuser}', master_use_gtid = slave_pos, master_connect_retry = 1",
            "SET GLOBAL read_only = 1, rpl_semi_sync_slave_enabled = 1",
            "START SLAVE",
        )
        # From here on nothing is committed that is not here too.
        ((position,),) = self._source.run(
            "SET GLOBAL rpl_semi_sync_master_enabled = 1", "SELECT @@gtid_binlog_pos"
        )
        assert self.run(f"SELECT MASTER_GTID_WAIT('{position}', {SECONDS})") == [(0,)]


SERVERS: dict[str, type[Postgresql | Mariadb]] = {"postgresql": Postgresql, "mariadb": Mariadb}
