"""gunicorn's settings, for `manage.py run` and for whoever starts gunicorn themselves:

gunicorn --config python:backoffice.commands.gunicorn_settings 'backoffice:create_app()'
"""

import sys

# By name: every name in this module that gunicorn knows is a setting, and `config` is one.
from config import SettingError, load

try:
    settings = load()
except SettingError as error:
    sys.exit(str(error))

host, port = settings["HOST"], settings["PORT"]
bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
workers = settings["WEB_PROCESSES"]
# A long download holds a thread, not a process.
worker_class = "backoffice.commands.web_worker.WebWorker"
threads = settings["WEB_THREADS"]
# Whose word on forwarded addresses and schemes counts is the application's to say: TRUSTED_PROXIES.
forwarded_allow_ips = ""
# A little more than the application takes, which says in words what was too much: console/limits.py.
limit_request_line = 8_190
limit_request_fields = 120
limit_request_field_size = 16_380
# Nothing outside the process needs to steer it.
control_socket_disable = True
loglevel = "warning"
