#include "simt/runtime/status.hpp"

#include <array>

#include "simt/runtime/api.hpp"
#include "simt/runtime/device.hpp"

namespace simt {
namespace {

struct Plan {
  unsigned calls_left = 0;  // 0: none is to fail
  cudaError_t status = cudaSuccess;
};

std::array<Plan, call_kinds> plans;
std::array<std::size_t, call_kinds> counts{};
thread_local cudaError_t last = cudaSuccess;
cudaError_t sticky = cudaSuccess;

std::recursive_mutex machine;

bool corrupts_the_context(cudaError_t status) {
  switch (status) {
    case cudaErrorECCUncorrectable:
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchTimeout:
    case cudaErrorMisalignedAddress:
    case cudaErrorLaunchFailure:
      return true;
    default:
      return false;
  }
}

}  // namespace

Turn::Turn() : lock_(machine) {}

cudaError_t enter(Call call) {
  ++counts[static_cast<std::size_t>(call)];
  if (config().driver / 1000 < runtime_version / 1000) return answer(cudaErrorInsufficientDriver);
  if (sticky != cudaSuccess) return sticky;
  Plan& plan = plans[static_cast<std::size_t>(call)];
  if (plan.calls_left == 0 || --plan.calls_left > 0) return cudaSuccess;
  return answer(plan.status);
}

cudaError_t answer(cudaError_t status) {
  if (status != cudaSuccess) last = status;
  if (corrupts_the_context(status)) sticky = status;
  return status;
}

void fail_at(Call call, unsigned n, cudaError status) { plans[static_cast<std::size_t>(call)] = {n, status}; }

std::size_t calls(Call call) { return counts[static_cast<std::size_t>(call)]; }

void reset_status() {
  plans.fill({});
  counts.fill(0);
  last = sticky = cudaSuccess;
}

}  // namespace simt

cudaError_t cudaPeekAtLastError() {
  const simt::Turn turn;
  return simt::sticky != cudaSuccess ? simt::sticky : simt::last;
}

cudaError_t cudaGetLastError() {
  const simt::Turn turn;
  const cudaError_t status = cudaPeekAtLastError();
  simt::last = cudaSuccess;
  return status;
}

const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
#define ERROR(name, value, text) \
  case name:                     \
    return #name;
#include "simt/runtime/error_codes.inc"
#undef ERROR
  }
  return "unrecognized error code";
}

const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
#define ERROR(name, value, text) \
  case name:                     \
    return text;
#include "simt/runtime/error_codes.inc"
#undef ERROR
  }
  return "unrecognized error code";
}
