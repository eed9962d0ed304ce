#include <algorithm>
#include <array>
#include <vector>

#include "backend/cpu/shared_gradient.hpp"
#include "backend/edge_ops.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/kernel/loops/components.hpp"

namespace mercer::cpu {
namespace {

/// Up to `most` edges of one row, which are computed together, so that each row of W is read once for all of them.
struct EdgeGroup {
  static constexpr int most = 4;
  int count = 0;
  std::array<const Real*, most> far{}, x{};  // the far ends, and the features
  std::array<Edge, most> slot{};
};

/// A pass over the edges of a list; q and k are its near and its far ends.
struct EnergyPass {
  const EnergyTerms& terms;
  const EdgeList& list;
  ConstView near, far;

  Index heads() const { return terms.heads; }
  Index columns() const { return terms.a.columns; }
  Index width() const { return columns() / heads(); }
  Index features() const { return terms.features.columns; }
  Index block_count() const { return static_cast<Index>(list.blocks.size()) - 1; }
  Index first_row(Index b) const { return list.blocks[static_cast<std::size_t>(b)]; }

  /// Calls visit(row, group) for the edges of the rows first … last − 1, row by row.
  template <class Visit>
  void each_group(Index first, Index last, Visit&& visit) const {
    const EdgeRows& edges = list.edges;
    const Edge end = edges.offset[last];
    for (Index i = first; i < last; ++i)
      for (Edge e = edges.offset[i]; e < edges.offset[i + 1]; e += EdgeGroup::most) {
        for (Edge later = e + EdgeGroup::most; later < std::min<Edge>(e + 2 * EdgeGroup::most, end); ++later)
          ask(far.row(edges.neighbour[later]));
        visit(i, group(e, std::min<Edge>(EdgeGroup::most, edges.offset[i + 1] - e)));
      }
  }

  /// z_n = near + far_n + Σ_r x_nr W_r of the edges n of a group, [edges of a group, h*d].
  void sums(Index row, const EdgeGroup& group, Real* z) const {
    if (group.count == EdgeGroup::most) return sums_of<EdgeGroup::most>(near.row(row), group, 0, z);
    for (int n = 0; n < group.count; ++n)
      sums_of<1>(near.row(row), group, n, z + n * columns());
  }

 private:
  void ask(const Real* row) const {
    constexpr Index line = 64 / sizeof(Real), most = 16 * line;
    for (Index c = 0; c < std::min(columns(), most); c += line)
      __builtin_prefetch(row + c);
  }

  EdgeGroup group(Edge first, Edge count) const {
    EdgeGroup made{.count = static_cast<int>(count)};
    for (std::size_t n = 0; n < static_cast<std::size_t>(count); ++n) {
      const Edge place = first + static_cast<Edge>(n);
      made.slot[n] = list.slot(place);
      made.far[n] = far.row(list.edges.neighbour[place]);
      made.x[n] = terms.features.row(made.slot[n]);
    }
    return made;
  }

  template <int count>
  void sums_of(const Real* own, const EdgeGroup& group, int first, Real* z) const {
    each_component(columns(), [&]<class R>(Index c) {
      R sum[count];
      for (int n = 0; n < count; ++n)
        sum[n] = load<R>(own + c) + load<R>(group.far[static_cast<std::size_t>(first + n)] + c);
      for (Index r = 0; r < features(); ++r) {
        const R w = load<R>(terms.weight.row(r) + c);
        for (int n = 0; n < count; ++n)
          sum[n] += group.x[static_cast<std::size_t>(first + n)][r] * w;
      }
      for (int n = 0; n < count; ++n)
        store(z + n * columns() + c, sum[n]);
    });
  }
};

/// The gradient of one group, of z [edges of the group, h*d].
class GroupGradient {
 public:
  explicit GroupGradient(const EnergyPass& pass) : pass_(pass), columns_(pass.columns()) {}

  /// Replaces z by ∂L/∂z; da += ∂L/∂a, where wanted.
  void to_sums(const EdgeGroup& group, ConstView denergy, Real* z, Real* da) const {
    const auto& pairing = pass_.terms.pairing;
    const Index d = pass_.width();
    for (int n = 0; n < group.count; ++n)
      for (Index h = 0; h < pass_.heads(); ++h) {
        const Real ds = denergy(group.slot[static_cast<std::size_t>(n)], h);
        Real* mine = z + n * columns_ + h * d;
        const Real* a = pass_.terms.a.data + h * d;
        each_component(d, [&]<class R>(Index c) {
          const R sum = load<R>(mine + c), none{};
          if (da != nullptr) store(da + h * d + c, load<R>(da + h * d + c) + ds * pairing.weight_slope(sum, none));
          store(mine + c, ds * pairing.slope(sum, none, load<R>(a + c)));
        });
      }
  }

  /// dnear += Σ_n dz_n
  void add_near(const EdgeGroup& group, const Real* dz, Real* dnear) const {
    add_components(dnear, columns_, 0, group.count,
                   [&]<class R>(int n, Index c) -> R { return load<R>(dz + n * columns_ + c); });
  }

