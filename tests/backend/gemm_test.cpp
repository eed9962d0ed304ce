#include <doctest/doctest.h>

#include "backend/dense_ops.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("a row of a product has the same bits at any place and with any number of rows") {
  constexpr Index rows = 70;
  for (const Index inner : {1, 3, 8, 64, 300})
    for (const Index columns : {1, 3, 8, 40})
      for (const bool transpose : {false, true}) {
        CAPTURE(inner);
        CAPTURE(columns);
        CAPTURE(transpose);
        const Tensor a = random_tensor(rows, inner, 1),
                     b = transpose ? random_tensor(columns, inner, 2) : random_tensor(inner, columns, 2);
        Tensor whole(rows, columns);
        cpu::gemm(a, false, b, transpose, whole);
        for (const Index first : {0, 1, 2, 5, 33, 68})
          for (const Index count : {1, 2, 3, 4, 7, 19, 20, 21, 37}) {
            if (first + count > rows) continue;
            CAPTURE(first);
            CAPTURE(count);
            const ConstView some{a.row(first), count, inner};
            Tensor part(count, columns);
            cpu::gemm(some, false, b, transpose, part);
            CHECK(same_bits(part, Tensor::from(count, columns,
                                               whole.values().subspan(static_cast<std::size_t>(first * columns),
                                                                      static_cast<std::size_t>(count * columns)))));
          }
      }
}

TEST_CASE("a product over no columns is 0") {
  for (const bool transpose_a : {false, true})
    for (const bool transpose_b : {false, true}) {
      const Tensor a = transpose_a ? Tensor(0, 300) : Tensor(300, 0), b = transpose_b ? Tensor(5, 0) : Tensor(0, 5);
      Tensor c = random_tensor(300, 5, 1);
      cpu::gemm(a, transpose_a, b, transpose_b, c);
      CHECK(same_bits(c, Tensor(300, 5)));
    }
}
