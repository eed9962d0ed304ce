#include "mercer/training/optimizer.hpp"

#include <cmath>
#include <map>
#include <string>
#include <type_traits>
#include <utility>

#include "backend/captured_step.hpp"
#include "backend/operators.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/printable.hpp"
#include "training/named_tensors.hpp"
#include "training/row_penalty.hpp"

namespace mercer {
namespace {

void require_at_least_zero(double value, const char* name) {
  require(std::isfinite(value) && value >= 0, "Optimizer",
          std::string(name) + ": got " + std::to_string(value) + ", want a number that is not negative");
}

void require_below_one(double value, const char* name) {
  require(value >= 0 && value < 1, "Optimizer",
          std::string(name) + ": got " + std::to_string(value) + ", want at least 0 and less than 1");
}

void check(const Sgd& rule) {
  require_at_least_zero(rule.learning_rate, "learning rate");
  require_at_least_zero(rule.weight_decay, "weight decay");
  require_below_one(rule.momentum, "momentum");
}

template <class AdamLike>
void check(const AdamLike& rule) {
  require_at_least_zero(rule.learning_rate, "learning rate");
  require_at_least_zero(rule.weight_decay, "weight decay");
  require_below_one(rule.beta1, "beta1");
  require_below_one(rule.beta2, "beta2");
  require(std::isfinite(rule.epsilon) && rule.epsilon > 0, "Optimizer",
          "epsilon: got " + std::to_string(rule.epsilon) + ", want more than 0");
}

/// The factors of one step; decay is 0 for weights that don't decay.
SgdFactors factors(const Sgd& rule, double rate, double decay) {
  return {static_cast<Real>(rate), static_cast<Real>(rule.momentum), static_cast<Real>(decay)};
}

template <class AdamLike>
AdamFactors factors(const AdamLike& rule, double rate, double decay, Index t) {
  constexpr bool decoupled = std::is_same_v<AdamLike, AdamW>;
  const double steps = static_cast<double>(t);
  return {.beta1 = static_cast<Real>(rule.beta1),
          .beta2 = static_cast<Real>(rule.beta2),
          .step = static_cast<Real>(rate / (1 - std::pow(rule.beta1, steps))),
          .inverse_root = static_cast<Real>(1 / std::sqrt(1 - std::pow(rule.beta2, steps))),
          .epsilon = static_cast<Real>(rule.epsilon),
          .l2 = static_cast<Real>(decoupled ? 0 : decay),
          .keep = static_cast<Real>(decoupled ? 1 - rate * decay : 1)};
}

/// The factors of step t, for weights that decay or don't.
StepFactors factors(const UpdateRule& rule, double factor, bool decays, Index t) {
  StepFactors result;
  const auto work_out = [&](const auto& options) {
    const double rate = options.learning_rate * factor, decay = decays ? options.weight_decay : 0;
    if constexpr (std::is_same_v<std::decay_t<decltype(options)>, Sgd>)
      result.sgd = factors(options, rate, decay);
    else
      result.adam = factors(options, rate, decay, t);
  };
  std::visit(work_out, rule);
  return result;
}

/// Throws ValueError for a variable that wants no gradient, and for one that is given twice.
void require_distinct_learned(const Parameters& parameters) {
  std::map<const Tensor*, std::size_t> known;  // by where the value is, which copies of a variable share
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const auto& [name, variable, decays, penalty] = parameters[p];
    const std::string which = "parameter " + std::to_string(p) + ", " + in_quotes(name);
    require(variable.wants_grad(), "Optimizer",
            which +
                ": its variable wants no gradient, so that no step could change it; make it with wants_grad = "
                "true, or leave it out: values that are not learned are buffers");
    const auto [first, is_new] = known.emplace(&variable.value(), p);
    require(is_new, "Optimizer",
            which + ": its variable is also that of parameter " + std::to_string(first->second) + ", " +
                in_quotes(parameters[first->second].name) + ", which would take each step twice; give it once");
  }
}

/// Throws ShapeError for a tensor of a parameter that has not the shape of its value.
void expect_shape_of(const Parameter& p, const char* op, const char* what, ConstView x) {
  const ConstView value = p.variable.value();
  if (x.rows == value.rows && x.columns == value.columns) return;
  const auto size = [](ConstView matrix) {
    return std::to_string(matrix.rows) + " x " + std::to_string(matrix.columns);
  };
  throw ShapeError("[" + std::string(op) + "] " + what + " of the parameter " + in_quotes(p.name) + ": got " + size(x) +
                   ", want " + size(value) + ", the size of its value");
}

/// Throws ValueError for a row penalty that is no number of at least 0, DeviceError where no loop takes it.
void check_row_penalty(const Parameter& p) {
  require(std::isfinite(p.row_penalty) && p.row_penalty >= 0, "Optimizer",
          "row penalty of the parameter " + in_quotes(p.name) + ": got " + std::to_string(p.row_penalty) +
              ", want a finite number of at least 0");
  if (p.row_penalty > 0 && p.variable.device().is_cuda())
    throw DeviceError("[Optimizer] row penalty of the parameter " + in_quotes(p.name) +
                      ": got a CUDA device, want the CPU, or a penalty of 0");
}

/// The step size of each entry, by which its gradient is multiplied: of the rule after its step, at this rate.
Tensor step_sizes(const UpdateRule& rule, const StepFactors& by, double rate, ConstView x, ConstView second) {
  if (const auto* sgd = std::get_if<Sgd>(&rule))
    return Tensor::filled(x.rows, x.columns, static_cast<Real>(rate / (1 - sgd->momentum)));
  Tensor sizes = Tensor::uninitialized(x.rows, x.columns);
  for (std::size_t n = 0; n < sizes.values().size(); ++n)
    sizes.values()[n] = static_cast<Real>(rate) / (std::sqrt(second.data[n]) * by.adam.inverse_root + by.adam.epsilon);
  return sizes;
}

bool keeps_first(const UpdateRule& rule) {
  const auto* sgd = std::get_if<Sgd>(&rule);
  return sgd == nullptr || sgd->momentum != 0;
}
bool keeps_second(const UpdateRule& rule) { return !std::holds_alternative<Sgd>(rule); }

}  // namespace

