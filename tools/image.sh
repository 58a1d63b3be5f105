#!/usr/bin/env bash
# tools/image.sh build   builds policy-gate:local, with docker, or with buildah where no daemon runs
# tools/image.sh run     prints the command that runs a container of it, up to its options
#
# BASE names another base than the Dockerfile does. buildah makes one from Debian's archive where
# no registry can be reached.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
store="$PWD/.tools/images"
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot

has() { command -v "$1" >/dev/null; }
has_docker() { has docker && docker info >/dev/null 2>&1; }
has_buildah() { has buildah && has podman && has runc; }
here() { "$1" --root "$store/root" --runroot "$store/run" "${@:2}"; }

make_base() {
  if [ ! -f "$store/base.tar" ]; then
    mmdebstrap --variant=minbase --include=python3,python3-venv,ca-certificates \
      bookworm "$store/base.tar"
  fi
  container="$(here buildah from scratch)"
  here buildah add --quiet "$container" "$store/base.tar" /
  # The certificates that this machine trusts, for an index behind a proxy of its own.
  here buildah copy --quiet "$container" /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
  here buildah config --env PIP_CERT=/etc/ssl/certs/ca-certificates.crt "$container"
  here buildah commit --quiet --rm "$container" localhost/policy-gate-base
}

build() {
  arguments=(--tag policy-gate:local)
  if has_docker; then
    if [ -n "${BASE:-}" ]; then arguments+=(--build-arg "BASE=$BASE"); fi
    docker build "${arguments[@]}" .
  elif has_buildah; then
    mkdir -p "$store"
    if [ -z "${BASE:-}" ]; then
      make_base
      BASE=localhost/policy-gate-base
    fi
    here buildah bud --network host --build-arg "BASE=$BASE" "${arguments[@]}" .
    here buildah images
  else
    echo "image: skipped, there is neither docker with its daemon nor buildah, podman and runc" >&2
  fi
}

run() {
  if has_docker; then
    echo "docker run"
  elif has_buildah; then
    echo "podman --root $store/root --runroot $store/run --runtime runc --cgroup-manager=cgroupfs" \
      "run --network=host --ulimit nofile=1024:4096 --ulimit nproc=1000:1000"
  fi
}

case "${1:-}" in
  build | run) "$1" ;;
  *)
    sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 64
    ;;
esac
