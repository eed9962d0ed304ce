#pragma once

#include <vector>

#include "mercer/partition/part.hpp"

namespace mercer::partitioning {

/// The complete rows of one part in one direction of a graph. Attention on `local`, with the halo's values after those
/// of the own rows, has the bits of the whole graph's rows.
struct CutRows {
  std::vector<Node> own;   // [rows]  numbers in the whole graph, ascending
  std::vector<Node> halo;  // [ghosts]  likewise, owner by owner, ascending within each
  /// [rows, rows + ghosts]: column c is own[c], from c = rows on halo[c − rows]. A row keeps the order of its
  /// neighbours in the whole graph, so columns need not ascend: slot e of row i is slot g.offset[own[i]] + e −
  /// local.offset[i] of g.
  Csr local;
  std::vector<PartRange> receive;  // ranges of halo, by owner: the rows that each other part sends
  std::vector<Node> sent;          // rows of `own` (0 … rows − 1) that others need, in the order of their halos
  std::vector<PartRange> send;     // ranges of sent, by receiver
};

/// The rows of each part, in order. Parts need not be consecutive nodes. The rows that p sends to q are, in order,
/// those that q receives from p. Throws as measure does.
std::vector<CutRows> cut_rows(CsrView g, const Partition& partition);

}  // namespace mercer::partitioning
