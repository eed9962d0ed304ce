#include "mercer/attention/attend_linear.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "attention/terms.hpp"
#include "backend/denominator.hpp"
#include "backend/linear_ops.hpp"
#include "backend/operator.hpp"
#include "backend/toeplitz_ops.hpp"
#include "base/heads.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"

namespace mercer {
namespace {

constexpr Index rows_of_range = 256;

const Segments& segments_of(const Neighbourhood& neighbourhood) {
  const auto* segments = std::get_if<Segments>(&neighbourhood.topology());
  require(segments != nullptr, "attend_linear",
          "topology: want segments; on a graph or a block, attend takes the kernel of these features");
  return *segments;
}

/// κ = scale ⟨φ(q), φ(k)⟩ + shift.
struct LinearKernel {
  Real scale = 1, shift = 0;
  bool is_signed = true;
};

LinearKernel linear_kernel(const AnyKernel& kernel) {
  if (const auto* positive = kernel.get_if<PositiveInnerProduct>()) return {positive->scale, 0, false};
  const auto* product = kernel.get_if<InnerProduct>();
  require(product != nullptr, "attend_linear",
          "the kernel: got " + std::string(kernel.name()) +
              ", want inner_product or positive_inner_product, which are linear in the features");
  return {product->scale, product->shift, true};
}

/// Without its floor, the positive inner product is attend's only of features that are not negative.
void check_not_negative(const char* name, const Variable& phi) {
  const Tensor& x = phi.value();
  for (Index i = 0; i < x.rows(); ++i)
    for (Index c = 0; c < x.columns(); ++c)
      if (x(i, c) < 0)
        throw ValueError("[attend_linear] " + std::string(name) + ", row " + std::to_string(i) + ", column " +
                         std::to_string(c) + ": got " + std::to_string(x(i, c)) +
                         ", want at least 0 with positive_inner_product, whose floor is left out; attend takes such "
                         "features, and inner_product too");
}

void check(const Segments& segments, const Variable& phi_q, const Variable& phi_k, const Variable& v,
           const AttendLinearOptions& options) {
  const Index heads = options.heads;
  require(heads >= 1, "attend_linear", "heads: got " + std::to_string(heads) + ", want at least 1");
  require(options.guard >= 0, "attend_linear", "guard: got " + std::to_string(options.guard) + ", want at least 0");
  require(options.normaliser != Normaliser::softmax || !options.kernel.traits().is_signed, "attend_linear",
          "softmax: the " + std::string(options.kernel.name()) +
              " kernel can be negative; use row_sum, degree, symmetric or none");
  expect("attend_linear", {{"rows of phi_q", phi_q.rows(), segments.targets()},
                           {"rows of phi_k", phi_k.rows(), segments.sources()},
                           {"columns of phi_k", phi_k.columns(), phi_q.columns()},
                           {"rows of v", v.rows(), segments.sources()}});
  expect_heads("attend_linear", "phi_q", phi_q.columns(), heads);
  expect_heads("attend_linear", "v", v.columns(), heads);
  if (options.key_bias)
    expect("attend_linear", {{"rows of key_bias", options.key_bias.rows(), segments.sources()},
                             {"columns of key_bias", options.key_bias.columns(), heads}});
  check_relative_bias("attend_linear", segments, options.relative_bias, heads, v.device());
  for (const Variable* x : {&phi_q, &phi_k, &v, &options.key_bias, &options.relative_bias})
    if (x->defined() && x->device().is_cuda())
      throw DeviceError(
          "[attend_linear] operands: got some on a CUDA device, want them on the CPU; attend takes the "
          "kernel of these features there");
  if (const auto* positive = options.kernel.get_if<PositiveInnerProduct>()) {
    require(positive->scale >= 0, "attend_linear",
            "scale of positive_inner_product: got " + std::to_string(positive->scale) + ", want at least 0");
    check_not_negative("phi_q", phi_q);
    check_not_negative("phi_k", phi_k);
  }
}

/// Do FFTs take less time than pairs? The costs were measured: of a pair, in features or values, and of a transform.
bool by_fft(const Segments& segments, Index features, Index values, ToeplitzBy wanted) {
  if (wanted != ToeplitzBy::automatic) return wanted == ToeplitzBy::fft;
  constexpr double pair_cost = 148, transform_cost = 197;
  const auto n = static_cast<double>(segments.longest()), f = static_cast<double>(features),
             e = static_cast<double>(values);
  return n * (f + e + pair_cost) > transform_cost * f * (e + 1) * std::log2(std::max(n, 2.0));
}

/// 1 / degree^power of each row; 0 for a row without edges.
std::vector<Real> inverse_degrees(const EdgeRows& g, Real power) {
  std::vector<Real> inverse(static_cast<std::size_t>(g.rows), Real(1));
  if (power == 0) return inverse;
  for (Index i = 0; i < g.rows; ++i)
    inverse[static_cast<std::size_t>(i)] = g.degree(i) > 0 ? std::pow(static_cast<Real>(g.degree(i)), -power) : Real(0);
  return inverse;
}

/// The sums of attend_linear and what its gradient needs. Features of h heads are [·, h*M'], M' = M, or M + 1 with a
/// shift: a = [scale φ(q), shift], b = [φ(k), 1], so that κ = ⟨a, b⟩. Values are c_j = m_j [v_j, 1], the last one only
/// for a row sum.
class LinearAttention {
 public:
  LinearAttention(const Segments& segments, const AttendLinearOptions& options)
      : segments_(segments),
        options_(options),
        kernel_(linear_kernel(options.kernel)),
        heads_(options.heads),
        row_sum_(options.normaliser == Normaliser::row_sum || options.normaliser == Normaliser::softmax) {
    const TopologyView view = segments_.view();
    const bool symmetric = options.normaliser == Normaliser::symmetric;
    const Real power = symmetric ? Real(0.5) : Real(options.normaliser == Normaliser::degree ? 1 : 0);
    of_rows_ = {view.adjacency, segments_.target_offset(), segments_.source_offset(), false};
    of_columns_ = {view.transpose, segments_.source_offset(), segments_.target_offset(), segments_.is_causal()};
    row_factor_ = inverse_degrees(view.adjacency, power);
    column_factor_ = inverse_degrees(view.transpose, symmetric ? power : Real(0));
  }

