#include <bit>
#include <cmath>

#include "mercer/autograd/batch_norm.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/heads.hpp"
#include "support/functions/function_case.hpp"

namespace mercer::test {
namespace {

constexpr Index heads = 2, d = 3, width = heads * d;

std::vector<Tensor> rows_and_row(Index n) { return {random_tensor(n, width, 4), random_tensor(1, width, 5)}; }

/// [n, h*d] and a matrix [h*d, 4].
std::vector<Tensor> rows_and_matrix(Index n) { return {random_tensor(n, width, 4), random_tensor(width, 4, 5)}; }

std::vector<Tensor> rows_only(Index n) { return {random_tensor(n, width, 4)}; }

/// y_ic = entry(i, c) of the operands.
template <class Entry>
Wide filled(Index rows, Index columns, Entry entry) {
  Wide y(rows, columns);
  for (Index i = 0; i < rows; ++i)
    for (Index c = 0; c < columns; ++c)
      y(i, c) = entry(i, c);
  return y;
}

template <class Term>
double sum_over(Index count, Term term) {
  double sum = 0;
  for (Index n = 0; n < count; ++n)
    sum += term(n);
  return sum;
}

using X = std::span<const Wide>;

Wide matmul_of(X x) {
  return filled(x[0].rows, x[1].columns,
                [&](Index i, Index c) { return sum_over(width, [&](Index k) { return x[0](i, k) * x[1](k, c); }); });
}

Wide head_matmul_of(X x) {
  return filled(x[0].rows, heads * x[1].columns, [&](Index i, Index c) {
    const Index first = c / x[1].columns * d;
    return sum_over(d, [&](Index k) { return x[0](i, first + k) * x[1](first + k, c % x[1].columns); });
  });
}

Wide head_dot_of(X x) {
  return filled(x[0].rows, heads, [&](Index i, Index h) {
    return sum_over(d, [&](Index c) { return x[0](i, h * d + c) * x[1](0, h * d + c); });
  });
}

Wide head_mean_of(X x) {
  return filled(x[0].rows, d, [&](Index i, Index c) { return (x[0](i, c) + x[0](i, d + c)) / 2; });
}

Wide squared_norm_of(X x) {
  return filled(x[0].rows, heads, [&](Index i, Index h) {
    return std::pow(sum_over(d, [&](Index c) { return std::pow(std::abs(x[0](i, h * d + c)), 3.0); }), 2.0 / 3) / 4;
  });
}

Wide unit_heads_of(X x) {
  return filled(x[0].rows, width, [&](Index i, Index c) {
    const Index first = c / d * d;
    return x[0](i, c) / std::sqrt(sum_over(d, [&](Index k) { return std::pow(x[0](i, first + k), 2); }));
  });
}

Wide layer_norm_of(X x) {
  return filled(x[0].rows, width, [&](Index i, Index c) {
    const double mean = sum_over(width, [&](Index k) { return x[0](i, k) / width; });
    const double variance = sum_over(width, [&](Index k) { return std::pow(x[0](i, k) - mean, 2) / width; });
    return x[1](0, c) * (x[0](i, c) - mean) / std::sqrt(variance + 1e-3) + x[2](0, c);
  });
}

Wide batch_norm_of(X x) {
  const auto n = static_cast<double>(x[0].rows);
  return filled(x[0].rows, width, [&](Index i, Index c) {
    const double mean = sum_over(x[0].rows, [&](Index k) { return x[0](k, c) / n; });
    const double variance = sum_over(x[0].rows, [&](Index k) { return std::pow(x[0](k, c) - mean, 2) / n; });
    return x[1](0, c) * (x[0](i, c) - mean) / std::sqrt(variance + 0.1) + x[2](0, c);
  });
}

Wide turn_back_of(X x) {
  // one head of width/2 complex numbers: a_m · conj(x_m)
  constexpr Index half = width / 2;
  return filled(x[0].rows, width, [&](Index i, Index c) {
    const Index m = c % half;
    const double re = x[0](i, m), im = x[0](i, half + m), ar = x[1](0, m), ai = x[1](0, half + m);
    return c < half ? ar * re + ai * im : ai * re - ar * im;
  });
}

Wide walsh_hadamard_of(X x) {
  return filled(x[0].rows, 8, [&](Index i, Index c) {
    return sum_over(
        8, [&](Index k) { return (std::popcount(static_cast<std::uint64_t>(c & k)) % 2 ? -1 : 1) * x[0](i, k); });
  });
}

}  // namespace

std::vector<FunctionCase> head_functions() {
  return {
      {"matmul", rows_and_matrix, [](Operands x) { return matmul(x[0], x[1]); }, matmul_of},
      {"add_bias", rows_and_row, [](Operands x) { return add_bias(x[0], x[1]); },
       [](X x) { return filled(x[0].rows, width, [&](Index i, Index c) { return x[0](i, c) + x[1](0, c); }); }},
      {"slice", rows_only, [](Operands x) { return slice(x[0], 1, 3); },
       [](X x) { return filled(x[0].rows, 3, [&](Index i, Index c) { return x[0](i, 1 + c); }); }},
      {"concat",
       [](Index n) {
         return std::vector{random_tensor(n, 2, 4), random_tensor(n, 3, 5)};
       },
       [](Operands x) {
         return concat({x[0], x[1]});
       },
       [](X x) { return filled(x[0].rows, 5, [&](Index i, Index c) { return c < 2 ? x[0](i, c) : x[1](i, c - 2); }); }},
      {"reshape", rows_only, [](Operands x) { return reshape(x[0], 2 * x[0].rows(), d); },
       [](X x) { return filled(2 * x[0].rows, d, [&](Index i, Index c) { return x[0](i / 2, i % 2 * d + c); }); }},
      {"sum_of_earlier_rows", rows_only, [](Operands x) { return sum_of_earlier_rows(x[0], 2); },
       [](X x) {
         return filled(x[0].rows, width, [&](Index i, Index c) {
           return sum_over(i / 2, [&](Index k) { return x[0](i - 2 * (k + 1), c); });
         });
       }},
      {"walsh_hadamard", [](Index n) { return std::vector{random_tensor(n, 8, 4)}; },
       [](Operands x) { return walsh_hadamard(x[0]); }, walsh_hadamard_of},
      {"head_dot", rows_and_row, [](Operands x) { return head_dot(x[0], x[1], heads); }, head_dot_of},
      {"head_mean", rows_only, [](Operands x) { return head_mean(x[0], heads); }, head_mean_of},
      {"head_matmul", rows_and_matrix, [](Operands x) { return head_matmul(x[0], x[1], heads); }, head_matmul_of},
      {"squared_norm", rows_only, [](Operands x) { return squared_norm(x[0], heads, 3, 4); }, squared_norm_of},
      {"unit_heads", rows_only, [](Operands x) { return unit_heads(x[0], heads); }, unit_heads_of},
      {"scale_heads",
       [](Index n) {
         return std::vector{random_tensor(n, width, 4), random_tensor(1, heads, 5)};
       },
       [](Operands x) { return scale_heads(x[0], x[1]); },
       [](X x) { return filled(x[0].rows, width, [&](Index i, Index c) { return x[0](i, c) * x[1](0, c / d); }); }},
      {"turn_back", rows_and_row, [](Operands x) { return turn_back(x[0], x[1], 1); }, turn_back_of},
      {"layer_norm",
       [](Index n) {
         return std::vector{random_tensor(n, width, 4), random_tensor(1, width, 5), random_tensor(1, width, 6)};
       },
       [](Operands x) { return layer_norm(x[0], x[1], x[2], Real(1e-3)); }, layer_norm_of},
      {"batch_norm",
       [](Index n) {
         return std::vector{random_tensor(n, width, 4), random_tensor(1, width, 5), random_tensor(1, width, 6)};
       },
       [](Operands x) { return batch_norm(x[0], x[1], x[2], Real(0.1)).y; }, batch_norm_of},
  };
}

}  // namespace mercer::test