const char* name_of(const UpdateRule& rule) {
  constexpr const char* names[] = {"sgd", "adam", "adamw"};
  return names[rule.index()];
}

double learning_rate(const UpdateRule& rule) {
  return std::visit([](const auto& r) { return r.learning_rate; }, rule);
}

double gradient_norm(const Parameters& parameters) {
  double squares = 0;
  for (const Parameter& p : parameters) {
    if (!p.variable.has_grad()) continue;
    expect_shape_of(p, "gradient_norm", "gradient", p.variable.grad());
    squares += op::sum_of_squares(p.variable.grad());
  }
  return std::sqrt(squares);
}

double clip_gradients(const Parameters& parameters, double largest) {
  require(largest > 0, "clip_gradients", "largest norm: got " + std::to_string(largest) + ", want more than 0");
  const double norm = gradient_norm(parameters);
  if (!std::isfinite(norm) || norm <= largest) return norm;
  for (const Parameter& p : parameters) {
    Variable x = p.variable;
    if (x.has_grad()) op::scale(x.grad(), static_cast<Real>(largest / norm), x.mutable_grad());
  }
  return norm;
}

Optimizer::Optimizer(Parameters parameters, const UpdateRule& rule) : parameters_(std::move(parameters)), rule_(rule) {
  std::visit([](const auto& r) { check(r); }, rule_);
  require_distinct_names(parameters_, "Optimizer");
  require_distinct_learned(parameters_);
  for (const Parameter& p : parameters_) {
    check_row_penalty(p);
    if (keeps_first(rule_)) first_.push_back(Tensor::like(p.variable.value()));
    if (keeps_second(rule_)) second_.push_back(Tensor::like(p.variable.value()));
  }
}

template <class Change>
void Optimizer::each_with_gradient(Change change) {
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    Variable x = parameters_[p].variable;
    if (!x.has_grad()) continue;
    expect_shape_of(parameters_[p], "step", "gradient", x.grad());
    if (!first_.empty()) expect_shape_of(parameters_[p], "step", "moment", first_[p]);
    if (!second_.empty()) expect_shape_of(parameters_[p], "step", "moment", second_[p]);
    change(x, parameters_[p], first_.empty() ? View{} : first_[p].view(), second_.empty() ? View{} : second_[p].view());
  }
}

void Optimizer::step(double factor) {
  ++steps_;
  const StepFactors decaying = factors(rule_, factor, true, steps_), spared = factors(rule_, factor, false, steps_);
  each_with_gradient([&](Variable& x, const Parameter& p, View first, View second) {
    const StepFactors& chosen = p.decays ? decaying : spared;
    if (keeps_second(rule_))
      op::adam_step(x.grad(), chosen.adam, x.mutable_value(), first, second, "step");
    else
      op::sgd_step(x.grad(), chosen.sgd, x.mutable_value(), first, "step");
    const double rate = learning_rate(rule_) * factor;
    if (p.row_penalty == 0 || rate == 0) return;
    check_row_penalty(p);
    shrink_rows(x.mutable_value(), step_sizes(rule_, chosen, rate, x.value(), second), p.row_penalty);
  });
}

void Optimizer::tell_next(double factor, StepScalars& scalars) const {
  scalars.decaying = factors(rule_, factor, true, steps_ + 1);
  scalars.spared = factors(rule_, factor, false, steps_ + 1);
}

std::vector<StepTensor> Optimizer::step_tensors() {
  std::vector<StepTensor> all;
  each_with_gradient([&](Variable& x, const Parameter& p, View first, View second) {
    Tensor& w = x.mutable_value();
    all.push_back({x.grad().data(), w.data(), first.data, second.data, w.size(), p.decays ? 1 : 0});
  });
  return all;
}

void Optimizer::launch(std::span<const StepTensor> all, const StepScalars* scalars, const StepOutcome* outcome) const {
  (keeps_second(rule_) ? captured::adam_steps : captured::sgd_steps)(all, scalars, outcome);
}

void Optimizer::clear_gradients() {
  for (Parameter& p : parameters_)
    p.variable.clear_grad();
}

OptimizerState Optimizer::state() const {
  return {name_of(rule_), steps_, by_name(parameters_, first_), by_name(parameters_, second_)};
}

void Optimizer::restore(const OptimizerState& state) {
  require(state.rule == name_of(rule_), "Optimizer::restore",
          "the state is of " + state.rule + ", the optimizer is " + name_of(rule_));
  require(state.steps >= 0, "Optimizer::restore", "the state has " + std::to_string(state.steps) + " steps");
  require(state.first.empty() != keeps_first(rule_) || parameters_.empty(), "Optimizer::restore",
          "the state is of another momentum");
  auto first = keeps_first(rule_) ? in_order("Optimizer::restore", parameters_, state.first) : std::vector<Tensor>();
  auto second = keeps_second(rule_) ? in_order("Optimizer::restore", parameters_, state.second) : std::vector<Tensor>();
  first_ = std::move(first);
  second_ = std::move(second);
  steps_ = state.steps;
}

}  // namespace mercer
