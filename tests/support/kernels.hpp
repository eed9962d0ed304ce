#pragma once

#include <vector>

#include "mercer/kernel/any_kernel.hpp"

namespace mercer::test {

/// Columns of a head of q and k that the kernel takes: its own, or d where it leaves the choice; 0 compares nothing.
inline Index head_width(const AnyKernel& kernel, Index d) { return mercer::head_width(kernel.traits(), d); }

/// One of each kernel of the catalogue.
inline std::vector<AnyKernel> all_kernels() {
  std::vector<AnyKernel> all;
  Catalogue::each([&]<class K>() { all.emplace_back(K{}); });
  return all;
}

}  // namespace mercer::test
