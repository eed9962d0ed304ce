#include "mercer/experiment/sequences.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "mercer/data/transform.hpp"
#include "mercer/training/item_classification.hpp"

namespace mercer {

namespace {

constexpr Index sequences_at_once = 64;  // in inference

Features rows_of_items(const std::vector<Index>& offset, const Input& x, std::span<const Node> items) {
  std::vector<Node> rows;
  for (const Node item : items)
    for (Index i = offset.at(static_cast<std::size_t>(item)); i < offset.at(static_cast<std::size_t>(item) + 1); ++i)
      rows.push_back(static_cast<Node>(i));
  if (x.is_sparse()) return x.sparse()->rows(rows);
  const Tensor& all = x.dense().value();
  Tensor taken = Tensor::uninitialized(std::ssize(rows), all.columns());
  for (std::size_t r = 0; r < rows.size(); ++r)
    std::copy_n(all.row(rows[r]), all.columns(), taken.row(static_cast<Index>(r)));
  return taken;
}

}  // namespace

SequenceBatch batch_of(const std::vector<Index>& offset, const Input& x, std::span<const Node> items, Device device) {
  std::vector<Index> ends{0};
  for (const Node item : items)
    ends.push_back(ends.back() + offset.at(static_cast<std::size_t>(item) + 1) -
                   offset.at(static_cast<std::size_t>(item)));
  Input rows(rows_of_items(offset, x, items));
  if (device.is_cuda())
    rows = rows.is_sparse() ? Input(rows.sparse()->to(device)) : Input(rows.dense().value().to(device));
  return {Segments(std::move(ends)), std::move(rows)};
}

ColumnScales scales_of(const std::vector<Index>& offset, const Input& x, std::span<const Node> items) {
  return column_scales(rows_of_items(offset, x, items));
}

Input standardised(const Input& x, const ColumnScales& by) {
  Dataset data;
  if (x.is_sparse())
    data.features = *x.sparse();
  else
    data.features = x.dense().value();
  return Input(standardised(std::move(data), by).features);
}

Tensor of_each_sequence(const Problem& problem, const OfSequences& f) {
  const Dataset& data = problem.prepared.data;
  std::vector<Node> all(static_cast<std::size_t>(data.examples()));
  std::iota(all.begin(), all.end(), Node{0});
  const auto some = [&](std::span<const Node> items, Pass& pass) {
    const SequenceBatch batch = batch_of(data.item_offset, problem.input, items, problem.device());
    return f(batch.segments, batch.x, pass);
  };
  return predict_items(some, all, data.examples(), problem.classes(), sequences_at_once);
}

}  // namespace mercer
