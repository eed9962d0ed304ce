#pragma once

namespace mercer {

/// Largest resident memory of this process so far, in units of 10^6 bytes.
double peak_memory_mb();

}  // namespace mercer
