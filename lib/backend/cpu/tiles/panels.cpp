#include "backend/cpu/tiles/panels.hpp"

#include "backend/cpu/blocks.hpp"

namespace mercer::cpu::tiles {
namespace {

/// The head's component c of row i, less the centre; 0 in the padding.
struct HeadValues {
  HeadValues(ConstView from, Index heads, const Real* minus)
      : x(from), centre(minus), width(from.columns / heads), panels(whole_panels(width) / lane_count) {}

  Real operator()(Index i, Index h, Index c) const {
    const Real value = x(i, h * width + c);
    return centre != nullptr ? value - centre[h * width + c] : value;
  }

  ConstView x;
  const Real* centre;
  Index width, panels;  // of a head
};

}  // namespace

HeadPanels::HeadPanels(ConstView x, Index heads, const Real* centre) {
  const HeadValues from(x, heads, centre);
  panels_ = from.panels;
  data_ = Tensor::uninitialized(heads * panels_, x.rows * lane_count);
  parallel_rows(x.rows, heads * panels_ * lane_count, [&](Index first, Index last) {
    for (Index h = 0; h < heads; ++h)
      for (Index p = 0; p < panels_; ++p) {
        Real* to = data_.row(h * panels_ + p) + first * lane_count;
        const Index begin = p * lane_count, count = std::min<Index>(lane_count, from.width - begin);
        for (Index i = first; i < last; ++i, to += lane_count)
          for (Index c = 0; c < lane_count; ++c)
            to[c] = c < count ? from(i, h, begin + c) : Real(0);
      }
  });
}

Panels HeadPanels::at(Index h, Index first) const {
  if (data_.empty()) return {};
  return {data_.row(h * panels_) + first * lane_count, data_.columns()};
}

TransposedPanels::TransposedPanels(ConstView x, Index heads, const Real* centre) {
  const HeadValues from(x, heads, centre);
  panels_ = whole_panels(x.rows) / lane_count;
  data_ = Tensor::uninitialized(heads * panels_, from.width * lane_count);
  parallel_rows(panels_, heads * from.width * lane_count, [&](Index first, Index last) {
    for (Index h = 0; h < heads; ++h)
      for (Index p = first; p < last; ++p) {
        Real* to = data_.row(h * panels_ + p);
        const Index begin = p * lane_count, count = std::min<Index>(lane_count, x.rows - begin);
        for (Index c = 0; c < from.width; ++c, to += lane_count)
          for (Index i = 0; i < lane_count; ++i)
            to[i] = i < count ? from(begin + i, h, c) : Real(0);
      }
  });
}

Panels TransposedPanels::at(Index h, Index first) const {
  return {data_.row(h * panels_ + first / lane_count), data_.columns()};
}

Tensor rows_of_heads(ConstView x) {
  Tensor rows(x.columns, whole_panels(x.rows));
  for (Index i = 0; i < x.rows; ++i)
    for (Index h = 0; h < x.columns; ++h)
      rows(h, i) = x(i, h);
  return rows;
}

}  // namespace mercer::cpu::tiles
