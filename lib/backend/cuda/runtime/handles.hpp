#pragma once

#include <cstddef>
#include <memory>

#include "backend/cuda/runtime/runtime.hpp"

/// Owning handles of CUDA runtime objects.
namespace mercer::cuda {

/// Ignores an error, in a destructor.
inline void forgive(cudaError_t status) noexcept {
  if (status != cudaSuccess) cudaGetLastError();
}

/// Deleter that calls the runtime's function `release`.
template <auto release>
struct Released {
  template <class T>
  void operator()(T* what) const noexcept {
    forgive(release(what));
  }
};

/// Pinned host memory, which the device can copy asynchronously.
using Pinned = std::unique_ptr<void, Released<cudaFreeHost>>;

inline Pinned new_pinned(std::size_t bytes, const char* op) {
  void* made = nullptr;
  check(cudaMallocHost(&made, bytes), op);
  return Pinned(made);
}

}  // namespace mercer::cuda
