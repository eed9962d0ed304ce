#pragma once

#include <vector>

#include "mercer/partition/part.hpp"

namespace mercer::partitioning {

/// The rows of one part, whole, in one direction of a graph. With the halo's values behind those of its own rows,
/// attention on `local` gives the rows of the whole graph to the bit.
struct CutRows {
  std::vector<Node> own;   // [rows]  numbers in the whole graph, ascending
  std::vector<Node> halo;  // [ghosts]  the same, owner by owner, ascending within each
  /// [rows, rows + ghosts]: column c is own[c], from c = rows on halo[c − rows]. A row's neighbours stand in the order
  /// of the whole graph, so columns need not ascend: slot e of row i is slot g.offset[own[i]] + e − local.offset[i] of
  /// g.
  Csr local;
  std::vector<PartRange> receive;  // places of halo, by owner: what each other part sends
  std::vector<Node> sent;          // rows of `own` (0 … rows − 1) that others ask for, in the order of their halos
  std::vector<PartRange> send;     // places of sent, by receiver
};

/// One for each part, in order; the parts need not be runs. What part p sends to q is, row by row, what q receives from
/// p. Throws as measure does.
std::vector<CutRows> cut_rows(CsrView g, const Partition& partition);

}  // namespace mercer::partitioning
