#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

#include "backend/cuda/lane_orders.hpp"
#include "backend/edge_ops.hpp"
#include "mercer/tensor/tensor.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

struct Shape {
  Index heads, d, e;
};

/// One attention on both devices.
struct Case {
  Graph graph;
  AnyKernel kernel;
  Shape shape;
  bool row_sum = true;
  bool biased = false;       // key_bias, edge_bias of every head, edge_weight
  bool shared_bias = false;  // one edge_bias for all heads
  bool shifted = false;      // a fixed normaliser
  double dropout = 0;
  bool few_rows = false;  // dy is 0 but for every third row
  double allowed = 1e-5;
};

struct Operands {
  Tensor q, k, v, weight, key_bias, edge_bias, edge_weight, row_shift, column_shift, dy;

  Operands to(Device device) const {
    return {q.to(device),           k.to(device),         v.to(device),
            weight.to(device),      key_bias.to(device),  edge_bias.to(device),
            edge_weight.to(device), row_shift.to(device), column_shift.to(device),
            dy.to(device)};
  }
};

template <class K>
constexpr bool compares = !std::is_same_v<PairingOf<K>, Nothing>;

Index width_of(const Case& c) {
  return std::visit(
      [&](const auto& kappa) -> Index {
        using K = std::remove_cvref_t<decltype(kappa)>;
        if constexpr (RowKernel<K>)
          return kappa.width();
        else if constexpr (std::is_same_v<PairingOf<K>, Sum>)
          return 1;
        else
          return compares<K> ? c.shape.d : 0;
      },
      c.kernel);
}

bool is_weighted(const AnyKernel& kernel) { return std::holds_alternative<DynamicAdditive>(kernel); }

Operands operands_of(const Case& c) {
  const Index n = c.graph.rows(), m = c.graph.columns(), h = c.shape.heads, d = width_of(c);
  const auto positive = [](Tensor x) {
    for (Real& value : x.values())
      value = std::abs(value);
    return x;
  };
  Operands x;
  x.q = random_tensor(n, h * d, 1), x.k = random_tensor(m, h * d, 2), x.v = random_tensor(m, h * c.shape.e, 3);
  const Real size = d > 0 ? 1 / std::sqrt(static_cast<Real>(d)) : Real(1);
  for (Tensor* of : {&x.q, &x.k})
    for (Real& value : of->values())
      value *= size;  // logarithms of about 1, whatever the width
  x.dy = random_tensor(n, h * c.shape.e, 4);
  for (Index i = 0; c.few_rows && i < n; ++i)
    if (i % 3 != 0) std::fill_n(x.dy.row(i), x.dy.columns(), Real(0));
  if (is_weighted(c.kernel)) x.weight = random_tensor(1, h * d, 5);
  if (c.biased) {
    x.key_bias = random_tensor(m, h, 6);
    x.edge_bias = random_tensor(c.graph.edges(), c.shared_bias ? 1 : h, 7);
    x.edge_weight = positive(random_tensor(c.graph.edges(), 1, 8));
    if (c.graph.edges() > 1) x.edge_weight(1, 0) = 0;
  }
  if (c.shifted) {
    x.row_shift = random_tensor(n, 1, 9);
    x.column_shift = random_tensor(m, 1, 10);
  }
  return x;
}

ConstView view_of(const Tensor& x) { return x.empty() ? ConstView{} : x.view(); }
View view_of(Tensor& x) { return x.empty() ? View{} : x.view(); }

EdgeTerms terms_of(const Case& c, const Operands& x) {
  EdgeTerms terms;
  terms.graph = &c.graph;
  terms.kernel = c.kernel;
  terms.heads = c.shape.heads;
  terms.q = view_of(x.q), terms.k = view_of(x.k), terms.kernel_weight = view_of(x.weight);
  terms.key_bias = view_of(x.key_bias), terms.edge_bias = view_of(x.edge_bias);
  terms.edge_weight = view_of(x.edge_weight);
  terms.row_sum = c.row_sum;
  terms.row_shift = view_of(x.row_shift), terms.column_shift = view_of(x.column_shift);
  terms.dropout = {static_cast<float>(c.dropout), {.seed = 7, .step = 3, .call = 2}};
  terms.guard = Real(1e-2);
  return terms;
}

struct Results {
  Tensor y, state, dq, dk, dv, dweight, dkey_bias, dedge_bias, dedge_weight;
  Index guarded = 0;
};

