# Another base of Python 3.11 or newer: docker build --build-arg BASE=...
ARG BASE=python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# What is mounted belongs to another user than reads it.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory '*'
WORKDIR /build
COPY requirements requirements
RUN python3 -m venv /opt/policy-gate \
    && /opt/policy-gate/bin/pip install --require-hashes --requirement requirements/run.txt \
    && python3 -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes --requirement requirements/build.txt
COPY . .
RUN /opt/build/bin/pip wheel --no-build-isolation --no-deps --wheel-dir /dist . \
    && /opt/policy-gate/bin/pip install --no-deps /dist/*.whl \
    && /opt/policy-gate/bin/pip uninstall --yes pip setuptools

FROM ${BASE}
# To read the revision to compare with, the command alone is enough: its package brings 80 MB.
COPY --from=build /usr/bin/git /usr/bin/git
COPY --from=build /etc/gitconfig /etc/gitconfig
COPY --from=build /opt/policy-gate /opt/policy-gate
ENV PATH=/opt/policy-gate/bin:$PATH
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["policy-gate"]
CMD ["run"]
