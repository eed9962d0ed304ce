// What is got of a temporary is a value of its own, or doesn't compile.
#include <doctest/doctest.h>

#include <type_traits>
#include <utility>

#include "mercer/attention/attend.hpp"
#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// The call compiles for an object with a name, and not for a temporary.
#define MERCER_WANTS_A_NAME(Type, call)      \
  template <class T>                         \
  concept Type##_##call = requires(T && x) { \
    std::forward<T>(x).call();               \
  };                                         \
  static_assert(Type##_##call<const Type&> && !Type##_##call<Type>)

MERCER_WANTS_A_NAME(Tensor, data);
MERCER_WANTS_A_NAME(Tensor, values);
MERCER_WANTS_A_NAME(Tensor, view);
MERCER_WANTS_A_NAME(SparseMatrix, offset);
MERCER_WANTS_A_NAME(SparseMatrix, column);
MERCER_WANTS_A_NAME(SparseMatrix, value);
MERCER_WANTS_A_NAME(SparseMatrix, view);
MERCER_WANTS_A_NAME(Csr, offset);
MERCER_WANTS_A_NAME(Csr, neighbour);
MERCER_WANTS_A_NAME(Csr, view);
MERCER_WANTS_A_NAME(Graph, adjacency);
MERCER_WANTS_A_NAME(Graph, transpose);
MERCER_WANTS_A_NAME(Graph, slots);
MERCER_WANTS_A_NAME(Graph, view);
MERCER_WANTS_A_NAME(Block, view);
MERCER_WANTS_A_NAME(Segments, target_offset);
MERCER_WANTS_A_NAME(Segments, source_offset);
MERCER_WANTS_A_NAME(Segments, view);
MERCER_WANTS_A_NAME(Neighbourhood, view);
MERCER_WANTS_A_NAME(Neighbourhood, partitioned);
MERCER_WANTS_A_NAME(Neighbourhood, streamed);
#undef MERCER_WANTS_A_NAME

template <class T>
concept HasRows = requires(T&& x) {
  std::forward<T>(x).row(0);
};
static_assert(HasRows<const Tensor&> && !HasRows<Tensor>);
template <class T>
concept HasNeighbours = requires(T&& x) {
  std::forward<T>(x).neighbours(0);
};
static_assert(HasNeighbours<const Csr&> && !HasNeighbours<Csr>);

static_assert(std::is_same_v<decltype(std::declval<Variable>().value()), Tensor>);
static_assert(std::is_same_v<decltype(std::declval<Variable>().grad()), Tensor>);
static_assert(std::is_same_v<decltype(std::declval<Tensor>()(0, 0)), Real>);
static_assert(std::is_same_v<decltype(std::declval<Input>().dense()), Variable>);
static_assert(std::is_same_v<decltype(std::declval<Graph>().csr()), Csr>);
static_assert(std::is_same_v<decltype(std::declval<Block>().graph()), Graph>);
static_assert(std::is_same_v<decltype(std::declval<Block>().origin()), BlockOrigin>);
static_assert(std::is_same_v<decltype(std::declval<Neighbourhood>().topology()), Topology>);
static_assert(std::is_same_v<decltype(std::declval<Neighbourhood>().facts()), EdgeFacts>);
static_assert(std::is_same_v<decltype(std::declval<Neighbourhood>().graph()), Graph>);

template <class T>
concept HasMutableValue = requires(T&& x) {
  std::forward<T>(x).mutable_value();
};
static_assert(HasMutableValue<Variable&> && !HasMutableValue<Variable>);

}  // namespace

TEST_CASE("the value of a temporary lives on, and costs a copy only where another variable shares it") {
  const Graph g(cycle(5));
  const Variable x(noise(5, 3, 1));
  const Tensor& kept =
      attend(g, Gaussian{}, x, x, x).value();  // the life of a value that a reference takes is extended
  const Variable again = attend(g, Gaussian{}, x, x, x);
  CHECK(max_abs_difference(kept, again.value()) == 0);

  Variable only(noise(5, 3, 2));
  const Real* place = only.value().data();
  const Tensor moved = std::move(only).value();
  CHECK(moved.data() == place);
  const Tensor copied = Variable(x).value();
  CHECK(copied.data() != x.value().data());
  CHECK(max_abs_difference(copied, x.value()) == 0);
}
