#!/usr/bin/env bash
# On a machine with a CUDA device and toolkit: builds, prints the device, runs every CUDA test on it, and prints the
# bandwidth of fused attention and of a copy.
#     apps/bench/gpu.sh [NODES EDGES [ROUNDS]]
# Exits with 77 without a device, with 1 when a figure misses its bar. Set CUDAARCHS to compile for architectures other than 80, 86 and 90.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

scripts/build.sh release -DMERCER_CUDA=ON
build/release/apps/mercer/mercer devices
figures=0
build/release/apps/bench/mercer_gpu_bench "$@" || figures=$?
((figures == 77)) && exit 77
build/release/apps/bench/mercer_gpu_sequences
ctest --test-dir build/release --label-regex '^cuda$' --output-on-failure --no-tests=error
build/release/apps/mercer/mercer train --data planted --model gat --epochs 100 --device cuda
build/release/apps/mercer/mercer train --data planted --model ikan-direct --epochs 100 --device cuda
build/release/apps/mercer/mercer train --data planted --model gat --epochs 100 --device cuda --device-memory 4MB  # streams
exit "$figures"
