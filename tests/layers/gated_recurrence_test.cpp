#include "mercer/layers/gated_recurrence.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "mercer/base/check.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"
#include "support/row_range.hpp"

using namespace mercer;

namespace {

const Segments ragged({0, 3, 3, 4, 9});  // the second is empty
constexpr Index state_columns = 4;

GatedRecurrence small_recurrence() {
  Random random(3);
  return GatedRecurrence({.in = 3, .width = 2, .heads = 2}, {}, random);
}

/// The states of one sequence, step by step.
Tensor states_by_definition(const GatedRecurrence& layer, const Tensor& x) {
  Tensor states(x.rows(), state_columns);
  std::vector<double> s(state_columns, 0.0);
  const auto number = [](const Variable& v, Index i, Index c) { return static_cast<double>(v.value()(i, c)); };
  const auto sigma = [](double u) { return 1 / (1 + std::exp(-u)); };
  for (Index t = 0; t < x.rows(); ++t) {
    std::vector<double> of_x(3 * state_columns), of_s(3 * state_columns);
    for (Index c = 0; c < 3 * state_columns; ++c) {
      const auto at = static_cast<std::size_t>(c);
      of_x[at] = number(layer.input.bias, 0, c);
      of_s[at] = number(layer.recurrent_bias, 0, c);
      for (Index f = 0; f < 3; ++f)
        of_x[at] += static_cast<double>(x(t, f)) * number(layer.input.weight, f, c);
      for (Index f = 0; f < state_columns; ++f)
        of_s[at] += s[static_cast<std::size_t>(f)] * number(layer.recurrent, f, c);
    }
    for (std::size_t c = 0; c < state_columns; ++c) {
      const double r = sigma(of_x[c] + of_s[c]), z = sigma(of_x[state_columns + c] + of_s[state_columns + c]);
      const double n = std::tanh(of_x[2 * state_columns + c] + r * of_s[2 * state_columns + c]);
      s[c] = (1 - z) * n + z * s[c];
      states(t, static_cast<Index>(c)) = static_cast<Real>(s[c]);
    }
  }
  return states;
}

}  // namespace

TEST_CASE("a gated recurrence by its definition, each sequence from a state of 0") {
  const GatedRecurrence layer = small_recurrence();
  const Tensor x = test::random_tensor(9, 3);
  Pass pass = Pass::inference();
  const Tensor y = layer(ragged, Variable(x), pass).y.value();
  for (const auto& [first, last] : {std::pair<Index, Index>(0, 3), std::pair<Index, Index>(3, 4), {4, 9}})
    CHECK(max_abs_difference(test::row_range(y, first, last),
                             states_by_definition(layer, test::row_range(x, first, last))) < Real(1e-5));
  CHECK(layer(Segments({0, 0}), Variable(Tensor(0, 3)), pass).y.columns() == state_columns);
}

TEST_CASE("the gradient of a gated recurrence, of its input and parameters; later rows change no earlier state") {
  const GatedRecurrence layer = small_recurrence();
  const Tensor x = test::random_tensor(9, 3);
  Pass pass = Pass::inference();
  test::check_gradient(
      [&](const Variable& v, const Variable& w, const Variable& u, const Variable& c) {
        GatedRecurrence mine = layer;
        mine.input.weight = w;
        mine.recurrent = u;
        mine.recurrent_bias = c;
        return mine(ragged, v, pass).y;
      },
      x, layer.input.weight.value(), layer.recurrent.value(), layer.recurrent_bias.value());
  Tensor later = x;
  later(7, 1) = 5;
  const Tensor before = layer(ragged, Variable(x), pass).y.value(),
               after = layer(ragged, Variable(later), pass).y.value();
  CHECK(test::same_bits(test::row_range(before, 0, 7), test::row_range(after, 0, 7)));
  CHECK(max_abs_difference(test::row_range(before, 8, 9), test::row_range(after, 8, 9)) > Real(1e-4));
}

TEST_CASE("what a gated recurrence can't read is refused by name") {
  const GatedRecurrence layer = small_recurrence();
  Pass pass = Pass::inference();
  CHECK_THROWS_WITH_AS(layer(Graph(test::cycle(3)), Variable(Tensor(3, 3)), pass),
                       doctest::Contains("want square segments"), ValueError);
  Random random(1);
  CHECK_THROWS_WITH_AS(GatedRecurrence({.in = 3, .width = 2, .heads = 2, .attention_dropout = 0.1f}, {}, random),
                       doctest::Contains("attention_dropout"), ValueError);
}
