// How long a large graph takes from its file to ready: read, checked, prepared, transposed; and how much memory.
//     mercer_graph_bench make FOLDER NODES   writes big.npz (gnn-benchmark) and edges.txt: 10 edges a node, 16 features
//     mercer_graph_bench ready FILE          a line for each stage, seconds; then peak and size of the arrays, MB
//     mercer_graph_bench text FILE           MB/s of reading a list of edges, on one thread and on all
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "mercer/base/parallel.hpp"
#include "mercer/base/random.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/write_npz.hpp"
#include "mercer/experiment/peak_memory.hpp"
#include "mercer/experiment/prepare.hpp"
#include "mercer/graph/build.hpp"

namespace {

using namespace mercer;

constexpr Index edges_of_a_node = 10, words_of_a_node = 16, words = 1024, classes = 16;

class Stopwatch {
 public:
  double seconds() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(now - std::exchange(begun_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

template <class T>
NpzMember list(const char* name, const std::vector<T>& values) {
  return npz_member(name, std::span<const T>(values), {std::ssize(values)});
}

void write_edges(const std::filesystem::path& file, const std::vector<NodePair>& edges) {
  std::string text;
  for (const auto& [i, j] : edges)
    text += std::to_string(i) + " " + std::to_string(j) + "\n";
  std::ofstream(file, std::ios::binary) << text;
}

/// Random edges, one way each, and random features with ascending columns.
void make(const std::filesystem::path& folder, Index nodes) {
  Random random(1);
  const auto node = [&] { return static_cast<Node>(random.below(static_cast<std::uint32_t>(nodes))); };
  std::vector<NodePair> edges;
  for (Index e = 0; e < edges_of_a_node * nodes; ++e)
    edges.emplace_back(node(), node());
  write_edges(folder / "edges.txt", edges);
  const Csr graph = from_edges(nodes, edges);
  std::vector<Node> column;
  std::vector<float> value;
  std::vector<std::int32_t> labels;
  std::vector<std::int64_t> offset{0};
  for (Index i = 0; i < nodes; ++i) {
    for (Index w = 0; w < words_of_a_node; ++w) {
      column.push_back(static_cast<Node>(words / words_of_a_node * w + random.below(words / words_of_a_node)));
      value.push_back(static_cast<float>(1 + random.below(1000)) / 1000);
    }
    offset.push_back(std::ssize(column));
    labels.push_back(static_cast<std::int32_t>(random.below(classes)));
  }
  std::vector<NpzMember> members;
  members.push_back(list("adj_data", std::vector<float>(static_cast<std::size_t>(graph.edges()), 1)));
  members.push_back(list("adj_indices", std::vector<Node>(graph.neighbour().begin(), graph.neighbour().end())));
  members.push_back(list("adj_indptr", std::vector<std::int64_t>(graph.offset().begin(), graph.offset().end())));
  members.push_back(list("adj_shape", std::vector<std::int64_t>{nodes, nodes}));
  members.push_back(list("attr_data", value));
  members.push_back(list("attr_indices", column));
  members.push_back(list("attr_indptr", offset));
  members.push_back(list("attr_shape", std::vector<std::int64_t>{nodes, words}));
  members.push_back(list("labels", labels));
  write_npz(folder / "big.npz", members);
}

std::size_t bytes_of(CsrView g) {
  return static_cast<std::size_t>(g.rows + 1) * sizeof(Edge) + static_cast<std::size_t>(g.edges()) * sizeof(Node);
}

/// Of what training holds: both directions of the graph, slots, features, labels.
std::size_t bytes_of(const Graph& graph, const Dataset& data) {
  std::size_t bytes = bytes_of(graph.adjacency()) + bytes_of(graph.transpose()) + graph.slots().size_bytes() +
                      data.labels.size() * sizeof(std::int32_t);
  if (const auto* x = std::get_if<SparseMatrix>(&data.features))
    bytes += x->offset().size_bytes() + x->column().size_bytes() + x->value().size_bytes();
  else
    bytes += std::get<Tensor>(data.features).values().size_bytes();
  return bytes;
}

void ready(const std::string& file) {
  Stopwatch stage;
  Dataset read = read_dataset(file);
  const double reading = stage.seconds();
  const Prepared prepared = prepare(std::move(read), DataChoice{.data = file});
  const double preparing = stage.seconds();
  const Graph graph(prepared.data.graph);
  const double transposing = stage.seconds();
  std::printf("read %.3f\nprepare %.3f\ntranspose %.3f\nready %.3f\n", reading, preparing, transposing,
              reading + preparing + transposing);
  std::printf("nodes %lld\nedges %lld\npeak %.1f\narrays %.1f\n", static_cast<long long>(graph.rows()),
              static_cast<long long>(graph.edges()), peak_memory_mb(),
              static_cast<double>(bytes_of(graph, prepared.data)) / 1e6);
}

double text_rate(const std::string& file) {
  Stopwatch stage;
  read_dataset(file);
  return static_cast<double>(std::filesystem::file_size(file)) / 1e6 / stage.seconds();
}

int usage() {
  std::fputs("usage: mercer_graph_bench make FOLDER NODES | ready FILE | text FILE\n", stderr);
  return 2;
}

int run(const std::vector<std::string>& given) {
  if (given.size() == 3 && given[0] == "make") return make(given[1], std::atoll(given[2].c_str())), 0;
  if (given.size() != 2) return usage();
  if (given[0] == "ready") return ready(given[1]), 0;
  if (given[0] != "text") return usage();
  const int all = threads();
  set_threads(1);
  std::printf("one %.0f\n", text_rate(given[1]));
  set_threads(all);
  std::printf("all %.0f\nthreads %d\n", text_rate(given[1]), all);
  return 0;
}

}  // namespace

int main(int count, char** words_typed) {
  try {
    return run({words_typed + 1, words_typed + count});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mercer_graph_bench: %s\n", error.what());
    return 1;
  }
}
