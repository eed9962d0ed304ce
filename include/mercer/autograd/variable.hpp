#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mercer/tensor/tensor.hpp"

namespace mercer {

struct BackwardOptions {
  bool keep = false;  // the tape, for another backward() through it; otherwise its memory is freed on the way
};

/// A value, its gradient, and how it was made. Copies share all three.
class Variable {
 public:
  /// Adds to the gradients of `inputs` what `dy`, the gradient of the result, makes of them.
  /// Nobody reads dy afterwards: it may be changed in place and moved into an input's gradient.
  using Backward = std::function<void(std::span<Variable> inputs, Tensor& dy)>;
  /// The same for functions whose way back reads the result `y` again.
  using BackwardOfResult = std::function<void(std::span<Variable> inputs, const Tensor& y, Tensor& dy)>;

  Variable() = default;  // undefined: an optional operand that is absent
  explicit Variable(Tensor value, bool wants_grad = false);

  /// The result of a function. Its way back is kept only when an input wants a gradient and no NoGrad is alive.
  /// Values that were recorded must not be changed before backward(). Errors on the way back name `op`, a string that
  /// is never freed: the function that calls.
  static Variable record(Tensor value, std::vector<Variable> inputs, Backward backward,
                         const char* op = __builtin_FUNCTION());
  static Variable record(Tensor value, std::vector<Variable> inputs, BackwardOfResult backward,
                         const char* op = __builtin_FUNCTION());

  bool defined() const { return state_ != nullptr; }
  explicit operator bool() const { return defined(); }

  const Tensor& value() const;  // throws ValueError when undefined, as all below
  Tensor& mutable_value();
  Index rows() const { return value().rows(); }
  Index columns() const { return value().columns(); }
  Device device() const { return value().device(); }
  /// The value moves to a device, for all that hold it; a gradient is forgotten. For leaves: parameters, constants.
  void move_to(Device device);

  bool wants_grad() const;  // false for an undefined one
  bool has_grad() const;
  const Tensor& grad() const;  // empty until backward()
  Tensor& mutable_grad();
  void clear_grad();
  /// Adds to the gradient; does nothing when none is wanted. Throws ShapeError.
  void add_grad(Tensor gradient);

  /// Gradients of a [1, 1] result with respect to every leaf that wants one, added to those it has. The result itself
  /// keeps the gradient of its last way back. Throws ValueError on a tape that an earlier call freed.
  void backward(const BackwardOptions& options = {});
  /// Gradients of Σ seed ∘ value.
  void backward(Tensor seed, const BackwardOptions& options = {});

 private:
  struct State;
  State& state() const;
  std::shared_ptr<State> state_;
};

/// While alive on this thread, functions record nothing: evaluation keeps no activations.
class NoGrad {
 public:
  NoGrad();
  ~NoGrad();
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;

 private:
  bool before_;
};

/// What training changes: a name, a variable, and whether weight decay applies.
struct Parameter {
  std::string name;
  Variable variable;
  bool decays = true;
};
using Parameters = std::vector<Parameter>;

}  // namespace mercer
