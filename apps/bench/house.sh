#!/usr/bin/env bash
# Measures the project's promises: one line a figure (name, value, bar, verdict); exit 1 when one falls short.
#
#     apps/bench/house.sh [--old BINARY] [--new BINARY] [--busy] [--demo] [--quick] [--price KIND=COMMIT]…
#
#   --old BINARY    epochs against an older program, in turn: the median ratio of 15 pairs (3 with --quick)
#   --new BINARY    build/release/apps/mercer/mercer unless it says otherwise
#   --busy          epochs during three busy processes a core, all threads against one thread
#   --demo          CPU time of apps/demo.sh in a fresh copy of the tracked files, without ccache
#   --price …       files of the commit that added one KIND; also those that docs/extend.md names in lines
#                   "<!-- price KIND: COMMIT or its first line -->"
# Lengths of files, sizes of folders and prices are always counted. Data sets are in $MERCER_DATASETS or
# ../shared/datasets; what is not there is skipped, and says so. Time epochs on a machine that does nothing else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

old="" new=build/release/apps/mercer/mercer busy=no demo=no pairs=15 named=()
while [[ $# -gt 0 ]]; do
  case "$1" in
    --old) old="${2:?which binary?}" && shift ;;
    --new) new="${2:?which binary?}" && shift ;;
    --busy) busy=yes ;;
    --demo) demo=yes ;;
    --quick) pairs=3 ;;
    --price) named+=("${2:?KIND=COMMIT}") && shift ;;
    *) echo "house.sh: unknown argument '$1'" >&2 && exit 2 ;;
  esac
  shift