Results run(const Case& c, const Operands& given, Device device) {
  const Operands x = given.to(device);
  const EdgeTerms terms = terms_of(c, x);
  Results r;
  r.y = Tensor::uninitialized(c.graph.rows(), x.v.columns(), device);
  r.state = Tensor::uninitialized(c.graph.rows(), c.shape.heads, device);
  const bool on_cpu = device == Device::cpu;
  r.guarded = (on_cpu ? cpu::attend_forward : cuda::attend_forward)(terms, x.v, r.y, r.state);
  r.dq = Tensor::like(x.q), r.dk = Tensor::like(x.k), r.dv = Tensor::like(x.v), r.dweight = Tensor::like(x.weight);
  r.dkey_bias = Tensor::like(x.key_bias), r.dedge_bias = Tensor::like(x.edge_bias);
  r.dedge_weight = Tensor::like(x.edge_weight);
  (on_cpu ? cpu::attend_backward : cuda::attend_backward)(
      terms, x.v, r.y, r.state, x.dy,
      {view_of(r.dq), view_of(r.dk), view_of(r.dv), view_of(r.dweight), view_of(r.dkey_bias), view_of(r.dedge_bias),
       view_of(r.dedge_weight)});
  return r;
}

void check_close(const char* what, const Tensor& on_cpu, const Tensor& on_device, double allowed = 1e-5) {
  const Tensor back = on_device.to(Device::cpu);
  REQUIRE(back.rows() == on_cpu.rows());
  REQUIRE(back.columns() == on_cpu.columns());
  double largest = 1, apart = 0;
  for (Index n = 0; n < on_cpu.size(); ++n) {
    if (std::isfinite(on_cpu.data()[n])) largest = std::max(largest, std::abs(double{on_cpu.data()[n]}));
    if (on_cpu.data()[n] == back.data()[n]) continue;  // infinities too
    const double gap = std::abs(double{on_cpu.data()[n]} - double{back.data()[n]});
    apart = std::isnan(gap) ? INFINITY : std::max(apart, gap);
  }
  INFO(what);
  CHECK(apart <= allowed * largest);
}

void check_close(const Case& c, const Results& want, const Results& got) {
  CHECK(got.guarded == want.guarded);
  check_close("y", want.y, got.y, c.allowed);
  check_close("state", want.state, got.state, c.allowed);
  check_close("dq", want.dq, got.dq, c.allowed);
  check_close("dk", want.dk, got.dk, c.allowed);
  check_close("dv", want.dv, got.dv, c.allowed);
  check_close("dweight", want.dweight, got.dweight, c.allowed);
  check_close("dkey_bias", want.dkey_bias, got.dkey_bias, c.allowed);
  check_close("dedge_bias", want.dedge_bias, got.dedge_bias, c.allowed);
  check_close("dedge_weight", want.dedge_weight, got.dedge_weight, c.allowed);
}

void check_case(const Case& c, bool in_every_order = false) {
  CAPTURE(std::visit([](const auto& kappa) { return std::string(kappa.name); }, c.kernel));
  CAPTURE(c.graph.rows());
  CAPTURE(c.shape.heads);
  CAPTURE(c.shape.d);
  CAPTURE(c.shape.e);
  CAPTURE(c.row_sum);
  CAPTURE(c.dropout);
  const Operands x = operands_of(c);
  const Results want = run(c, x, Device::cpu);
  const auto check = [&] { check_close(c, want, run(c, x, Device::cuda)); };
  if (in_every_order)
    for_each_lane_order(check);
  else
    check();
  release_unused_memory();  // the machine looks after every block that is there
}

template <std::size_t... which>
std::vector<AnyKernel> one_of_each(std::index_sequence<which...>) {
  return {AnyKernel(std::in_place_index<which>)...};
}

std::vector<AnyKernel> all_kernels() { return one_of_each(std::make_index_sequence<std::variant_size_v<AnyKernel>>()); }

}  // namespace

