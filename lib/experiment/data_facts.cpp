#include "mercer/experiment/data_facts.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <span>

#include "base/counted.hpp"
#include "mercer/experiment/problem.hpp"
#include "mercer/graph/inspect.hpp"

namespace mercer {

namespace {

/// How many of the nodes have each class or label; none for real numbers.
std::vector<Index> sizes_of_classes(const Dataset& data, std::span<const Node> nodes) {
  if (data.label_kind == LabelKind::real) return {};
  std::vector<Index> sizes(data.class_names.size(), 0);
  if (data.label_kind == LabelKind::several) {
    for (const Node i : nodes)
      for (Index c = 0; c < data.classes(); ++c)
        sizes[static_cast<std::size_t>(c)] += data.targets(i, c) == 1 ? 1 : 0;
    return sizes;
  }
  for (const Node i : nodes)
    if (const std::int32_t label = data.labels[static_cast<std::size_t>(i)]; label >= 0)
      ++sizes[static_cast<std::size_t>(label)];
  return sizes;
}

std::vector<std::pair<std::string, std::string>> done_to(const Prepared& prepared) {
  const auto truth = [](bool value) { return std::string(value ? "true" : "false"); };
  if (prepared.data.has_items())
    return {{"normalise-features", truth(prepared.normalise_features)},
            {"standardise-features", truth(prepared.standardise_features)}};
  return {{"symmetrise", truth(prepared.symmetrise)},
          {"loops", truth(prepared.loops)},
          {"duplicates", name_of(prepared.duplicates, repeated_edges_choices)},
          {"largest-component", truth(prepared.largest_component)},
          {"normalise-features", truth(prepared.normalise_features)},
          {"standardise-features", truth(prepared.standardise_features)},
          {"task", name_of(prepared.data.label_kind, task_choices)},
          {"features", prepared.features ? name_of(*prepared.features, node_features_choices) : "of the data"}};
}

/// What was read, what was done, and what the split leaves out.
std::vector<std::string> notes_of(const Problem& problem, const Split& split, Index unlabelled) {
  const Prepared& prepared = problem.prepared;
  std::vector<std::string> notes = prepared.data.notes;
  notes.insert(notes.end(), prepared.notes.begin(), prepared.notes.end());
  if (unlabelled > 0 && unlabelled != prepared.data.noted_unlabelled && unlabelled != prepared.data.left_out_of_splits)
    notes.push_back(counted(unlabelled, prepared.data.example_in_words()) + has_or_have(unlabelled) + " no label");
  if (split.test.empty() && prepared.plan.kind == SplitPlan::Kind::given) {
    const Index rest = prepared.data.examples() - unlabelled - std::ssize(split.train) - std::ssize(split.validation);
    notes.push_back(std::string("the split has no test ") + prepared.data.examples_in_words() +
                    (rest > 0 ? ", and " + counted(rest, prepared.data.example_in_words()) + " with a label" +
                                    is_or_are(rest) + " in none of its parts"
                     : unlabelled > 0 ? " with a label: there is no test score"
                                      : ""));
  }
  const std::vector<Index> trained = sizes_of_classes(prepared.data, split.train);
  for (std::size_t c = 0; c < trained.size(); ++c)
    if (trained[c] == 0)
      notes.push_back(std::string("no training ") + prepared.data.example_in_words() + " is of class " +
                      prepared.data.class_names[c] + ": nothing teaches it");
  return notes;
}

}  // namespace

bool has_unequal_classes(const DataFacts& data) {
  if (data.class_sizes.empty() || data.task != LabelKind::classes) return false;
  const auto [smallest, largest] = std::ranges::minmax(data.class_sizes);
  return 3 * smallest < largest;
}

DataFacts facts_of(const Problem& problem, const Split& split) {
  const Dataset& data = problem.prepared.data;
  const auto unlabelled = static_cast<Index>(std::ranges::count_if(data.labels, [](auto label) { return label < 0; }));
  std::vector<Node> everyone(static_cast<std::size_t>(data.examples()));
  std::iota(everyone.begin(), everyone.end(), Node{0});
  return {.name = data.name,
          .format = data.format,
          .examples = data.examples_in_words(),
          .sequences = data.has_items() ? data.examples() : 0,
          .nodes = data.nodes(),
          .edges = data.graph.edges(),
          .features = problem.features(),
          .classes = data.classes(),
          .isolated = data.has_items() ? 0 : isolated_nodes(data.graph),
          .homophily = data.has_items()                        ? 0
                       : data.label_kind == LabelKind::classes ? edge_homophily(data.graph, data.labels)
                                                               : std::numeric_limits<double>::quiet_NaN(),
          .class_names = data.class_names,
          .task = data.label_kind,
          .split = problem.prepared.plan.in_words(),
          .train = static_cast<Index>(split.train.size()),
          .validation = static_cast<Index>(split.validation.size()),
          .test = static_cast<Index>(split.test.size()),
          .class_sizes = sizes_of_classes(data, everyone),
          .unlabelled = unlabelled,
          .preparation = done_to(problem.prepared),
          .lacks_scaling = problem.prepared.lacks_scaling,
          .notes = notes_of(problem, split, unlabelled)};
}

}  // namespace mercer
