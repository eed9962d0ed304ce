#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "backend/cpu/blocks.hpp"
#include "backend/cpu/draws.hpp"
#include "backend/dense_ops.hpp"

namespace mercer::cpu {
namespace {

/// One bit for each element: 1 when it is kept. [elements_at_once / 64]
using KeptBits = std::array<std::uint64_t, elements_at_once / 64>;

KeptBits kept_bits(const Dropout& drop, std::uint64_t first) {
  std::uint16_t bits[elements_at_once];
  draw_sixteen_bits_from(drop.stream, first, bits);
  const std::uint32_t threshold = drop.threshold();
  std::uint8_t one[elements_at_once];
  for (int n = 0; n < elements_at_once; ++n)
    one[n] = bits[n] >= threshold ? 1 : 0;
  KeptBits kept{};
  for (std::size_t n = 0; n < elements_at_once; n += 8) {
    // the product moves the low bit of byte k to bit 56 + k
    static_assert(std::endian::native == std::endian::little);
    std::uint64_t eight;
    std::memcpy(&eight, one + n, sizeof eight);
    kept[n / 64] |= (eight * 0x0102040810204080u >> 56) << (n % 64);
  }
  return kept;
}

/// The rows of x with numbers of their own: element c of row i is element rows[i] · columns + c of the whole.
void drop_numbered_rows(ConstView x, const Dropout& drop, const Node* rows, View y) {
  parallel_ranges(x.rows, std::max<Index>(1, block_of_elements / std::max<Index>(x.columns, 1)),
                  [=](Index first, Index last) {
                    const std::uint32_t threshold = drop.threshold();
                    const Real scale = drop.scale();
                    RunDraws draws(drop.stream, [=](Index place, const std::uint16_t* bits, int count) {
                      for (int n = 0; n < count; ++n) {
                        const Real scaled = x.data[place + n] * scale;
                        y.data[place + n] = bits[n] >= threshold ? scaled : Real(0);
                      }
                    });
                    for (Index i = first; i < last; ++i) {
                      const Real* row = x.row(i);
                      if (std::all_of(row, row + x.columns, [](Real value) { return value == 0; }))
                        std::fill_n(y.row(i), x.columns, Real(0));
                      else
                        draws.add(static_cast<std::uint64_t>(Index{rows[i]} * x.columns), i * x.columns, x.columns);
                    }
                  });
}

/// The kept nonzeros as bits, and the number of kept ones before each word of 64 bits.
struct KeptEntries {
  std::vector<std::uint64_t> word;  // [words + 1], the last one empty
  std::vector<Edge> before;         // [words + 1]

