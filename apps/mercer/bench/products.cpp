#include <algorithm>
#include <vector>

#include "backend/operators.hpp"
#include "bench/operators.hpp"

namespace mercer::program::timing {

namespace {

constexpr Index bag_words = 1024, words_of_a_row = 16;  // of sparse features
constexpr Index largest_square = 512;                   // rows of the product that is the ceiling

/// x [n, d] times w [d, d]
Call gemm(const Sizes& s, const Graph&) {
  const Index d = s.columns();
  return {[x = matrix(s), w = operand(s.device, d, d), y = matrix(s)]() mutable { op::gemm(x, false, w, false, y); },
          2 * s.matrix() + s.row() * static_cast<double>(d), 2 * s.values() * static_cast<double>(d)};
}

/// Rows of 16 words out of 1,024, in even steps.
SparseMatrix bags(const Sizes& s) {
  std::vector<Edge> offset{0};
  std::vector<Node> column;
  for (Index i = 0; i < s.nodes; ++i) {
    for (Index k = 0; k < words_of_a_row; ++k)
      column.push_back(static_cast<Node>(bag_words / words_of_a_row * k + i * 7 % (bag_words / words_of_a_row)));
    offset.push_back(std::ssize(column));
  }
  return SparseMatrix(s.nodes, bag_words, offset, column, std::vector<Real>(column.size(), Real(0.5))).to(s.device);
}

double nonzeros(const Sizes& s) { return static_cast<double>(s.nodes * words_of_a_row); }

/// Each nonzero reads its column, its value and a row of w.
double bytes_of_sparse(const Sizes& s) {
  return nonzeros(s) * (sizeof(Node) + sizeof(Real) + s.row()) + s.matrix() +
         static_cast<double>(s.nodes) * sizeof(Edge);
}

Call sparse_gemm(const Sizes& s, const Graph&) {
  return {[x = bags(s), w = operand(s.device, bag_words, s.columns()), y = matrix(s)]() mutable {
            op::sparse_gemm(x.view(), w, y);
          },
          bytes_of_sparse(s), 2 * nonzeros(s) * static_cast<double>(s.columns())};
}

Call sparse_gemm_transposed(const Sizes& s, const Graph&) {
  return {[x = bags(s), dy = matrix(s), dw = operand(s.device, bag_words, s.columns())]() mutable {
            op::sparse_gemm_transposed(x.view(), dy, dw);
          },
          bytes_of_sparse(s), 2 * nonzeros(s) * static_cast<double>(s.columns())};
}

Call sparse_dropout(const Sizes& s, const Graph&) {
  return {[x = bags(s)] { op::sparse_dropout(x, Dropout{.p = 0.6f, .stream = {.seed = 1}}); },
          nonzeros(s) * (sizeof(Node) + sizeof(Real)) * 1.4, nonzeros(s)};  // reads all, keeps 40 %
}

double of_heads(const Sizes& s) { return s.row() * static_cast<double>(s.width); }  // bytes of h matrices [w, w]

Call head_matmul(const Sizes& s, const Graph&) {
  return {[x = matrix(s), w = operand(s.device, s.columns(), s.width), u = matrix(s), h = s.heads]() mutable {
            op::head_matmul(x, w, h, u);
          },
          2 * s.matrix() + of_heads(s), 2 * s.values() * static_cast<double>(s.width)};
}

Call head_matmul_backward(const Sizes& s, const Graph&) {
  return {[x = matrix(s), w = operand(s.device, s.columns(), s.width), du = matrix(s), dx = matrix(s),
           dw = operand(s.device, s.columns(), s.width),
           h = s.heads]() mutable { op::head_matmul_backward(x, w, h, du, dx, dw); },
          3 * s.matrix() + 2 * of_heads(s), 4 * s.values() * static_cast<double>(s.width)};
}

/// Twice w features of each head from w frequencies.
Call fourier_features(const Sizes& s, const Graph&) {
  return {[x = matrix(s), w = operand(s.device, s.columns(), s.width),
           phi = operand(s.device, s.nodes, 2 * s.columns()), h = s.heads]() mutable {
            const ConstView sets[] = {w.view()};
            op::fourier_features(x, std::span<const ConstView>(sets), h, phi);
          },
          3 * s.matrix() + of_heads(s), 2 * s.values() * static_cast<double>(s.width)};
}

Call fourier_features_backward(const Sizes& s, const Graph&) {
  return {
      [x = matrix(s), w = operand(s.device, s.columns(), s.width), dphi = operand(s.device, s.nodes, 2 * s.columns()),
       dx = matrix(s), dw = operand(s.device, s.columns(), s.width), h = s.heads]() mutable {
        const ConstView sets[] = {w.view()};
        const View gradients[] = {dw.view()};
        op::fourier_features_backward(x, std::span<const ConstView>(sets), h, dphi, dx,
                                      std::span<const View>(gradients));
      },
      4 * s.matrix() + 2 * of_heads(s), 6 * s.values() * static_cast<double>(s.width)};
}

Call exp_below_peak(const Sizes& s, const Graph&) {
  return {[u = matrix(s), phi = matrix(s), peak = operand(s.device, s.nodes, s.heads)]() mutable {
            op::exp_below_peak(u, phi, peak);
          },
          2 * s.matrix() + s.per_head(), 2 * s.values()};
}

/// Groups of two columns.
struct Pairs {
  std::vector<Index> offset{0};
  std::vector<Real> factor;

