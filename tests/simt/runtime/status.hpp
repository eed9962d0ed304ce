#pragma once
// What a call answers: its own failure, an injected one, or a sticky one from before.

#include "simt/runtime/driver_types.hpp"
#include "simt/simt.hpp"

namespace simt {

/// First in every function of the runtime: the failure it must answer with, or success. A sticky error answers all
/// calls from then on, until reset().
cudaError_t enter(Call call);
/// Last: remembers a failure for cudaGetLastError, sticky ones for good.
cudaError_t answer(cudaError_t status);

void reset_status();

}  // namespace simt
