#!/usr/bin/env bash
# Measures what large graphs cost: one line a figure (name, value, bar, verdict); exit 1 when one falls short.
#
#     [PYTHON=python3] apps/bench/limits.sh [--quick]
#
#   PYTHON     with numpy and scipy: the same steps beside ours, in the same run; absent: that figure is skipped
#   --quick    a tenth of the graph (200,000 nodes, 2 M edges), on which the bars of seconds don't hold and are left out
# The graph has 2 M nodes, 20 M edges one way and 16 features a node; 0.8 GB of the folder for temporary files.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

nodes=2000000
while [[ $# -gt 0 ]]; do
  case "$1" in
    --quick) nodes=200000 ;;
    *) echo "limits.sh: unknown argument '$1'" >&2 && exit 2 ;;
  esac
  shift
done
bench=build/release/apps/bench/mercer_graph_bench
[[ -x "$bench" ]] || { echo "limits.sh: no $bench: scripts/build.sh release --target mercer_graph_bench" >&2 && exit 2; }
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
source apps/bench/figures.sh

# of NAME: the value of a line "NAME value"
of() { awk -v name="$1" '$1 == name { print $2 }' <<<"$said"; }
divided() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f\n", a / b }'; }

"$bench" make "$scratch" "$nodes"
said="$("$bench" ready "$scratch/big.npz")"
seconds="$(of ready)"
[[ $nodes -lt 2000000 ]] || figure "npz to ready, seconds" "$seconds" 8
[[ $nodes -lt 2000000 ]] || figure "peak memory / arrays" "$(divided "$(of peak)" "$(of arrays)")" 1.4
if "${PYTHON:-python3}" -c 'import numpy, scipy' 2>/dev/null; then
  said="$("${PYTHON:-python3}" apps/bench/graph_peer.py "$scratch/big.npz")"
  figure "npz to ready, scipy / ours" "$(divided "$(of ready)" "$seconds")" 1.25 least
else
  skip "npz to ready, scipy / ours" "${PYTHON:-python3} has no numpy and scipy: name one by PYTHON"
fi
said="$("$bench" text "$scratch/edges.txt")"
figure "text to graph, MB/s, 1 thread" "$(of one)" 60 least
figure "text to graph, $(of threads) threads / 1 thread" "$(divided "$(of all)" "$(of one)")" 1.7 least
exit "$failed"
