// Biases of queries, of keys and of offsets, and the mask on the magnitude, against the definition.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "attention/definition.hpp"
#include "mercer/attention/attend.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/graph/build.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr Normaliser each_normaliser[] = {Normaliser::softmax, Normaliser::row_sum, Normaliser::degree,
                                          Normaliser::symmetric, Normaliser::none};
const Dropout some_masked{.p = 0.3f, .stream = {.seed = 5, .step = 2, .call = 3}};

/// Kernels whose segments go by tiles (two) and edge by edge, positive and signed.
const AnyKernel kernels_here[] = {Exponential{Real(0.4)}, InnerProduct{Real(0.3), 1}, Laplacian{2}, DotProductSeries{}};

bool suits(const AnyKernel& kernel, Normaliser normaliser) {
  return !kernel.traits().is_signed || normaliser != Normaliser::softmax;
}

struct BiasOperands {
  Tensor q, k, v, query_bias, key_bias, relative_bias, dy;
  AttendOptions options{};
};

BiasOperands bias_operands(Index n, Index m, Index heads, Normaliser normaliser, Dropout masked) {
  return {random_tensor(n, heads * 3, 1), random_tensor(m, heads * 3, 2),
          random_tensor(m, heads * 4, 3), random_tensor(n, heads, 4),
          random_tensor(m, heads, 5),     random_tensor(7, heads, 6),
          random_tensor(n, heads * 4, 7), {.heads = heads, .normaliser = normaliser, .magnitude_dropout = masked}};
}

/// y and the gradients of all operands.
std::vector<Tensor> bias_results(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const BiasOperands& x,
                                 bool relative) {
  Variable q(x.q, true), k(x.k, true), v(x.v, true), query_bias(x.query_bias, true), key_bias(x.key_bias, true),
      relative_bias(x.relative_bias, true);
  AttendOptions options = x.options;
  options.query_bias = query_bias, options.key_bias = key_bias;
  if (relative) options.relative_bias = relative_bias;
  Variable y = attend(neighbourhood, kernel, q, k, v, options);
  y.backward(x.dy);
  std::vector<Tensor> all{y.value(), q.grad(), k.grad(), v.grad(), query_bias.grad(), key_bias.grad()};
  if (relative) all.push_back(relative_bias.grad());
  return all;
}

/// The relative bias of each edge of the graph of all pairs, as a function of the table.
Variable bias_of_edges(const Graph& g, const Variable& table) {
  std::vector<Node> row;
  const Index most = table.rows() / 2;
  for_each_edge(g.adjacency(), [&](Node i, Node j, Edge) {
    row.push_back(static_cast<Node>(most + std::clamp<Index>(i - j, -most, most)));
  });
  return gather_rows(table, row);
}

void check_all_close(const std::vector<Tensor>& got, const std::vector<Tensor>& want) {
  REQUIRE(got.size() == want.size());
  for (std::size_t n = 0; n < got.size(); ++n) {
    CAPTURE(n);
    CHECK(relative_difference(got[n], want[n]) < (sizeof(Real) == 8 ? 1e-10 : 1e-4));
  }
}

const Segments few_segments({0, 7, 7, 40, 41, 70}), few_causal({0, 7, 7, 40, 41, 70}, true);

}  // namespace

TEST_CASE("the magnitude of query and key, masked and whole, is that of the definition") {
  const Graph g(scattered(17));
  for (const AnyKernel& kernel : kernels_here)
    for (const Normaliser normaliser : each_normaliser)
      for (const Dropout& masked : {Dropout{}, some_masked})
        for (const Index heads : {2, 11}) {
          if (!suits(kernel, normaliser)) continue;
          CAPTURE(std::string(kernel.name()));
          CAPTURE(static_cast<int>(normaliser));
          CAPTURE(masked.p);
          BiasOperands x = bias_operands(17, 17, heads, normaliser, masked);
          x.options.guard = 0;
          x.options.query_bias = Variable(x.query_bias), x.options.key_bias = Variable(x.key_bias);
          const Tensor y = attend(g, kernel, Variable(x.q), Variable(x.k), Variable(x.v), x.options).value();
          const Tensor want = attend_by_definition(g, kernel, x.q, x.k, x.v, x.options);
          CHECK(relative_difference(y, want) < 10 * tolerance);
        }
}

