#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mercer/tensor/tensor.hpp"

namespace mercer {

struct BackwardOptions {
  bool keep = false;  // keep the tape for another backward(); otherwise backward() frees its memory
};

inline namespace MERCER_PRECISION {

/// A value, its gradient, and the function that computed it. Copies share all three.
class Variable {
 public:
  /// Adds to the gradients of `inputs`, given `dy`, the gradient of the result. dy is not used afterwards: the function
  /// may change it in place or move it into an input's gradient.
  using Backward = std::function<void(std::span<Variable> inputs, Tensor& dy)>;
  /// The same for functions whose gradient also needs the result y.
  using BackwardOfResult = std::function<void(std::span<Variable> inputs, const Tensor& y, Tensor& dy)>;

  Variable() = default;  // undefined: stands for an absent optional operand
  explicit Variable(Tensor value, bool wants_grad = false);

  /// The result of a function. `backward` is kept only when an input wants a gradient and no NoGrad is alive. Recorded
  /// values must not be changed before backward(). Errors in the backward pass name `op`, by default the calling
  /// function; the string must live as long as the program.
  static Variable record(Tensor value, std::vector<Variable> inputs, Backward backward,
                         const char* op = __builtin_FUNCTION());
  static Variable record(Tensor value, std::vector<Variable> inputs, BackwardOfResult backward,
                         const char* op = __builtin_FUNCTION());

  bool defined() const { return state_ != nullptr; }
  explicit operator bool() const { return defined(); }

  /// Throws ValueError "[op] …" when undefined, as all below; `op` is the calling function by default. Of a temporary,
  /// the tensor itself: moved where no copy of the variable shares it.
  const Tensor& value(const char* op = __builtin_FUNCTION()) const&;
  Tensor value(const char* op = __builtin_FUNCTION()) &&;
  Tensor& mutable_value() &;
  Index rows(const char* op = __builtin_FUNCTION()) const;
  Index columns(const char* op = __builtin_FUNCTION()) const;
  Device device(const char* op = __builtin_FUNCTION()) const;
  /// Frees the value of a recorded result until it is next read: then `remake` gives the same again (gradient
  /// checkpointing: Chen et al., Training Deep Nets with Sublinear Memory Cost, 2016). Without a tape it does nothing.
  void forget_value(std::function<Tensor()> remake);
  /// Moves the value to a device, for all copies; drops the gradient. For leaves only: parameters, constants.
  void move_to(Device device);

  bool wants_grad() const;  // false when undefined
  bool has_grad() const;
  const Tensor& grad(const char* op = __builtin_FUNCTION()) const&;  // empty until backward()
  Tensor grad(const char* op = __builtin_FUNCTION()) &&;
  Tensor& mutable_grad() &;
  void clear_grad();
  /// Adds to the gradient; does nothing unless wants_grad(). Throws ShapeError.
  void add_grad(Tensor gradient);

  /// Adds the gradients of a [1, 1] result to all leaves that want one. The result's own gradient is that of the last
  /// call. Throws ValueError on a tape that an earlier call has freed.
  void backward(const BackwardOptions& options = {});
  /// Gradients of Σ seed ∘ value.
  void backward(Tensor seed, const BackwardOptions& options = {});

 private:
  struct State;
  State& state(const char* op) const;
  std::shared_ptr<State> state_;
};

}  // namespace MERCER_PRECISION

/// While alive, functions on this thread record nothing, so that evaluation keeps no activations.
class NoGrad {
 public:
  NoGrad();
  ~NoGrad();
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;

 private:
  bool before_;
};

/// A learned variable: its name, and whether weight decay applies. The objective has λ Σ_i ‖row i‖₂ of its rows beside
/// the loss, which optimizers take by the proximal step: rows become exactly zero.
struct Parameter {
  std::string name;
  Variable variable;
  bool decays = true;
  double row_penalty = 0;  // λ; of values on the CPU alone
};
using Parameters = std::vector<Parameter>;

}  // namespace mercer
