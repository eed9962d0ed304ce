#!/usr/bin/env bash
# One training epoch (forward, backward, Adam) of PyTorch Geometric's GAT, there and in Mercer, measured in turn:
#
#     MERCER_DATASETS=FOLDER apps/bench/against_pyg.sh PYTHON [THREADS] [ROUNDS]
#
# PYTHON has torch, torch_geometric and scipy (epoch_pyg.py). Prints the medians over the rounds, and their ratio.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

python="$1"
threads="${2:-2}"
rounds="${3:-3}"
mercer="${MERCER:-build/release/apps/mercer/mercer}"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

field() { sed -n "s/.*\"$1\": *\([0-9.]*\).*/\1/p" | head -n 1; }
middle() { sort -n "$1" | awk '{ x[NR] = $1 } END { print x[int((NR + 1) / 2)] }'; }

printf '%-10s %10s %12s %8s %10s %12s\n' data "PyG ms" "Mercer ms" ratio "PyG MB" "Mercer MB"
for data in cora citeseer pubmed; do
  rm -f "$scratch"/*
  "$mercer" data convert "planetoid/$data" --out "$scratch/$data.npz" >/dev/null
  heads=1
  [[ "$data" == pubmed ]] && heads=8  # as its recipe
  for _ in $(seq "$rounds"); do
    line="$("$python" apps/bench/epoch_pyg.py "$scratch/$data.npz" "$threads" "$heads" 2>/dev/null)"
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