TEST_CASE("segments with biases are the graph of their pairs, and their relative bias a bias of edges") {
  for (const Segments& segments : {few_segments, few_causal}) {
    const Graph pairs(complete(segments));
    for (const AnyKernel& kernel : kernels_here)
      for (const Normaliser normaliser : {Normaliser::softmax, Normaliser::row_sum, Normaliser::symmetric})
        for (const Dropout& masked : {Dropout{}, some_masked}) {
          if (!suits(kernel, normaliser)) continue;
          CAPTURE(std::string(kernel.name()));
          CAPTURE(static_cast<int>(normaliser));
          CAPTURE(masked.p);
          BiasOperands x = bias_operands(70, 70, 3, normaliser, masked);
          x.options.guard = 0;
          Variable table(x.relative_bias, true);
          std::vector<Tensor> got = bias_results(segments, kernel, x, true);
          x.options.edge_bias = bias_of_edges(pairs, table);
          std::vector<Tensor> want = bias_results(pairs, kernel, x, false);
          want.push_back(table.grad());
          check_all_close(got, want);
        }
  }
}

TEST_CASE("rectangles of segments have the magnitudes of their pairs") {
  const Segments tall({0, 5, 60}, {0, 9, 11});
  for (const AnyKernel& kernel : {kernels_here[0], kernels_here[2]}) {
    const BiasOperands x = bias_operands(60, 11, 9, Normaliser::degree, some_masked);
    check_all_close(bias_results(tall, kernel, x, false), bias_results(Graph(complete(tall)), kernel, x, false));
  }
}

TEST_CASE("without a mask the query's magnitude cancels in sums of rows, and is a factor of y elsewhere") {
  const Graph g(scattered(12));
  for (const Normaliser normaliser : each_normaliser) {
    const BiasOperands x = bias_operands(12, 12, 2, normaliser, {});
    Variable bias(x.query_bias, true);
    AttendOptions options = x.options;
    const Tensor without = attend(g, Gaussian{2}, Variable(x.q), Variable(x.k), Variable(x.v), options).value();
    options.query_bias = bias;
    Variable y = attend(g, Gaussian{2}, Variable(x.q), Variable(x.k), Variable(x.v), options);
    y.backward(x.dy);
    const bool cancels = normaliser == Normaliser::softmax || normaliser == Normaliser::row_sum;
    if (cancels) CHECK(max_abs_difference(y.value(), without) == 0);
    for (Index i = 0; i < 12; ++i)
      for (Index h = 0; h < 2; ++h) {
        double slope = 0;  // ∂L/∂bias = ⟨dy, y⟩
        for (Index c = 4 * h; c < 4 * h + 4; ++c) {
          slope += cancels ? 0 : static_cast<double>(x.dy(i, c)) * static_cast<double>(y.value()(i, c));
          const double factor = cancels ? 1 : std::exp(static_cast<double>(x.query_bias(i, h)));
          CHECK(static_cast<double>(y.value()(i, c)) ==
                doctest::Approx(factor * static_cast<double>(without(i, c))).epsilon(1e-5));
        }
        CHECK(static_cast<double>(bias.grad()(i, h)) == doctest::Approx(slope).epsilon(1e-4).scale(1));
      }
  }
}