  Edge count() const { return before.back(); }
  /// The number of kept nonzeros before nonzero e.
  Edge rank(Edge e) const {
    const auto w = static_cast<std::size_t>(e / 64);
    return before[w] + std::popcount(word[w] & ((std::uint64_t{1} << (e % 64)) - 1));
  }
};

/// Sets the bits of nonzeros first … last − 1, numbered by those of the whole matrix one after another.
void draw_in_order(const SparseView& x, const Dropout& drop, Edge first, Edge last, std::vector<std::uint64_t>& word) {
  for (Index e = first; e < last; e += elements_at_once) {
    const KeptBits drawn = kept_bits(drop, static_cast<std::uint64_t>(x.first_nonzero + e));
    for (Index w = e / 64; 64 * w < std::min<Index>(last, e + elements_at_once); ++w) {
      const Index left = x.nonzeros - 64 * w;
      const std::uint64_t real = left >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1;
      word[static_cast<std::size_t>(w)] = drawn[static_cast<std::size_t>(w - e / 64)] & real;
    }
  }
}

/// The same where each row has a first number of its own.
void draw_by_rows(const SparseView& x, const Dropout& drop, Edge first, Edge last, std::vector<std::uint64_t>& word) {
  const std::uint32_t threshold = drop.threshold();
  RunDraws draws(drop.stream, [&](Edge place, const std::uint16_t* bits, int count) {
    for (Edge e = place; e < place + count; ++e)
      if (bits[e - place] >= threshold) word[static_cast<std::size_t>(e / 64)] |= std::uint64_t{1} << (e % 64);
  });
  Index i = std::upper_bound(x.offset, x.offset + x.rows + 1, first) - x.offset - 1;
  for (; first < last; ++i) {
    const Edge end = std::min(last, x.offset[i + 1]);
    draws.add(static_cast<std::uint64_t>(x.number(i, first)), first, end - first);
    first = end;
  }
}

KeptEntries draw_kept(const SparseView& x, const Dropout& drop) {
  const Edge words = (x.nonzeros + 63) / 64;
  KeptEntries kept{std::vector<std::uint64_t>(static_cast<std::size_t>(words) + 1),
                   std::vector<Edge>(static_cast<std::size_t>(words) + 1)};
  const auto draw = x.first_of_row != nullptr ? draw_by_rows : draw_in_order;
  parallel_elements(x.nonzeros, [&](Index first, Index last) { draw(x, drop, first, last, kept.word); });
  for (std::size_t w = 0; w + 1 < kept.word.size(); ++w)
    kept.before[w + 1] = kept.before[w] + std::popcount(kept.word[w]);
  return kept;
}

}  // namespace

void dropout(ConstView x, const Dropout& drop, const Node* rows, View y) {
  if (rows != nullptr) return drop_numbered_rows(x, drop, rows, y);
  const auto origin = static_cast<std::uint64_t>(drop.first_row * x.columns);
  parallel_elements(x.size(), [=](Index first, Index last) {
    const std::uint32_t threshold = drop.threshold();
    const Real scale = drop.scale();
    std::uint16_t bits[elements_at_once];
    for (Index at = first; at < last; at += elements_at_once) {
      const Index count = std::min<Index>(elements_at_once, last - at);
      // rows far from any label have gradients of 0: no draw is needed
      if (std::all_of(x.data + at, x.data + at + count, [](Real value) { return value == 0; })) {
        std::fill_n(y.data + at, count, Real(0));
        continue;
      }
      draw_sixteen_bits_from(drop.stream, origin + static_cast<std::uint64_t>(at), bits);
#pragma omp simd
      for (Index n = 0; n < count; ++n) {
        const Real scaled = x.data[at + n] * scale;
        y.data[at + n] = bits[n] >= threshold ? scaled : Real(0);
      }
    }
  });
}

SparseMatrix sparse_dropout(const SparseMatrix& from, const Dropout& drop) {
  const SparseView x = from.view();
  const KeptEntries kept = draw_kept(x, drop);
  const auto count = static_cast<std::size_t>(kept.count());
  Buffer offsets(static_cast<std::size_t>(x.rows + 1) * sizeof(Edge), Device::cpu);
  Buffer columns(count * sizeof(Node), Device::cpu), values(count * sizeof(Real), Device::cpu);
  auto* offset = static_cast<Edge*>(offsets.data());
  auto* column = static_cast<Node*>(columns.data());
  auto* value = static_cast<Real*>(values.data());
  const Real scale = drop.scale();

  parallel_ranges(x.rows + 1, block_of_elements, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      offset[i] = kept.rank(x.offset[i]);
  });
  parallel_elements(x.nonzeros, [&](Index first, Index last) {
    for (Index w = first / 64; 64 * w < last; ++w) {
      Edge to = kept.before[static_cast<std::size_t>(w)];
      for (std::uint64_t bits = kept.word[static_cast<std::size_t>(w)]; bits != 0; bits &= bits - 1, ++to) {
        const Edge from = 64 * w + std::countr_zero(bits);
        column[to] = x.column[from];
        value[to] = x.value[from] * scale;
      }
    }
  });
  return SparseMatrix::trusted(x.rows, x.columns, kept.count(), std::move(offsets), std::move(columns),
                               std::move(values));
}

}  // namespace mercer::cpu
