#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

#include "backend/cuda/attend/attend_check.hpp"
#include "backend/cuda/lane_orders.hpp"
#include "support/graphs.hpp"
#include "support/kernels.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

using Shape = AttentionShape;
using Case = AttentionCase;
using Operands = AttentionOperands;
using Results = AttentionResults;

}  // namespace

TEST_SUITE("attention on a device = on the CPU" * doctest::skip(!device_present())) {
  TEST_CASE("every kernel agrees with the CPU") {
    for (const AnyKernel& kernel : all_kernels()) {
      check_case({Graph(scattered(33)), kernel, {2, 4, 3}}, true);
      check_case({.graph = Graph(scattered(9)),
                  .kernel = kernel,
                  .shape = {3, 5, 8},
                  .biased = true,
                  .dropout = 0.4,
                  .transposed = true},
                 true);
      check_case({.graph = Graph(cycle(8)), .kernel = kernel, .shape = {1, 2, 1}, .row_sum = false, .shifted = true},
                 true);
    }
  }

  TEST_CASE("the magnitude of the query, masked by pairs") {
    for (const AnyKernel& kernel : {AnyKernel(Additive{}), AnyKernel(Gaussian{}), AnyKernel(InnerProduct{.shift = 1})})
      for (const double masked : {0.0, 0.4})
        for (const bool row_sum : {true, false}) {
          Case c{.graph = Graph(scattered(33)),
                 .kernel = kernel,
                 .shape = {9, 4, 3},
                 .row_sum = row_sum,
                 .biased = true,
                 .shifted = true,
                 .query_biased = true,
                 .magnitude_dropout = masked};
          check_case(c, masked > 0);
          c.graph = Graph(star(700));  // a row in chunks
          c.shape = {2, 4, 4}, c.dropout = 0.3, c.allowed = 2e-5;
          check_case(c);
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

  TEST_CASE("a row of 2000 edges is cut into chunks, and so is a column" * doctest::test_suite("attention, long")) {
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
                        .allowed = 2e-5};  // sums of 2000 terms of both signs
        check_case(rows);
        Case columns = rows;
        columns.graph = rows.graph.reversed();
        check_case(columns);
      }
  }

  TEST_CASE("saved slopes give GAT's dq as a pass over edges does, and change nothing else") {
    const auto check = [](Case c) {
      const Operands x = operands_of(c).to(Device::cuda);
      const Results without = run(c, x.to(Device::cuda));
      c.keeps_slope = true;
      const Results with = run(c, x.to(Device::cuda));
      for (const auto of : {&Results::y, &Results::state, &Results::dk, &Results::dv, &Results::dedge_weight})
        CHECK(same_bits((without.*of).to(Device::cpu), (with.*of).to(Device::cpu)));
      check_case(c, c.graph.rows() == 8);
    };
    for (const Index n : sizes)
      for (const bool row_sum : {true, false}) {
        const Case c{.graph = Graph(scattered(n)), .kernel = Additive{}, .shape = {8, 1, 8}, .row_sum = row_sum};
        check(c);
        check({c.graph, c.kernel, {3, 1, 5}, row_sum, true, false, true, 0.5, true});
        check({c.graph, c.kernel, {9, 1, 64}, row_sum, true, true, false, 0.5});
      }
    check({.graph = Graph(no_edges(7)), .kernel = Additive{}, .shape = {2, 1, 4}});
    check({.graph = Graph(scattered(9)), .kernel = Additive{}, .shape = {1, 1, 1030}, .dropout = 0.2});
    check({.graph = Graph(scattered(9)), .kernel = Additive{.negative_slope = -1}, .shape = {16, 1, 4}});
  }

  TEST_CASE("slopes of a row of 2000 edges are cut into chunks" * doctest::test_suite("attention, long")) {
    for (const bool row_sum : {true, false}) {
      Case c{.graph = Graph(star(2000)),
             .kernel = Additive{},
             .shape = {3, 1, 8},
             .row_sum = row_sum,
             .biased = true,
             .shifted = true,
             .dropout = 0.3,
             .keeps_slope = true,
             .allowed = 2e-5};
      check_case(c);
      c.shape = {2, 1, 3};
      check_case(c);
    }
  }

  TEST_CASE("rows of brain floats, every kernel, widths with and without packs of four") {
    for (const AnyKernel& kernel : all_kernels())
      for (const Shape shape : {Shape{2, 4, 3}, {3, 5, 8}, {2, 8, 64}, {1, 3, 1}})
        for (const bool few : {false, true})
          check_case({.graph = Graph(scattered(33)),
                      .kernel = kernel,
                      .shape = shape,
                      .row_sum = !few,
                      .biased = few,
                      .dropout = few ? 0.4 : 0,
                      .few_rows = few,
                      .keeps_slope = few && kernel.is<Additive>(),
                      .storage = Storage::bf16});
    check_case({.graph = Graph(no_edges(7)), .kernel = Gaussian{}, .shape = {2, 4, 4}, .storage = Storage::bf16});
    check_case({.graph = Graph(star(600)), .kernel = Exponential{}, .shape = {2, 4, 4}, .storage = Storage::bf16});
  }

  TEST_CASE(
      "rows of brain floats, eight columns a lane: alone, in pairs, with a partner that has none, in a whole warp") {
    const Graph graphs[] = {Graph(scattered(33)), Graph(star(600))};
    for (const AnyKernel& kernel : {AnyKernel(Exponential{}), AnyKernel(Gaussian{}), AnyKernel(DynamicAdditive{}),
                                    AnyKernel(InnerProduct{}), AnyKernel(Additive{})})
      for (const Shape shape : {Shape{3, 8, 8}, {4, 16, 16}, {3, 24, 24}, {2, 16, 40}, {1, 256, 256}})
        for (const bool few : {false, true})
          check_case({.graph = graphs[few ? 1 : 0],
                      .kernel = kernel,
                      .shape = kernel.is<Additive>() ? Shape{shape.heads, 1, shape.e} : shape,
                      .row_sum = !few || !kernel.is<InnerProduct>(),  // a signed sum of 600 cancels
                      .biased = few,
                      .dropout = few ? 0.4 : 0,
                      .few_rows = few,
                      .storage = Storage::bf16});
  }

  TEST_CASE("blocks: more sources than targets, dropout by their numbers") {
    const Block block = full_block(Graph(scattered(33)), std::vector<Node>{30, 1, 7, 9, 28});
    for (const AnyKernel& kernel : all_kernels())
      check_case({.kernel = kernel, .shape = {2, 4, 8}, .biased = true, .dropout = 0.4, .other = block});
  }

  TEST_CASE("segments: runs of columns, causal runs, rectangles, and rows longer than a chunk") {
    // rows of 33 columns, more than a warp takes at once, in the rectangles
    const Segments segments[] = {Segments({0, 3, 3, 12}), Segments({0, 3, 3, 12}, true),
                                 Segments({0, 2, 5}, {0, 33, 34}), Segments({0, 9, 12}, {0, 7, 40}, true)};
    for (const AnyKernel& any : all_kernels())
      for (const Segments& each : segments) {
        // derivatives of ln(s² + floor) reach 1/√floor: at 316, the rounding of s shows in the gradient
        const AnyKernel kernel = any.is<SquaredInnerProduct>() ? SquaredInnerProduct{.floor = Real(0.1)} : any;
        check_case({.kernel = kernel, .shape = {2, 4, 8}, .biased = true, .dropout = 0.4, .other = each});
      }
    check_case({.kernel = Additive{}, .shape = {2, 1, 8}, .keeps_slope = true, .other = segments[1]});
    for (const bool causal : {false, true})
      check_case({.kernel = Exponential{}, .shape = {2, 4, 8}, .biased = true, .other = Segments({0, 3, 36}, causal)});
    check_case({.kernel = Exponential{}, .shape = {1, 4, 4}, .other = Segments({0, 2}, {0, 700})});
  }

  TEST_CASE("weights and factors agree with the CPU") {
    for (const AnyKernel& kernel : all_kernels()) {
      const Case c{.graph = Graph(scattered(20)),
                   .kernel = kernel,
                   .shape = {3, 4, 4},
                   .biased = true,
                   .storage = kernel.is<Exponential>() ? Storage::bf16 : Storage::real};
      const Operands on_cpu = operands_of(c), on_device = on_cpu.to(Device::cuda);
      const EdgeTerms want = terms_of(c, on_cpu), got = terms_of(c, on_device);
      const Index n = c.graph.rows(), edges = c.graph.edges();
      Tensor y(n, 0), state(n, 3), y_there(n, 0, Device::cuda), state_there(n, 3, Device::cuda);
      const EdgeList list = cpu::edge_lists(c.view()).adjacency, list_there = cuda::edge_lists(c.view()).adjacency;
      cpu::attend_forward(want, list, Tensor(n, 0), y, {state, {}});
      cuda::attend_forward(got, list_there, Tensor(n, 0, Device::cuda), y_there, {state_there, {}});
      check_close("state without values", state, state_there);
      Tensor alpha(edges, 3), alpha_there(edges, 3, Device::cuda);
      cpu::attend_weights(want, list, state, alpha);
      cuda::attend_weights(got, list_there, state_there, alpha_there);
      check_close("alpha", alpha, alpha_there);
      const bool splits = kernel.is<Exponential>() || kernel.is<Additive>();
      const Tensor target = splits ? random_tensor(n, 3, 11) : Tensor(),
                   source = splits ? random_tensor(n, 3, 12) : Tensor();
      const Tensor target_there = target.to(Device::cuda), source_there = source.to(Device::cuda);
      Tensor s(edges, 3), m(edges, 3), s_there(edges, 3, Device::cuda), m_there(edges, 3, Device::cuda);
      cpu::edge_factors(want, list, view_of(target), view_of(source), s, m);
      cuda::edge_factors(got, list_there, view_of(target_there), view_of(source_there), s_there, m_there);
      check_close("similarity", s, s_there);
      check_close("log magnitude", m, m_there);
    }
  }
}
