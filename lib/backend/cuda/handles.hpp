#pragma once

#include <cstddef>
#include <memory>

#include "backend/cuda/runtime.hpp"

/// What the runtime makes, and gives back by itself.
namespace mercer::cuda {

/// Destructors have nobody to tell.
inline void forgive(cudaError_t status) noexcept {
  if (status != cudaSuccess) cudaGetLastError();
}

/// Gives back what the runtime made; `release` is its function for that.
template <auto release>
struct Released {
  template <class T>
  void operator()(T* what) const noexcept {
    forgive(release(what));
  }
};

/// Memory of the host that stays where it is, so that the device copies from and to it by itself.
using Pinned = std::unique_ptr<void, Released<cudaFreeHost>>;

inline Pinned new_pinned(std::size_t bytes, const char* op) {
  void* made = nullptr;
  check(cudaMallocHost(&made, bytes), op);
  return Pinned(made);
}

}  // namespace mercer::cuda
