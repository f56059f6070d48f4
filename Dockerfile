# The worker, the scheduler and every other command of scout-workers as one image: docs/image.md.
# Nothing of a particular machine stands here. The base is an ARG; pip's settings and a CA bundle may be
# mounted for the build (--secret id=pip.conf,src=FILE, --secret id=ca.pem,src=FILE) and stay outside.
ARG BASE=python:3.13.15-slim-bookworm@sha256:ed86c82274b3c69b52fb5820f358f0bd7df0b603332063cb5c6e32bd220c3e6e

FROM ${BASE} AS build
COPY docker/ /src/docker/
# A Debian base has no pip; it is of use here only.
RUN python3 -m pip --version 2>/dev/null || { \
        apt-get update && apt-get install -y --no-install-recommends python3-pip; }
# Then goes what nobody reads: the descriptions of AWS services but those spoken to and those that sign in,
# and NumPy's tests.
RUN --mount=type=secret,id=pip.conf --mount=type=secret,id=ca.pem \
    set -eu; \
    if [ -e /run/secrets/pip.conf ]; then export PIP_CONFIG_FILE=/run/secrets/pip.conf; fi; \
    if [ -e /run/secrets/ca.pem ]; then export PIP_CERT=/run/secrets/ca.pem; fi; \
    export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore; \
    python3 -m venv --without-pip /opt/scout; \
    python3 -m venv --without-pip /opt/build; \
    python3 -m pip --python /opt/scout/bin/python install --no-deps --require-hashes \
        --only-binary :all: -r /src/docker/requirements.txt; \
    python3 -m pip --python /opt/build/bin/python install --no-deps --require-hashes \
        --only-binary :all: -r /src/docker/build.txt; \
    cd /opt/scout/lib/python3*/site-packages; \
    find botocore/data -mindepth 1 -maxdepth 1 -type d ! -name s3 ! -name sns ! -name sts \
        ! -name bedrock ! -name bedrock-runtime ! -name sso ! -name sso-oidc ! -name signin \
        -exec rm -r {} +; \
    find numpy -type d -name tests -prune -exec rm -r {} +
COPY LICENSE README.md pyproject.toml setup.cfg /src/
COPY settings/ /src/settings/
COPY scout_workers/ /src/scout_workers/
RUN set -eu; \
    cd /src; \
    python3 -m pip --python /opt/build/bin/python wheel --no-index --no-deps --no-build-isolation \
        --quiet --wheel-dir /opt/wheel .; \
    python3 -m pip --python /opt/scout/bin/python install --no-index --no-deps --quiet /opt/wheel/*.whl; \
    /opt/scout/bin/scout-workers --version; \
    install -d /opt/data

FROM ${BASE}
LABEL org.opencontainers.image.title="scout-workers" \
      org.opencontainers.image.description="Vision-model work for cameras on Dramatiq and Postgres" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/scout /opt/scout
# What lies in a folder (SCOUT_BLOBS__URL=file:) lies here: a volume takes its owner from this one.
COPY --from=build --chown=10001:10001 /opt/data /var/lib/scout
ENV PATH=/opt/scout/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/var/lib/scout \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SCOUT_ENV=production \
    SCOUT_DATA_DIR=/var/lib/scout
WORKDIR /var/lib/scout
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s --retries=3 CMD ["scout-workers", "alive"]
ENTRYPOINT ["scout-workers"]
CMD ["worker"]
