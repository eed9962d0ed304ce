#!/usr/bin/env bash
# Configures and builds one preset of CMakePresets.json, through ccache where there is one.
#   scripts/build.sh release [-DOPTION=VALUE…] [--target NAME]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset="${1:?which preset? cmake --list-presets}"
shift
options=() target=()
while [[ $# -gt 0 ]]; do
  case "$1" in
    -D*) options+=("$1") ;;
    --target) target=(--target "${2:?which target?}") && shift ;;
    *) echo "build.sh: unknown argument '$1'" >&2 && exit 2 ;;
  esac
  shift
done

if command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER="${CMAKE_CXX_COMPILER_LAUNCHER-ccache}"
  export CMAKE_CUDA_COMPILER_LAUNCHER="${CMAKE_CUDA_COMPILER_LAUNCHER-ccache}"
fi
cmake --preset "$preset" "${options[@]}" --log-level=WARNING
cmake --build --preset "$preset" --parallel "$(nproc)" "${target[@]}"
