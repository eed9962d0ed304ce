#include "partition/metis.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <new>
#include <stdexcept>

#include "partition/graphs.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;
using namespace mercer::partitioning;

namespace {

/// The number of bytes that call() writes to standard output.
template <class Call>
long printed_by(Call&& call) {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  std::fflush(stdout);
  const int screen = ::dup(STDOUT_FILENO);
  ::dup2(::fileno(file), STDOUT_FILENO);
  call();
  std::fflush(stdout);
  ::dup2(screen, STDOUT_FILENO);
  ::close(screen);
  const auto bytes = static_cast<long>(::lseek(::fileno(file), 0, SEEK_END));
  std::fclose(file);
  return bytes;
}

}  // namespace

TEST_CASE("METIS's statuses have messages") {
  const auto words = [](int status) { return message_of<std::runtime_error>([&] { check_status(status); }); };
  CHECK_NOTHROW(check_status(1));
  CHECK(words(-2).find("METIS_ERROR_INPUT") != std::string::npos);
  CHECK_THROWS_AS(check_status(-3), std::bad_alloc);
  CHECK(words(-4).find("(METIS_ERROR)") != std::string::npos);
  CHECK(words(7).find("status 7") != std::string::npos);
}

TEST_CASE("where METIS leaves a part empty, partition() cuts equal shares") {
  const PartitionOptions halves{.parts = 2, .imbalance = 1.5};
  const Csr spokes = without_loops(symmetrised(star(18)));
  const std::vector<Index> raw = sizes_of(partition_by_metis(spokes, halves));
  CHECK(std::ranges::count(raw, 0) == 1);
  CHECK(sizes_of(partition(spokes, halves)) == std::vector<Index>{9, 9});
}

TEST_CASE("METIS prints when there are too many parts; partition() avoids that") {
  const Csr clique = without_loops(complete(Segments{{0, 60}}));
  std::vector<NodePair> pairs;
  for_each_edge(clique, [&](Node i, Node j, Edge) { pairs.emplace_back(i, j); });
  const Csr with_loners = from_edges(90, pairs);
  PartitionOptions many{.parts = 84, .method = PartitionMethod::recursive, .imbalance = 1.5};
  for (many.seed = 0; many.seed < 3; ++many.seed) {
    CHECK(printed_by([&] { partition_by_metis(with_loners, many); }) > 0);
    CHECK(printed_by([&] { partition(with_loners, many); }) == 0);
  }
  const long printed = printed_by([] {
    for (const Named& named : awkward_graphs())
      for (const double imbalance : {1.0, 1.03, 1.5})
        for (Index parts = 1; parts <= named.graph.rows(); parts += 1 + parts / 2)
          for (const PartitionMethod method : {PartitionMethod::kway, PartitionMethod::recursive})
            partition(named.graph, {.parts = parts, .method = method, .imbalance = imbalance});
  });
  CHECK(printed == 0);
}
