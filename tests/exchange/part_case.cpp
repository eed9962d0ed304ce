#include "exchange/part_case.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <utility>

#include "mercer/autograd/functions.hpp"
#include "mercer/kernel/concepts.hpp"
#include "support/kernels.hpp"
#include "support/random_tensor.hpp"

namespace mercer::test {
namespace {

struct Operands {
  Tensor q, k, v, key_bias, edge_bias, edge_weight, kernel_weight, dy, query_bias;
};

Operands operands_of(const PartCase& c) {
  const Index n = c.graph.rows(), edges = c.graph.edges(), d = head_width(c.kernel, c.width);
  Operands x{.q = random_tensor(n, c.heads * d, 1),
             .k = random_tensor(n, c.heads * d, 2),
             .v = random_tensor(n, c.heads * c.value_width, 3),
             .key_bias = random_tensor(n, c.heads, 4),
             .edge_bias = random_tensor(edges, c.heads, 5),
             .edge_weight = random_tensor(edges, 1, 6),
             .kernel_weight = random_tensor(1, c.heads * d, 7),
             .dy = random_tensor(n, c.heads * c.value_width, 8),
             .query_bias = random_tensor(n, c.heads, 9)};
  for (Tensor* of : {&x.q, &x.k})
    for (Real& value : of->values())
      value /= std::sqrt(static_cast<Real>(std::max<Index>(d, 1)));
  for (Real& value : x.edge_weight.values())
    value = std::abs(value);
  for (Index e = 1; e < edges; e += 7)
    x.edge_weight(e, 0) = 0;
  for (Index i = 0; c.few_rows && i < n; ++i)
    if (i % 3 != 0) std::fill_n(x.dy.row(i), x.dy.columns(), Real(0));
  return x;
}

Variable on(const Tensor& x, Device device) { return Variable(x.to(device), true); }

PartResults attended(const PartCase& c, const Neighbourhood& neighbourhood, const Operands& x, Device device) {
  const bool compares = head_width(c.kernel, c.width) > 0, weighted = c.kernel.traits().weighted;
  const Variable q = compares ? on(x.q, device) : Variable(), k = compares ? on(x.k, device) : Variable();
  const Variable v = c.one_source ? k : on(x.v, device);
  AttendOptions options{.heads = c.heads, .normaliser = c.normaliser, .guard = Real(1e-2)};
  if (weighted) options.kernel_weight = on(x.kernel_weight, device);
  if (c.biased) {
    options.key_bias = on(x.key_bias, device);
    options.edge_bias = on(x.edge_bias, device);
    options.edge_weight = on(x.edge_weight, device);
  }
  if (c.magnitude_dropout > 0) options.query_bias = on(x.query_bias, device);
  options.magnitude_dropout = {.p = c.magnitude_dropout, .stream = {.seed = 7, .step = 3, .call = 1}};
  options.dropout = {.p = c.dropout, .stream = {.seed = 7, .step = 3, .call = 2}};
  Variable y = attend(neighbourhood, c.kernel, q, k, v, options);
  y.backward(x.dy.to(device));
  PartResults results{y.value().to(Device::cpu)};
  for (const Variable& of :
       {q, k, v, options.key_bias, options.edge_bias, options.edge_weight, options.query_bias, options.kernel_weight})
    results.push_back(of.defined() ? of.grad().to(Device::cpu) : Tensor());
  return results;
}

Operands of_share(const Operands& x, const Part& share, Edge first_slot) {
  const auto rows = [&](const Tensor& of) { return rows_of(of, share.first(), share.last()); };
  const auto edges = [&](const Tensor& of) { return rows_of(of, first_slot, first_slot + share.graph.edges()); };
  return {.q = rows(x.q),
          .k = rows(x.k),
          .v = rows(x.v),
          .key_bias = rows(x.key_bias),
          .edge_bias = edges(x.edge_bias),
          .edge_weight = edges(x.edge_weight),
          .kernel_weight = x.kernel_weight,
          .dy = rows(x.dy),
          .query_bias = rows(x.query_bias)};
}

Tensor joined(const std::vector<PartResults>& ranks, std::size_t which) {
  std::vector<Real> values;
  Index rows = 0;
  for (const PartResults& of : ranks) {
    values.insert(values.end(), of[which].values().begin(), of[which].values().end());
    rows += of[which].rows();
  }
  return Tensor::from(rows, ranks.front()[which].columns(), values);
}

}  // namespace

PartResults on_the_whole(const PartCase& c, Device device) {
  const Graph own(c.graph.csr());  // its device copies end with it
  return attended(c, own, operands_of(c), device);
}

PartResults on_parts(const PartCase& c, const Partition& partition, Device device, const RankOptions& where) {
  const Operands x = operands_of(c);
  const std::vector<Part> shares = parts_of(c.graph, partition);
  std::vector<PartResults> of_ranks(shares.size());
  run_ranks(
      static_cast<int>(shares.size()),
      [&](Communicator& ranks) {
        const auto me = static_cast<std::size_t>(ranks.rank());
        const Operands mine = of_share(x, shares[me], c.graph.adjacency().offset[shares[me].first()]);
        of_ranks[me] = attended(c, partitioned(shares[me], ranks), mine, device);
      },
      where);
  PartResults all;
  for (std::size_t which = 0; which < 8; ++which)
    all.push_back(joined(of_ranks, which));
  Tensor& weight = all.emplace_back(of_ranks.front()[8]);
  for (std::size_t r = 1; r < of_ranks.size(); ++r)
    for (Index n = 0; n < weight.size(); ++n)
      weight.data()[n] += of_ranks[r][8].data()[n];
  return all;
}

void check_parts(const PartCase& c, const Partition& partition, Device device, const RankOptions& where) {
  CAPTURE(std::string(c.kernel.name()));
  CAPTURE(static_cast<int>(c.normaliser));
  CAPTURE(partition.parts);
  CAPTURE(c.graph.rows());
  const PartResults whole = on_the_whole(c, device), parts = on_parts(c, partition, device, where);
  const char* names[] = {
      "y", "dq", "dk", "dv", "dkey_bias", "dedge_bias", "dedge_weight", "dquery_bias", "dkernel_weight"};
  for (std::size_t which = 0; which < 8; ++which) {
    INFO(std::string(names[which]));
    CHECK(same_bits(parts[which], whole[which]));
  }
  if (!whole[8].empty()) CHECK(max_abs_difference(parts[8], whole[8]) < 1e-4);
}

}  // namespace mercer::test
