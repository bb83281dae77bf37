FROM python:3.13-slim AS packages

COPY requirements.txt .
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt


FROM python:3.13-slim

# What a container is by default; everything else, and SECRET_KEY above all, comes from outside.
ENV BACKOFFICE_ENV=production \
    DATABASE_URL=sqlite:///instance/app.db \
    HOST=0.0.0.0 \
    PORT=5000 \
    PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1

WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY config.py manage.py ./
COPY migrations migrations
COPY backoffice backoffice

# Nobody's account. It can write to one folder, which holds the database and the queue where there is no server
# for them.
RUN python -m compileall -q . \
    && install --directory --owner=10001 --group=10001 --mode=700 instance
USER 10001:10001
VOLUME /app/instance

EXPOSE 5000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD [ "python", "-c", \
    "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)" ]
CMD [ "python", "manage.py", "run" ]
