#!/usr/bin/env bash
# Runs small inputs that once failed, and compares what the program says with tests/cases.txt.
#
#     tests/cases.sh MERCER [FOLDER] [CASE…]
#
# FOLDER holds a folder for each case with a run.sh (../shared/cases by default), in place of which tests/cases/CASE.sh
# runs where there is one; CASE is files/04 or the like, all by default. In tests/cases.txt a case is a line [NAME], then
# one line for each check of the output, both streams together:
#     + REGEX  some line matches    - REGEX  no line matches    N REGEX  N lines match    ? COMMAND  needed to run it
# One line a case; exit 1 when a check fails. A case that can't run here (needs root, strace, numpy) says so and is skipped.
set -uo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
program="$(realpath "${1:?usage: tests/cases.sh MERCER [FOLDER] [CASE…]}")"
folder="$(realpath "${2:-$root/../shared/cases}")"
shift $(($# < 2 ? $# : 2))
wanted=("$@")
export MERCER="$program" MERCER_SOURCE="$root" MERCER_BUILD="${MERCER_BUILD:-$(dirname "$program")/../..}"
export MERCER_DATASETS="${MERCER_DATASETS:-$folder/../datasets}" KARATE="${KARATE:-$root/datasets/karate}"
failed=0 passed=0 skipped=0
output="$(mktemp)"
trap 'rm -f "$output"' EXIT

is_wanted() {
  [[ ${#wanted[@]} -eq 0 ]] && return 0
  local name
  for name in "${wanted[@]}"; do [[ "$1" == "$name"* ]] && return 0; done
  return 1
}

# holds SIGN REGEX: is the check true of the output?
holds() {
  local count
  count="$(grep -cE -- "$2" "$output")"
  case "$1" in
    +) [[ $count -gt 0 ]] ;;
    -) [[ $count -eq 0 ]] ;;
    *) [[ $count -eq $1 ]] ;;
  esac
}

# check_case NAME CHECK…: a check is "SIGN REGEX"
check_case() {
  local name="$1" check missed=() need
  shift
  is_wanted "$name" || return 0
  local script="$root/tests/cases/$name.sh"
  [[ -e "$script" ]] || script="$folder/$name/run.sh"
  [[ -e "$script" ]] || { missed=("no $script") && set --; }
  for check in "$@"; do
    [[ "$check" == "? "* ]] || continue
    need="${check#? }"
    eval "$need" >/dev/null 2>&1 || { echo "$name  SKIPPED: wants $need" && skipped=$((skipped + 1)) && return 0; }
  done
  [[ ${#missed[@]} -gt 0 ]] || (cd "$folder/$name" && timeout 300 bash "$script") >"$output" 2>&1 </dev/null
  for check in "$@"; do
    [[ "$check" == "? "* ]] || holds "${check%% *}" "${check#* }" || missed+=("$check")
  done
  if [[ ${#missed[@]} -eq 0 ]]; then
    passed=$((passed + 1)) && echo "$name  passed"
  else
    failed=$((failed + 1)) && echo "$name  FAILED" && printf '    %s\n' "${missed[@]}"
    [[ -z "${VERBOSE:-}" ]] || sed 's/^/    | /' "$output"
  fi
}

name="" checks=()
while IFS= read -r line || [[ -n "$line" ]]; do
  case "$line" in
    "" | "#"*) ;;
    "["*"]") [[ -z "$name" ]] || check_case "$name" "${checks[@]}"; name="${line:1:-1}" checks=() ;;
    *) checks+=("$line") ;;
  esac
done <"$root/tests/cases.txt"
[[ -z "$name" ]] || check_case "$name" "${checks[@]}"
echo "cases: $passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 ]]
