#include "mercer/layers/gated_recurrence.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <variant>
#include <vector>

#include "mercer/autograd/row_runs.hpp"
#include "mercer/base/check.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {
namespace {

constexpr const char* recurrence_caller = "GatedRecurrence";

/// Rows in the order of steps: the first row of every sequence, the second row of all that have one … Sequences stand
/// from the longest to the shortest, so that those of a step are the first ones of the step before.
struct StepOrder {
  std::vector<Node> rows;        // of the segments
  std::vector<Index> offset{0};  // step t has the places offset[t] … offset[t + 1] − 1

  explicit StepOrder(std::span<const Index> ends) {
    std::vector<std::size_t> order(ends.size() - 1);
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto length = [&](std::size_t s) { return ends[s + 1] - ends[s]; };
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return length(a) > length(b); });
    for (Index t = 0; !order.empty() && t < length(order.front()); ++t) {
      for (const std::size_t s : order) {
        if (length(s) <= t) break;
        rows.push_back(static_cast<Node>(ends[s] + t));
      }
      offset.push_back(std::ssize(rows));
    }
  }

  /// The place of each row.
  std::vector<Node> places() const {
    std::vector<Node> place(rows.size());
    for (std::size_t n = 0; n < rows.size(); ++n)
      place[static_cast<std::size_t>(rows[n])] = static_cast<Node>(n);
    return place;
  }
};

Variable first_rows(const Variable& x, Index count) {
  if (x.rows() == count) return x;
  return cut_rows(x, std::vector<Index>{0, count}).front();
}

}  // namespace

GatedRecurrence::GatedRecurrence(const AttentionLayerOptions& sizes, const GatedRecurrenceOptions&, Random& random)
    : layer(checked(recurrence_caller, sizes)),
      input({.in = layer.in, .out = 3 * layer.heads * layer.width}, random),
      join_heads(layer, random) {
  require(
      layer.attention_dropout == 0, recurrence_caller,
      "attention_dropout: got " + std::to_string(layer.attention_dropout) + ", want 0: there are no weights of pairs");
  const Index width = layer.heads * layer.width;
  const auto drawn = [&](Index rows, Index columns) {
    return kaiming_uniform(rows, columns, width, std::sqrt(Real(5)), random);  // U(±1/√width)
  };
  input.weight = drawn(layer.in, 3 * width);
  input.bias = drawn(1, 3 * width);
  recurrent = drawn(width, 3 * width);
  recurrent_bias = drawn(1, 3 * width);
}

Variable GatedRecurrence::step(const Variable& of_x, const Variable& state) const {
  const Index width = layer.heads * layer.width;
  const Variable of_state = add_bias(matmul(state, recurrent), recurrent_bias);
  const Variable gates = sigmoid(add(slice(of_x, 0, 2 * width), slice(of_state, 0, 2 * width)));
  const Variable reset = slice(gates, 0, width), keep = slice(gates, width, width);
  const Variable proposed =
      tanh(add(slice(of_x, 2 * width, width), multiply(reset, slice(of_state, 2 * width, width))));
  return add(proposed, multiply(keep, subtract(state, proposed)));
}

Output GatedRecurrence::operator()(const Neighbourhood& neighbourhood, const Input& given, Pass& pass) const {
  const auto* segments = std::get_if<Segments>(&neighbourhood.topology());
  require(segments != nullptr && segments->is_square(), recurrence_caller,
          "neighbourhood: want square segments, whose rows have an order");
  expect_input(recurrence_caller, neighbourhood, given, layer.in);
  const Input x = neighbourhood.dropout(given, pass.dropout(layer.input_dropout));
  const Variable of_x = neighbourhood.dropout(input(x), pass.dropout(layer.value_dropout));
  const StepOrder order(segments->target_offset());
  if (order.rows.empty()) return {join_heads(slice(of_x, 0, layer.heads * layer.width), x)};
  const std::vector<Variable> steps = cut_rows(gather_rows(of_x, order.rows), order.offset);
  std::vector<Variable> states;
  Variable state(Tensor(steps.front().rows(), layer.heads * layer.width).to(of_x.device()));
  for (const Variable& now : steps) {
    state = step(now, first_rows(state, now.rows()));
    states.push_back(state);
  }
  return {join_heads(gather_rows(stack_rows(states), order.places()), x)};
}

Parameters GatedRecurrence::parameters(const std::string& prefix) const {
  Parameters all = input.parameters(prefix + "input.");
  all.push_back({prefix + "recurrent", recurrent});
  all.push_back({prefix + "recurrent_bias", recurrent_bias});
  append(all, join_heads.parameters(prefix));
  return all;
}

}  // namespace mercer
