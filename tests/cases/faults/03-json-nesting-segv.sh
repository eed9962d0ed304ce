#!/usr/bin/env bash
# The case of ../shared/cases, on a description that stands in model.safetensors, where model.json was.
M=${MERCER:?the program}
edit="$MERCER_SOURCE/tests/cases/edit_model.py"
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
"$M" train --data karate --epochs 2 --quiet --threads 1 --out m --hidden 4
python3 "$edit" m "t.replace('\"hidden\":4', '\"hidden\":' + '[' * 100000 + ']' * 100000, 1)"
"$M" evaluate --model m; echo "model: rc $?"
C="--attention gat --data karate --grid none --seeds 1 --epochs 2 --quiet --out c"
"$M" compare $C
python3 - <<'P'
import json
j = json.load(open('c/compare.json'))
j['protocol']['training'] = '@'
open('c/compare.json', 'w').write(json.dumps(j).replace('"@"', '{"epochs":' + '[' * 100000 + ']' * 100000 + '}'))
P
"$M" compare $C; echo "compare.json: rc $?"
