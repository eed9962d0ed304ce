#pragma once

namespace simt {

/// From now on a segmentation fault says which thread of which kernel, or that host code touched device memory, and
/// then goes its usual way; the sanitizers report it themselves. To be called again where a test framework may have set
/// its own handler since.
void report_crashes();

}  // namespace simt
