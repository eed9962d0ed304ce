#include "partition/checked.hpp"

#include <limits>
#include <string>

#include "mercer/base/check.hpp"

namespace mercer::partitioning {

void check_partition(const char* op, const Partition& partition) {
  const Index parts = partition.parts;
  require(parts >= 1 && parts <= std::numeric_limits<std::int32_t>::max(), op,
          "parts: got " + std::to_string(parts) + ", want at least 1");
  for (std::size_t i = 0; i < partition.of.size(); ++i)
    if (partition.of[i] < 0 || partition.of[i] >= parts)
      throw ValueError("[" + std::string(op) + "] part of node " + std::to_string(i) + ": got " +
                       std::to_string(partition.of[i]) + ", want 0 to " + std::to_string(parts - 1));
}

void check_partition(const char* op, CsrView g, const Partition& partition) {
  expect(op, {{"columns", g.columns, g.rows}, {"nodes of the partition", std::ssize(partition.of), g.rows}});
  check_partition(op, partition);
}

}  // namespace mercer::partitioning
