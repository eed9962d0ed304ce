#pragma once

#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "mercer/autograd/variable.hpp"

/// θ ← θ − η ∂L/∂θ. η is the learning rate, λ the weight decay. Parameters with decays = false, such as biases, don't
/// decay. A parameter with a row penalty λ is then replaced, row by row, by argmin_a ½ Σ_c (a_c − θ_c)² / s_c + λ ‖a‖₂
/// with the step sizes s of the rule: η / (1 − μ), or η / (√v̂ + ε). A rule that stands still there has a minimum of
/// loss + λ Σ_i ‖θ_i‖₂, and a row at 0 whose gradients are never longer than λ stays 0 (Yun, Lozano, Yang, Adaptive
/// Proximal Gradient Methods for Structured Neural Networks, NeurIPS 2021).
namespace mercer {

/// d = g + λθ;  u ← μu + d;  θ ← θ − ηu
struct Sgd {
  double learning_rate = 0.01;
  double momentum = 0;
  double weight_decay = 0;
};

/// d = g + λθ;  m ← β₁m + (1 − β₁)d;  v ← β₂v + (1 − β₂)d²;  θ ← θ − η m̂ / (√v̂ + ε),
/// m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ). Decay is part of the gradient (L2), as in the recipe of GAT.
/// Kingma and Ba: Adam, ICLR 2015, algorithm 1.
struct Adam {
  double learning_rate = 0.001;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
};

/// Adam with d = g, and θ ← (1 − ηλ)θ before each step: the decay doesn't depend on the size of the gradient.
/// Loshchilov and Hutter: Decoupled Weight Decay Regularization, ICLR 2019, algorithm 2.
struct AdamW {
  double learning_rate = 0.001;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;
};

using UpdateRule = std::variant<Sgd, Adam, AdamW>;

/// "sgd", "adam" or "adamw".
const char* name_of(const UpdateRule& rule);
double learning_rate(const UpdateRule& rule);

using NamedTensors = std::map<std::string, Tensor>;

/// The state of an optimizer between steps: tensors by parameter name, empty when the rule needs none.
struct OptimizerState {
  std::string rule;     // name_of
  Index steps = 0;      // t
  NamedTensors first;   // u or m
  NamedTensors second;  // v
};

/// ‖g‖₂ over the gradients of all parameters; the same on any number of threads. Not finite when a gradient isn't.
double gradient_norm(const Parameters& parameters);

/// Scales all gradients by largest / norm when norm = gradient_norm(parameters) is above `largest`; returns the norm.
/// Throws ValueError unless largest > 0.
double clip_gradients(const Parameters& parameters, double largest);

struct StepScalars;
struct StepOutcome;
struct StepTensor;

/// Updates parameters by their gradients. A parameter without a gradient stays unchanged.
class Optimizer {
 public:
  /// Throws ValueError on options out of range, on parameters that share a name or a variable, and on a variable that
  /// wants no gradient: such a value is a buffer. Throws DeviceError for a row penalty of values on a CUDA device.
  Optimizer(Parameters parameters, const UpdateRule& rule);

  /// One step with the learning rate times `factor`.
  void step(double factor = 1);
  void clear_gradients();

  OptimizerState state() const;
  /// Throws ValueError when the state is of another rule or of other parameters.
  void restore(const OptimizerState& state);

 private:
  friend class CapturedEpochs;
  /// A step that is captured once and replayed: the host fills the scalars before each replay, launch() is the device's
  /// work on the parameters that have gradients, count_step() follows a step that was taken.
  void tell_next(double factor, StepScalars& scalars) const;
  std::vector<StepTensor> step_tensors();
  void launch(std::span<const StepTensor> all, const StepScalars* scalars, const StepOutcome* outcome) const;
  void count_step() { ++steps_; }

  template <class Change>
  void each_with_gradient(Change change);

  Parameters parameters_;
  UpdateRule rule_;
  Index steps_ = 0;
  std::vector<Tensor> first_, second_;  // [parameters], each of the size of its parameter
};

}  // namespace mercer
