#pragma once

#include <vector>

#include "mercer/kernel/any_kernel.hpp"

namespace mercer::test {

/// Columns of a head of q and k: the number that the kernel fixes, else d; 0 when it reads neither q nor k.
inline Index head_width(const AnyKernel& kernel, Index d) { return mercer::head_width(kernel.traits(), d); }

/// One of each kernel of the catalogue.
inline std::vector<AnyKernel> all_kernels() {
  std::vector<AnyKernel> all;
  Catalogue::each([&]<class K>() { all.emplace_back(K{}); });
  return all;
}

}  // namespace mercer::test
