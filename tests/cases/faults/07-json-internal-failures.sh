#!/usr/bin/env bash
# The case of ../shared/cases, on a description that stands in model.safetensors, where model.json was.
M=${MERCER:?the program}
edit="$MERCER_SOURCE/tests/cases/edit_model.py"
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
"$M" train --data karate --epochs 2 --quiet --threads 1 --out m --hidden 4
cp m/model.safetensors whole
changed() { cp whole m/model.safetensors && python3 "$edit" m "$1" && "$M" evaluate --model m; echo "rc $?"; }
changed "t.replace('\"seed\":0', '\"seed\":1e999')"
changed "{**j, 'training': [1]}"
changed "'{\"a\\\\\\\\xff\\x1b[31m'"
changed "'\"' + 'a' * 1000000" 2>&1 | awk '{ print substr($0, 1, 400); if (length > 400) print "TOO LONG" }'
printf '\377\377\377\377\377\377\377\377{"a\377\033[31m' >m/model.safetensors
"$M" evaluate --model m >said 2>&1; echo "rc $?"
grep -c $'[\377\033]' said | sed 's/^0$/printable/'
