#pragma once

namespace simt {

/// Installs a handler: a segmentation fault prints the kernel and thread, or that host code touched device memory, and
/// then ends as usual. Sanitizers have handlers of their own. Call it again after a test framework may have replaced
/// the handler.
void report_crashes();

}  // namespace simt
