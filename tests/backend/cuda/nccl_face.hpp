#pragma once

/// A fake NCCL in the test program, found in the process before any library is loaded. Messages are copies ordered by
/// events; a call that would fail or wait forever returns a status.
namespace mercer::test {

/// The calls since the last query.
struct NcclCounts {
  int joined = 0, messages = 0, destroyed = 0, aborted = 0;
};
NcclCounts nccl_counts();

enum class NcclCall { init, send, group_end };
/// Makes the n-th call of this kind from now fail (1 is the next).
void nccl_fails_at(NcclCall call, int n);

}  // namespace mercer::test