  /// y [n, h*e]
  Tensor forward(const Tensor& phi_q, const Tensor& phi_k, const Tensor& v) {
    magnitude_ = magnitudes(options_.key_bias);
    if (options_.relative_bias) relative_ = relative_weights(options_.relative_bias.value());
    const Tensor sums = row_sums(features(phi_q, kernel_.scale, kernel_.shift), features(phi_k, 1, 1), values(v));
    const Index e = v.columns() / heads_;
    Tensor y = Tensor::uninitialized(phi_q.rows(), v.columns());
    inverse_ = Tensor::uninitialized(phi_q.rows(), heads_);
    if (row_sum_) safe_ = Tensor::uninitialized(phi_q.rows(), heads_);
    each_row(y.rows(), [&](Index i) {
      for (Index h = 0; h < heads_; ++h) {
        const Real* sum = sums.row(i) + h * (e + extra());
        inverse_(i, h) = row_sum_ ? inverse_sum(i, h, sum[e]) : row_factor_[static_cast<std::size_t>(i)];
        for (Index c = 0; c < e; ++c)
          y(i, h * e + c) = sum[c] * inverse_(i, h);
      }
    });
    return y;
  }

  /// The number of guarded row sums.
  Index guarded() const {
    Index count = 0;
    for (Index i = 0; row_sum_ && kernel_.is_signed && i < safe_.rows(); ++i)
      if (of_rows_.rows.degree(i) > 0)
        for (Index h = 0; h < heads_; ++h)
          count += safe_(i, h) == 0 ? 1 : 0;
    return count;
  }

