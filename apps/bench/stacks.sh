#!/usr/bin/env bash
# Measures what stacks reach and cost: one line a figure (name, value, bar, verdict); exit 1 when one falls short.
#
#     [PYTHON=python3] apps/bench/stacks.sh [--quick] [--seeds N]
#
#   PYTHON     with torch and torch_geometric, whose epoch takes turns with ours; absent: that figure is skipped
#   --quick    the first split and few epochs: accuracy is shown without its bar; minutes instead of many hours
#   --seeds N  seeds or splits of each accuracy (10; --quick 1)
# Data sets are in $MERCER_DATASETS or ../shared/datasets; what is not there is skipped, and says so. Scores are means of
# the test nodes in %. Time epochs on a machine that does nothing else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

quick=() seeds="" rounds=5 epochs=10 python="${PYTHON:-python3}"
while [[ $# -gt 0 ]]; do
  case "$1" in
    --quick) quick=(--epochs 20 --patience 20) rounds=3 epochs=6 ;;
    --seeds) seeds="${2:?how many?}" && shift ;;
    *) echo "stacks.sh: unknown argument '$1'" >&2 && exit 2 ;;
  esac
  shift
done
[[ -n "$seeds" ]] || { seeds=10 && [[ ${#quick[@]} -eq 0 ]] || seeds=1; }
mercer="${MERCER:-build/release/apps/mercer/mercer}"
[[ -x "$mercer" ]] || { echo "stacks.sh: no $mercer: scripts/build.sh release --target mercer_program" >&2 && exit 2; }
export MERCER_DATASETS="${MERCER_DATASETS:-$PWD/../shared/datasets}"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
source apps/bench/figures.sh

has_data() { [[ -e "$MERCER_DATASETS/$1" || -e "$MERCER_DATASETS/${1/planetoid\//planetoid/ind.}" ]]; }

# train ARGUMENT…: its summary is in $scratch/summary
train() {
  "$mercer" train --summary "$scratch/summary" "$@" >"$scratch/said" 2>&1 || { cat "$scratch/said" >&2 && return 1; }
}
# summary PART FIELD: a number of the summary
summary() { sed -n '/"'"$1"'"/,/}/s/.*"'"$2"'": *\([0-9.e+-]*\).*/\1/p' "$scratch/summary" | head -n 1; }
percent() { awk -v share="$1" 'BEGIN { printf "%.2f\n", 100 * share }'; }

# score NAME VALUE BAR: without its bar when quick
score() {
  if [[ ${#quick[@]} -eq 0 ]]; then figure "$1" "$2" "$3" least; else printf '%-52s %10s\n' "$1" "$2"; fi
}

# stack NAME FILE BAR ARGUMENT…: the mean test score of one setting
stack() {
  local name="$1" file="$2" bar="$3"
  shift 3
  has_data "$file" || { skip "$name" "no $file in $MERCER_DATASETS" && return; }
  train "$@" --seeds "$seeds" "${quick[@]}"
  score "$name" "$(percent "$(summary test_metric mean)")" "$bar"
}

# best DATA BAR RECIPE…: the recipe with the best validation accuracy is scored
best() {
  local data="$1" bar="$2" recipe validation top=0 test="" chosen=""
  shift 2
  has_data "planetoid/$data.x" || { skip "$data, accuracy" "no planetoid/$data in $MERCER_DATASETS" && return; }
  for recipe in "$@"; do
    train --data "planetoid/$data" --recipe "$recipe-$data" --seeds "$seeds" "${quick[@]}"
    validation="$(summary validation_accuracy mean)"
    awk -v a="$validation" -v b="$top" 'BEGIN { exit !(a > b) }' || continue
    top="$validation" test="$(summary test_metric mean)" chosen="$recipe"
  done
  score "$data, accuracy ($chosen, by validation)" "$(percent "$test")" "$bar"
}

# minesweeper_epoch: ours in milliseconds, on 2 threads
minesweeper_epoch() {
  train --data heterophilous/minesweeper --recipe tuned-gat-minesweeper --split 0 --stopping fixed --epochs "$epochs" --threads 2
  summary epoch_ms median
}

epoch_against_pyg() {
  local name="minesweeper, 15 layers: epoch of PyG / ours, 2 threads" file=heterophilous/minesweeper.npz
  has_data "$file" || { skip "$name" "no $file in $MERCER_DATASETS" && return; }
  "$python" -c 'import torch, torch_geometric' 2>/dev/null ||
    { skip "$name" "$python has no torch and torch_geometric: name one by PYTHON" && return; }
  local round ratio
  ratio="$(for round in $(seq "$rounds"); do
    awk -v ours="$(minesweeper_epoch)" \
      -v theirs="$("$python" apps/bench/stacks_peer.py "$MERCER_DATASETS/$file" 2 "$epochs")" 'BEGIN { print theirs / ours }'
  done | median)"
  figure "$name" "$ratio" 6 least
}

memory_of_branch() {
  local name="pubmed, sgformer-pubmed: peak memory, MB"
  has_data planetoid/pubmed.x || { skip "$name" "no planetoid/pubmed in $MERCER_DATASETS" && return; }
  train --data planetoid/pubmed --recipe sgformer-pubmed --stopping fixed --epochs 5
  figure "$name" "$(summary peak_rss_mb peak_rss_mb)" 1500
}

epoch_against_pyg
memory_of_branch
stack "minesweeper, tuned-gat, ROC AUC" heterophilous/minesweeper.npz 97.0 \
  --data heterophilous/minesweeper --recipe tuned-gat-minesweeper --split all
stack "chameleon (filtered), tuned-gcn, accuracy" heterophilous/chameleon_filtered.npz 45 \
  --data heterophilous/chameleon_filtered --recipe tuned-gcn-chameleon --split all
photo=gnn-benchmark/amazon_electronics_photo
stack "photo, tuned-gat, 60/20/20, accuracy" "$photo.npz" 96.3 \
  --data "$photo" --recipe tuned-gat-photo --split-random share:0.6,0.2 --no-largest-component
best cora 84.0 gat gatv2 gcn sgformer
best citeseer 73.2 gat gatv2 gcn sgformer
best pubmed 80.3 gat gatv2 gcn sgformer
exit "$failed"
