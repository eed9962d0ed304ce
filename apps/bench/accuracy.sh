#!/usr/bin/env bash
# Test accuracy of every model on the standard split of Cora, Citeseer and Pubmed, each by its recipe:
#
#     MERCER_DATASETS=FOLDER apps/bench/accuracy.sh [OUT] [SEEDS]
#
# FOLDER holds planetoid/ind.cora.x and so on (datasets/fetch.cmake downloads them). Writes a summary
# OUT/MODEL-DATA.json of each, and prints a table: mean ± standard deviation over SEEDS seeds. Existing summaries are
# not computed again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

out="${1:-runs/accuracy}"
seeds="${2:-20}"
mercer="${MERCER:-build/release/apps/mercer/mercer}"
sets=(cora citeseer pubmed)
rows=("gat" "gatv2" "rbf --p 1.8" "rbf --p 2" "rbf --p 3" "gcn" "mlp")
mkdir -p "$out"

for data in "${sets[@]}"; do
  for row in "${rows[@]}"; do
    read -r model options <<<"$row"
    file="$out/${row// --p /-}-$data.json"
    [ -f "$file" ] && continue
    # shellcheck disable=SC2086  # options are words
    "$mercer" train --data "planetoid/$data" --recipe "$model-$data" $options --seeds "$seeds" --summary "$file" >&2
  done
done

printf '%-12s' model "${sets[@]}"
echo
for row in "${rows[@]}"; do
  printf '%-12s' "${row// --p / p=}"
  for data in "${sets[@]}"; do
    file="$out/${row// --p /-}-$data.json"
    mean="$(sed -n '/"test_accuracy": {/,/}/s/.*"mean": \([0-9.]*\).*/\1/p' "$file" | head -n 1)"
    deviation="$(sed -n '/"test_accuracy": {/,/}/s/.*"std": \([0-9.e-]*\).*/\1/p' "$file" | head -n 1)"
    awk -v m="$mean" -v s="$deviation" 'BEGIN { printf "%-12s", sprintf("%.1f ± %.1f", 100 * m, 100 * s) }'
  done
  echo
done
