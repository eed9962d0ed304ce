#!/usr/bin/env bash
# Measures what sequences cost: one line a figure (name, value, bar, verdict); exit 1 when one falls short.
#
#     apps/bench/sequences.sh [--quick] [--python PYTHON]
#
#   --quick           n = 4096 only, fewer rounds
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
bench=build/release/apps/bench/mercer_sequences_bench
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
    awk -v ours="$("$bench" --time "$@")" -v theirs="$(torch_seconds "$@")" 'BEGIN { print ours / theirs }'
  done | median)"
  figure "$name" "$ratio" 1
}

"$bench" "${quick[@]}" || failed=1
against_torch "time / torch's, forward, n = 4096" 4096
against_torch "time / torch's, causal, forward, n = 4096" 4096 --causal
against_torch "time / torch's, forward + backward, n = 4096" 4096 --backward
exit "$failed"
