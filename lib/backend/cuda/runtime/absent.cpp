// The CUDA backend of a build without the CUDA Toolkit: every operator throws DeviceError with its name.
#include <algorithm>
#include <string>

#include "backend/capture.hpp"
#include "backend/captured_step.hpp"
#include "backend/edge_ops.hpp"
#include "backend/linear_ops.hpp"
#include "backend/nccl.hpp"
#include "backend/operators.hpp"
#include "backend/peers.hpp"
#include "base/device_memory.hpp"
#include "mercer/base/check.hpp"
#include "mercer/device/device.hpp"

namespace mercer {
namespace {

[[noreturn]] void absent(const char* op) {
  throw DeviceError("[" + std::string(op) + "] this build of mercer has no CUDA backend: use the CPU");
}

/// An operator's name as a template argument.
template <std::size_t length>
struct Name {
  constexpr Name(const char (&name)[length]) { std::copy_n(name, length, text); }
  char text[length];
};

template <Name op>
struct Absent {
  template <class Result, class... Operands>
  static Result call(Operands...) {
    absent(op.text);
  }
};

}  // namespace

int cuda_devices() noexcept { return 0; }
std::string cuda_description() { return "none: this build of mercer has no CUDA backend"; }
std::string cuda_description(int) { absent("device"); }
std::string cublas_description() { absent("device"); }
std::string nccl_description() { absent("device"); }
int cuda_device_in_use() noexcept { return 0; }
void use_cuda_device(int) { absent("device"); }
void limit_cuda_memory(std::size_t) noexcept {}
std::size_t cuda_memory_peak() noexcept { return 0; }

int device_number() noexcept { return 0; }
ThreadDevice::ThreadDevice(int) { absent("device"); }
ThreadDevice::~ThreadDevice() = default;
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

#define MERCER_OPERATOR(result, name, operands) .name = Absent<#name>::call,
constinit const DenseTable dense_table{
#include "backend/dense_ops.inc"
};
#undef MERCER_OPERATOR

std::unique_ptr<Mark> new_mark() { absent("exchange"); }
void copy_from_device(void*, const void*, int, std::size_t) { absent("exchange"); }
std::vector<std::unique_ptr<NcclEnd>> join_by_nccl(const std::vector<int>&) { absent("exchange"); }

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
void edge_energy(const EnergyTerms&, const EdgeList&, View) { absent("edge_energy"); }
void edge_energy_backward(const EnergyTerms&, const EdgeLists&, ConstView, const EnergyGradients&) {
  absent("edge_energy");
}

void linear_sums(const SegmentRuns&, Index, ConstView, ConstView, ConstView, View) { absent("attend_linear"); }
void join_constant(ConstView, Index, Real, Real, View) { absent("attend_linear"); }
void join_constant_backward(ConstView, Index, Real, View) { absent("attend_linear"); }
void source_magnitudes(const SegmentRuns&, Real, ConstView, bool, View) { absent("attend_linear"); }
void scale_values(ConstView, ConstView, View) { absent("attend_linear"); }
void scale_values_backward(ConstView, ConstView, View) { absent("attend_linear"); }
Index divide_sums(const SegmentRuns&, const LinearDenominator&, ConstView, View, View, View, Index*) {
  absent("attend_linear");
}
void divide_sums_backward(ConstView, ConstView, ConstView, View) { absent("attend_linear"); }
Index first_negative(ConstView) { absent("attend_linear"); }

}  // namespace cuda

namespace captured {
Index count_of_squares(std::span<const StepTensor>) { absent("sum_of_squares"); }
void sum_squares(std::span<const StepTensor>, double*) { absent("sum_of_squares"); }
void judge_step(ConstView, std::span<const StepTensor>, const double*, double, StepOutcome*) { absent("judge_step"); }
void adam_steps(std::span<const StepTensor>, const StepScalars*, const StepOutcome*) { absent("adam_step"); }
void sgd_steps(std::span<const StepTensor>, const StepScalars*, const StepOutcome*) { absent("sgd_step"); }
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
