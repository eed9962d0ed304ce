#include <doctest/doctest.h>

#include <functional>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/parallel.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

struct Case {
  const char* name;
  std::function<Variable(const Variable& x, const Variable& w)> function;  // x [3000, 64], w [rows, columns]
  Index rows, columns;                                                     // of w
};

const auto sparse = std::make_shared<const SparseMatrix>(random_sparse(3000, 150, 5));
const std::vector<Node> listed{0, 5, 17, 1500, 2999};

std::vector<Case> all_cases() {
  const auto only_x = [](auto f) { return [f](const Variable& x, const Variable&) { return f(x); }; };
  const Dropout drop{0.4f, {1, 2, 3}};
  return {
      {"add", add, 3000, 64},
      {"multiply", multiply, 3000, 64},
      {"add_bias", add_bias, 1, 64},
      {"matmul", [](const Variable& x, const Variable& w) { return matmul(x, w); }, 64, 7},
      {"sparse matmul", [](const Variable&, const Variable& w) { return matmul(Input(sparse), w); }, 150, 100},
      {"sparse dropout, matmul",
       [drop](const Variable&, const Variable& w) { return matmul(dropout(Input(sparse), drop), w); }, 150, 24},
      {"scale", only_x([](const Variable& x) { return scale(x, 3); }), 1, 1},
      {"dropout", only_x([drop](const Variable& x) { return dropout(x, drop); }), 1, 1},
      {"relu", only_x(relu), 1, 1},
      {"leaky_relu", only_x([](const Variable& x) { return leaky_relu(x, Real(0.2)); }), 1, 1},
      {"elu", only_x(elu), 1, 1},
      {"head_dot", [](const Variable& x, const Variable& a) { return head_dot(x, a, 8); }, 1, 64},
      {"head_mean", only_x([](const Variable& x) { return head_mean(x, 8); }), 1, 1},
      {"squared_norm 1", only_x([](const Variable& x) { return squared_norm(x, 8, 1, 2); }), 1, 1},
      {"squared_norm 1.8", only_x([](const Variable& x) { return squared_norm(x, 8, Real(1.8), 2); }), 1, 1},
      {"squared_norm 2", only_x([](const Variable& x) { return squared_norm(x, 8, 2, 2); }), 1, 1},
      {"log_softmax", only_x(log_softmax), 1, 1},
      {"sum", only_x(sum), 1, 1},
      {"cross_entropy",
       only_x([](const Variable& x) { return cross_entropy(x, std::vector<std::int32_t>(3000, 3), listed); }), 1, 1},
  };
}

struct Bits {
  Tensor y, dx, dw;
};

Bits run(const Case& c) {
  const Variable x(random_tensor(3000, 64, 1), true), w(random_tensor(c.rows, c.columns, 2), true);
  Variable y = c.function(x, w);
  y.backward(random_tensor(y.rows(), y.columns(), 3));
  return {y.value(), x.grad(), w.grad()};
}

}  // namespace

TEST_CASE("every function gives the same bits at 1, 2, 4 and 16 threads") {
  for (const Case& c : all_cases()) {
    CAPTURE(c.name);
    set_threads(1);
    const Bits alone = run(c);
    for (const int count : {2, 4, 16}) {
      set_threads(count);
      const Bits together = run(c);
      CHECK(same_bits(together.y, alone.y));
      CHECK(same_bits(together.dx, alone.dx));
      CHECK(same_bits(together.dw, alone.dw));
    }
  }
  set_threads(0);
}
