#include <doctest/doctest.h>

#include <string>

#include "exchange/part_training.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("train on parts comes to the result of the whole, on every rank") {
  for (const char* model : {"gat", "gcn"}) {
    CAPTURE(std::string(model));
    const ModelOptions options{.name = model};
    const TrainResult want = trained(options, {}, Device::cpu).front();
    for (const std::vector<Index>& sizes : {std::vector<Index>{60}, {33, 27}, {20, 0, 40}})
      for (const TrainResult& got : trained(options, sizes, Device::cpu)) {
        CHECK(got.kept_epoch == want.kept_epoch);
        CHECK(got.ending == want.ending);
        REQUIRE(got.state.history.size() == want.state.history.size());
        for (std::size_t e = 0; e < want.state.history.size(); ++e) {
          const EpochReport &epoch = got.state.history[e], &of_whole = want.state.history[e];
          CHECK(epoch.train_loss == doctest::Approx(of_whole.train_loss).epsilon(1e-5));
          CHECK(epoch.gradient_norm == doctest::Approx(of_whole.gradient_norm).epsilon(1e-4));
          CHECK(epoch.validation->loss == doctest::Approx(of_whole.validation->loss).epsilon(1e-5));
          CHECK(epoch.validation->accuracy == of_whole.validation->accuracy);
        }
        CHECK(max_abs_difference(got.logits, want.logits) < 1e-3);
      }
  }
}

TEST_CASE("training on parts is training on the whole") {
  for (const char* model : {"gat", "gatv2", "gcn", "rbf", "ikan-direct"})
    for (const std::vector<Index>& sizes :
         {std::vector<Index>{60}, {32, 28}, {33, 27}, {20, 0, 40}, {12, 28, 4, 16}, {11, 29, 1, 19}})
      check_training(model, sizes, Device::cpu);
}
