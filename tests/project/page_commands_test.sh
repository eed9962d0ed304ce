#!/usr/bin/env bash
# page_commands_test.sh PAGE PROGRAM WORK: the blocks "```sh" of a page run one after another in an empty folder, with the
# program in the PATH.
set -euo pipefail
page="$(realpath "$1")"
program="$(realpath "$2")"
work="$3"

rm -rf "$work" && mkdir -p "$work/bin" && ln -s "$program" "$work/bin/mercer"
sed -n '/^```sh$/,/^```$/{/^```/!p}' "$page" >"$work/commands.sh"
echo "$(grep -c '^mercer ' "$work/commands.sh") calls of mercer"
cd "$work"
PATH="$work/bin:$PATH" bash -eux commands.sh