done
export MERCER_DATASETS="${MERCER_DATASETS:-$PWD/../shared/datasets}"
scratch="$(mktemp -d)"
hogs=()
stop_hogs() {
  [[ ${#hogs[@]} -eq 0 ]] || kill "${hogs[@]}" 2>/dev/null || true
  [[ ${#hogs[@]} -eq 0 ]] || wait "${hogs[@]}" 2>/dev/null || true
  hogs=()
}
trap 'stop_hogs; rm -rf "$scratch"' EXIT
failed=0

# figure NAME VALUE BAR: at most the bar
figure() {
  local verdict=passed
  awk -v value="$2" -v bar="$3" 'BEGIN { exit !(value <= bar) }' || { verdict="FALLS SHORT" && failed=1; }
  printf '%-46s %10s  at most %-6s %s\n' "$1" "$2" "$3" "$verdict"
}
skip() { printf '%-46s %10s  SKIPPED: %s\n' "$1" - "$2"; }

median() { sort -g | awk '{ x[NR] = $1 } END { printf "%.3f\n", NR % 2 ? x[(NR + 1) / 2] : (x[NR / 2] + x[NR / 2 + 1]) / 2 }'; }

# epoch WHICH BINARY ARGUMENT…: milliseconds of an epoch, its median or mean
epoch() {
  local which="$1" binary="$2"
  shift 2
  "$binary" train --stopping fixed --summary "$scratch/summary.json" "$@" >"$scratch/said" 2>&1 ||
    { cat "$scratch/said" >&2 && return 1; }
  sed -n '/"epoch_ms"/,/}/s/.*"'"$which"'": *\([0-9.e+]*\).*/\1/p' "$scratch/summary.json"
}

# ratio WHICH PAIRS FIRST-COMMAND -- SECOND-COMMAND: the median over pairs of second / first, which take turns to begin
ratio() {
  local which="$1" count="$2" first=() pair a b
  shift 2
  while [[ "$1" != -- ]]; do first+=("$1") && shift; done
  shift
  for pair in $(seq "$count"); do
    if ((pair % 2)); then
      a="$(epoch "$which" "${first[@]}")" && b="$(epoch "$which" "$@")"
    else
      b="$(epoch "$which" "$@")" && a="$(epoch "$which" "${first[@]}")"
    fi
    awk -v a="$a" -v b="$b" 'BEGIN { print b / a }'
  done | median
}

has_data() { [[ -e "$MERCER_DATASETS/planetoid/ind.$1.x" ]]; }

epochs_against_old() {
  local data model threads count
  for data in cora pubmed; do
    for model in gat rbf ikan-direct; do
      for threads in 1 2; do
        local name="epoch of $model on $data, $threads threads, new/old"
        has_data "$data" || { skip "$name" "no planetoid/$data in $MERCER_DATASETS" && continue; }
        count=40 && [[ "$data" == cora ]] || count=10
        local arguments=(--data "planetoid/$data" --model "$model" --epochs "$count" --threads "$threads")
        figure "$name" "$(ratio median "$pairs" "$old" "${arguments[@]}" -- "$new" "${arguments[@]}")" 1.05
      done
    done
  done
}

beside_busy_processes() {
  local data=planted cores rounds=5 core
  has_data cora && data=planetoid/cora
  [[ $pairs -gt 3 ]] || rounds=1
  cores="$(nproc)"
  local arguments=(--data "$data" --recipe gat-cora --epochs 60)
  if [[ -n "$old" ]]; then
    figure "quiet: gat-cora, all threads, new/old" \
      "$(ratio mean "$pairs" "$old" "${arguments[@]}" -- "$new" "${arguments[@]}")" 1.03
  fi
  for core in $(seq $((3 * cores))); do
    (while :; do :; done) &
    hogs+=($!)
  done
  figure "busy: gat-cora, mean, all threads/one" \
    "$(ratio mean "$rounds" "$new" "${arguments[@]}" --threads 1 -- "$new" "${arguments[@]}")" 1.3
  stop_hogs
}

demo_time() {
  git ls-files -z | xargs -0 cp --parents -t "$scratch"
  local TIMEFORMAT='%U %S' spent
  spent="$({ time CMAKE_CXX_COMPILER_LAUNCHER="" CMAKE_CUDA_COMPILER_LAUNCHER="" "$scratch/apps/demo.sh" \
    >"$scratch/said" 2>&1; } 2>&1)" || { tail "$scratch/said" >&2 && return 1; }
  figure "demo.sh, CPU seconds without ccache" "$(awk '{ print int($1 + $2 + 0.5) }' <<<"$spent")" 300
}

code() { git ls-files '*.hpp' '*.cpp' '*.inc' '*.cu' '*.cuh' '*.cmake' '*.sh' '*CMakeLists.txt'; }
# most: the line with the largest number in front
most() { sort -rn | head -n 1; }
folders() { git ls-files | sed 's|/[^/]*$||' | sort | uniq -c; }

sizes() {
  local lines file count folder
  read -r lines file < <(code | xargs wc -l | grep -v ' total$' | most)
  figure "lines of the longest file ($file)" "$lines" 400
  read -r count folder < <(folders | most)
  figure "files of the largest folder ($folder)" "$count" 40
  read -r count folder < <(folders | grep ' apps' | most)
  figure "files of the largest folder in apps ($folder)" "$count" 25
}

declare -A bars=([kernel]=2 [similarity]=3 [unary]=2 [dense]=5 [edge]=7 [option]=3 [layer]=3 [format]=3 [training]=2)

prices() {
  local entry kind commit
  while IFS= read -r entry; do named+=("$entry"); done < <(
    [[ ! -e docs/extend.md ]] || sed -n 's/^<!-- price \([a-z]*\): \(.*\) -->$/\1=\2/p' docs/extend.md)
  for kind in kernel similarity unary dense edge option layer format training; do
    local found=no
    for entry in "${named[@]}"; do
      [[ "${entry%%=*}" == "$kind" ]] || continue
      commit="$(git rev-parse --quiet --verify "${entry#*=}^{commit}" ||
        git log --format='%H %s' | awk -v line="${entry#*=}" '!found && substr($0, 42) == line { print $1; found = 1 }')"
      [[ -n "$commit" ]] || { skip "price of a $kind" "no commit ${entry#*=}" && continue; }
      figure "price of a $kind, files (${commit:0:9})" "$(git show --format= --name-only "$commit" | wc -l)" "${bars[$kind]}"
      found=yes
    done
    [[ "$found" == yes ]] || skip "price of a $kind" "no commit is named"
  done
}

sizes
prices
[[ -n "$old" ]] && epochs_against_old
[[ "$busy" == yes ]] && beside_busy_processes
[[ "$demo" == yes ]] && demo_time
exit "$failed"
