#include "partition/metis.hpp"

#include <metis.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <mutex>
#include <new>
#include <span>
#include <stdexcept>
#include <string>

#include "mercer/base/check.hpp"

namespace mercer::partitioning {
namespace {

// METIS uses rand(), whose state the whole process shares: two calls at once would disturb each other.
std::mutex drawing;

/// A copy, since METIS takes no const pointers.
template <class T>
std::vector<idx_t> indices_of(std::span<const T> from) {
  std::vector<idx_t> to(from.size());
  std::ranges::transform(from, to.begin(), [](T value) { return static_cast<idx_t>(value); });
  return to;
}

auto solver_of(PartitionMethod method) {
  switch (method) {
    case PartitionMethod::kway:
      return METIS_PartGraphKway;
    case PartitionMethod::recursive:
      return METIS_PartGraphRecursive;
  }
  throw ValueError("[partition] method: got none of those there are");
}

/// The imbalance to give METIS. Recursive bisection allows x^(1 / ln parts) at each of its ⌈log₂ parts⌉ levels: x is
/// chosen so that the product over the levels is the requested imbalance. k-way takes the requested value.
real_t imbalance_for(const PartitionOptions& options) {
  if (options.method == PartitionMethod::kway) return static_cast<real_t>(options.imbalance);
  const auto parts = static_cast<double>(options.parts);
  return static_cast<real_t>(std::pow(options.imbalance, std::log(parts) / std::ceil(std::log2(parts))));
}

}  // namespace

Edge most_edges() { return std::numeric_limits<idx_t>::max(); }
Index most_parts() { return std::numeric_limits<idx_t>::max() / 30; }

void check_status(int status) {
  switch (status) {
    case METIS_OK:
      return;
    case METIS_ERROR_MEMORY:
      throw std::bad_alloc();
    case METIS_ERROR_INPUT:
      throw std::runtime_error("[partition] METIS refused the graph or the options (METIS_ERROR_INPUT)");
    case METIS_ERROR:
      throw std::runtime_error("[partition] METIS failed, and does not say why (METIS_ERROR)");
    default:
      throw std::runtime_error("[partition] METIS gave the unknown status " + std::to_string(status));
  }
}

Partition partition_by_metis(CsrView g, const PartitionOptions& options) {
  const auto rows = static_cast<std::size_t>(g.rows);
  std::vector<idx_t> offset = indices_of(std::span(g.offset, rows + 1));
  std::vector<idx_t> neighbour = indices_of(std::span(g.neighbour, static_cast<std::size_t>(g.edges())));
  std::vector<idx_t> part(rows);
  std::array<idx_t, METIS_NOPTIONS> chosen{};
  METIS_SetDefaultOptions(chosen.data());
  chosen[METIS_OPTION_SEED] = static_cast<idx_t>(options.seed);
  auto nodes = static_cast<idx_t>(g.rows), constraints = idx_t{1}, parts = static_cast<idx_t>(options.parts);
  auto imbalance = imbalance_for(options);
  idx_t cut = 0;
  const auto solve = solver_of(options.method);
  {
    const std::lock_guard lock(drawing);
    check_status(solve(&nodes, &constraints, offset.data(), neighbour.data(), nullptr, nullptr, nullptr, &parts,
                       nullptr, &imbalance, chosen.data(), &cut, part.data()));
  }
  return {{part.begin(), part.end()}, options.parts};
}

}  // namespace mercer::partitioning
