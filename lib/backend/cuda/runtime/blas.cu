#include "backend/cuda/runtime/blas.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <mutex>

#include "backend/cuda/runtime/library.hpp"
#include "backend/cuda/runtime/runtime.hpp"
#include "mercer/base/check.hpp"
#include "mercer/device/device.hpp"

namespace mercer::cuda {
namespace {

// The declarations of cublas_v2.h, which is not included, since a toolkit may lack it.
using Create = int (*)(void** handle);
using GetVersion = int (*)(void* handle, int* version);
using SetStream = int (*)(void* handle, cudaStream_t stream);
using Sgemm = int (*)(void* handle, int transpose_a, int transpose_b, int m, int n, int k, const float* alpha,
                      const float* a, int lda, const float* b, int ldb, const float* beta, float* c, int ldc);

void check_blas(int status) {
  if (status != 0) throw DeviceError("[gemm] cuBLAS: status " + std::to_string(status));
}

/// The functions of cuBLAS and a handle for each device. Never destroyed: at the end of the process the driver may be
/// unloaded first.
struct Blas {
  Create create = nullptr;
  Sgemm sgemm = nullptr;
  SetStream set_stream = nullptr;
  std::string description;

  Blas() {
    const Library library({"libcublas.so.13", "libcublas.so.12", "libcublas.so"}, "cublasSgemm_v2");
    if (!library.found()) {
      description = "none found: mercer's own kernel multiplies matrices";
      return;
    }
    GetVersion version = nullptr;
    Sgemm multiply = nullptr;
    if (!library.find(create, "cublasCreate_v2") || !library.find(version, "cublasGetVersion_v2") ||
        !library.find(set_stream, "cublasSetStream_v2") || !library.find(multiply, "cublasSgemm_v2")) {
      description = "one without its functions: mercer's own kernel multiplies matrices";
      return;
    }
    if (const int status = make_handle(); status != 0) {
      description = "can't be used (status " + std::to_string(status) + "): mercer's own kernel multiplies matrices";
      return;
    }
    int number = 0;
    version(handle_of_device(), &number);
    description = "version " + std::to_string(number / 10000) + "." + std::to_string(number / 100 % 100);
    sgemm = multiply;
  }

  /// The handle of the device in use. Throws DeviceError when it can't be created.
  void* handle() {
    const std::scoped_lock lock(making_);
    if (handle_of_device() == nullptr) check_blas(make_handle());
    return handle_of_device();
  }

 private:
  void*& handle_of_device() { return handles_[static_cast<std::size_t>(cuda_device_in_use())]; }
  int make_handle() { return create(&handle_of_device()); }

  std::mutex making_;
  std::array<void*, most_devices> handles_{};
};

Blas& blas() {
  static auto* the = new Blas;
  return *the;
}

constexpr int not_supported = 15;

}  // namespace

bool gemm_by_blas(ConstView a, bool transpose_a, ConstView b, bool transpose_b, View c) {
  const Index inner = transpose_a ? a.rows : a.columns;
  constexpr Index most = std::numeric_limits<int>::max();
  if (c.size() == 0 || inner == 0 || std::max({c.rows, c.columns, inner, a.columns, b.columns}) > most) return false;
  stream();  // selects the device or throws, before a library is loaded
  Blas& with = blas();
  if (with.sgemm == nullptr) return false;
  // cuBLAS is column-major, so it sees transposes: cᵀ = op(b)ᵀ op(a)ᵀ
  const auto size = [](Index n) { return static_cast<int>(n); };
  const float one = 1, zero = 0;
  void* handle = with.handle();
  check_blas(with.set_stream(handle, stream()));
  const int status =
      with.sgemm(handle, transpose_b ? 1 : 0, transpose_a ? 1 : 0, size(c.columns), size(c.rows), size(inner), &one,
                 b.data, size(b.columns), a.data, size(a.columns), &zero, c.data, size(c.columns));
  if (status == not_supported) return false;
  check_blas(status);
  return true;
}

}  // namespace mercer::cuda

namespace mercer {

std::string cublas_description() {
  cuda::stream();
  return cuda::blas().description;
}

}  // namespace mercer
