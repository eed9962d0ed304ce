#!/usr/bin/env bash
# Installs what is missing, builds Release and runs every test. Arguments go to ctest: tests/run.sh -R graph
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh
scripts/build.sh release
ctest --preset release --parallel "$(nproc)" "$@"
