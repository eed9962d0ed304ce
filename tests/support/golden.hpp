#pragma once

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string>
#include <type_traits>
#include <vector>

#include "mercer/autograd/variable.hpp"
#include "mercer/data/npz.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/graph.hpp"

/// Values computed by other programs: inputs, parameters "p_…", upstream gradient g, y, gradients "grad_…", α.
namespace mercer::test {

inline std::filesystem::path golden_folder() { return std::filesystem::path(MERCER_SHARED_DIR) / "golden"; }
/// Says so, once in a program, where the values are missing: their tests are then skipped.
inline bool no_golden() {
  static const bool missing = [] {
    if (std::filesystem::exists(golden_folder())) return false;
    std::fprintf(stderr, "SKIPPED: all tests against values of other programs, because there is no folder %s\n",
                 golden_folder().c_str());
    return true;
  }();
  return missing;
}

/// The allowed difference, relative to the largest value.
constexpr double golden_tolerance = std::is_same_v<Real, double> ? 1e-10 : 1e-5;

inline double relative_gap(const Tensor& got, const Tensor& want) {
  double scale = 1;
  for (const Real x : want.values())
    scale = std::max(scale, std::abs(static_cast<double>(x)));
  return static_cast<double>(max_abs_difference(got, want)) / scale;
}

inline Tensor transposed(const Tensor& x) {
  Tensor y(x.columns(), x.rows());
  for (Index i = 0; i < x.rows(); ++i)
    for (Index j = 0; j < x.columns(); ++j)
      y(j, i) = x(i, j);
  return y;
}

class Golden {
 public:
  explicit Golden(const std::string& name) : file_(golden_folder() / (name + ".npz")) {}

  /// As a matrix: the last extent is the columns, the others are the rows; [1, h, d] and [d] are one row.
  Tensor tensor(const std::string& name) const {
    const NpyArray array = file_.at(name);
    const std::vector<double> values = array.as<double>();
    const Index rows = array.shape.size() == 2 ? array.shape[0] : 1;
    Tensor made(rows, rows == 0 ? 0 : array.size() / rows);
    for (std::size_t n = 0; n < values.size(); ++n)
      made.data()[n] = static_cast<Real>(values[n]);
    return made;
  }

  /// Edge src → dst: dst attends to src.
  Graph graph(bool loops) const {
    const auto src = file_.at("src").as<std::int64_t>(), dst = file_.at("dst").as<std::int64_t>();
    std::vector<NodePair> edges;
    for (std::size_t e = 0; e < src.size(); ++e)
      edges.emplace_back(static_cast<Node>(dst[e]), static_cast<Node>(src[e]));
    const Csr adjacency = from_edges(file_.header("x").shape[0], edges);
    return Graph(loops ? with_loops(adjacency) : adjacency);
  }

  /// α [edges, h], moved from the order of the file to the slots of the graph.
  Tensor alpha(const Graph& graph) const {
    const auto src = file_.at("alpha_src").as<std::int64_t>(), dst = file_.at("alpha_dst").as<std::int64_t>();
    const Tensor in_file_order = tensor("alpha");
    Tensor made = Tensor::filled(graph.edges(), in_file_order.columns(), -1);  // −1 shows a slot without an edge
    for_each_edge(graph.adjacency(), [&](Node i, Node j, Edge slot) {
      for (std::size_t e = 0; e < src.size(); ++e)
        if (dst[e] == i && src[e] == j)
          for (Index h = 0; h < made.columns(); ++h)
            made(slot, h) = in_file_order(static_cast<Index>(e), h);
    });
    return made;
  }

 private:
  Npz file_;
};

}  // namespace mercer::test
