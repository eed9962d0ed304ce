#!/usr/bin/env bash
# Configures and builds one preset of CMakePresets.json, through ccache where there is one.
#   scripts/build.sh release [-DOPTION=VALUE…]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset="${1:?which preset? cmake --list-presets}"
shift
if [[ -z "${CMAKE_CXX_COMPILER_LAUNCHER:-}" ]] && command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache
fi
cmake --preset "$preset" "$@" --log-level=WARNING
cmake --build --preset "$preset" --parallel "$(nproc)"
