#!/usr/bin/env bash
# What takes longer than .ci/run may: other forms of the installed library, every public header for itself, the speed of
# reading text, inputs that once failed, and the figures that the house promises.
#     tests/full.sh [--old BINARY]    an older program, against which epochs are timed
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# consumer NAME OPTION…: builds the library in that form, installs it, and builds the examples against it
consumer() {
  local folder="$PWD/build/$1"
  echo "--- the installed library, $1"
  shift
  cmake -S . -B "$folder" -G Ninja -DMERCER_TESTS=OFF -DMERCER_DOUBLE=OFF -DMERCER_CUDA=OFF "$@" --log-level=WARNING
  cmake --build "$folder" --parallel "$(nproc)"
  cmake -DBUILD="$folder" -DWORK="$folder/consumer" -P cmake/check_consumer.cmake
}

scripts/setup.sh
consumer shared -DBUILD_SHARED_LIBS=ON
consumer double -DMERCER_INSTALL_DOUBLE=ON
echo "--- each public header for itself"
compiler=g++
command -v clang++ >/dev/null && compiler=clang++  # reads precompiled headers in a chain
cmake -DCOMPILER="$compiler" -DWORK="$PWD/build/headers" -DALONE=ON -P cmake/check_headers.cmake
echo "--- text is parsed"
scripts/build.sh release --target mercer_program
scripts/build.sh release --target reading_speed
build/release/tests/data/reading_speed
echo "--- inputs that once failed"
cases=passed
if [[ -d ../shared/cases ]]; then
  tests/cases.sh build/release/apps/mercer/mercer || cases="fall short"
else
  echo "SKIPPED: their folder, ../shared/cases, is not here"
fi
echo "--- large graphs"
scripts/build.sh release --target mercer_graph_bench
large=passed
apps/bench/limits.sh || large="falls short"
echo "--- the house"
apps/bench/house.sh --busy --demo "$@"
[[ "$large" == passed && "$cases" == passed ]]
