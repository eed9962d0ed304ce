#pragma once

/// Stands in the test program where NCCL would: found in the process before any library is opened. What it can't do, or
/// would wait for in vain, it answers with a status; messages go as copies that wait for one another's events.
namespace mercer::test {

/// What was asked of it since this was last asked.
struct NcclCounts {
  int joined = 0, messages = 0, destroyed = 0, aborted = 0;
};
NcclCounts nccl_counts();

enum class NcclCall { init, send, group_end };
/// The n-th such call from now (1 is the next) does nothing but fail.
void nccl_fails_at(NcclCall call, int n);

}  // namespace mercer::test