  explicit Pairs(const Sizes& s) {
    while (offset.back() < s.columns()) {
      offset.push_back(std::min(s.columns(), offset.back() + 2));
      factor.push_back(Real(0.5));
    }
  }
  Tensor products(const Sizes& s) const { return operand(s.device, s.nodes, std::ssize(factor)); }
};

Call column_products(const Sizes& s, const Graph&) {
  const Pairs pairs(s);
  return {[pairs, u = matrix(s), phi = pairs.products(s)]() mutable {
            op::column_products(u, pairs.offset.data(), pairs.factor.data(), phi);
          },
          1.5 * s.matrix(), s.values()};
}

Call column_products_backward(const Sizes& s, const Graph&) {
  const Pairs pairs(s);
  return {[pairs, u = matrix(s), dphi = pairs.products(s), du = matrix(s)]() mutable {
            op::column_products_backward(u, pairs.offset.data(), pairs.factor.data(), dphi, du);
          },
          2.5 * s.matrix(), 2 * s.values()};
}

Call normal_draws(const Sizes& s, const Graph&) {
  return {[y = matrix(s)]() mutable { op::normal_draws(Stream{.seed = 3}, y); }, s.matrix(), s.values()};
}

/// [d, n] in blocks of w columns: each is made orthogonal to those before it, twice.
Call orthogonal_columns(const Sizes& s, const Graph&) {
  return {[x = operand(s.device, s.columns(), s.nodes), y = operand(s.device, s.columns(), s.nodes),
           h = s.heads]() mutable { op::orthogonal_columns(x, h, y); },
          2 * s.matrix(), 4 * s.values() * static_cast<double>(s.width)};
}

/// y ← x
Call copy(const Sizes& s) {
  if (s.device.is_cuda()) return {[x = matrix(s), y = matrix(s)]() mutable { set_to(y, x); }, 2 * s.matrix(), 0};
  return {[x = matrix(s), y = matrix(s)]() mutable { op::take_columns(x, 0, y); }, 2 * s.matrix(), 0};
}

Call square_product(const Sizes& s) {
  const Index k = std::clamp<Index>(s.nodes, 16, largest_square);
  const double rows = static_cast<double>(k);
  return {[a = operand(s.device, k, k), b = operand(s.device, k, k, 1), c = operand(s.device, k, k)]() mutable {
            op::gemm(a, false, b, false, c);
          },
          3 * rows * rows * sizeof(Real), 2 * rows * rows * rows};
}

}  // namespace

Call gather_call(const Sizes& sizes, const Graph& graph);  // beside the edge operators

Call ceiling_call(Ceiling ceiling, const Sizes& sizes, const Graph& graph) {
  if (ceiling == Ceiling::product) return square_product(sizes);
  return ceiling == Ceiling::gather ? gather_call(sizes, graph) : copy(sizes);
}

std::vector<MeasuredOperator> product_operators() {
  return {{"gemm", Ceiling::product, gemm},
          {"sparse_gemm", Ceiling::copy, sparse_gemm},
          {"sparse_gemm_transposed", Ceiling::copy, sparse_gemm_transposed},
          {"sparse_dropout", Ceiling::copy, sparse_dropout},
          {"head_matmul", Ceiling::product, head_matmul},
          {"head_matmul_backward", Ceiling::product, head_matmul_backward}};
}

std::vector<MeasuredOperator> feature_operators() {
  return {{"fourier_features", Ceiling::product, fourier_features},
          {"fourier_features_backward", Ceiling::product, fourier_features_backward},
          {"exp_below_peak", Ceiling::copy, exp_below_peak},
          {"column_products", Ceiling::copy, column_products},
          {"column_products_backward", Ceiling::copy, column_products_backward},
          {"normal_draws", Ceiling::copy, normal_draws},
          {"orthogonal_columns", Ceiling::copy, orthogonal_columns}};
}

std::vector<MeasuredOperator> all_operators() {
  std::vector<MeasuredOperator> all;
  const auto take = [&](std::vector<MeasuredOperator> some) {
    for (MeasuredOperator& each : some)
      all.push_back(std::move(each));
  };
  for (auto* some : {product_operators, elementwise_operators, row_operators, head_operators, feature_operators})
    take(some());
  take_by_signature(all);
  take(edge_operators());
  return all;
}

}  // namespace mercer::program::timing
