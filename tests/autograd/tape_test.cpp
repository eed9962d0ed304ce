#include <doctest/doctest.h>
#include <pthread.h>

#include <memory>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "simt/machine/sanitizer.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// Runs work() on a thread whose stack is 256 KiB.
void on_small_stack(void (*work)()) {
  pthread_attr_t attributes;
  REQUIRE(pthread_attr_init(&attributes) == 0);
  REQUIRE(pthread_attr_setstacksize(&attributes, 256 * 1024) == 0);
  pthread_t thread;
  const auto run = [](void* work) -> void* {
    (*static_cast<void (**)()>(work))();
    return nullptr;
  };
  REQUIRE(pthread_create(&thread, &attributes, run, &work) == 0);
  REQUIRE(pthread_join(thread, nullptr) == 0);
  pthread_attr_destroy(&attributes);
}

/// A million. Under a sanitizer, which is slow: as many as exceed the stack if each takes 3 bytes of it.
constexpr int links = simt::under_asan || simt::under_tsan ? 100000 : 1000000;

/// x times 1, that often in sequence.
Variable long_tape(const Variable& x) {
  Variable y = x;
  for (int link = 0; link < links; ++link)
    y = scale(y, 1);
  return y;
}

}  // namespace

TEST_CASE("a second backward pass through a freed tape is refused, with the way to keep it") {
  const Variable x(Tensor::from({{3}}), true);
  const Variable trunk = multiply(x, x);
  Variable a = scale(trunk, 0.5), b = scale(trunk, 5);
  a.backward();
  CHECK(x.grad()(0, 0) == 3);
  const std::string refusal = message_of<ValueError>([&] { b.backward(); });
  CHECK(refusal.starts_with("[backward] "));
  CHECK(refusal.find("backward({.keep = true})") != std::string::npos);
  CHECK(message_of<ValueError>([&] { a.backward(); }) == refusal);
  CHECK(x.grad()(0, 0) == 3);  // the refused calls added nothing
  // a result of it can still be read, and can begin another tape
  Variable leaf(trunk.value(), true);
  scale(leaf, 2).backward();
  CHECK(leaf.grad()(0, 0) == 2);
}

TEST_CASE("a kept tape allows any number of backward passes, and gradients of leaves add up") {
  const Variable x(Tensor::from({{3}}), true);
  const Variable trunk = multiply(x, x);
  Variable a = scale(trunk, 0.5), b = scale(trunk, 5);
  a.backward({.keep = true});
  b.backward({.keep = true});
  CHECK(x.grad()(0, 0) == 33);
  b.backward(Tensor::from({{2}}), {.keep = true});
  CHECK(x.grad()(0, 0) == 93);
  CHECK(b.grad()(0, 0) == 2);  // the gradient of the last pass
  // the gradient that a result keeps is not added to a later pass through it
  Variable c = scale(b, 1);
  c.backward();
  CHECK(x.grad()(0, 0) == 123);
  CHECK_THROWS_AS(c.backward(), ValueError);
}

TEST_CASE("every function's gradient is the same the second time") {
  const Variable x(random_tensor(9, 6, 1), true), w(random_tensor(6, 4, 2), true), a(random_tensor(1, 4, 3), true);
  const Variable y = layer_norm(tanh(matmul(dropout(x, {0.3f, {1, 2, 3}}), w)), a, a);
  Variable loss = sum(multiply(log_softmax(elu(y)), concat({slice(y, 2, 2), slice(y, 0, 2)})));
  loss.backward({.keep = true});
  std::vector<Tensor> first;
  for (Variable each : {x, w, a}) {
    first.push_back(each.grad());
    each.clear_grad();
  }
  loss.backward();
  CHECK(same_bits(x.grad(), first[0]));
  CHECK(same_bits(w.grad(), first[1]));
  CHECK(same_bits(a.grad(), first[2]));
}

