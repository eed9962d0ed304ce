#include "mercer/attention/attend_linear.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "attention/terms.hpp"
#include "backend/linear_ops.hpp"
#include "backend/relative_row.hpp"
#include "backend/select.hpp"
#include "backend/toeplitz_ops.hpp"
#include "base/heads.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

constexpr const char* call_name = "attend_linear";

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

/// Without its floor, the positive inner product is attend's only of features that are not negative. What a captured
/// call computes is not looked at.
void check_not_negative(const char* name, const Variable& phi) {
  const Tensor& x = phi.value();
  const Index place = select(x.device(), cpu::first_negative, cuda::first_negative, call_name)(x);
  if (place < 0) return;
  const Index i = place / x.columns(), c = place % x.columns();
  throw ValueError("[attend_linear] " + std::string(name) + ", row " + std::to_string(i) + ", column " +
                   std::to_string(c) + ": got " + std::to_string(x.to(Device::cpu)(i, c)) +
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
  check_relative_bias("attend_linear", segments, options.relative_bias, heads);
  for (const Variable* x : {&phi_k, &v, &options.key_bias, &options.relative_bias})
    if (x->defined()) expect_device("attend_linear", x->device(), phi_q.device());
  if (const auto* positive = options.kernel.get_if<PositiveInnerProduct>()) {
    require(positive->scale >= 0, "attend_linear",
            "scale of positive_inner_product: got " + std::to_string(positive->scale) + ", want at least 0");
    check_not_negative("phi_q", phi_q);
    check_not_negative("phi_k", phi_k);
  }
}

/// Do FFTs take less time than pairs? The costs were measured: of a pair, in features or values, and of a transform.
bool by_fft(const Segments& segments, Index features, Index values, ToeplitzBy wanted, Device device) {
  if (device.is_cuda()) {
    if (wanted == ToeplitzBy::fft)
      throw DeviceError("[attend_linear] toeplitz: got fft on a CUDA device, want automatic or pairs, or the CPU");
    return false;
  }
  if (wanted != ToeplitzBy::automatic) return wanted == ToeplitzBy::fft;
  constexpr double pair_cost = 148, transform_cost = 197;
  const auto n = static_cast<double>(segments.longest()), f = static_cast<double>(features),
             e = static_cast<double>(values);
  return n * (f + e + pair_cost) > transform_cost * f * (e + 1) * std::log2(std::max(n, 2.0));
}

/// The sums of attend_linear and what its gradient needs. Features of h heads are [·, h*M'], M' = M, or M + 1 with a
/// shift: a = [scale φ(q), shift], b = [φ(k), 1], so that κ = ⟨a, b⟩. Values are c_j = m_j [v_j, 1], the last one only
/// for a row sum.
class LinearAttention {
 public:
  LinearAttention(const Segments& segments, const AttendLinearOptions& options, Device device)
      : segments_(segments),
        options_(options),
        kernel_(linear_kernel(options.kernel)),
        heads_(options.heads),
        device_(device),
        row_sum_(options.normaliser == Normaliser::row_sum || options.normaliser == Normaliser::softmax) {
    const bool symmetric = options.normaliser == Normaliser::symmetric;
    const Real of_degree = options.normaliser == Normaliser::degree ? 1 : 0;
    by_ = {row_sum_, kernel_.is_signed, options.guard, symmetric ? Real(0.5) : of_degree};
    source_power_ = symmetric ? Real(0.5) : Real(0);
    of_rows_ = {segments_.view(), true, segments_.target_offset(), segments_.source_offset(), false};
    of_columns_ = {segments_.view(), false, segments_.source_offset(), segments_.target_offset(),
                   segments_.is_causal()};
  }

  /// y [n, h*e]
  Tensor forward(const Tensor& phi_q, const Tensor& phi_k, const Tensor& v) {
    magnitude_ = memory(segments_.sources(), heads_);
    select(device_, cpu::source_magnitudes, cuda::source_magnitudes, call_name)(
        of_rows_, source_power_, view_of(options_.key_bias), row_sum_, magnitude_);
    if (options_.relative_bias) relative_ = relative_weights(options_.relative_bias.value());
    const Tensor sums = row_sums(features(phi_q, kernel_.scale, kernel_.shift), features(phi_k, 1, 1), values(v));
    Tensor y = memory(phi_q.rows(), v.columns());
    inverse_ = memory(phi_q.rows(), heads_);
    if (row_sum_) guards_ = memory(phi_q.rows(), heads_);
    const Index guarded = select(device_, cpu::divide_sums, cuda::divide_sums, call_name)(
        of_rows_, by_, sums, y, inverse_, writable(guards_), options_.guarded);
    if (options_.guarded != nullptr) *options_.guarded += guarded;
    return y;
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
    if (in[2].wants_grad()) in[2].add_grad(value_gradient(dc, in[2].value()));
    if (in[3].wants_grad()) in[3].add_grad(products_of_heads(c, dc, true, {}));  // dbias_j = ⟨c_j, dc_j⟩
  }

 private:
  Index extra() const { return row_sum_ ? 1 : 0; }
  Tensor memory(Index rows, Index columns) const { return Tensor::uninitialized(rows, columns, device_); }

  Tensor row_sums(const Tensor& a, const Tensor& b, const Tensor& c) const {
    return sums(of_rows_, relative_.of_rows, a, b, c);
  }
  Tensor column_sums(const Tensor& a, const Tensor& b, const Tensor& c) const {
    return sums(of_columns_, relative_.of_columns, a, b, c);
  }
  Tensor sums(const SegmentRuns& runs, const Tensor& relative, const Tensor& a, const Tensor& b,
              const Tensor& c) const {
    Tensor y = memory(a.rows(), c.columns());
    if (!options_.relative_bias) {
      select(device_, cpu::linear_sums, cuda::linear_sums, "linear_sums")(runs, heads_, a, b, c, y);
      return y;
    }
    const TimedOperator timed("toeplitz_sums", Device::cpu);
    cpu::toeplitz_sums(segments_.target_offset(), heads_, relative, a, b, c, y);
    return y;
  }

  /// exp(b_r), [2 n − 1, h] for the longest segment's n, and the same for −r; 0 for sources that a causal target
  /// doesn't attend to. Under a row sum relative to the largest of a head.
  struct RelativeWeights {
    Tensor of_rows, of_columns;
  };
  RelativeWeights relative_weights(const Tensor& bias) const {
    const Index reach = segments_.longest() - 1;
    if (reach < 0) return {};
    RelativeWeights made{Tensor(2 * reach + 1, heads_), Tensor(2 * reach + 1, heads_)};
    for (Index h = 0; h < heads_; ++h) {
      Real largest = 0;
      if (row_sum_) {
        largest = bias(relative_row(bias.rows(), 0, 0), h);
        for (Index r = segments_.is_causal() ? 0 : -reach; r <= reach; ++r)
          largest = std::max(largest, bias(relative_row(bias.rows(), r, 0), h));
      }
      for (Index r = segments_.is_causal() ? 0 : -reach; r <= reach; ++r)
        made.of_rows(reach + r, h) = made.of_columns(reach - r, h) =
            std::exp(bias(relative_row(bias.rows(), r, 0), h) - largest);
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
        made(relative_row(made.rows(), n, w.rows() / 2), h) += w(n, h) * dw(n, h);
    return made;
  }

  /// [factor x_h, constant] of each head; without the constant where κ has no shift.
  Tensor features(const Tensor& x, Real factor, Real constant) const {
    const Index width = x.columns() / heads_, wide = width + (kernel_.shift != 0 ? 1 : 0);
    Tensor made = memory(x.rows(), heads_ * wide);
    select(device_, cpu::join_constant, cuda::join_constant, call_name)(x, heads_, factor, constant, made);
    return made;
  }

  Tensor feature_gradient(const Tensor& dx, Real factor) const {
    const Index wide = dx.columns() / heads_, width = wide - (kernel_.shift != 0 ? 1 : 0);
    Tensor made = memory(dx.rows(), heads_ * width);
    select(device_, cpu::join_constant_backward, cuda::join_constant_backward, call_name)(dx, heads_, factor, made);
    return made;
  }

  /// c_j = m_j [v_j, 1]
  Tensor values(const Tensor& v) const {
    Tensor made = memory(v.rows(), v.columns() + heads_ * extra());
    select(device_, cpu::scale_values, cuda::scale_values, call_name)(v, magnitude_, made);
    return made;
  }

  Tensor value_gradient(const Tensor& dc, const Tensor& v) const {
    Tensor made = memory(v.rows(), v.columns());
    select(device_, cpu::scale_values_backward, cuda::scale_values_backward, call_name)(dc, magnitude_, made);
    return made;
  }

  /// ⟨x_ih, z_ih⟩, 0 where it is guarded or not asked for; [n, h].
  Tensor products_of_heads(const Tensor& x, const Tensor& z, bool asked, ConstView guarded) const {
    EdgeTerms terms;
    terms.heads = heads_, terms.row_sum = asked;
    Tensor products = memory(x.rows(), heads_);
    Buffer alive(static_cast<std::size_t>(x.rows()), device_);
    Deltas found{products, static_cast<unsigned char*>(alive.data())};
    found.guarded = guarded;
    select(device_, cpu::attend_deltas, cuda::attend_deltas, call_name)(terms, x, z, found);
    return products;
  }

  /// y = sum / Σ:  dsum = dy / Σ,  dΣ = −⟨dy, y⟩ / Σ, 0 where Σ is guarded.
  Tensor sum_gradients(const Tensor& y, const Tensor& dy) const {
    Tensor made = memory(y.rows(), y.columns() + heads_ * extra());
    const Tensor delta = products_of_heads(y, dy, row_sum_, view_of(guards_));
    select(device_, cpu::divide_sums_backward, cuda::divide_sums_backward, call_name)(dy, inverse_, delta, made);
    return made;
  }

  Segments segments_;
  AttendLinearOptions options_;
  LinearKernel kernel_;
  Index heads_;
  Device device_;
  bool row_sum_;
  LinearDenominator by_;
  Real source_power_;  // of the degrees of sources, in their magnitudes
  SegmentRuns of_rows_, of_columns_;
  Tensor magnitude_;            // [m, h]
  RelativeWeights relative_{};  // of a relative bias
  Tensor inverse_, guards_;     // [n, h]  1 / Σ, and 1 where Σ is guarded
};

}  // namespace

Variable attend_linear(const Neighbourhood& neighbourhood, const Variable& phi_q, const Variable& phi_k,
                       const Variable& v, const AttendLinearOptions& options) {
  const Segments& segments = segments_of(neighbourhood);
  check(segments, phi_q, phi_k, v, options);
  if (options.relative_bias &&
      !by_fft(segments, phi_q.columns() / options.heads, v.columns() / options.heads, options.toeplitz, v.device()))
    return attend(neighbourhood, options.kernel, phi_q, phi_k, v,
                  {.heads = options.heads,
                   .normaliser = options.normaliser,
                   .key_bias = options.key_bias,
                   .relative_bias = options.relative_bias,
                   .guard = options.guard,
                   .guarded = options.guarded});
  const auto linear = std::make_shared<LinearAttention>(segments, options, phi_q.device());
  Tensor y = linear->forward(phi_q.value(), phi_k.value(), v.value());
  return Variable::record(
      std::move(y), {phi_q, phi_k, v, options.key_bias, options.relative_bias},
      [linear](std::span<Variable> in, const Tensor& y, const Tensor& dy) { linear->backward(in, y, dy); });
}

}  // namespace mercer