TEST_CASE("gradients of biases against central differences" * doctest::skip(sizeof(Real) != 8)) {
  const Segments pair({0, 3, 3, 11}, true);
  for (const AnyKernel& kernel : kernels_here)
    for (const Normaliser normaliser : {Normaliser::row_sum, Normaliser::degree})
      for (const Dropout& masked : {Dropout{}, some_masked}) {
        CAPTURE(std::string(kernel.name()));
        CAPTURE(masked.p);
        AttendOptions options{.heads = 2, .normaliser = normaliser, .magnitude_dropout = masked};
        options.dropout = {.p = 0.3f, .stream = {.seed = 3, .step = 1, .call = 4}};
        const auto f = [&](const Variable& q, const Variable& k, const Variable& v, const Variable& query_bias,
                           const Variable& key_bias, const Variable& relative_bias) {
          options.query_bias = query_bias, options.key_bias = key_bias, options.relative_bias = relative_bias;
          return attend(pair, kernel, q, k, v, options);
        };
        check_gradient(f, random_tensor(11, 6, 1), random_tensor(11, 6, 2), random_tensor(11, 4, 3),
                       random_tensor(11, 2, 4), random_tensor(11, 2, 5), random_tensor(7, 2, 6));
      }
}

TEST_CASE("any number of threads gives the same bits of biases") {
  for (const AnyKernel& kernel : {kernels_here[0], kernels_here[2]}) {
    const Segments one({0, 400});
    const BiasOperands x = bias_operands(400, 400, 2, Normaliser::softmax, some_masked);
    set_threads(1);
    const std::vector<Tensor> want = bias_results(one, kernel, x, true);
    for (const int threads : {2, 4}) {
      set_threads(threads);
      const std::vector<Tensor> got = bias_results(one, kernel, x, true);
      for (std::size_t n = 0; n < got.size(); ++n)
        CHECK(same_bits(got[n], want[n]));
    }
  }
  set_threads(0);
}

TEST_CASE("a block masks the pairs of its nodes in the graph") {
  const Graph g(scattered(20));
  const Block block = full_block(g, std::vector<Node>{9, 3, 14});
  const std::vector<Node>& nodes = block.origin().nodes;
  const BiasOperands x = bias_operands(20, 20, 2, Normaliser::symmetric, some_masked);
  const auto rows = [&](const Tensor& of, Index count) {
    Tensor taken(count, of.columns());
    for (Index i = 0; i < count; ++i)
      std::copy_n(of.row(nodes[static_cast<std::size_t>(i)]), of.columns(), taken.row(i));
    return taken;
  };
  BiasOperands part{rows(x.q, 3),
                    rows(x.k, block.sources()),
                    rows(x.v, block.sources()),
                    rows(x.query_bias, 3),
                    rows(x.key_bias, block.sources()),
                    x.relative_bias,
                    rows(x.dy, 3),
                    x.options};
  const Tensor want = rows(bias_results(g, Gaussian{2}, x, false)[0], 3);
  CHECK(same_bits(bias_results(block, Gaussian{2}, part, false)[0], want));
}

TEST_CASE("α has the query's magnitude and no mask") {
  const Graph g(scattered(9));
  BiasOperands x = bias_operands(9, 9, 2, Normaliser::degree, some_masked);
  x.options.query_bias = Variable(x.query_bias), x.options.key_bias = Variable(x.key_bias);
  AttendOptions whole = x.options;
  whole.magnitude_dropout = {};
  const auto want = weights_by_definition(g, AnyKernel(Gaussian{2}), x.q, x.k, whole);
  const Tensor alpha = attention_weights(g, Gaussian{2}, Variable(x.q), Variable(x.k), x.options);
  for (Index n = 0; n < alpha.size(); ++n)
    CHECK(static_cast<double>(alpha.data()[n]) == doctest::Approx(want[static_cast<std::size_t>(n)]).epsilon(1e-4));
  const Factors factors = attention_factors(g, Gaussian{2}, Variable(x.q), Variable(x.k), x.options);
  const Edge first = g.adjacency().offset[0];
  const Node j = g.adjacency().neighbour[first];
  CHECK(factors.log_magnitude(first, 1) == doctest::Approx(x.query_bias(0, 1) + x.key_bias(j, 1)));
}

