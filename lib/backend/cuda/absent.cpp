// Linked when the CUDA Toolkit is not: every call throws by name.
#include <string>

#include "backend/capture.hpp"
#include "backend/captured_step.hpp"
#include "backend/dense_ops.hpp"
#include "backend/edge_ops.hpp"
#include "backend/nccl.hpp"
#include "backend/peers.hpp"
#include "base/device_memory.hpp"
#include "mercer/base/check.hpp"
#include "mercer/device/device.hpp"

namespace mercer {
namespace {

[[noreturn]] void absent(const char* op) {
  throw DeviceError("[" + std::string(op) + "] this build of mercer has no CUDA backend: use the CPU");
}

}  // namespace

int cuda_devices() noexcept { return 0; }
std::string cuda_description() { return "none: this build of mercer has no CUDA backend"; }
std::string cuda_description(int) { absent("device"); }
std::string cublas_description() { absent("device"); }
std::string nccl_description() { absent("device"); }
int cuda_device_in_use() noexcept { return 0; }
void use_cuda_device(int) { absent("device"); }
void limit_cuda_memory(std::size_t) noexcept {}

int device_number() noexcept { return 0; }
void* device_allocate(std::size_t) { absent("allocate"); }
void device_free(void*, std::size_t) noexcept {}
void device_copy(void*, Device, const void*, Device, std::size_t) { absent("copy"); }
void device_zero(void*, std::size_t) { absent("zero"); }
void device_release() noexcept {}

PinnedBuffer::PinnedBuffer(std::size_t) { absent("graph"); }
PinnedBuffer::~PinnedBuffer() = default;
void PinnedBuffer::upload(void*, std::size_t) const { absent("graph"); }
void PinnedBuffer::download(const void*, std::size_t) { absent("graph"); }
void wait_for_device() { absent("graph"); }
bool is_captured() noexcept { return false; }
struct CaptureMemory::Blocks {};
CaptureMemory::CaptureMemory() { absent("graph"); }
CaptureMemory::~CaptureMemory() = default;
struct CapturedWork::Kept {};
CapturedWork::CapturedWork(CaptureMemory&, const std::function<void()>&) { absent("graph"); }
CapturedWork::~CapturedWork() = default;
void CapturedWork::replay() { absent("graph"); }

namespace cuda {

void gemm(ConstView, bool, ConstView, bool, View) { absent("gemm"); }
void sparse_gemm(SparseView, ConstView, View) { absent("sparse_gemm"); }
void sparse_gemm_transposed(SparseView, ConstView, View) { absent("sparse_gemm_transposed"); }
void add_to(ConstView, View) { absent("add_to"); }
void add(ConstView, ConstView, View) { absent("add"); }
void multiply(ConstView, ConstView, View) { absent("multiply"); }
void scale(ConstView, Real, View) { absent("scale"); }
void shift(ConstView, Real, View) { absent("shift"); }
void relu(ConstView, View) { absent("relu"); }
void leaky_relu(ConstView, Real, View) { absent("leaky_relu"); }
void elu(ConstView, View) { absent("elu"); }
void tanh(ConstView, View) { absent("tanh"); }
void exp(ConstView, View) { absent("exp"); }
void log(ConstView, View) { absent("log"); }
void abs(ConstView, View) { absent("abs"); }
void clamp(ConstView, Real, Real, View) { absent("clamp"); }
void normal_cdf(ConstView, View) { absent("normal_cdf"); }
void sign(ConstView, View) { absent("sign"); }
void sigmoid(ConstView, View) { absent("sigmoid"); }
void softplus(ConstView, View) { absent("softplus"); }
void sigmoid_backward(ConstView, View) { absent("sigmoid_backward"); }
void softplus_backward(ConstView, View) { absent("softplus_backward"); }
void relu_backward(ConstView, View) { absent("relu_backward"); }
void leaky_relu_backward(ConstView, Real, View) { absent("leaky_relu_backward"); }
void elu_backward(ConstView, View) { absent("elu_backward"); }
void tanh_backward(ConstView, View) { absent("tanh_backward"); }
void log_backward(ConstView, View) { absent("log_backward"); }
void abs_backward(ConstView, View) { absent("abs_backward"); }
void clamp_backward(ConstView, Real, Real, View) { absent("clamp_backward"); }
void normal_cdf_backward(ConstView, View) { absent("normal_cdf_backward"); }
void add_row(ConstView, ConstView, View) { absent("add_row"); }
void sum_of_rows(ConstView, View) { absent("sum_of_rows"); }
void sum(ConstView, View) { absent("sum"); }
void fill(ConstView, View) { absent("fill"); }
void take_columns(ConstView, Index, View) { absent("take_columns"); }
void put_columns(ConstView, Index, View) { absent("put_columns"); }
void add_columns(ConstView, Index, View) { absent("add_columns"); }
void gather_rows(ConstView, const Node*, View) { absent("gather_rows"); }
void scatter_rows(ConstView, const Node*, View) { absent("scatter_rows"); }
void sum_of_earlier_rows(ConstView, Index, View) { absent("sum_of_earlier_rows"); }
void sum_of_later_rows(ConstView, Index, View) { absent("sum_of_later_rows"); }
void walsh_hadamard(ConstView, View) { absent("walsh_hadamard"); }
void dropout(ConstView, const Dropout&, View) { absent("dropout"); }
SparseMatrix sparse_dropout(const SparseMatrix&, const Dropout&) { absent("sparse_dropout"); }
void head_dot(ConstView, ConstView, View) { absent("head_dot"); }
void head_dot_backward_x(ConstView, ConstView, View) { absent("head_dot_backward_x"); }
void head_dot_backward_a(ConstView, ConstView, View) { absent("head_dot_backward_a"); }
void head_mean(ConstView, Index, View) { absent("head_mean"); }
void head_mean_backward(ConstView, Index, View) { absent("head_mean_backward"); }
void squared_norm(ConstView, Real, Real, View) { absent("squared_norm"); }
void squared_norm_backward(ConstView, Real, Real, ConstView, View) { absent("squared_norm_backward"); }
void head_matmul(ConstView, ConstView, Index, View) { absent("head_matmul"); }
void head_matmul_backward(ConstView, ConstView, Index, ConstView, View, View) { absent("head_matmul_backward"); }
void transpose_heads(ConstView, Index, View) { absent("transpose_heads"); }
void turn_back(ConstView, ConstView, Index, View) { absent("turn_back"); }
void turn_back_backward(ConstView, ConstView, Index, ConstView, View, View) { absent("turn_back_backward"); }
void unit_heads(ConstView, Index, bool, View) { absent("unit_heads"); }
void unit_heads_backward(ConstView, ConstView, Index, bool, View) { absent("unit_heads_backward"); }
void scale_heads(ConstView, ConstView, View) { absent("scale_heads"); }
void scale_heads_backward_s(ConstView, ConstView, View) { absent("scale_heads_backward_s"); }
void layer_norm(ConstView, ConstView, ConstView, Real, View, View) { absent("layer_norm"); }
void layer_norm_backward(ConstView, ConstView, ConstView, View) { absent("layer_norm_backward"); }
void layer_norm_backward_gain(ConstView, ConstView, ConstView, View) { absent("layer_norm_backward_gain"); }
void log_softmax(ConstView, View) { absent("log_softmax"); }
void log_softmax_backward(ConstView, View) { absent("log_softmax_backward"); }
void cross_entropy(ConstView, const std::int32_t*, const Real*, View) { absent("cross_entropy"); }
void cross_entropy_backward(ConstView, const std::int32_t*, const Real*, ConstView, View) {
  absent("cross_entropy_backward");
}

void fourier_features(ConstView, std::span<const ConstView>, Index, View) { absent("fourier_features"); }
void fourier_features_backward(ConstView, std::span<const ConstView>, Index, ConstView, View, std::span<const View>) {
  absent("fourier_features_backward");
}
void exp_below_peak(ConstView, View, View) { absent("exp_below_peak"); }
void column_products(ConstView, const Index*, const Real*, View) { absent("column_products"); }
void column_products_backward(ConstView, const Index*, const Real*, ConstView, View) {
  absent("column_products_backward");
}
void take_rows(const Real*, const Node*, View) { absent("exchange"); }
ThreadDevice::ThreadDevice(int) { absent("exchange"); }
ThreadDevice::~ThreadDevice() = default;
std::unique_ptr<Mark> new_mark() { absent("exchange"); }
void copy_from_device(void*, const void*, int, std::size_t) { absent("exchange"); }
std::vector<std::unique_ptr<NcclEnd>> join_by_nccl(const std::vector<int>&) { absent("exchange"); }
void adam_step(ConstView, const AdamFactors&, View, View, View) { absent("adam_step"); }
void sgd_step(ConstView, const SgdFactors&, View, View) { absent("sgd_step"); }
double sum_of_squares(ConstView) { absent("sum_of_squares"); }

EdgeLists edge_lists(const TopologyView&) { absent("attend"); }
Index attend_forward(const EdgeTerms&, const EdgeList&, ConstView, View, const Kept&) { absent("attend"); }
void attend_weights(const EdgeTerms&, const EdgeList&, ConstView, View) { absent("attention_weights"); }
void edge_factors(const EdgeTerms&, const EdgeList&, ConstView, ConstView, View, View) { absent("attention_factors"); }
void attend_backward(const EdgeTerms&, const EdgeLists&, ConstView, ConstView, const Kept&, ConstView,
                     const EdgeGradients&) {
  absent("attend");
}
void attend_deltas(const EdgeTerms&, ConstView, ConstView, const Deltas&) { absent("attend"); }
void attend_alive(ConstView, unsigned char*) { absent("attend"); }
void attend_backward_rows(const EdgeTerms&, const EdgeList&, const TargetRows&, const EdgeGradients&) {
  absent("attend");
}
void attend_backward_columns(const EdgeTerms&, const EdgeList&, const TargetRows&, const EdgeGradients&) {
  absent("attend");
}

}  // namespace cuda

namespace captured {
void sum_of_squares(ConstView, double*) { absent("sum_of_squares"); }
void judge_step(ConstView, const double*, Index, double, StepOutcome*) { absent("judge_step"); }
void clip(const StepOutcome*, View) { absent("clip"); }
void adam_step(ConstView, const AdamFactors*, const StepOutcome*, View, View, View) { absent("adam_step"); }
void sgd_step(ConstView, const SgdFactors*, const StepOutcome*, View, View) { absent("sgd_step"); }
}  // namespace captured

namespace streamed {
Index attend_forward(const EdgeTerms&, const TopologyView&, std::size_t, ConstView, View, const Kept&) {
  absent("attend");
}
void attend_backward(const EdgeTerms&, const TopologyView&, std::size_t, ConstView, ConstView, const Kept&, ConstView,
                     const EdgeGradients&) {
  absent("attend");
}
}  // namespace streamed
}  // namespace mercer
