#!/bin/bash
# The case with two sets that differ by an edge, since compare refuses a set that is there twice; then twice the same.
M=${MERCER:-mercer} D=$(mktemp -d)
cd "$D" || exit
mkdir -p kar
cp -r "${KARATE:?the folder datasets/karate}" kar/ate
cp -r "$KARATE" kar_ate
sed -i '$d' kar_ate/edges.txt
"$M" compare --attention gat --data "kar/ate,kar_ate" --grid none --epochs 2 --seeds 2 --quiet --out c
echo "rc $?"
echo "folders $(find c/runs -mindepth 1 -maxdepth 1 | wc -l)"
cp -r "$KARATE" karate
"$M" compare --attention gat --data "kar/ate,karate" --grid none --epochs 2 --seeds 2 --quiet --out twice
echo "twice $?"
L=$(printf 'd%.0s' $(seq 60))
P=$D/$L/$L/$L/$L/k
mkdir -p "$(dirname "$P")"
cp -r "$KARATE" "$P"
"$M" compare --attention gat --data "$P" --grid none --epochs 2 --seeds 1 --quiet --out long 2>&1 | tail -c 120
rm -rf "$D"
