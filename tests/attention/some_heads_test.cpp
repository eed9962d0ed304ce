#include <doctest/doctest.h>

#include "mercer/attention/attend.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("a call on some heads drops what the call on all drops") {
  const Neighbourhood graph = Graph{scattered(40)};
  const Index heads = 12, d = 3;
  const Variable q(noise(40, heads * d, 1)), k(noise(40, heads * d, 2)), v(noise(40, heads * d, 3));
  AttendOptions options{.heads = heads, .dropout = {.p = 0.4f, .stream = {.seed = 9, .step = 7, .call = 2}}};
  const Variable whole = attend(graph, Exponential{}, q, k, v, options);
  options.heads = 2;
  for (options.first_head = 0; options.first_head < heads; options.first_head += options.heads) {
    const Index first = options.first_head * d, count = options.heads * d;
    const Variable y =
        attend(graph, Exponential{}, slice(q, first, count), slice(k, first, count), slice(v, first, count), options);
    CHECK(max_abs_difference(y.value(), slice(whole, first, count).value()) < 1e-6);
  }
  options.first_head = 7;  // 7 and 8 don't share a draw
  CHECK(message_of<ValueError>(
            [&] { attend(graph, Exponential{}, slice(q, 0, 6), slice(k, 0, 6), slice(v, 0, 6), options); }) ==
        "[attend] first_head: got 7 of 2 heads, want a multiple of 8, or heads that end before the next multiple");
}
