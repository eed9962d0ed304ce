#include "bench/graphs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <numeric>
#include <utility>

#include "bench/operators.hpp"
#include "cli/command_line.hpp"
#include "cli/errors.hpp"
#include "mercer/base/random.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/generate.hpp"
#include "mercer/partition/partition.hpp"

namespace mercer::program {

namespace {

constexpr Index most_nodes = 100'000'000, most_edges = 1'000'000'000;
constexpr Index nodes_of_part = 512, features_of_made = 64, classes_of_made = 7;

/// Sizes of citation graphs: Yang, Cohen, Salakhutdinov, ICML 2016; Hu et al., Open Graph Benchmark, NeurIPS 2020.
struct Published {
  const char* name;
  Index nodes;
  Edge edges;  // undirected
  Index words, classes;
};
constexpr Published published[]{{"citeseer-like", 3327, 4552, 3703, 6},
                                {"pubmed-like", 19717, 44324, 500, 3},
                                {"arxiv-like", 169343, 1157799, 128, 40}};

const Published* published_sizes(const std::string& name) {
  const auto* found = std::ranges::find(published, name, &Published::name);
  return found == std::end(published) ? nullptr : found;
}

Dataset planted(const Published& sizes) {
  PlantedOptions options{.edges = sizes.edges, .words = sizes.words, .words_in_all = 16 * sizes.nodes};
  options.class_sizes.assign(static_cast<std::size_t>(sizes.classes), sizes.nodes / sizes.classes);
  options.class_sizes.front() += sizes.nodes % sizes.classes;
  return planted_citations(options);
}

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
  throw UsageError("--graph " + text + ": " + why + "; want " + graph_forms());
}

/// The numbers behind "FORM:".
std::vector<Index> numbers_of(const std::string& text, std::size_t wanted) {
  std::vector<Index> numbers;
  const char* at = text.data() + text.find(':') + 1;
  const char* end = text.data() + text.size();
  for (; at <= end; ++at) {
    Index value = -1;
    const auto [stop, error] = std::from_chars(at, end, value);
    if (error != std::errc() || value < 1 || (stop != end && *stop != ',')) refuse(text, "not whole numbers above 0");
    numbers.push_back(value);
    at = stop;
  }
  if (numbers.size() != wanted) refuse(text, fmt::format("got {} numbers, want {}", numbers.size(), wanted));
  if (numbers[0] > most_nodes || numbers.back() > most_edges)
    refuse(text, fmt::format("more than {} nodes or {} edges", most_nodes, most_edges));
  return numbers;
}

Dataset of_edges(const Csr& edges) {
  const Index nodes = edges.rows();
  Dataset data;
  data.graph = with_loops(edges.view());
  data.features = timing::operand(Device::cpu, nodes, features_of_made);
  for (Index i = 0; i < nodes; ++i)
    data.labels.push_back(static_cast<std::int32_t>(i % classes_of_made));
  for (Index c = 0; c < classes_of_made; ++c)
    data.class_names.push_back(std::to_string(c));
  return data;
}

}  // namespace

std::string graph_forms() {
  return "cora-like, citeseer-like, pubmed-like, arxiv-like, random:NODES,EDGES, star:NODES or power-law:NODES,EDGES";
}

void check_graph(const std::string& text) {
  if (text == "cora-like" || published_sizes(text) != nullptr) return;
  const std::string form = text.substr(0, text.find(':'));
  if (form == text || (form != "random" && form != "star" && form != "power-law")) {
    refuse(text, "unknown" + did_you_mean(form, {"cora-like", "citeseer-like", "pubmed-like", "arxiv-like", "random",
                                                 "star", "power-law"}));
  }
  numbers_of(text, form == "star" ? 1 : 2);
}

Dataset made_graph(const std::string& text) {
  check_graph(text);
  if (text == "cora-like") return with_loops(planted_citations());
  if (const Published* sizes = published_sizes(text)) return with_loops(planted(*sizes));
  const std::string form = text.substr(0, text.find(':'));
  const std::vector<Index> sizes = numbers_of(text, form == "star" ? 1 : 2);
  if (form == "star") return of_edges(star_graph(sizes[0]));
  return of_edges(form == "random" ? random_graph(sizes[0], sizes[1]) : power_law_graph(sizes[0], sizes[1]));
}

Dataset read_graph(const std::string& name) {
  Dataset data = load_dataset(name);
  if (data.has_items() || data.nodes() == 0)
    throw UsageError("--data " + name + ": has no graph; want one with nodes and edges");
  if (data.label_kind != LabelKind::classes || data.labels.empty())
    throw UsageError("--data " + name + ": want nodes with classes, which the epochs learn");
  return with_loops(std::move(data));
}

void check_order(const std::string& order) {
  if (order != "given" && order != "shuffled" && order != "metis")
    throw UsageError("--order " + order + ": want given, shuffled or metis" +
                     did_you_mean(order, {"given", "shuffled", "metis"}));
}

Dataset ordered(const Dataset& data, const std::string& order) {
  check_order(order);
  if (order == "given") return data;
  if (order == "metis") {
    const Index parts = std::clamp<Index>(data.nodes() / nodes_of_part, 1, 4096);
    return induced(data, relabel(partition(data.graph.view(), {.parts = parts})));
  }
  std::vector<Node> shuffled(static_cast<std::size_t>(data.nodes()));
  std::iota(shuffled.begin(), shuffled.end(), Node(0));
  Random(7).shuffle(shuffled);
  return induced(data, shuffled);
}

}  // namespace mercer::program
