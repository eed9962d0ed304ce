#pragma once

#include "mercer/attention/attend.hpp"
#include "mercer/kernel/inner_product.hpp"

namespace mercer {

/// How the weights of a relative bias are applied: pair by pair, or by FFT.
enum class ToeplitzBy { automatic, pairs, fft };  // automatic: what takes less time at these sizes

struct AttendLinearOptions {
  Index heads = 1;
  /// κ as a function of ⟨φ(q), φ(k)⟩: InnerProduct, or PositiveInnerProduct, whose floor is left out: its scale and
  /// all features must be at least 0.
  AnyKernel kernel = InnerProduct{};
  Normaliser normaliser = Normaliser::row_sum;  // softmax says the same of a positive kernel, and is refused otherwise
  Variable key_bias{};                          // [m, h]: added to ln κ; the logarithm of the magnitude m(k_j)
  Variable relative_bias{};                     // [2 L + 1, h]: as AttendOptions::relative_bias
  ToeplitzBy toeplitz = ToeplitzBy::automatic;  // of a relative bias
  Real guard = Real(1e-6);                      // as AttendOptions::guard
  Index* guarded = nullptr;                     // the same
};

/// attend of the kernel κ = scale ⟨φ(q), φ(k)⟩ + shift on segments, in time that is linear in their lengths:
///   y_i = φ(q_i)ᵀ Σ_j φ(k_j) m_j v_jᵀ / φ(q_i)ᵀ Σ_j φ(k_j) m_j
/// The sums are those of a segment; in causal segments, those of the sources up to i, by chunks
/// (Katharopoulos, Vyas, Pappas, Fleuret, Transformers are RNNs, ICML 2020, equations 5 and 10).
///
/// phi_q [n, h*M], phi_k [m, h*M], v [m, h*e], y [n, h*e]: what a feature map (feature_map.hpp) makes of q and k, with
/// its kernel and its key bias. Under a row sum the largest key bias of a segment is taken out, so that none overflows.
/// Time O((n + m) h M e), memory of the operands' size.
///
/// With a relative bias b the weights exp(b_{i−j}) of a sequence are a Toeplitz matrix, by which the products of φ(k_j)
/// and v_j are multiplied through FFTs, in time O(n log n h M e) (Luo et al., Stable, Fast and Accurate: Kernelized
/// Attention with Relative Positional Encoding, NeurIPS 2021, section 3.2); short sequences, and those on a
/// device, take attend itself.
/// Throws ShapeError; ValueError for a topology other than segments, for another kernel, and for a negative feature of
/// a positive one; DeviceError.
Variable attend_linear(const Neighbourhood& neighbourhood, const Variable& phi_q, const Variable& phi_k,
                       const Variable& v, const AttendLinearOptions& options = {});

}  // namespace mercer
