#include "mercer/attention/stream_use.hpp"

#include <algorithm>
#include <vector>

#include "backend/stream_plan.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

StreamPlan& plan_of(const Neighbourhood& neighbourhood) {
  require(neighbourhood.streamed() != nullptr, "stream_use", "neighbourhood: want one that is streamed");
  return stream_plan(neighbourhood.view(), neighbourhood.streamed()->device_bytes);
}

void add_passes(const Neighbourhood& neighbourhood, const Neighbourhood& sample, StreamUse& use) {
  StreamPlan& plan = plan_of(neighbourhood);
  for (const StreamPlan::Pass& asked : plan_of(sample).passes()) {
    const StreamPlan::Pass& pass = plan.cut(asked.over, asked.cost);
    use.slot_bytes = std::max(use.slot_bytes, pass.slot_bytes);
    use.moved_bytes += asked.times * pass.moved_bytes;
    use.passes += asked.times;
    use.most_pieces = std::max(use.most_pieces, pass.pieces.size());
  }
}

}  // namespace

StreamUse stream_use(const Neighbourhood& neighbourhood, const Neighbourhood& sample) {
  StreamUse use;
  add_passes(neighbourhood, sample, use);
  if (!std::holds_alternative<Graph>(sample.topology())) return use;
  const Neighbourhood reversed = sample.reversed();
  if (!plan_of(reversed).passes().empty()) add_passes(neighbourhood.reversed(), reversed, use);
  return use;
}

}  // namespace mercer
