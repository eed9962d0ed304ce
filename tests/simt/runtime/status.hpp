#pragma once
// What a call answers: its own failure, an injected one, or a sticky one from before.

#include <mutex>

#include "simt/runtime/driver_types.hpp"
#include "simt/simt.hpp"

namespace simt {

/// Threads of the host take turns in the machine: one call of the runtime at a time, with all the work that it runs.
/// Work waits for no thread, so neither does who holds the turn. The device in use and the last error are of each
/// thread.
class Turn {
 public:
  Turn();

 private:
  std::scoped_lock<std::recursive_mutex> lock_;
};

/// First in every function of the runtime: the failure it must answer with, or success. A sticky error answers all
/// calls from then on, until reset().
cudaError_t enter(Call call);
/// Last: remembers a failure for cudaGetLastError, sticky ones for good.
cudaError_t answer(cudaError_t status);

void reset_status();

}  // namespace simt