TEST_CASE("the gradient of α by its biases" * doctest::skip(sizeof(Real) != 8)) {
  AttendOptions options{.heads = 2, .normaliser = Normaliser::none};
  const auto alpha = [&](const Variable& q, const Variable& k, const Variable& query_bias, const Variable& table) {
    options.query_bias = query_bias, options.relative_bias = table;
    return attention_alpha(Segments({0, 2, 6}), Gaussian{2}, q, k, options);
  };
  check_gradient(alpha, random_tensor(6, 4, 1), random_tensor(6, 4, 2), random_tensor(6, 2, 3), random_tensor(5, 2, 4));
}

TEST_CASE("a large bias that all neighbours share cancels in the row sum of a signed kernel") {
  const Graph g(with_loops(scattered(9)));
  BiasOperands x = bias_operands(9, 9, 2, Normaliser::row_sum, {});
  for (const Neighbourhood& where :
       {Neighbourhood(g), Neighbourhood(Segments({0, 4, 9})), Neighbourhood(Segments({0, 4, 9}, true))})
    for (const AnyKernel& kernel : {AnyKernel(InnerProduct{Real(0.1), 2}), AnyKernel(DotProductSeries{})}) {
      if (!kernel.traits().is_signed) continue;
      const std::vector<Tensor> want = bias_results(where, kernel, x, false);
      const Tensor alpha =
          attention_weights(where, kernel, Variable(x.q), Variable(x.k),
                            {.heads = 2, .normaliser = Normaliser::row_sum, .key_bias = Variable(x.key_bias)});
      for (const Real b : {Real(100), Real(-120), Real(900)}) {
        BiasOperands moved = x;
        for (Real& bias : moved.key_bias.values())
          bias += b;
        const std::vector<Tensor> got = bias_results(where, kernel, moved, false);
        for (std::size_t n = 0; n < want.size(); ++n)
          CHECK(relative_difference(got[n], want[n]) < 2e-3);  // a float of 900 has four digits behind the point
        AttendOptions options{.heads = 2, .normaliser = Normaliser::row_sum, .key_bias = Variable(moved.key_bias)};
        CHECK(relative_difference(attention_weights(where, kernel, Variable(x.q), Variable(x.k), options), alpha) <
              2e-3);
        if (!std::holds_alternative<Graph>(where.topology())) continue;
        options = {
            .heads = 2, .normaliser = Normaliser::row_sum, .edge_bias = Variable(Tensor::filled(g.edges(), 1, b))};
        options.key_bias = Variable(x.key_bias);
        CHECK(relative_difference(attend(where, kernel, Variable(x.q), Variable(x.k), Variable(x.v), options).value(),
                                  want[0]) < 2e-3);
      }
    }
}

TEST_CASE("biases that can't be are refused by name") {
  const Graph g(cycle(4));
  const Variable x(random_tensor(4, 2, 1)), bias(random_tensor(4, 1, 2)), table(random_tensor(3, 1, 3));
  const auto refuses = [&](const Neighbourhood& n, const AttendOptions& options, const char* message) {
    CHECK_THROWS_WITH_AS(attend(n, Gaussian{}, x, x, x, options), doctest::Contains(message), std::invalid_argument);
  };
  refuses(g, {.query_bias = table}, "[attend] rows of query_bias: got 3, want 4");
  refuses(g, {.heads = 2, .query_bias = bias}, "[attend] columns of query_bias: got 1, want 2");
  refuses(g, {.magnitude_dropout = some_masked}, "[attend] magnitude_dropout: no effect without a magnitude");
  refuses(g, {.key_bias = bias, .magnitude_dropout = {.p = 1.5f}}, "[attend] magnitude_dropout: got 1.5");
  refuses(g, {.relative_bias = table}, "[attend] relative_bias: want segments whose targets are their sources");
  refuses(Segments({0, 4}), {.relative_bias = bias}, "[attend] rows of relative_bias: got 4, want an odd number");
  refuses(Segments({0, 4}), {.heads = 2, .relative_bias = table}, "[attend] columns of relative_bias: got 1, want 2");
}
