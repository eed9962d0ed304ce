#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "mercer/attention/attend.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/features/fourier.hpp"
#include "mercer/kernel/inner_product.hpp"
#include "support/golden.hpp"

using namespace mercer;
using namespace mercer::test;

/// The released kernel of the IKA authors: y, α and the gradients of Σ g∘y for q, k, v and both sets of frequencies.
namespace {

/// [H, n, d] in our layout [n, H*d]; or, transposed, [d, H, M] as [H*d, M].
class Released {
 public:
  explicit Released(const std::string& name) : file_(golden_folder() / (name + ".npz")) {}

  Tensor nodes(const std::string& name) const {
    const auto array = file_.at(name);
    const auto values = array.as<double>();
    const Index H = array.shape[0], n = array.shape[1], d = array.shape[2];
    Tensor x(n, H * d);
    for (Index h = 0; h < H; ++h)
      for (Index i = 0; i < n; ++i)
        for (Index c = 0; c < d; ++c)
          x(i, h * d + c) = static_cast<Real>(values[static_cast<std::size_t>((h * n + i) * d + c)]);
    return x;
  }
  Tensor frequencies(const std::string& name) const {
    const auto array = file_.at(name);
    const auto values = array.as<double>();
    const Index d = array.shape[0], H = array.shape[1], M = array.shape[2];
    Tensor w(H * d, M);
    for (Index c = 0; c < d; ++c)
      for (Index h = 0; h < H; ++h)
        for (Index m = 0; m < M; ++m)
          w(h * d + c, m) = static_cast<Real>(values[static_cast<std::size_t>((c * H + h) * M + m)]);
    return w;
  }
  double number(const std::string& name) const { return file_.at(name).as<double>().front(); }
  Index heads() const { return file_.header("q").shape[0]; }

  /// Edge src → dst: dst attends to src.
  Graph graph() const {
    const auto src = file_.at("src").as<std::int64_t>(), dst = file_.at("dst").as<std::int64_t>();
    std::vector<NodePair> edges;
    for (std::size_t e = 0; e < src.size(); ++e)
      edges.emplace_back(static_cast<Node>(dst[e]), static_cast<Node>(src[e]));
    return Graph(from_edges(file_.header("q").shape[1], edges));
  }
  /// α [edges, h] in the slots of the graph, from [h, edges of the file].
  Tensor alpha(const Graph& graph) const {
    const auto src = file_.at("src").as<std::int64_t>(), dst = file_.at("dst").as<std::int64_t>();
    const auto values = file_.at("alpha").as<double>();
    Tensor made = Tensor::filled(graph.edges(), heads(), -1);
    for_each_edge(graph.adjacency(), [&](Node i, Node j, Edge slot) {
      for (std::size_t e = 0; e < src.size(); ++e)
        if (dst[e] == i && src[e] == j)
          for (Index h = 0; h < heads(); ++h)
            made(slot, h) = static_cast<Real>(values[static_cast<std::size_t>(h) * src.size() + e]);
    });
    return made;
  }

 private:
  Npz file_;
};

}  // namespace

TEST_CASE("IKAN-direct is the released code's" * doctest::skip(no_golden())) {
  for (const std::string p : {"1.8", "2.0", "3.0"})
    for (const std::string divisor : {"paper", "release"}) {
      CAPTURE(p + " " + divisor);
      const Released golden("ika_direct_p" + p + "_" + divisor);
      const Graph g = golden.graph();
      const Index heads = golden.heads();
      const Variable q(golden.nodes("q"), true), k(golden.nodes("k"), true), v(golden.nodes("v"), true);
      const Variable w1(golden.frequencies("w1"), true), w2(golden.frequencies("w2"), true);
      const SquaredInnerProduct kernel{.scale = Real(1) / static_cast<Real>(4 * w1.columns())};
      const Variable phi_q = fourier_features(q, {w1, w2}, heads), phi_k = fourier_features(k, {w1, w2}, heads);
      // torch uses p in single precision forward, in both precisions backward: dk agrees only up to that
      const auto p_in_float = static_cast<Real>(static_cast<float>(golden.number("p")));
      // the magnitude of q is a factor of the whole row and cancels
      const AttendOptions options{
          .heads = heads, .key_bias = squared_norm(k, heads, p_in_float, static_cast<Real>(golden.number("divisor")))};
      Variable y = attend(g, kernel, phi_q, phi_k, v, options);
      // the derivative of ln(s² + 1e-5) reaches 316, which multiplies the rounding errors of float
      const double allowed = sizeof(Real) == 8 ? golden_tolerance : 1e-3;
      CHECK(relative_gap(y.value(), golden.nodes("y")) < allowed);
      CHECK(relative_gap(attention_weights(g, kernel, phi_q, phi_k, options), golden.alpha(g)) < allowed);
      y.backward(golden.nodes("g"));
      for (const auto& [ours, theirs] : {std::pair{q, "grad_q"}, {k, "grad_k"}, {v, "grad_v"}})
        CHECK(relative_gap(ours.grad(), golden.nodes(theirs)) < std::max(allowed, p == "1.8" ? 5e-8 : 0.0));
      for (const auto& [ours, theirs] : {std::pair{w1, "grad_w1"}, {w2, "grad_w2"}})
        CHECK(relative_gap(ours.grad(), golden.frequencies(theirs)) < allowed);
    }
}
