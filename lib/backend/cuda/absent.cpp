// Linked when the CUDA Toolkit is not: every call throws by name.
#include <stdexcept>
#include <string>

#include "backend/dense_ops.hpp"
#include "backend/edge_ops.hpp"
#include "base/device_memory.hpp"
#include "mercer/device/device.hpp"

namespace mercer {
namespace {

[[noreturn]] void absent(const char* op) {
  throw std::runtime_error("[" + std::string(op) + "] this build of mercer has no CUDA backend: use the CPU");
}

}  // namespace

bool cuda_available() noexcept { return false; }
std::string cuda_description() { return "none: this build of mercer has no CUDA backend"; }

void* device_allocate(std::size_t) { absent("allocate"); }
void device_free(void*, std::size_t) noexcept {}
void device_copy(void*, Device, const void*, Device, std::size_t) { absent("copy"); }
void device_zero(void*, std::size_t) { absent("zero"); }

namespace cuda {

void gemm(ConstView, bool, ConstView, bool, View) { absent("gemm"); }
void add_to(ConstView, View) { absent("add"); }
void adam_step(ConstView, const AdamFactors&, View, View, View) { absent("adam_step"); }
void sgd_step(ConstView, const SgdFactors&, View, View) { absent("sgd_step"); }
double sum_of_squares(ConstView) { absent("sum_of_squares"); }
void scale_in_place(Real, View) { absent("scale_in_place"); }

Index attend_forward(const EdgeTerms&, ConstView, View, View) { absent("attend"); }
void attend_weights(const EdgeTerms&, ConstView, View) { absent("attention_weights"); }
void attend_backward(const EdgeTerms&, ConstView, ConstView, ConstView, ConstView, const EdgeGradients&) {
  absent("attend");
}

}  // namespace cuda
}  // namespace mercer
