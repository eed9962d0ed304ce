#include "mercer/experiment/class_weights.hpp"

#include <doctest/doctest.h>

#include "mercer/base/check.hpp"

using namespace mercer;

TEST_CASE("weights are balanced by the training nodes, or those that were typed") {
  Dataset data;
  data.labels = {0, 0, 0, 1, 2, -1};
  data.class_names = {"a", "b", "c"};
  const std::vector<Node> train{0, 1, 2, 3};
  const std::vector<Real> balanced = class_weights_of("balanced", data, train);
  CHECK(balanced[0] == doctest::Approx(4.0 / (2 * 3)));
  CHECK(balanced[1] == 2);
  CHECK(balanced[2] == 1);  // no training node has it
  CHECK(class_weights_of("1,2.5,0", data, train) == std::vector<Real>{1, 2.5, 0});
  const auto refused = [&](const char* typed, const char* wanted) {
    CHECK_THROWS_WITH_AS(class_weights_of(typed, data, train), doctest::Contains(wanted), ValueError);
  };
  refused("1,2", "[class-weight] got 2 weights, want 3: one for each class, in the order a, b, c");
  refused("0,0,1", "want a weight above 0 for a class of the training nodes");
  for (const char* typed : {"even", "", "1,,2", "1,-1,2", "1,nan,2", "1,2,3,"})
    refused(typed, "want balanced, or a number of at least 0 for each class");
}
