#!/usr/bin/env bash
# Installs what is missing, builds Release and trains a GAT on a planted citation graph of Cora's size.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh
scripts/build.sh release --target mercer_program
build/release/apps/mercer/mercer train --data planted --recipe gat-cora --out runs/demo
echo "report: $PWD/runs/demo/report.html"
