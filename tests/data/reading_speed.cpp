// How fast text is parsed, on one thread: edges of 2 M nodes and their sparse features. Prints one line a figure; exit
// code 1 when one falls short.
//     reading_speed [NODES]      built and run by tests/full.sh; half a gigabyte in the folder for temporary files
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "data/files/text_file.hpp"
#include "data/files/text_table.hpp"
#include "data/formats/feature_text.hpp"
#include "mercer/base/random.hpp"
#include "support/files.hpp"

namespace {

using namespace mercer;

constexpr Index edges_of_a_node = 10, words_of_a_node = 16, words = 1024;
constexpr double least_rate = 100;  // MB/s

std::string edges_text(Index nodes) {
  Random random(1);
  const auto node = [&] { return std::to_string(random.below(static_cast<std::uint32_t>(nodes))); };
  std::string text;
  for (Index e = 0; e < edges_of_a_node * nodes; ++e)
    text += node() + " " + node() + "\n";
  return text;
}

std::string features_text(Index nodes) {
  Random random(2);
  std::string text;
  for (Index i = 0; i < nodes; ++i) {
    for (Index w = 0; w < words_of_a_node; ++w)
      text += std::to_string(words / words_of_a_node * w + random.below(words / words_of_a_node) + 1) + ":0." +
              std::to_string(random.below(1000)) + " ";
    text += "\n";
  }
  return text;
}

/// Prints the rate of parse(), which returns what it has read; true when it is high enough and all is read.
template <class Parse>
bool is_fast(const char* name, const std::filesystem::path& file, Index wanted, Parse&& parse) {
  const auto begun = std::chrono::steady_clock::now();
  const Index found = parse();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
  const double rate = static_cast<double>(std::filesystem::file_size(file)) / 1e6 / seconds.count();
  const bool passed = rate >= least_rate && found == wanted;
  std::printf("%-46s %8.0f   at least %.0f   %s\n", name, rate, least_rate, passed ? "ok" : "FALLS SHORT");
  return passed;
}

}  // namespace

int main(int count, char** words_typed) {
  const Index nodes = count > 1 ? std::atoll(words_typed[1]) : 2'000'000;
  const test::TempFolder folder;
  const auto edges = folder.write("edges.txt", edges_text(nodes));
  const auto features = folder.write("features.svmlight", features_text(nodes));
  const bool fast_edges = is_fast("edges, MB/s", edges, edges_of_a_node * nodes, [&] {
    TextTable table(edges);
    Index rows = 0;
    std::int64_t sum = 0;
    for (; table.next(); ++rows)
      sum += *whole_number(table.row()[0]) + *whole_number(table.row()[1]);
    return sum > 0 ? rows : 0;
  });
  const bool fast_features = is_fast("sparse features, MB/s", features, nodes, [&] {
    TextFile file(features);
    const FeatureText read = read_svmlight(file);
    return std::visit([](const auto& x) { return x.rows(); }, read.features);
  });
  return fast_edges && fast_features ? 0 : 1;
}
