#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "mercer/autograd/functions.hpp"

/// Losses other than the plain cross entropy of functions.hpp. Each is a mean over the listed rows, [1, 1].
namespace mercer {

struct CrossEntropyOptions {
  std::vector<Real> class_weights = {};  // w_c ≥ 0, one a class; none: all 1
  Real label_smoothing = 0;              // ε in [0, 1): a label is (1 − ε) of its class and ε / C of every class
};

/// −Σ_i [(1 − ε) w_l log p_il + (ε / C) Σ_c w_c log p_ic] / Σ_i w_l, where l is the label of i, p = softmax(x), i in
/// rows: torch.nn.CrossEntropyLoss. total_weight is Σ_i w_l over the rows of all parts when these rows are one part's;
/// 0: of these rows. Throws as cross_entropy(), and ValueError for invalid options.
Variable cross_entropy(const Variable& logits, std::span<const std::int32_t> labels, std::span<const Node> rows,
                       const CrossEntropyOptions& options, Real total_weight = 0);

/// Labels of the listed rows with class weights, copied to a device once for many steps.
class WeightedTargets {
 public:
  /// total_weight as in cross_entropy() above. Throws as it does.
  WeightedTargets(std::span<const std::int32_t> labels, std::span<const Node> rows, std::span<const Real> class_weights,
                  Device device, Real total_weight = 0);

 private:
  friend Variable cross_entropy(const Variable& logits, const WeightedTargets& targets);
  struct Held;
  Index rows_, classes_;
  std::shared_ptr<const Held> held_;
};
/// −Σ_i w_l log p_il / Σ_i w_l
Variable cross_entropy(const Variable& logits, const WeightedTargets& targets);

/// Targets of real outputs, copied to a device once for many steps.
class RealTargets {
 public:
  /// values [n, d], and the rows that count, in any order. total_rows: how many rows the mean is over when these are
  /// only a part's, which may then be none. Throws ValueError on no rows, rows out of range, values in them that aren't
  /// finite.
  RealTargets(const Tensor& values, std::span<const Node> rows, Device device, Index total_rows = 0);
  explicit RealTargets(const Tensor& values);  // every row counts, where values are

  Index rows() const { return rows_; }
  const Variable& values() const& { return values_; }  // [rows that count, d]
  Variable values() && { return std::move(values_); }
  Real share() const { return share_; }  // of each value in a mean over all: 1 / (rows that count · d)
  Real least() const { return least_; }  // of the values, or 0
  Real most() const { return most_; }
  /// The rows of y that count. Throws ShapeError unless y is [n, d].
  Variable listed_rows(const char* op, const Variable& y) const;

 private:
  Index rows_;
  std::vector<Node> listed_;  // empty: every row
  Variable values_;
  Real share_, least_ = 0, most_ = 0;
};

/// Mean over rows and columns of (y − t)²; of |y − t|.
Variable mean_squared_error(const Variable& y, const RealTargets& targets);
Variable mean_absolute_error(const Variable& y, const RealTargets& targets);
/// Mean over rows and columns of −[t log σ(x) + (1 − t) log(1 − σ(x))], without overflow at any x; ValueError unless t
/// is in [0, 1]. One column is two classes; several columns are independent labels.
Variable binary_cross_entropy(const Variable& logits, const RealTargets& targets);

}  // namespace mercer