  /// dW_r += Σ_n x_nr dz_n
  void add_weight(const EdgeGroup& group, const Real* dz, Real* dweight) const {
    for (Index r = 0; r < pass_.features(); ++r)
      add_components(dweight + r * columns_, columns_, 0, group.count, [&]<class R>(int n, Index c) -> R {
        return group.x[static_cast<std::size_t>(n)][r] * load<R>(dz + n * columns_ + c);
      });
  }

  /// dx_nr = ⟨W_r, dz_n⟩
  void store_features(const EdgeGroup& group, const Real* dz, View dfeatures) const {
    for (int n = 0; n < group.count; ++n)
      for (Index r = 0; r < pass_.features(); ++r) {
        const Real* w = pass_.terms.weight.row(r);
        dfeatures(group.slot[static_cast<std::size_t>(n)], r) = sum_components(
            columns_, [&]<class R>(Index c) -> R { return load<R>(w + c) * load<R>(dz + n * columns_ + c); });
      }
  }

 private:
  const EnergyPass& pass_;
  Index columns_;
};

/// Is the gradient of an edge of the group not 0?
bool is_alive(const EdgeGroup& group, ConstView denergy) {
  for (int n = 0; n < group.count; ++n)
    for (Index h = 0; h < denergy.columns; ++h)
      if (denergy(group.slot[static_cast<std::size_t>(n)], h) != 0) return true;
  return false;
}

/// What a pass sums for its near ends, for operands that all edges share, and stores for each edge.
struct PassGradients {
  View near, a{}, weight{}, features{};
};

/// Tasks, each with a part of its own of what all edges share: few where that is large.
Index task_count(const EnergyPass& pass, const PassGradients& out) {
  constexpr Index most_values = Index{1} << 21, least_tasks = 64;
  const Index shared = out.a.size() + out.weight.size();
  return std::min(pass.block_count(), std::max(least_tasks, most_values / std::max<Index>(shared, 1)));
}

void differentiate(const EnergyPass& pass, ConstView denergy, const PassGradients& out) {
  const Index blocks = pass.block_count(), tasks = task_count(pass, out);
  SharedGradient a(out.a, tasks), weight(out.weight, tasks);
  const GroupGradient gradient(pass);
  parallel_blocks(tasks, [&](Index task) {
    std::vector<Real> z(static_cast<std::size_t>(EdgeGroup::most * pass.columns()));
    const Index first = pass.first_row(task * blocks / tasks), last = pass.first_row((task + 1) * blocks / tasks);
    if (out.near.data != nullptr) std::fill_n(out.near.row(first), (last - first) * pass.columns(), Real(0));
    pass.each_group(first, last, [&](Index row, const EdgeGroup& group) {
      if (!is_alive(group, denergy)) return;
      pass.sums(row, group, z.data());
      gradient.to_sums(group, denergy, z.data(), a ? a.part(task) : nullptr);
      if (out.near.data != nullptr) gradient.add_near(group, z.data(), out.near.row(row));
      if (weight) gradient.add_weight(group, z.data(), weight.part(task));
      if (out.features.data != nullptr) gradient.store_features(group, z.data(), out.features);
    });
  });
  a.add_up();
  weight.add_up();
}

}  // namespace

void edge_energy(const EnergyTerms& terms, const EdgeList& adjacency, View energy) {
  const EnergyPass pass{terms, adjacency, terms.q, terms.k};
  parallel_blocks(pass.block_count(), [&](Index b) {
    std::vector<Real> z(static_cast<std::size_t>(EdgeGroup::most * pass.columns()));
    pass.each_group(pass.first_row(b), pass.first_row(b + 1), [&](Index row, const EdgeGroup& group) {
      pass.sums(row, group, z.data());
      for (int n = 0; n < group.count; ++n) {
        const Real* mine = z.data() + n * pass.columns();
        sum_heads(pass.heads(), pass.width(), energy.row(group.slot[static_cast<std::size_t>(n)]),
                  [&]<class R>(Index c) -> R {
                    return terms.pairing.term(load<R>(mine + c), R{}, load<R>(terms.a.data + c));
                  });
      }
    });
  });
}

void edge_energy_backward(const EnergyTerms& terms, const EdgeLists& edges, ConstView denergy,
                          const EnergyGradients& wanted) {
  if (wanted.features.data != nullptr) std::fill_n(wanted.features.data, wanted.features.size(), Real(0));
  if (wanted.q.data != nullptr || wanted.a.data != nullptr || wanted.weight.data != nullptr ||
      wanted.features.data != nullptr)
    differentiate({terms, edges.adjacency, terms.q, terms.k}, denergy,
                  {wanted.q, wanted.a, wanted.weight, wanted.features});
  if (wanted.k.data != nullptr) differentiate({terms, edges.transpose, terms.k, terms.q}, denergy, {wanted.k});
}

}  // namespace mercer::cpu
