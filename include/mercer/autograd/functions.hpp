#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "mercer/autograd/variable.hpp"
#include "mercer/base/random.hpp"
#include "mercer/tensor/sparse_matrix.hpp"

/// Dense functions with gradients. All throw ShapeError on operands that don't fit and ValueError on options out of
/// range. n rows, d columns, h heads.
namespace mercer {

/// The input of a first layer: dense values, or sparse features that all passes share.
class Input {
 public:
  Input(Variable dense) : held_(std::move(dense)) {}
  Input(std::shared_ptr<const SparseMatrix> sparse);  // throws ValueError without a matrix
  Input(Tensor dense) : Input(Variable(std::move(dense))) {}
  Input(SparseMatrix sparse) : Input(std::make_shared<const SparseMatrix>(std::move(sparse))) {}
  /// Either of the two, as a data set's features are.
  Input(std::variant<SparseMatrix, Tensor> features)
      : Input(std::visit([](auto&& x) { return Input(std::move(x)); }, std::move(features))) {}
  /// Of all that has features: a data set.
  template <class Data>
  requires requires(const Data& data) { std::variant<SparseMatrix, Tensor>(data.features); }
  Input(const Data& data) : Input(data.features) {}

  bool is_sparse() const { return held_.index() == 1; }
  const Variable& dense() const& { return std::get<0>(held_); }
  Variable dense() && { return std::get<0>(std::move(held_)); }
  const std::shared_ptr<const SparseMatrix>& sparse() const& { return std::get<1>(held_); }
  std::shared_ptr<const SparseMatrix> sparse() && { return std::get<1>(std::move(held_)); }
  /// Throw as those of Variable.
  Device device(const char* op = __builtin_FUNCTION()) const {
    return is_sparse() ? sparse()->device() : dense().device(op);
  }
  Index rows(const char* op = __builtin_FUNCTION()) const { return is_sparse() ? sparse()->rows() : dense().rows(op); }
  Index columns(const char* op = __builtin_FUNCTION()) const {
    return is_sparse() ? sparse()->columns() : dense().columns(op);
  }