TEST_SUITE("attention on a device = on the CPU" * doctest::skip(!device_present())) {
  TEST_CASE("every kernel attends on the device as it does on the CPU") {
    for (const AnyKernel& kernel : all_kernels()) {
      check_case({Graph(scattered(33)), kernel, {2, 4, 3}}, true);
      check_case({.graph = Graph(scattered(9)), .kernel = kernel, .shape = {3, 5, 8}, .biased = true, .dropout = 0.4},
                 true);
      check_case({.graph = Graph(cycle(8)), .kernel = kernel, .shape = {1, 2, 1}, .row_sum = false, .shifted = true},
                 true);
    }
  }

  TEST_CASE("heads and widths from the narrowest to several panels") {
    const AnyKernel dot = Exponential{}, gatv2 = DynamicAdditive{}, squared = SquaredInnerProduct{.floor = Real(0.1)};
    for (const Shape shape : {Shape{1, 1, 1},
                              {1, 256, 256},
                              {2, 64, 64},
                              {3, 7, 9},
                              {4, 16, 64},
                              {5, 3, 12},
                              {7, 8, 1},
                              {8, 8, 8},
                              {8, 128, 8},
                              {9, 4, 4},
                              {12, 1, 5},
                              {16, 8, 4},
                              {1, 600, 4},
                              {1, 4, 1030}})
      for (const AnyKernel& kernel : {dot, gatv2, squared}) {
        check_case({.graph = Graph(scattered(31)), .kernel = kernel, .shape = shape, .biased = true, .dropout = 0.5});
        check_case({.graph = Graph(cycle(7)), .kernel = kernel, .shape = shape, .few_rows = true});
      }
  }

  TEST_CASE("graphs of every size, with empty rows and without edges") {
    for (const Index n : sizes)
      for (const AnyKernel& kernel :
           {AnyKernel(Additive{}), AnyKernel(Gaussian{}), AnyKernel(InnerProduct{.shift = 1})}) {
        check_case({.graph = Graph(scattered(n)), .kernel = kernel, .shape = {8, 8, 8}, .few_rows = true});
        check_case({.graph = Graph(no_edges(n)), .kernel = kernel, .shape = {2, 4, 4}, .biased = true});
        check_case(
            {.graph = Graph(star(n)), .kernel = kernel, .shape = {2, 4, 4}, .biased = true, .shared_bias = true});
      }
  }

  TEST_CASE("a row of 2000 goes by chunks, and so does a column" * doctest::test_suite("attention, long")) {
    for (const AnyKernel& kernel :
         {AnyKernel(Exponential{}), AnyKernel(DynamicAdditive{}), AnyKernel(Additive{}), AnyKernel(InnerProduct{})})
      for (const bool row_sum : {true, false}) {
        const Case rows{.graph = Graph(star(2000)),
                        .kernel = kernel,
                        .shape = {3, 4, 8},
                        .row_sum = row_sum,
                        .biased = true,
                        .shifted = true,
                        .dropout = 0.3,
                        .allowed = 2e-5};  // sums of 2000 terms of either sign
        check_case(rows);
        Case columns = rows;
        columns.graph = rows.graph.reversed();
        check_case(columns);
      }
  }

  TEST_CASE("weights and factors are those of the CPU") {
    for (const AnyKernel& kernel : all_kernels()) {
      const Case c{.graph = Graph(scattered(20)), .kernel = kernel, .shape = {3, 4, 4}, .biased = true};
      const Operands on_cpu = operands_of(c), on_device = on_cpu.to(Device::cuda);
      const EdgeTerms want = terms_of(c, on_cpu), got = terms_of(c, on_device);
      const Index n = c.graph.rows(), edges = c.graph.edges();
      Tensor y(n, 0), state(n, 3), y_there(n, 0, Device::cuda), state_there(n, 3, Device::cuda);
      cpu::attend_forward(want, Tensor(n, 0), y, state);
      cuda::attend_forward(got, Tensor(n, 0, Device::cuda), y_there, state_there);
      check_close("state without values", state, state_there);
      Tensor alpha(edges, 3), alpha_there(edges, 3, Device::cuda);
      cpu::attend_weights(want, state, alpha);
      cuda::attend_weights(got, state_there, alpha_there);
      check_close("alpha", alpha, alpha_there);
      const bool splits = std::holds_alternative<Exponential>(kernel) || std::holds_alternative<Additive>(kernel);
      const Tensor listener = splits ? random_tensor(n, 3, 11) : Tensor(),
                   speaker = splits ? random_tensor(n, 3, 12) : Tensor();
      const Tensor listener_there = listener.to(Device::cuda), speaker_there = speaker.to(Device::cuda);
      Tensor s(edges, 3), m(edges, 3), s_there(edges, 3, Device::cuda), m_there(edges, 3, Device::cuda);
      cpu::edge_factors(want, view_of(listener), view_of(speaker), s, m);
      cuda::edge_factors(got, view_of(listener_there), view_of(speaker_there), s_there, m_there);
      check_close("similarity", s, s_there);
      check_close("log magnitude", m, m_there);
    }
  }
}
