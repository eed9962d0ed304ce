// Randomly changed files are read or refused by FileError, with memory in proportion to their size.
#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "data/formats/gnn_benchmark.hpp"
#include "data/formats/heterophilous.hpp"
#include "data/formats/planetoid.hpp"
#include "mercer/base/check.hpp"
#include "support/bad_files.hpp"
#include "support/files.hpp"
#include "support/memory_meter.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

struct Tally {
  int read = 0, refused = 0;
};

/// Reads, and lets any error but FileError fail the test; `bytes` is the size of the input.
void attempt(const std::function<void()>& read, std::size_t bytes, Tally& tally) {
  const MemoryMeter meter;
  try {
    read();
    ++tally.read;
  } catch (const FileError&) {
    ++tally.refused;
  }
  if (meter.peak() > (std::size_t{1} << 22) + 200 * bytes) FAIL("took ", meter.peak(), " bytes for a file of ", bytes);
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Changes whole archives, then single members of valid archives.
Tally mutate_archives(const Members& members, Dataset (*reader)(const std::filesystem::path&, const Npz&)) {
  const TempFolder folder;
  const auto file = folder.path() / "some.npz";
  const auto read = [&] { reader(file, Npz(file)); };
  Tally tally;
  Random random(7);
  for (const bool deflate : {false, true}) {
    write_zip(file, members, deflate);
    const std::string sound = content_of(file);
    for (int i = 0; i < 1000; ++i) {
      folder.write("some.npz", mutated(sound, random));
      attempt(read, sound.size(), tally);
    }
  }
  for (int i = 0; i < 2000; ++i) {
    Members changed = members;
    auto& [name, bytes] = changed[random.below(static_cast<std::uint32_t>(members.size()))];
    bytes = mutated(bytes, random);
    write_zip(file, changed);
    attempt(read, content_of(file).size(), tally);
  }
  return tally;
}

}  // namespace

TEST_CASE("changed Planetoid files are read or refused") {
  const TempFolder folder;
  const auto files = small_planetoid();
  const auto prefix = write_planetoid(folder.path(), files);
  std::size_t all_bytes = 0;
  for (const auto& [name, bytes] : files)
    all_bytes += bytes.size();
  Random random(5);
  Tally tally;
  for (int round = 0; round < 400; ++round)
    for (const auto& [name, bytes] : files) {
      folder.write("ind.small." + name, mutated(bytes, random));
      attempt([&] { read_planetoid(prefix); }, all_bytes, tally);
      folder.write("ind.small." + name, bytes);
    }
  CHECK(tally.read > 20);  // some changed files are valid
  CHECK(tally.refused > 2000);
}

TEST_CASE("changed gnn-benchmark archives are read or refused") {
  const Tally tally = mutate_archives(small_gnn_benchmark(), read_gnn_benchmark);
  CHECK(tally.read > 20);
  CHECK(tally.refused > 2000);
}

TEST_CASE("changed heterophilous archives are read or refused") {
  const Tally tally = mutate_archives(small_heterophilous(), read_heterophilous);
  CHECK(tally.read > 20);
  CHECK(tally.refused > 2000);
}
