#!/usr/bin/env bash
# Faults by chance and by the system: files that are changed, runs that are killed, and system calls that fail. Prints one
# line a figure: its name, its value, the bar, and the verdict; exit code 1 when one falls short.
#     tests/campaign.sh [--quick] [--seed N] [PROGRAM]      about 8 minutes; --quick about 1
# Files are changed where FUZZ_READERS names the program of tests/fuzz, built with -DMERCER_FUZZ=ON: half an hour more.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kills=200 most_injected=1000 mutations=1000000 seed=1 program=build/release/apps/mercer/mercer
while [[ $# -gt 0 ]]; do
  case "$1" in
    --quick) kills=25 most_injected=12 mutations=20000 ;;
    --seed) seed="${2:?which seed?}" && shift ;;
    -*) echo "campaign.sh: unknown argument '$1'" >&2 && exit 2 ;;
    *) program="$1" ;;
  esac
  shift
done
M=$(realpath -- "$program") || exit 2
[[ -x $M ]] || { echo "campaign.sh: $program: no program; build it, or say where it is" >&2; exit 2; }
RANDOM=$seed
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
short=0

# figure NAME VALUE -le|-ge BAR
figure() {
  local verdict=ok words="at most"
  [[ $3 == -le ]] || words="at least"
  test "$2" "$3" "$4" || { verdict="FALLS SHORT" short=1; }
  printf '%-46s %8s   %s %s   %s\n' "$1" "$2" "$words" "$4" "$verdict"
}
seconds() { printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)); }

# Two runs that differ in everything: the folder of the first is what the second finds.
loud=(train --data karate --threads 1 --stopping fixed --hidden 4 --heads 2)
common=("${loud[@]}" --quiet)
old=("${common[@]}" --model gat --epochs 20 --seed 1)
new=("${common[@]}" --model rbf --p 1.5 --epochs 60 --seeds 8 --seed 7 --overwrite)
"$M" "${old[@]}" --out "$work/old" || exit 2
begun=$(date +%s%3N)
"$M" "${new[@]}" --out "$work/new" || exit 2
whole=$(($(date +%s%3N) - begun))  # ms

same() { cmp -s "$1/model.safetensors" "$2/model.safetensors"; }

# mixed FOLDER: do its files come from two runs, or can its model not be used? An absent model is one that isn't there.
mixed() {
  local said code
  said=$("$M" evaluate --model "$1" 2>&1)
  code=$?
  if [[ $code -ne 0 && ! $said =~ "no such file" ]]; then echo "evaluate: exit $code: $said" >&2; return 0; fi
  for file in summary.json report.html log.jsonl; do
    [[ -e $1/$file ]] || continue
    if ! grep -q -- '--seed 7' "$1/$file"; then same "$1" "$work/old" || return 0
    elif [[ $file == log.jsonl && -e $1/resume.json ]]; then same "$1" "$work/old" && return 0  # stopped: the best so far
    else same "$1" "$work/new" || return 0; fi
  done
  return 1
}

lost=0 other_bits=0 strays=0 resumed=0 early=0
kill_at_random() {
  local folder="$work/run" id
  for ((n = 0; n < kills; ++n)); do
    rm -rf "$folder"
    [[ $((n % 3)) -eq 0 ]] || cp -r "$work/old" "$folder"
    "$M" "${new[@]}" --out "$folder" 2>/dev/null &
    id=$!
    sleep "$(seconds $((RANDOM % (whole + whole / 10 + 1))))"
    if [[ $((n % 2)) -eq 0 ]]; then  # stopped, and killed while it saves
      kill -TERM $id 2>/dev/null
      sleep "$(seconds $((RANDOM % 60)))"
    fi
    kill -KILL $id 2>/dev/null && early=$((early + 1))
    wait $id 2>/dev/null
    if [[ -d $folder ]] && mixed "$folder"; then lost=$((lost + 1)); echo "mixed or lost by kill $n: $(ls "$folder" | tr '\n' ' ')" >&2; fi
    if [[ -e $folder/resume.json ]]; then
      resumed=$((resumed + 1))
      "$M" train --resume "$folder" --threads 1 --quiet || lost=$((lost + 1))
    else
      "$M" "${new[@]}" --out "$folder" 2>/dev/null || lost=$((lost + 1))
    fi
    same "$folder" "$work/new" || other_bits=$((other_bits + 1))
    [[ -z $(find "$folder" -name '*.part*') ]] || strays=$((strays + 1))
  done
}

