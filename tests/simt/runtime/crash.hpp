#pragma once

namespace simt {

/// From now on a segmentation fault says which thread of which kernel, or that host code touched device memory, and
/// then goes its usual way. The sanitizers' own reports take its place.
void report_crashes();

}  // namespace simt