TEST_CASE("a tape of a million links is run and freed on a small stack") {
  on_small_stack([] {
    const Variable x(Tensor::from({{1}}), true);
    long_tape(x).backward();
    CHECK(x.grad()(0, 0) == 1);
  });
  on_small_stack([] { CHECK(long_tape(Variable(Tensor::from({{1}}), true)).wants_grad()); });
  // each backward function holds the previous variable too
  on_small_stack([] {
    Variable y(Tensor::from({{1}}), true);
    for (int link = 0; link < links; ++link)
      y = Variable::record(y.value(), {y}, [y](std::span<Variable> in, Tensor& dy) { in[0].add_grad(dy); });
    CHECK(y.wants_grad());
  });
}

TEST_CASE("an operand whose size changed since the forward pass is refused by name") {
  const auto refused = [](const auto& function, const char* message) {
    Variable x(Tensor(3, 2), true);
    Variable y = function(x);
    x.mutable_value() = Tensor(1, 1);
    CHECK(message_of<ShapeError>([&] { y.backward(Tensor(y.rows(), y.columns())); }).starts_with(message));
  };
  const char* changed = "rows of an operand that was changed before backward(): got 1, want 3";
  refused([](const Variable& x) { return exp(x); }, ("[exp] " + std::string(changed)).c_str());
  refused([](const Variable& x) { return slice(x, 0, 1); }, ("[slice] " + std::string(changed)).c_str());
  refused([](const Variable& x) { return matmul(x, Variable(Tensor(2, 4), true)); },
          ("[matmul] " + std::string(changed)).c_str());
  // the gradient itself
  Variable x(Tensor(3, 2), true);
  x.add_grad(Tensor(3, 2));
  x.mutable_grad() = Tensor(1, 1);
  CHECK(message_of<ShapeError>([&] {
          x.add_grad(Tensor(3, 2));
        }).starts_with("[add_grad] rows of the gradient so far: got 1, want 3"));
  CHECK_THROWS_AS(slice(x, 0, 1).backward(Tensor(3, 1)), ShapeError);
}

TEST_CASE("an error in a backward pass names the function of the gradient") {
  const auto too_wide = [](const Variable& x) {
    return Variable::record(
        x.value(), {x}, [](std::span<Variable> in, Tensor&) { in[0].add_grad(Tensor(1, 5)); }, "too_wide");
  };
  const Variable x(Tensor::from({{1, 2}}), true);
  CHECK(message_of<ShapeError>([&] {
          sum(too_wide(x)).backward();
        }).starts_with("[too_wide] columns of a gradient: got 5, want 2"));
  CHECK(message_of<ShapeError>([&] { Variable(x).add_grad(Tensor(1, 3)); }).starts_with("[add_grad] "));
}

TEST_CASE("a forgotten value is made again when it is read, and gradients stay") {
  const Variable x(Tensor::from({{1, -2}, {3, 0.5f}}), true);
  int made = 0;
  const auto loss_of = [&](bool forgets) {
    Variable(x).clear_grad();
    Variable y = exp(x);  // its backward pass reads its own result
    const Variable z = multiply(y, y);
    if (forgets)
      y.forget_value([x, &made] {
        ++made;
        const NoGrad no_tape;
        return exp(x).value();
      });
    CHECK(y.rows() == 2);
    CHECK(y.columns() == 2);
    CHECK(y.device() == Device::cpu);
    CHECK(made == 0);  // nothing of it reads the values
    sum(z).backward();
    return x.grad();
  };
  const Tensor kept = loss_of(false);
  CHECK(max_abs_difference(kept, loss_of(true)) == 0);
  CHECK(made == 1);
}

TEST_CASE("without a tape no value is forgotten") {
  const NoGrad no_tape;
  Variable y = exp(Variable(Tensor::from({{0}})));
  y.forget_value([]() -> Tensor { throw std::runtime_error("not asked for"); });
  CHECK(y.value()(0, 0) == 1);
}