 private:
  std::variant<Variable, std::shared_ptr<const SparseMatrix>> held_;
};

// As a + b, a − b, a * b, a / b, 2 * x, x + 1 …: arithmetic.hpp. Two operands of one size.
Variable add(const Variable& a, const Variable& b);          // a + b
Variable subtract(const Variable& a, const Variable& b);     // a − b
Variable divide(const Variable& a, const Variable& b);       // a_ic / b_ic
Variable scale(const Variable& x, Real factor);              // factor · x
Variable shift(const Variable& x, Real constant);            // x + constant
Variable multiply(const Variable& a, const Variable& b);     // a ∘ b
Variable add_bias(const Variable& x, const Variable& bias);  // x_i + b, b [1, d]

/// x W, x [n, f], W [f, d]. A sparse x stays sparse: dW = xᵀ dy costs nonzeros × d.
Variable matmul(const Variable& x, const Variable& w);
Variable matmul(const Input& x, const Variable& w);

/// slice: columns first … first + count − 1 of x, [n, count]. concat: all columns of several matrices, [n, Σ d].
Variable slice(const Variable& x, Index first, Index count);
Variable concat(const std::vector<Variable>& parts);

/// x ∘ mask / (1 − p). A sparse matrix keeps only the nonzeros that are not dropped. Element (nonzero) n of the whole
/// tensor uses the 16 bits n % 8 of draw n / 8. Row i of x is row first_row + i of the whole, or rows[i], where `rows`
/// is given: [rows of x] on the device of x. A sparse matrix knows its nonzeros' numbers (SparseMatrix::rows) and needs
/// neither.
Variable dropout(const Variable& x, const Dropout& drop, std::shared_ptr<const Node> rows = nullptr);
Input dropout(const Input& x, const Dropout& drop, std::shared_ptr<const Node> rows = nullptr);

/// Functions of each entry: relu, elu, sigmoid, softplus, tanh, exp, log, abs and normal_cdf, which is Φ. Their
/// formulas and slopes are in the list.
#define MERCER_UNARY(name, ...) Variable name(const Variable& x);
#include "mercer/tensor/unary.inc"
#undef MERCER_UNARY
Variable leaky_relu(const Variable& x, Real negative_slope);
Variable clamp(const Variable& x, Real low, Real high);  // slope 0 outside
Variable sign(const Variable& x);                        // −1, 0 or 1: a constant

/// In the next two, x has h heads of width d, [n, h*d].
/// s_ih = Σ_c x_ihc a_hc, a [1, h*d]: the half score of GAT.
Variable head_dot(const Variable& x, const Variable& a, Index heads);
/// y_ic = (1/h) Σ_h x_ihc, [n, d].
Variable head_mean(const Variable& x, Index heads);

/// m_ih = ‖x_ih‖ₚ² / divisor, [n, h]; p ≥ 1. Gradient 2 ‖x‖ₚ^(2−p) |x_t|^(p−1) sign(x_t) / divisor, 0 at x = 0.
/// With divisor 2√d it is the logarithm of the magnitude in Implicit Kernel Attention (Song et al., AAAI 2021).
Variable squared_norm(const Variable& x, Index heads, Real p, Real divisor);

/// u_ih = x_ih W_h, a matrix for each head. x [n, h*d]; W [h*d, M], the matrices of the heads stacked; u [n, h*M].
Variable head_matmul(const Variable& x, const Variable& w, Index heads);
/// Transposes each of the h stacked matrices [r, c]: [h*r, c] → [h*c, r].
Variable transpose_heads(const Variable& x, Index heads);
/// y_i = a ∘ x̄_i in complex numbers: each head of x [n, h*2M] and a [1, h*2M] holds M real, then M imaginary parts.
/// a = e^{iα} and x = e^{iθ} give e^{i(α − θ)}.
Variable turn_back(const Variable& x, const Variable& a, Index heads);

Variable reshape(const Variable& x, Index rows, Index columns);          // the same values in the same order
Variable mean_of_rows(const Variable& x);                                // [1, d]; zeros without rows
Variable gather_rows(const Variable& x, const std::vector<Node>& rows);  // y_i = x_{rows[i]}
/// y_i = Σ_{k≥1} x_{i − k·stride}: the sum of the earlier rows i − stride, i − 2 stride, …, without x_i itself.
Variable sum_of_earlier_rows(const Variable& x, Index stride);
/// H x_i with the Walsh-Hadamard matrix of ±1 (Sylvester's order, not normalised), in d log d additions a row; d must
/// be a power of two.
Variable walsh_hadamard(const Variable& x);

/// y_i = gain ∘ (x_i − mean_i) / √(variance_i + epsilon) + bias over the columns of a row; gain and bias [1, d].
Variable layer_norm(const Variable& x, const Variable& gain, const Variable& bias, Real epsilon = Real(1e-5));

Variable log_softmax(const Variable& x);  // over columns
Variable softmax(const Variable& x);      // over columns: each row sums to 1
Variable sum(const Variable& x);          // [1, 1]

/// −(1/|rows|) Σ_{i∈rows} log softmax(x_i)[label_i], [1, 1]. Throws on rows without a label (−1). For a part's share of
/// the loss, total_rows is the number of rows of all parts, which replaces |rows|; `rows` may then be empty.
Variable cross_entropy(const Variable& logits, std::span<const std::int32_t> labels, std::span<const Node> rows,
                       Index total_rows = 0);

/// The labels and rows of a cross entropy, checked and copied to a device once for many steps. total_rows as
/// in cross_entropy.
class Targets {
 public:
  /// Throws ValueError on no rows, rows out of range, labels that aren't 0 … classes − 1.
  Targets(std::span<const std::int32_t> labels, std::span<const Node> rows, Index classes, Device device,
          Index total_rows = 0);

 private:
  friend Variable cross_entropy(const Variable& logits, const Targets& targets);
  struct Held;
  Index rows_, classes_;
  std::shared_ptr<const Held> held_;
};
Variable cross_entropy(const Variable& logits, const Targets& targets);

}  // namespace mercer
