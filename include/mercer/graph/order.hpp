#pragma once

#include <span>
#include <vector>

#include "mercer/graph/csr.hpp"

/// Attention gathers the rows of a target's sources. Numbered in another order, rows that are gathered together lie
/// near one another in memory and stay in the cache. `induced(g, order)` numbers the nodes so.
namespace mercer {

/// The nodes by communities, these by larger ones, and so on; those of one community ascend. Communities are found by
/// label propagation with an upper size (Raghavan, Albert, Kumara, Phys. Rev. E 76, 036106, 2007; Meyerhenke, Sanders,
/// Schulz, SEA 2014), of 64 nodes, then, of communities, 8 times larger on each level: as in Rabbit order (Arai et al.,
/// IPDPS 2016). Linear in the edges on each level; the same order on each machine. Directions of edges don't matter.
/// Throws ShapeError when g is not square.
std::vector<Node> community_order(CsrView g);

/// The share of edges whose source is not among the `kept` rows that were fetched last (a cache that forgets the oldest
/// row), when the targets are taken in that order; 0 without edges. An empty order is the given one.
double missed_share(CsrView g, std::span<const Node> order, Index kept);

/// What decides whether the nodes are numbered anew: counts alone, so that it is the same on every machine. A row has
/// 64 floats, 256 bytes; a cache of 1 MiB keeps 4,096 of them.
struct OrderFacts {
  Index nodes = 0;
  double given = 0;    // missed share in the given order
  double least = 0;    // that of the first time that each row is gathered, which no order avoids
  double ordered = 1;  // in the order of communities; 1: not known yet
};
inline constexpr Index usual_kept_rows = 4096;

/// Are there more rows than a last-level cache of 16 MiB holds (65,536), and may an order save a quarter of the misses?
bool order_may_pay(const OrderFacts& facts);
/// Does this order save a quarter of the misses?
bool order_pays(const OrderFacts& facts);

/// The order of communities where it pays; empty where the nodes had better keep their numbers. A small graph, and one
/// in a good order, isn't ordered to find out.
struct ChosenOrder {
  std::vector<Node> order;
  OrderFacts facts;
};
ChosenOrder chosen_order(CsrView g);
/// That order with its facts, whether it pays or not.
ChosenOrder order_of_communities(CsrView g);

}  // namespace mercer
