#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>

#include "backend/cuda/machine.hpp"
#include "mercer/attention/attend.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/heads.hpp"
#include "mercer/base/check.hpp"
#include "mercer/training/optimizer.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"

namespace mercer::test {
namespace {

Variable here(Index rows, Index columns) { return Variable(random_tensor(rows, columns), true); }
Variable there(Index rows, Index columns) { return Variable(random_tensor(rows, columns).to(Device::cuda), true); }

std::string mixed(const std::string& op, const char* got = "cpu", const char* want = "cuda:0") {
  return "[" + op + "] operands on different devices: got " + got + ", want " + want;
}

}  // namespace

TEST_CASE("operands on different devices are refused by name") {
  fresh_machine();
  const auto sparse = std::make_shared<const SparseMatrix>(random_sparse(4, 6));
  struct Case {
    const char* op;
    std::function<void()> call;
  };
  const Case cases[] = {
      {"add", [] { add(there(2, 3), here(2, 3)); }},
      {"multiply", [] { multiply(there(2, 3), here(2, 3)); }},
      {"add_bias", [] { add_bias(there(2, 3), here(1, 3)); }},
      {"matmul", [] { matmul(there(2, 3), here(3, 4)); }},
      {"head_dot", [] { head_dot(there(2, 6), here(1, 6), 2); }},
      {"head_matmul", [] { head_matmul(there(2, 6), here(6, 5), 2); }},
      {"scale_heads", [] { scale_heads(there(2, 6), here(1, 2)); }},
  };
  for (const auto& [op, call] : cases)
    CHECK(message_of<ValueError>(call) == mixed(op));
  CHECK(message_of<ValueError>([] { add(here(2, 3), there(2, 3)); }) == mixed("add", "cuda:0", "cpu"));
  CHECK(message_of<ValueError>([] { concat({there(2, 3), here(2, 1)}); }) == mixed("concat", "cuda:0", "cpu"));
  CHECK(message_of<ValueError>([&] { matmul(Input(sparse), there(6, 4)); }) == mixed("matmul", "cuda:0", "cpu"));
}

TEST_CASE("in the backward pass they are refused by the name of the function of the gradient") {
  fresh_machine();
  Variable a = there(2, 3), b = there(2, 3);
  Variable product = multiply(a, b), activated = elu(a);
  b.move_to(Device::cpu);
  CHECK(message_of<ValueError>([&] { sum(product).backward(); }) == mixed("multiply"));
  a.move_to(Device::cpu);
  CHECK(message_of<ValueError>([&] { sum(activated).backward(); }) == mixed("elu", "cuda:0", "cpu"));
}

TEST_CASE("attention refuses each operand on another device") {
  fresh_machine();
  const Graph graph(cycle(4));
  const auto refused = [&](const Variable& q, const Variable& k, const Variable& v, AttendOptions options) {
    options.heads = 2;
    return message_of<ValueError>([&] { attend(graph, Exponential{}, q, k, v, options); });
  };
  const Variable x = there(4, 6), other = here(4, 6);
  CHECK(refused(other, x, x, {}) == mixed("attend"));
  CHECK(refused(x, other, x, {}) == mixed("attend"));
  CHECK(refused(x, x, other, {}) == mixed("attend", "cuda:0", "cpu"));
  CHECK(refused(x, x, x, {.key_bias = here(4, 2)}) == mixed("attend"));
  CHECK(refused(x, x, x, {.edge_bias = here(graph.edges(), 1)}) == mixed("attend"));
  CHECK(refused(x, x, x, {}).empty());
  CHECK(message_of<ValueError>([&] { attention_weights(graph, Exponential{}, x, other, {.heads = 2}); }) ==
        mixed("attention_weights"));
}

TEST_CASE("a negative edge weight is refused on a device as it is on the CPU") {
  fresh_machine();
  const Graph graph(cycle(2));
  const Variable x = there(2, 4);
  Tensor weight = Tensor::filled(4, 1, 1);
  weight(2, 0) = -1;
  const AttendOptions options{.edge_weight = Variable(weight.to(Device::cuda))};
  CHECK(message_of<ValueError>([&] {
          attend(graph, Gaussian{}, x, x, x, options);
        }).starts_with("[attend] edge_weight of edge slot 2: got -1"));
}

TEST_CASE("a seed, a gradient and an optimizer's state on another device are refused") {
  fresh_machine();
  Variable x = there(2, 3);
  CHECK(message_of<ValueError>([&] { x.add_grad(random_tensor(2, 3)); }) == mixed("add_grad"));
  CHECK(message_of<ValueError>([&] { scale(x, 2).backward(random_tensor(2, 3)); }) == mixed("add_grad"));
  Variable w = here(2, 3);
  Optimizer optimizer({{"w", w}}, Adam{});
  w.move_to(Device::cuda);
  w.add_grad(random_tensor(2, 3).to(Device::cuda));
  CHECK(message_of<ValueError>([&] { optimizer.step(1); }) == mixed("step"));
}

}  // namespace mercer::test