# misnamed FOLDER RESULTS: do the results name a file as written that isn't that of this run?
misnamed() {
  local file
  for file in $(sed -n 's/^written to .*(\(.*\))$/\1/p' "$2" | tr -d ,); do
    named=$((named + 1))
    if [[ $file == model.safetensors ]]; then same "$1" "$work/small" || return 0
    else grep -q -- '--seed 7' "$1/$file" || return 0; fi
  done
  return 1
}

injected=0 claimed=0 crashed=0 models_lost=0 named=0 not_there=0
# Lets the k-th CALL of a run fail, for k = 1, 2 … as long as there is one.
inject() {
  local call=$1 cause=$2 folder="$work/run" code
  for ((k = 1; k <= most_injected; ++k)); do
    rm -rf "$folder" && cp -r "$work/old" "$folder"
    timeout 60 strace -f -o "$work/trace" -e trace="$call" -e inject="$call:error=$cause:when=$k" \
      "$M" "${loud[@]}" --model rbf --epochs 3 --seed 7 --seeds 2 --overwrite --out "$folder" >"$work/results" 2>"$work/said"
    code=$?
    grep -q INJECTED "$work/trace" || break
    injected=$((injected + 1))
    if [[ $code -eq 127 ]]; then continue; fi  # the system could not load the program
    if [[ $code -ge 124 || $code -eq 1 ]]; then
      crashed=$((crashed + 1)) && echo "$call $k $cause: exit $code: $(tail -n 1 "$work/said")" >&2
    fi
    if [[ $code -eq 0 ]] && ! { same "$folder" "$work/small" && [[ -s $folder/summary.json && -s $folder/report.html ]] &&
      [[ $(wc -l <"$folder/log.jsonl") -eq $(wc -l <"$work/small/log.jsonl") ]]; }; then
      claimed=$((claimed + 1)) && echo "$call $k $cause: exit 0 without all outputs" >&2
    fi
    if misnamed "$folder" "$work/results"; then
      not_there=$((not_there + 1)) && echo "$call $k $cause: $(grep '^written to' "$work/results")" >&2
    fi
    if ! "$M" evaluate --model "$folder" >/dev/null 2>"$work/said"; then
      models_lost=$((models_lost + 1)) && echo "$call $k $cause: $(tail -n 1 "$work/said")" >&2
    fi
  done
}

# Every reader gets changed files, under sanitizers; a finding ends the run and leaves its input in the folder of work.
change_files() {
  local log="$work/fuzz.log" done_
  python3 tests/fuzz/seeds.py "$work/seeds" "$M" || return
  # weights of seeds by entropy take three quarters of the time, and reach no more of the code
  "$FUZZ_READERS" "$work/seeds" -runs="$mutations" -seed="$seed" -entropic=0 -max_len=16384 -timeout=30 \
    -malloc_limit_mb=1024 -rss_limit_mb=2500 -artifact_prefix="${FUZZ_FINDINGS:-/tmp}/finding-" >"$log" 2>&1
  local code=$?
  done_=$(grep -oE '^#[0-9]+' "$log" | tail -n 1 | tr -d '#')
  [[ $code -eq 0 ]] || grep -E 'ERROR|SUMMARY|runtime error|finding-' "$log" | head -n 5 >&2
  figure "files that were changed, for all readers" "${done_:-0}" -ge "$mutations"
  figure "findings of the sanitizers" $((code != 0)) -le 0
}

if [[ -n ${FUZZ_READERS:-} ]]; then change_files; else
  printf '%-46s %8s   %s\n' "files that were changed, for all readers" SKIPPED "FUZZ_READERS names no program of tests/fuzz"
fi

kill_at_random
figure "runs that were killed while they worked" $early -ge $((kills / 4))
figure "folders mixed, or models lost, by a kill" $lost -le 0
figure "resumed or repeated runs with other bits" $other_bits -le 0
figure "temporary files left after the next run" $strays -le 0
figure "killed runs that were resumed" $resumed -ge 1

if command -v strace >/dev/null && strace -o /dev/null -e inject=fsync:error=EIO true 2>/dev/null; then
  "$M" "${common[@]}" --model rbf --epochs 3 --seed 7 --seeds 2 --out "$work/small" || exit 2
  for call in write fsync rename close openat ftruncate flock unlink; do
    inject $call ENOSPC
  done
  inject write EINTR
  inject fsync EIO
  figure "system calls that were made to fail" $injected -ge 40
  figure "runs that crashed or failed within" $crashed -le 0
  figure "runs with exit code 0 without their outputs" $claimed -le 0
  figure "files that results name as written" $named -ge "$injected"
  figure "results that name what was not written" $not_there -le 0
  figure "models lost by a call that failed" $models_lost -le 0
else
  printf '%-44s %8s   %s\n' "system calls that were made to fail" SKIPPED "strace is not installed, or may not trace"
fi

exit $short
