#include "mercer/layers/patches.hpp"

#include <utility>
#include <vector>

#include "mercer/base/check.hpp"

namespace mercer {

Segments patched(const Segments& segments, Index size) {
  expect_at_least_one("patched", "size", size);
  const auto rows = segments.target_offset();
  std::vector<Index> offset{0};
  for (std::size_t s = 0; s + 1 < rows.size(); ++s)
    offset.push_back(offset.back() + (rows[s + 1] - rows[s] + size - 1) / size);
  return Segments(std::move(offset));
}

Variable patches(const Segments& segments, const Variable& x, Index size) {
  expect("patches", {{"rows of x", x.rows(), segments.targets()}});
  const Segments after = patched(segments, size);
  const Index count = after.targets(), d = x.columns();
  if (count == 0) return Variable(Tensor(0, size * d).to(x.device()));
  std::vector<Node> from(static_cast<std::size_t>(count * size), 0);
  Tensor inside(count * size, d);
  for (Index s = 0; s < segments.count(); ++s) {
    const auto at = static_cast<std::size_t>(s);
    const Index first = segments.target_offset()[at], last = segments.target_offset()[at + 1];
    for (Index i = first; i < last; ++i) {
      const Index row = after.target_offset()[at] * size + i - first;
      from[static_cast<std::size_t>(row)] = static_cast<Node>(i);
      for (Index c = 0; c < d; ++c)
        inside(row, c) = 1;
    }
  }
  Variable y = gather_rows(x, from);
  if (count * size > x.rows()) y = multiply(y, Variable(inside.to(x.device())));
  return reshape(y, count, size * d);
}

}  // namespace mercer
