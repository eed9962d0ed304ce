#!/usr/bin/env bash
# The case of ../shared/cases, on a description that stands in model.safetensors, where model.json was.
M=${MERCER:?the program}
edit="$MERCER_SOURCE/tests/cases/edit_model.py"
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
"$M" train --data karate --epochs 2 --quiet --threads 1 --out m --hidden 4
python3 "$edit" m "t[:-1] + ',' + ','.join('\"k%06d\":0' % i for i in range(60000)) + '}'"
begun=$(date +%s)
timeout 120 "$M" evaluate --model m; echo "rc $?"
[[ $(($(date +%s) - begun)) -le 5 ]] && echo "soon"
