#!/usr/bin/env bash
# One training epoch (forward, backward, Adam) of PyTorch Geometric's GAT, there and in Mercer, measured in turn:
#
#     MERCER_DATASETS=FOLDER apps/bench/against_pyg.sh PYTHON EPOCH_PYG.PY [THREADS] [ROUNDS]
#
# PYTHON has torch and torch_geometric; EPOCH_PYG.PY is a script that prints one JSON line with median_ms and
# peak_rss_mb for --data NAME --threads N. Prints the medians over the rounds, and their ratio.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

python="$1"
script="$2"
threads="${3:-2}"
rounds="${4:-3}"
mercer="${MERCER:-build/release/apps/mercer/mercer}"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

field() { sed -n "s/.*\"$1\": *\([0-9.]*\).*/\1/p" | head -n 1; }
middle() { sort -n "$1" | awk '{ x[NR] = $1 } END { print x[int((NR + 1) / 2)] }'; }

printf '%-10s %10s %12s %8s %10s %12s\n' data "PyG ms" "Mercer ms" ratio "PyG MB" "Mercer MB"
for data in cora citeseer pubmed; do
  rm -f "$scratch"/*
  for _ in $(seq "$rounds"); do
    line="$("$python" "$script" --data "$data" --model gat --threads "$threads" 2>/dev/null)"
    field median_ms <<<"$line" >>"$scratch/pyg"
    field peak_rss_mb <<<"$line" >>"$scratch/pyg_mb"
    "$mercer" train --data "planetoid/$data" --recipe "gat-pyg-$data" --epochs 100 --stopping fixed \
      --threads "$threads" --summary "$scratch/summary" >/dev/null
    sed -n '/"epoch_ms"/,/}/p' "$scratch/summary" | field median >>"$scratch/mercer"
    field peak_rss_mb <"$scratch/summary" >>"$scratch/mercer_mb"
  done
  awk -v d="$data" -v p="$(middle "$scratch/pyg")" -v m="$(middle "$scratch/mercer")" \
    -v pm="$(middle "$scratch/pyg_mb")" -v mm="$(middle "$scratch/mercer_mb")" \
    'BEGIN { printf "%-10s %10.1f %12.2f %8.1f %10.0f %12.1f\n", d, p, m, p / m, pm, mm }'
done