  /// Adds the gradients to phi_q, phi_k, v, key_bias and relative_bias.
  void backward(std::span<Variable> in, const Tensor& y, const Tensor& dy) const {
    const Tensor a = features(in[0].value(), kernel_.scale, kernel_.shift), b = features(in[1].value(), 1, 1),
                 c = values(in[2].value()), dsums = sum_gradients(y, dy);
    // sums_i = Σ_j ⟨a_i, b_j⟩ c_j, so each gradient is a sum of the same form
    if (in[0].wants_grad()) in[0].add_grad(feature_gradient(row_sums(dsums, c, b), kernel_.scale));
    if (in[1].wants_grad()) in[1].add_grad(feature_gradient(column_sums(c, dsums, a), 1));
    if (in[4].wants_grad()) in[4].add_grad(relative_gradient(a, b, c, dsums));
    if (!in[2].wants_grad() && !in[3].wants_grad()) return;
    const Tensor dc = column_sums(b, a, dsums);
    if (in[2].wants_grad()) in[2].add_grad(value_gradient(dc));
    if (in[3].wants_grad()) in[3].add_grad(bias_gradient(dc, in[2].value()));
  }

 private:
  Index extra() const { return row_sum_ ? 1 : 0; }

  template <class Body>
  static void each_row(Index rows, Body&& body) {
    parallel_ranges(rows, rows_of_range, [&](Index first, Index last) {
      for (Index i = first; i < last; ++i)
        body(i);
    });
  }

  Tensor row_sums(const Tensor& a, const Tensor& b, const Tensor& c) const {
    return sums(of_rows_, relative_.of_rows, a, b, c);
  }
  Tensor column_sums(const Tensor& a, const Tensor& b, const Tensor& c) const {
    return sums(of_columns_, relative_.of_columns, a, b, c);
  }
  Tensor sums(const SegmentRuns& runs, const Tensor& relative, const Tensor& a, const Tensor& b,
              const Tensor& c) const {
    Tensor y = Tensor::uninitialized(a.rows(), c.columns());
    const TimedOperator timed(options_.relative_bias ? "toeplitz_sums" : "linear_sums", Device::cpu);
    if (options_.relative_bias)
      cpu::toeplitz_sums(segments_.target_offset(), heads_, relative, a, b, c, y);
    else
      cpu::linear_sums(runs, heads_, a, b, c, y);
    return y;
  }

  /// exp(b_r), [2 n − 1, h] for the longest segment's n, and the same for −r; 0 for sources that a causal target
  /// doesn't attend to. Under a row sum relative to the largest of a head.
  struct RelativeWeights {
    Tensor of_rows, of_columns;
  };
  /// The row of the bias of the offset r.
  static Index row_of(Index r, Index rows) { return rows / 2 + std::clamp(r, -(rows / 2), rows / 2); }

  RelativeWeights relative_weights(const Tensor& bias) const {
    const Index reach = segments_.longest() - 1;
    if (reach < 0) return {};
    RelativeWeights made{Tensor(2 * reach + 1, heads_), Tensor(2 * reach + 1, heads_)};
    for (Index h = 0; h < heads_; ++h) {
      Real largest = 0;
      if (row_sum_) {
        largest = bias(row_of(0, bias.rows()), h);
        for (Index r = segments_.is_causal() ? 0 : -reach; r <= reach; ++r)
          largest = std::max(largest, bias(row_of(r, bias.rows()), h));
      }
      for (Index r = segments_.is_causal() ? 0 : -reach; r <= reach; ++r)
        made.of_rows(reach + r, h) = made.of_columns(reach - r, h) =
            std::exp(bias(row_of(r, bias.rows()), h) - largest);
    }
    return made;
  }

