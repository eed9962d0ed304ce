#include <doctest/doctest.h>

#include "exchange/part_training.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("training on parts is training on the whole") {
  for (const char* model : {"gat", "gatv2", "gcn", "rbf", "ikan-direct"})
    for (const std::vector<Index>& sizes :
         {std::vector<Index>{60}, {32, 28}, {33, 27}, {20, 0, 40}, {12, 28, 4, 16}, {11, 29, 1, 19}})
      check_training(model, sizes, Device::cpu);
}
