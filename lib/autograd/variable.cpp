#include "mercer/autograd/variable.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "backend/operators.hpp"
#include "base/timed.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {
thread_local bool recording = true;

using Shape = std::pair<Index, Index>;

/// Rows and columns of a value; none of an undefined one.
Shape shape_of(const Variable& x) { return x ? Shape{x.rows(), x.columns()} : Shape{}; }

}  // namespace

struct Variable::State {
  /// How a result was made.
  struct Link {
    std::vector<Variable> inputs;
    BackwardOfResult backward;
    const char* op = "";
    std::vector<Shape> shapes{};  // of the inputs, when recorded
    std::size_t place = 0;        // of the record in the thread's profile
    bool reads_result = true;     // does `backward` read the result's value?

    /// Throws ShapeError when the value of an input has another shape now: a backward pass reads it.
    void check_shapes() const {
      for (std::size_t n = 0; n < inputs.size(); ++n) {
        const auto [rows, columns] = shape_of(inputs[n]);
        expect(op, {{"rows of an operand that was changed before backward()", rows, shapes[n].first},
                    {"columns of an operand that was changed before backward()", columns, shapes[n].second}});
      }
    }
  };

  State() = default;
  ~State() { drop(std::move(link)); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void clear_grad() {
    grad = Tensor();
    has_grad = false;
  }
  bool is_leaf() const { return !link.backward && !freed; }
  /// The value, made again if it was forgotten.
  Tensor& known_value() {
    if (remake) value = std::exchange(remake, {})();
    return value;
  }

  /// Every recorded state below `last`, results before what they were made from. Throws ValueError on a freed one.
  static std::vector<std::shared_ptr<State>> results_first(const std::shared_ptr<State>& last);
  /// Destroys a link and all that only it held. A destructor that runs meanwhile hands its own link over, so that a
  /// long tape needs no deep stack.
  static void drop(Link link);

  Tensor value;
  std::function<Tensor()> remake;  // of a forgotten value, which has this shape and device
  Shape shape{};
  Device device = Device::cpu;
  Tensor grad;
  bool wants_grad = false;
  bool has_grad = false;
  bool freed = false;  // a backward pass has freed the link
  Link link;
};

void Variable::State::drop(Link link) {
  thread_local std::vector<Link>* waiting = nullptr;
  if (link.inputs.empty() && !link.backward) return;
  if (waiting != nullptr) {
    waiting->push_back(std::move(link));
    return;
  }
  std::vector<Link> links;
  links.push_back(std::move(link));
  waiting = &links;
  while (!links.empty()) {
    const Link last = std::move(links.back());
    links.pop_back();
  }
  waiting = nullptr;
}

Variable::Variable(Tensor value, bool wants_grad) : state_(std::make_shared<State>()) {
  state_->value = std::move(value);
  state_->wants_grad = wants_grad;
}

Variable Variable::record(Tensor value, std::vector<Variable> inputs, Backward backward, const char* op) {
  Variable y = record(std::move(value), std::move(inputs),
                      BackwardOfResult([backward = std::move(backward)](std::span<Variable> in, const Tensor&,
                                                                        Tensor& dy) { backward(in, dy); }),
                      op);
  y.state_->link.reads_result = false;
  return y;
}

Variable Variable::record(Tensor value, std::vector<Variable> inputs, BackwardOfResult backward, const char* op) {
  const bool wanted = recording && std::ranges::any_of(inputs, [](const Variable& x) { return x.wants_grad(); });
  Variable y(std::move(value), wanted);
  if (!wanted) return y;
  std::vector<Shape> shapes;
  for (const Variable& x : inputs)
    shapes.push_back(shape_of(x));
  y.state_->link = {std::move(inputs), std::move(backward), op, std::move(shapes), profiled_place()};
  return y;
}

Variable::State& Variable::state(const char* op) const {
  if (state_) return *state_;
  if (std::string_view(op).starts_with("operator"))
    op = operator_in_backward != nullptr ? operator_in_backward : "Variable";
  throw ValueError("[" + std::string(op) + "] operand: got an undefined variable, want one with a value");
}

const Tensor& Variable::value(const char* op) const& { return state(op).known_value(); }
Tensor Variable::value(const char* op) && {
  Tensor& x = state(op).known_value();
  return state_.use_count() == 1 ? std::move(x) : x;
}
Tensor& Variable::mutable_value() & { return state("mutable_value").known_value(); }
Index Variable::rows(const char* op) const {
  const State& x = state(op);
  return x.remake ? x.shape.first : x.value.rows();
}
Index Variable::columns(const char* op) const {
  const State& x = state(op);
  return x.remake ? x.shape.second : x.value.columns();
}
Device Variable::device(const char* op) const {
  const State& x = state(op);
  return x.remake ? x.device : x.value.device();
}
void Variable::forget_value(std::function<Tensor()> remake) {
  State& x = state("forget_value");
  if (!x.link.backward) return;
  x.shape = {rows(), columns()}, x.device = device();
  x.value = Tensor();
  x.remake = std::move(remake);
}
bool Variable::wants_grad() const { return state_ && state_->wants_grad; }
bool Variable::has_grad() const { return state_ && state_->has_grad; }
const Tensor& Variable::grad(const char* op) const& { return state(op).grad; }
Tensor Variable::grad(const char* op) && {
  Tensor& dx = state(op).grad;
  return state_.use_count() == 1 ? std::move(dx) : dx;
}
void Variable::move_to(Device device) {
  if (this->device("move_to") == numbered(device)) return;
  state("move_to").value = value().to(device);
  clear_grad();
}

Tensor& Variable::mutable_grad() & { return state("mutable_grad").grad; }

void Variable::clear_grad() { state("clear_grad").clear_grad(); }

void Variable::add_grad(Tensor gradient) {
  if (!wants_grad()) return;
  const char* op = operator_in_backward != nullptr ? operator_in_backward : "add_grad";
  expect(op,
         {{"rows of a gradient", gradient.rows(), rows()}, {"columns of a gradient", gradient.columns(), columns()}});
  expect_device(op, gradient.device(), device());
  if (!state_->has_grad) {
    state_->grad = std::move(gradient);
    state_->has_grad = true;
    return;
  }
  expect(op, {{"rows of the gradient so far", state_->grad.rows(), gradient.rows()},
              {"columns of the gradient so far", state_->grad.columns(), gradient.columns()}});
  op::add_to(gradient, state_->grad);
}

std::vector<std::shared_ptr<Variable::State>> Variable::State::results_first(const std::shared_ptr<State>& last) {
  const auto check = [](const State& state) {
    require(!state.freed, "backward",
            "a tape that an earlier backward() freed: got a second way back through it, want the first to keep it, "
            "backward({.keep = true})");
  };
  // depth first without recursion: a state is listed once all that it was made from are
  std::vector<std::shared_ptr<State>> order;
  std::vector<std::pair<std::shared_ptr<State>, std::size_t>> path{{last, 0}};
  std::unordered_set<const State*> visited{last.get()};
  check(*last);
  while (!path.empty()) {
    auto& [state, next] = path.back();
    if (next == state->link.inputs.size()) {
      order.push_back(std::move(state));
      path.pop_back();
      continue;
    }
    const auto& input = state->link.inputs[next++].state_;
    if (!input || input->is_leaf() || !visited.insert(input.get()).second) continue;
    check(*input);
    path.emplace_back(input, 0);
  }
  std::ranges::reverse(order);
  return order;
}

void Variable::backward(const BackwardOptions& options) {
  expect("backward", {{"rows of the loss", rows(), 1}, {"columns of the loss", columns(), 1}});
  backward(Tensor::filled(1, 1, 1).to(device()), options);
}

void Variable::backward(Tensor seed, const BackwardOptions& options) {
  require(wants_grad(), "backward", "nothing that this value was made from wants a gradient");
  expect("backward", {{"rows of the seed", seed.rows(), rows()}, {"columns of the seed", seed.columns(), columns()}});
  if (state_->is_leaf()) return add_grad(std::move(seed));
  auto order = State::results_first(state_);
  for (const auto& state : order)  // removes gradients of an earlier backward pass
    state->clear_grad();
  add_grad(std::move(seed));
  for (auto& held : order) {
    const auto state = options.keep ? held : std::move(held);  // the value goes as soon as all that needs it is done
    // only this result keeps its gradient; others may be overwritten
    Tensor dy = state == state_ ? state->grad : std::move(state->grad);
    if (state->has_grad) {
      const InBackward named(state->link.op);
      const TimedPlace place(state->link.place);
      state->link.check_shapes();
      state->link.backward(state->link.inputs, state->link.reads_result ? state->known_value() : state->value, dy);
    }
    if (state != state_) state->clear_grad();
    if (options.keep) continue;
    state->freed = true;
    State::drop(std::exchange(state->link, {}));
  }
}

NoGrad::NoGrad() : before_(std::exchange(recording, false)) {}
NoGrad::~NoGrad() { recording = before_; }

}  // namespace mercer
