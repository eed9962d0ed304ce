#include "mercer/autograd/variable.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "backend/dense_ops.hpp"
#include "backend/select.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {
thread_local bool recording = true;
}

struct Variable::State {
  Tensor value;
  Tensor grad;
  bool wants_grad = false;
  bool has_grad = false;
  std::vector<Variable> inputs;
  BackwardOfResult backward;

  /// Calls visit on every recorded state below `last`, results before what they were made from.
  static std::vector<std::shared_ptr<State>> results_first(const std::shared_ptr<State>& last);
};

Variable::Variable(Tensor value, bool wants_grad) : state_(std::make_shared<State>()) {
  state_->value = std::move(value);
  state_->wants_grad = wants_grad;
}

Variable Variable::record(Tensor value, std::vector<Variable> inputs, Backward backward) {
  return record(std::move(value), std::move(inputs),
                BackwardOfResult([backward = std::move(backward)](std::span<Variable> in, const Tensor&, Tensor& dy) {
                  backward(in, dy);
                }));
}

Variable Variable::record(Tensor value, std::vector<Variable> inputs, BackwardOfResult backward) {
  const bool wanted = recording && std::ranges::any_of(inputs, [](const Variable& x) { return x.wants_grad(); });
  Variable y(std::move(value), wanted);
  if (wanted) {
    y.state_->inputs = std::move(inputs);
    y.state_->backward = std::move(backward);
  }
  return y;
}

Variable::State& Variable::state() const {
  if (!state_) throw ValueError("[Variable] an operand that is undefined has no value and no gradient");
  return *state_;
}

const Tensor& Variable::value() const { return state().value; }
Tensor& Variable::mutable_value() { return state().value; }
bool Variable::wants_grad() const { return state_ && state_->wants_grad; }
bool Variable::has_grad() const { return state_ && state_->has_grad; }
const Tensor& Variable::grad() const { return state().grad; }
void Variable::move_to(Device device) {
  if (this->device() == device) return;
  state().value = value().to(device);
  clear_grad();
}

Tensor& Variable::mutable_grad() { return state().grad; }

void Variable::clear_grad() {
  state().grad = Tensor();
  state().has_grad = false;
}

void Variable::add_grad(Tensor gradient) {
  if (!wants_grad()) return;
  expect("add_grad", {{"rows", gradient.rows(), rows()}, {"columns", gradient.columns(), columns()}});
  expect_device("add_grad", gradient.device(), device());
  if (!state_->has_grad) {
    state_->grad = std::move(gradient);
    state_->has_grad = true;
    return;
  }
  select(device(), cpu::add_to, cuda::add_to)(gradient, state_->grad);
}

std::vector<std::shared_ptr<Variable::State>> Variable::State::results_first(const std::shared_ptr<State>& last) {
  // depth first without recursion: a state is listed once all that it was made from are
  std::vector<std::shared_ptr<State>> order;
  std::vector<std::pair<std::shared_ptr<State>, std::size_t>> path{{last, 0}};
  std::unordered_set<const State*> seen{last.get()};
  while (!path.empty()) {
    auto& [state, next] = path.back();
    if (next == state->inputs.size()) {
      order.push_back(std::move(state));
      path.pop_back();
      continue;
    }
    const auto& input = state->inputs[next++].state_;
    if (input && input->backward && seen.insert(input.get()).second) path.emplace_back(input, 0);
  }
  std::ranges::reverse(order);
  return order;
}

void Variable::backward() {
  expect("backward", {{"rows of the loss", rows(), 1}, {"columns of the loss", columns(), 1}});
  backward(Tensor::filled(1, 1, 1).to(device()));
}

void Variable::backward(Tensor seed) {
  require(wants_grad(), "backward", "nothing that this value was made from wants a gradient");
  add_grad(std::move(seed));
  if (!state_->backward) return;
  for (const auto& state : State::results_first(state_)) {
    // only this result keeps its gradient; the others' may be used up on the way
    Tensor dy = state == state_ ? state->grad : std::move(state->grad);
    if (state->has_grad) state->backward(state->inputs, state->value, dy);
    // what the way back held is not needed again
    state->backward = nullptr;
    state->inputs.clear();
    if (state != state_) {
      state->grad = Tensor();
      state->has_grad = false;
    }
  }
}

NoGrad::NoGrad() : before_(std::exchange(recording, false)) {}
NoGrad::~NoGrad() { recording = before_; }

}  // namespace mercer
