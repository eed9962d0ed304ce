#!/usr/bin/env bash
# Measures what sequences cost and what models of them reach: one line a figure (name, value, bar, verdict); exit 1 when
# one falls short. The rate of exact attention beside that of a product of matrices and torch's, how costs grow with the
# length, what papers claim (docs/faithfulness.md), and the accuracies of docs/sequences.md by the commands there.
#
#     MERCER_DATASETS=FOLDER apps/bench/sequences.sh [--quick] [--python PYTHON]
#
#   --quick           what takes a minute or two: n = 4096 at most, fewer rounds, JapaneseVowels by one seed, no claims
#   --python PYTHON   one that has torch, whose scaled_dot_product_attention takes turns with ours (default: python3)
# MERCER_OPENBLAS names OpenBLAS's library where it is not installed. Run it on a machine that does nothing else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

quick=() python=python3 rounds=5
while [[ $# -gt 0 ]]; do
  case "$1" in
    --quick) quick=(--quick) rounds=3 ;;
    --python) python="${2:?which python?}" && shift ;;
    *) echo "sequences.sh: unknown argument '$1'" >&2 && exit 2 ;;
  esac
  shift
done
bench=build/release/apps/bench
mercer="${MERCER:-build/release/apps/mercer/mercer}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
source apps/bench/figures.sh
figure_width=66  # as the lines of the program

# torch_seconds N [--causal] [--backward]: the least of three calls
torch_seconds() {
  "$python" - "$@" <<'PYTHON'
import sys, time, torch
n, causal, backward = int(sys.argv[1]), "--causal" in sys.argv, "--backward" in sys.argv
torch.manual_seed(1)
q, k, v = (torch.randn(1, 1, n, 64, requires_grad=backward) for _ in range(3))
dy = torch.randn(1, 1, n, 64)
def call():
    y = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=causal)
    if backward:
        y.backward(dy)
    q.grad = k.grad = v.grad = None
call()
times = []
for _ in range(3):
    begin = time.perf_counter()
    call()
    times.append(time.perf_counter() - begin)
print(min(times))
PYTHON
}

# against_torch NAME N [--causal] [--backward]: the median over rounds of ours / theirs, in turn
against_torch() {
  local name="$1" round
  shift
  if ! "$python" -c 'import torch' 2>/dev/null; then
    skip "$name" "$python has no torch"
    return
  fi
  local ratio
  ratio="$(for round in $(seq "$rounds"); do
    awk -v ours="$("$bench/mercer_sequences_bench" --time "$@")" -v theirs="$(torch_seconds "$@")" \
      'BEGIN { print ours / theirs }'
  done | median)"
  figure "$name" "$ratio" 1
}

# accuracy NAME BAR DATA [option…]: the mean test accuracy of a training, in %
accuracy() {
  local name="$1" bar="$2" data="$3"
  shift 3
  if ! "$mercer" data info "$data" >/dev/null 2>&1; then
    skip "$name" "$data is not there; MERCER_DATASETS names the folder of data sets"
    return
  fi
  "$mercer" train --data "$data" --quiet --summary "$work/summary.json" "$@" >&2 || true
  figure "$name" "$(sed -n '/"test_accuracy": {/,/}/s/.*"mean": \([0-9.]*\).*/\1/p' "$work/summary.json" |
    awk 'NR == 1 { printf "%.1f", 100 * $1 }')" "$bar" least
  rm -f "$work/summary.json"
}

"$bench/mercer_sequences_bench" "${quick[@]}" || failed=1
against_torch "time / torch's, forward, n = 4096" 4096
against_torch "time / torch's, causal, forward, n = 4096" 4096 --causal
against_torch "time / torch's, forward + backward, n = 4096" 4096 --backward

longest=16384
[[ ${#quick[@]} -eq 0 ]] || longest=4096
"$bench/mercer_sequence_costs" --longest "$longest" >"$work/costs" || failed=1
grep ' exponent of ' "$work/costs" || failed=1  # without the tables

if [[ ${#quick[@]} -gt 0 ]]; then
  accuracy "JapaneseVowels, one seed, %" 96 uea/JapaneseVowels --epochs 60
  exit "$failed"
fi
"$bench/mercer_claims" || failed=1
accuracy "JapaneseVowels, softmax, %" 96 uea/JapaneseVowels --seeds 5 --epochs 60
accuracy "UWaveGestureLibrary, softmax, %" 81 uea/UWaveGestureLibrary --patch 5 --seeds 5
accuracy "TREC, softmax, %" 85 text/TREC --hidden 32 --dropout 0.4 --batch 32 --epochs 12 --seeds 3

"$mercer" data make listops --out "$work/listops" --shortest 10 --longest 512 >&2
constant="$(cut -d' ' -f1 "$work/listops/listops.test.txt" | sort | uniq -c |
  awk '{ all += $1 } $1 > most { most = $1 } END { print 100 * most / all }')"
bar="$(awk -v constant="$constant" 'BEGIN { print (constant > 30 ? constant : 30) }')"
for model in transformer "transformer-skyformer --landmarks 32"; do
  # shellcheck disable=SC2086  # options are words
  accuracy "ListOps to 512 tokens, ${model%% *}, %" "$bar" "$work/listops" --model $model --layers 1 --heads 2 --hidden 16 \
    --pooling attention --batch 16 --epochs 10 --learning-rate 0.003 --seeds 3
done
exit "$failed"
