#include "mercer/experiment/memory_estimate.hpp"

#include <algorithm>
#include <limits>
#include <new>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/memory_limit.hpp"

namespace mercer {

namespace {

/// Sizes of a model on a problem; what the settings lack has its default.
class Sizes {
 public:
  Sizes(const Settings& settings, const Problem& problem)
      : settings_(settings),
        data_(problem.prepared.data),
        features_(problem.features()),
        usual_{.options = options_of_model(settings.model.name).defaults} {}

  /// Bytes that a backward pass reads of the hidden layers: output and activation.
  double kept_bytes() const {
    const double layers = number("layers") - (is("classifier", "linear") ? 0 : 1);
    return 2 * rows() * (layers + (has_branch() ? number("global-layers") : 0)) * number("hidden") * number("heads") *
           sizeof(Real);
  }

  /// Numbers that are kept for each parameter: value, gradient, moments.
  std::size_t copies() const {
    const TrainingChoice& training = settings_.training;
    if (training.optimizer == OptimizerKind::sgd) return training.momentum.value_or(0) > 0 ? 3 : 2;
    return 4;
  }

  std::string refusal(std::size_t memory) const {
    std::string sizes, wanted;
    if (number("patch") > 1) sizes += " in patches of " + text("patch") + " positions", wanted += "--patch, ";
    if (is("positions", "learned")) sizes += ", " + text("longest") + " learned positions", wanted += "--longest, ";
    if (has_branch() && number("global-layers") > 1)
      sizes += ", " + text("global-layers") + " layers of the global branch", wanted += "--global-layers, ";
    return settings_.model.name + ": " + text("layers") + " layers of " + text("hidden") + " hidden units in each of " +
           text("heads") + " heads, " + std::to_string(static_cast<Index>(rows())) + " " +
           (data_.has_items() ? "positions in a batch" : "nodes") + " and " + std::to_string(features_) + " features" +
           sizes + " need more than the " + std::to_string(memory >> 20) +
           " MB of memory that there are; want smaller " + wanted + "--hidden, --heads or --layers";
  }

 private:
  double number(const char* name) const {
    return (settings_.model.find(name) != nullptr ? settings_.model : usual_).number(name).value_or(1);
  }
  std::string text(const char* name) const { return std::to_string(static_cast<Index>(number(name))); }
  bool is(const char* name, const char* value) const {
    const OptionValue* set = settings_.model.find(name);
    return set != nullptr && *set == OptionValue(value);
  }
  bool has_branch() const { return settings_.model.find("global") != nullptr && !is("global", "none"); }

  /// The nodes of a graph, or the positions of a batch of the longest sequences.
  double rows() const {
    if (!data_.has_items()) return static_cast<double>(data_.nodes());
    return static_cast<double>(std::min(data_.nodes(), longest_item(data_) * settings_.training.batch.value_or(1)));
  }

  const Settings& settings_;
  const Dataset& data_;
  Index features_;
  ModelOptions usual_;
};

/// A graph of two nodes with loops: one would have no variance for a norm over nodes.
Neighbourhood two_nodes(const ModelOptions& model) {
  const auto edge_columns = static_cast<Index>(model.number("edge-columns").value_or(0));
  return neighbourhood_for(model, Csr(2, 2, {0, 1, 2}, {0, 1}), Device::cpu, Tensor(2, edge_columns))
      .streamed(std::numeric_limits<std::size_t>::max());
}

}  // namespace

void require_memory(const Settings& settings, const Problem& problem, const std::function<void()>& build) {
  const std::size_t memory = usable_memory();
  const Sizes sizes(settings, problem);
  try {
    const MemoryLimit limit(memory / sizes.copies());
    if (sizes.kept_bytes() > static_cast<double>(memory)) throw std::bad_alloc();
    build();
  } catch (const std::bad_alloc&) {
    throw ValueError(sizes.refusal(memory));
  }
}

StreamUse estimate(const Neighbourhood& neighbourhood, const ModelOptions& options, Index features, Index classes) {
  const Neighbourhood small = two_nodes(options);
  const Model model = build_model(options, features, classes, 0);
  Pass step = Pass::training(0, 0);
  sum(model.forward(small, Variable(Tensor(2, features)), step).y).backward();
  return stream_use(neighbourhood, small);
}

std::string in_words(const StreamUse& needs) {
  const auto size = [](std::size_t bytes) {
    constexpr std::size_t few = std::size_t{10} << 20;
    return bytes < few ? std::to_string(bytes >> 10) + " KiB" : std::to_string(bytes >> 20) + " MiB";
  };
  return "2 slots of " + size(needs.slot_bytes) + ", " + std::to_string(needs.passes) + " passes of up to " +
         std::to_string(needs.most_pieces) + " pieces, " + size(needs.moved_bytes) + " moved in a step of training";
}

}  // namespace mercer
