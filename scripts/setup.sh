#!/usr/bin/env bash
# Sees to the Debian packages that mercer is built from: installs the missing ones as root or through sudo;
# elsewhere names them and stops. Does nothing when all are there.
#   scripts/setup.sh        what the library, the program and the tests need
#   scripts/setup.sh --ci   also what the sanitizer builds, the format check and the API reference need
set -euo pipefail

packages=(g++ cmake ninja-build pkg-config libeigen3-dev libspectra-dev libboost-dev libboost-context-dev libmetis-dev
  libzip-dev zlib1g-dev libfmt-dev nlohmann-json3-dev libcli11-dev doctest-dev)
case "${1:-}" in
  "") ;;
  --ci) packages+=(clang clang-format libclang-rt-dev doxygen) ;;
  *)
    echo "setup.sh: unknown argument '$1', want none or --ci" >&2
    exit 2
    ;;
esac

is_installed() {
  [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

stop_and_name() {
  echo "setup.sh: $1. Please install: ${missing[*]}" >&2
  exit 1
}

missing=()
if command -v dpkg-query >/dev/null; then
  for package in "${packages[@]}"; do
    is_installed "$package" || missing+=("$package")
  done
else
  missing=("${packages[@]}")
  stop_and_name "this is not Debian; these are its names of what mercer needs"
fi
[[ ${#missing[@]} -gt 0 ]] || exit 0

as_root=(env DEBIAN_FRONTEND=noninteractive)
if [[ "$(id -u)" != 0 ]]; then
  # a password can only be asked for at a terminal
  if ! command -v sudo >/dev/null || ! { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
    stop_and_name "installing packages needs root"
  fi
  as_root=(sudo "${as_root[@]}")
fi
echo "setup.sh: installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq || stop_and_name "apt-get update failed"
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
  stop_and_name "apt-get install failed"
