#include <doctest/doctest.h>

#include <cstring>
#include <filesystem>

#include "mercer/attention/attend.hpp"
#include "mercer/data/read.hpp"
#include "partition/cut_rows.hpp"
#include "partition/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

const std::string cora = MERCER_SHARED_DIR "/datasets/planetoid/ind.cora";

Tensor rows_of(const Tensor& x, const std::vector<Node>& nodes) {
  Tensor rows(std::ssize(nodes), x.columns());
  for (std::size_t i = 0; i < nodes.size(); ++i)
    std::copy_n(x.row(nodes[i]), x.columns(), rows.row(static_cast<Index>(i)));
  return rows;
}

/// One attention: its options and operands.
struct Attention {
  std::string name;
  AnyKernel kernel;
  Normaliser normaliser;
  Index heads, width;  // of a head's query and key
};

const std::vector<Attention> attentions = {
    {"softmax of dot products", Exponential{Real(0.3)}, Normaliser::softmax, 8, 8},
    {"Gaussian, degree", Gaussian{2}, Normaliser::degree, 3, 5},
    {"signed, row sum", InnerProduct{}, Normaliser::row_sum, 2, 7},
    {"GAT", Additive{}, Normaliser::softmax, 8, 1},
};

Variable attended(const Attention& a, const Graph& g, Tensor q, Tensor k, Tensor v, Tensor bias) {
  return attend(g, a.kernel, Variable(std::move(q)), Variable(std::move(k)), Variable(std::move(v)),
                {.heads = a.heads, .normaliser = a.normaliser, .key_bias = Variable(std::move(bias))});
}

/// The number of rows whose bits differ from the whole graph's, when each part has only its own rows and its halo.
Index rows_that_differ(const Attention& a, const Csr& g, const Partition& partition) {
  const Index n = g.rows();
  const Tensor q = noise(n, a.heads * a.width, 1), k = noise(n, a.heads * a.width, 2), v = noise(n, a.heads * 6, 3),
               bias = noise(n, a.heads, 4);
  const Tensor whole = attended(a, Graph(g), q, k, v, bias).value();
  Index differ = 0;
  for (const partitioning::CutRows& part : partitioning::cut_rows(g, partition)) {
    std::vector<Node> sources = part.own;
    sources.insert(sources.end(), part.halo.begin(), part.halo.end());
    const Tensor y = attended(a, Graph(part.local), rows_of(q, part.own), rows_of(k, sources), rows_of(v, sources),
                              rows_of(bias, sources))
                         .value();
    for (std::size_t i = 0; i < part.own.size(); ++i)
      differ += std::memcmp(y.row(static_cast<Index>(i)), whole.row(part.own[i]),
                            static_cast<std::size_t>(y.columns()) * sizeof(Real)) == 0
                    ? 0
                    : 1;
  }
  return differ;
}

void check_bits(const Csr& g) {
  for (const Attention& attention : attentions)
    for (const Index parts : {1, 2, 3, 8}) {
      CAPTURE(attention.name);
      CAPTURE(parts);
      CHECK(rows_that_differ(attention, g, partition(g, {.parts = parts})) == 0);
    }
}

}  // namespace

TEST_CASE("attention part by part has the bits of the whole: isolated nodes, a hub, a star") {
  check_bits(hub_and_scattered(3000));
  check_bits(star(700));
}

TEST_CASE("attention part by part has the bits of the whole: Cora" *
          doctest::skip(!std::filesystem::exists(cora + ".graph"))) {
  const Csr citations = with_loops(symmetrised(read_dataset(cora).graph));
  REQUIRE(citations.rows() == 2708);
  check_bits(citations);
}

TEST_CASE("the bits depend on the order of neighbours") {
  const Csr g = with_loops(symmetrised(scattered(600)));
  const Partition four = partition(g, {.parts = 4});
  const std::vector<Node> order = relabel(four);
  const Attention& a = attentions.front();
  const Tensor q = noise(600, 64, 1), v = noise(600, 64, 2), bias = noise(600, 8, 4);
  const Tensor y = rows_of(attended(a, Graph(g), q, q, v, bias).value(), order);
  const Tensor moved = attended(a, Graph(induced(g, order)), rows_of(q, order), rows_of(q, order), rows_of(v, order),
                                rows_of(bias, order))
                           .value();
  CHECK(max_abs_difference(y, moved) < Real(1e-5));
  CHECK(max_abs_difference(y, moved) > 0);
}
