#include "bench/graphs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <numeric>
#include <string_view>
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
#include "mercer/graph/order.hpp"
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

/// A form of made graphs, "NAME:SIZES": its numbers are the sizes that `made` takes.
struct Form {
  const char *name, *sizes;
  std::size_t numbers;
  Csr (*made)(const std::vector<Index>& sizes);
};
constexpr Form forms[]{
    {"random", "NODES,EDGES", 2, [](const std::vector<Index>& n) { return random_graph(n[0], n[1]); }},
    {"star", "NODES", 1, [](const std::vector<Index>& n) { return star_graph(n[0]); }},
    {"power-law", "NODES,EDGES", 2, [](const std::vector<Index>& n) { return power_law_graph(n[0], n[1]); }},
    {"communities", "NODES,EDGES", 2, [](const std::vector<Index>& n) { return community_graph(n[0], n[1]); }},
    {"grid", "NODES", 1,
     [](const std::vector<Index>& n) {
       const auto side = std::max<Index>(1, std::lround(std::sqrt(static_cast<double>(n[0]))));
       return grid_graph(side, side);
     }},
};

const Form* form_named(const std::string& name) {
  const auto* found = std::ranges::find(forms, name, [](const Form& form) { return std::string_view(form.name); });
  return found == std::end(forms) ? nullptr : found;
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
  std::string text = "cora-like, citeseer-like, pubmed-like, arxiv-like";
  for (const Form& form : forms)
    text += fmt::format("{}{}:{}", &form + 1 == std::end(forms) ? " or " : ", ", form.name, form.sizes);
  return text;
}

void check_graph(const std::string& text) {
  if (text == "cora-like" || published_sizes(text) != nullptr) return;
  const std::string name = text.substr(0, text.find(':'));
  const Form* form = form_named(name);
  if (name == text || form == nullptr) {
    std::vector<std::string> known{"cora-like", "citeseer-like", "pubmed-like", "arxiv-like"};
    for (const Form& each : forms)
      known.emplace_back(each.name);
    refuse(text, "unknown" + did_you_mean(name, known));
  }
  numbers_of(text, form->numbers);
}

Dataset made_graph(const std::string& text) {
  check_graph(text);
  if (text == "cora-like") return with_loops(planted_citations());
  if (const Published* sizes = published_sizes(text)) return with_loops(planted(*sizes));
  const Form& form = *form_named(text.substr(0, text.find(':')));
  return of_edges(form.made(numbers_of(text, form.numbers)));
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
  const std::vector<std::string> orders{"given", "shuffled", "communities", "metis"};
  if (std::ranges::find(orders, order) == orders.end())
    throw UsageError("--order " + order + ": want given, shuffled, communities or metis" + did_you_mean(order, orders));
}

Dataset ordered(const Dataset& data, const std::string& order) {
  check_order(order);
  if (order == "given") return data;
  if (order == "communities") return induced(data, community_order(data.graph.view()));
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
