# A Python base of 3.11 or newer; name one by digest to make the build repeatable.
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements requirements
RUN python3 -m venv /opt/policy-gate \
    && /opt/policy-gate/bin/pip install --require-hashes --requirement requirements/run.txt \
    && python3 -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes --requirement requirements/build.txt
COPY . .
RUN /opt/build/bin/pip wheel --no-build-isolation --no-deps --wheel-dir /dist . \
    && /opt/policy-gate/bin/pip install --no-deps /dist/*.whl \
    && /opt/policy-gate/bin/pip uninstall --yes pip

FROM ${BASE}
COPY --from=build /opt/policy-gate /opt/policy-gate
USER 10001
WORKDIR /src
ENTRYPOINT ["/opt/policy-gate/bin/policy-gate"]
CMD ["run"]
