#!/usr/bin/env bash
# scripts/setup.sh with pretended dpkg-query, apt-get, id and sudo: what it installs, and when it only names.
set -euo pipefail
setup="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/scripts/setup.sh"
here="$(mktemp -d)"
trap 'rm -rf "$here"' EXIT

pretend() {
  printf '#!%s\n%s\n' "$BASH" "$2" >"$here/bin/$1"
  chmod +x "$here/bin/$1"
}

# try ABSENT USER [ARGUMENT…]: runs setup.sh where package ABSENT is missing; sets status, said and calls
try() {
  local absent="$1" user="$2"
  shift 2
  rm -rf "${here:?}/bin" && mkdir "$here/bin" && : >"$here/calls"
  ln -s "$(command -v env)" "$here/bin/env"
  pretend dpkg-query "case \"\$*\" in *' $absent') exit 1 ;; *) echo installed ;; esac"
  pretend apt-get "echo \"\$*\" >>'$here/calls'"
  pretend id "echo $user"
  status=0
  said="$(PATH="$here/bin" "$BASH" "$setup" "$@" 2>&1 </dev/null)" || status=$?
  calls="$(cat "$here/calls")"
}

# want WHAT GOT PATTERN
want() {
  # shellcheck disable=SC2053
  if [[ "$2" != $3 ]]; then
    printf '%s: got "%s", want "%s"\n' "$1" "$2" "$3" >&2
    exit 1
  fi
}

try none 0
want "status when nothing is missing" "$status" 0
want "calls of apt-get when nothing is missing" "$calls" ""

try libzip-dev 0
want "status as root" "$status" 0
want "calls of apt-get as root" "$calls" "update*install*libzip-dev"

try libzip-dev 1000
want "status without root" "$status" 1
want "message without root" "$said" "*needs root*libzip-dev"
want "calls of apt-get without root" "$calls" ""

try libclang-rt-dev 1000
want "status when only CI would miss it" "$status" 0
try libclang-rt-dev 1000 --ci
want "status when CI misses it" "$status" 1
want "message when CI misses it" "$said" "*libclang-rt-dev"

try none 0 --cy
want "status of an unknown argument" "$status" 2
want "message of an unknown argument" "$said" "*--cy*"

rm "$here/bin/dpkg-query"
status=0
said="$(PATH="$here/bin" "$BASH" "$setup" 2>&1)" || status=$?
want "status elsewhere" "$status" 1
want "message elsewhere" "$said" "*not Debian*libeigen3-dev*"
echo "setup.sh does what it says"
