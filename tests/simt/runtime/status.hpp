#pragma once
// The status that a call returns: its own failure, an injected one, or an earlier sticky one.

#include <mutex>

#include "simt/runtime/driver_types.hpp"
#include "simt/simt.hpp"

namespace simt {

/// A lock: one host thread at a time calls the runtime and runs the work of its call. Work never waits for a thread, so
/// there is no deadlock. Each thread has a device in use and a last error of its own.
class Turn {
 public:
  Turn();

 private:
  std::scoped_lock<std::recursive_mutex> lock_;
};

/// The first call in every function of the runtime: returns the failure that it must return, or success. After a sticky
/// error all calls fail with it until reset().
cudaError_t enter(Call call);
/// The last call: stores a failure for cudaGetLastError; sticky ones stay.
cudaError_t answer(cudaError_t status);

void reset_status();

}  // namespace simt
