#pragma once

#include <cstdint>
#include <vector>

#include "mercer/partition/partition.hpp"

namespace mercer {

/// The places first … last − 1 of a list: what is exchanged with one other part.
struct PartRange {
  std::int32_t part = 0;
  Index first = 0, last = 0;

  bool operator==(const PartRange&) const = default;
};

/// The share of one part in a graph: its rows, whole, and the sources from elsewhere that they attend to (the halo).
/// With the halo's values behind those of its own rows, attention on `local` gives the rows of the whole graph to the
/// bit. But for what asks the numbers or the targets of a source: dropout on α, and the symmetric normaliser.
struct Part {
  std::vector<Node> own;   // [rows]  numbers in the whole graph, ascending
  std::vector<Node> halo;  // [ghosts]  the same, owner by owner, ascending within each
  /// [rows, rows + ghosts]: column c is own[c], from c = rows on halo[c − rows]. A row's neighbours stand in the order
  /// of the whole graph, so columns need not ascend: slot e of row i is slot g.offset[own[i]] + e − local.offset[i] of
  /// g.
  Csr local;
  std::vector<PartRange> receive;  // places of halo, by owner: what each other part sends
  std::vector<Node> sent;          // rows of `own` (0 … rows − 1) that others hear, in the order of their halos
  std::vector<PartRange> send;     // places of sent, by receiver
};

/// One for each part, in order. What part p sends to q is, row by row, what q receives from p. Throws as measure does.
std::vector<Part> parts_of(CsrView g, const Partition& partition);

}  // namespace mercer
