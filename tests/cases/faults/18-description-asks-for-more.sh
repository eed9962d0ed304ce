#!/usr/bin/env bash
# The case of ../shared/cases, on a description that stands in model.safetensors, where model.json was.
M=${MERCER:?the program}
edit="$MERCER_SOURCE/tests/cases/edit_model.py"
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
"$M" train --data karate --epochs 2 --quiet --threads 1 --out m --hidden 4
# 40,000 features and units in 1,000 layers, beside a tensor with as long a row: 6.4 GB a layer
python3 - <<'P'
import json, struct
path = 'm/model.safetensors'
with open(path, 'rb') as file:
    (length,) = struct.unpack('<Q', file.read(8))
    header, tensors = json.loads(file.read(length)), file.read()
model = json.loads(header['__metadata__']['model'])
model['options'].update(hidden=40000, heads=1, layers=1000)
model.update(features=40000, feature_names=[])
header['__metadata__']['model'] = json.dumps(model)
del header['__metadata__']['mercer.digest']
header['large'] = {'dtype': 'F32', 'shape': [1, 40000], 'data_offsets': [len(tensors), len(tensors) + 160000]}
packed = json.dumps(header).encode()
packed += b' ' * (-len(packed) % 8)
with open(path, 'wb') as file:
    file.write(struct.pack('<Q', len(packed)) + packed + tensors + bytes(160000))
P
(ulimit -v 4000000 && "$M" evaluate --model m); echo "rc $?"