  /// db_r = w_r dw_r
  Tensor relative_gradient(const Tensor& a, const Tensor& b, const Tensor& c, const Tensor& dsums) const {
    Tensor made(options_.relative_bias.rows(), heads_);
    const Tensor& w = relative_.of_rows;
    Tensor dw(w.rows(), w.columns());
    const TimedOperator timed("toeplitz_gradient", Device::cpu);
    cpu::toeplitz_gradient(segments_.target_offset(), heads_, a, b, c, dsums, dw);
    for (Index n = 0; n < w.rows(); ++n)
      for (Index h = 0; h < heads_; ++h)
        made(row_of(n - w.rows() / 2, made.rows()), h) += w(n, h) * dw(n, h);
    return made;
  }

  /// [factor x_h, constant] of each head; without the constant where κ has no shift.
  Tensor features(const Tensor& x, Real factor, Real constant) const {
    const Index width = x.columns() / heads_, wide = width + (kernel_.shift != 0 ? 1 : 0);
    Tensor made = Tensor::uninitialized(x.rows(), heads_ * wide);
    each_row(x.rows(), [&](Index i) {
      for (Index h = 0; h < heads_; ++h) {
        Real* to = made.row(i) + h * wide;
        for (Index c = 0; c < width; ++c)
          to[c] = factor * x(i, h * width + c);
        if (wide > width) to[width] = constant;
      }
    });
    return made;
  }

  Tensor feature_gradient(const Tensor& dx, Real factor) const {
    const Index wide = dx.columns() / heads_, width = wide - (kernel_.shift != 0 ? 1 : 0);
    Tensor made = Tensor::uninitialized(dx.rows(), heads_ * width);
    each_row(dx.rows(), [&](Index i) {
      for (Index h = 0; h < heads_; ++h)
        for (Index c = 0; c < width; ++c)
          made(i, h * width + c) = factor * dx(i, h * wide + c);
    });
    return made;
  }

  /// m_j, relative to the largest of the segment under a row sum; [m, h].
  Tensor magnitudes(const Variable& key_bias) const {
    Tensor made = Tensor::uninitialized(segments_.sources(), heads_);
    const auto offset = segments_.source_offset();
    for (std::size_t s = 0; s + 1 < offset.size(); ++s)
      for (Index h = 0; h < heads_; ++h) {
        Real largest = 0;
        if (key_bias && row_sum_) {
          largest = -std::numeric_limits<Real>::infinity();
          for (Index j = offset[s]; j < offset[s + 1]; ++j)
            largest = std::max(largest, key_bias.value()(j, h));
          if (!std::isfinite(largest)) largest = 0;  // all are 0
        }
        for (Index j = offset[s]; j < offset[s + 1]; ++j)
          made(j, h) =
              column_factor_[static_cast<std::size_t>(j)] * (key_bias ? std::exp(key_bias.value()(j, h) - largest) : 1);
      }
    return made;
  }

  /// c_j = m_j [v_j, 1]
  Tensor values(const Tensor& v) const {
    const Index e = v.columns() / heads_, wide = e + extra();
    Tensor made = Tensor::uninitialized(v.rows(), heads_ * wide);
    each_row(v.rows(), [&](Index j) {
      for (Index h = 0; h < heads_; ++h) {
        Real* to = made.row(j) + h * wide;
        for (Index c = 0; c < e; ++c)
          to[c] = magnitude_(j, h) * v(j, h * e + c);
        if (row_sum_) to[e] = magnitude_(j, h);
      }
    });
    return made;
  }

  /// 1 / Σ of row i, guarded if κ is signed.
  Real inverse_sum(Index i, Index h, Real sum) {
    const bool is_safe = kernel_.is_signed ? is_safe_sum(sum, options_.guard) : sum > 0;
    safe_(i, h) = is_safe ? Real(1) : Real(0);
    return kernel_.is_signed ? inverse_of_signed_sum(sum, options_.guard) : inverse_of_positive_sum(sum);
  }

