"""gunicorn's settings, for `manage.py run` and for whoever starts gunicorn themselves:

gunicorn --config python:backoffice.commands.gunicorn_settings 'backoffice:create_app()'
"""

import gc
import sys

# By name: every name in this module that gunicorn knows is a setting, and `config` is one.
from backoffice import checked
from config import SettingError, load

try:
    settings = checked(load())
except SettingError as error:
    sys.exit(str(error))

host, port = settings["HOST"], settings["PORT"]
bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
workers = settings["WEB_PROCESSES"]
# Made once and then forked: sooner there, and what the processes only read they share. It holds no connection
# and no thread by then.
preload_app = True
# A long download holds a thread, not a process.
worker_class = "backoffice.commands.web_worker.WebWorker"
threads = settings["WEB_THREADS"]
# Longer than the minute after which balancers let go of an idle connection: else they send requests into one
# that is just being closed. An idle connection holds no thread.
keepalive = 75
# Whose word on forwarded addresses and schemes counts is the application's to say: TRUSTED_PROXIES.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
# A little more than the application takes, which says in words what was too much: console/http/guards.py.
limit_request_line = 8_190
limit_request_fields = 120
limit_request_field_size = 16_380
# Clients that a process holds, which cost it no thread: commands/web_worker/.
worker_connections = 1_000
# How long what was begun may go on once the server is to end. Downloads take what they take; a page does not
# come near to this. Whoever does not want to wait ends it sooner, as `manage.py run` does.
graceful_timeout = 3_600
# Nothing outside the process needs to steer it.
control_socket_disable = True
loglevel = "warning"


def when_ready(_server: object) -> None:
    """What is there by now stays: no process looks it through for garbage, and so none gets its own copy."""
    gc.freeze()