  /// y = sum / Σ:  dsum = dy / Σ,  dΣ = −⟨dy, y⟩ / Σ, 0 where Σ is guarded.
  Tensor sum_gradients(const Tensor& y, const Tensor& dy) const {
    const Index e = y.columns() / heads_, wide = e + extra();
    Tensor made = Tensor::uninitialized(y.rows(), heads_ * wide);
    each_row(y.rows(), [&](Index i) {
      for (Index h = 0; h < heads_; ++h) {
        Real* to = made.row(i) + h * wide;
        Real along = 0;
        for (Index c = 0; c < e; ++c) {
          to[c] = dy(i, h * e + c) * inverse_(i, h);
          along += to[c] * y(i, h * e + c);
        }
        if (row_sum_) to[e] = -along * safe_(i, h);
      }
    });
    return made;
  }

  Tensor value_gradient(const Tensor& dc) const {
    const Index wide = dc.columns() / heads_, e = wide - extra();
    Tensor made = Tensor::uninitialized(dc.rows(), heads_ * e);
    each_row(dc.rows(), [&](Index j) {
      for (Index h = 0; h < heads_; ++h)
        for (Index c = 0; c < e; ++c)
          made(j, h * e + c) = magnitude_(j, h) * dc(j, h * wide + c);
    });
    return made;
  }

  /// dbias_j = m_j (⟨v_j, dc_j⟩ + dc_j's last)
  Tensor bias_gradient(const Tensor& dc, const Tensor& v) const {
    const Index wide = dc.columns() / heads_, e = wide - extra();
    Tensor made = Tensor::uninitialized(dc.rows(), heads_);
    each_row(dc.rows(), [&](Index j) {
      for (Index h = 0; h < heads_; ++h) {
        Real sum = row_sum_ ? dc(j, h * wide + e) : Real(0);
        for (Index c = 0; c < e; ++c)
          sum += v(j, h * e + c) * dc(j, h * wide + c);
        made(j, h) = magnitude_(j, h) * sum;
      }
    });
    return made;
  }

  Segments segments_;
  AttendLinearOptions options_;
  LinearKernel kernel_;
  Index heads_;
  bool row_sum_;
  SegmentRuns of_rows_, of_columns_;
  std::vector<Real> row_factor_, column_factor_;  // of a fixed normaliser
  Tensor magnitude_;                              // [m, h]
  RelativeWeights relative_{};                    // of a relative bias
  Tensor inverse_, safe_;                         // [n, h]  1 / Σ, and 1 where Σ is not guarded
};

}  // namespace

Variable attend_linear(const Neighbourhood& neighbourhood, const Variable& phi_q, const Variable& phi_k,
                       const Variable& v, const AttendLinearOptions& options) {
  const Segments& segments = segments_of(neighbourhood);
  check(segments, phi_q, phi_k, v, options);
  if (options.relative_bias &&
      !by_fft(segments, phi_q.columns() / options.heads, v.columns() / options.heads, options.toeplitz))
    return attend(neighbourhood, options.kernel, phi_q, phi_k, v,
                  {.heads = options.heads,
                   .normaliser = options.normaliser,
                   .key_bias = options.key_bias,
                   .relative_bias = options.relative_bias,
                   .guard = options.guard,
                   .guarded = options.guarded});
  const auto linear = std::make_shared<LinearAttention>(segments, options);
  Tensor y = linear->forward(phi_q.value(), phi_k.value(), v.value());
  if (options.guarded != nullptr) *options.guarded += linear->guarded();
  return Variable::record(
      std::move(y), {phi_q, phi_k, v, options.key_bias, options.relative_bias},
      [linear](std::span<Variable> in, const Tensor& y, const Tensor& dy) { linear->backward(in, y, dy); });
}

}  // namespace mercer
