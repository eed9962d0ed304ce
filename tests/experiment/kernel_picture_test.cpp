#include "mercer/experiment/kernel_picture.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "mercer/attention/attend.hpp"

using namespace mercer;

TEST_CASE("the main directions of a stretched cloud") {
  Tensor cloud(40, 3);  // columns 1 and 2: long along (3, 4)/5, short across
  for (Index i = 0; i < 40; ++i) {
    const double t = static_cast<double>(i % 8) - 3.5, s = 0.1 * (static_cast<double>(i / 8) - 2);
    cloud(i, 1) = static_cast<Real>(7 + 0.6 * t - 0.8 * s);
    cloud(i, 2) = static_cast<Real>(0.8 * t + 0.6 * s);
  }
  const auto found = principal_directions(cloud.view(), 1, 2, 5);
  REQUIRE(found.size() == 2);
  CHECK(std::abs(found[0][0]) == doctest::Approx(0.6).epsilon(1e-5));
  CHECK(std::abs(found[0][1]) == doctest::Approx(0.8).epsilon(1e-5));
  CHECK(found[0][0] * found[1][0] + found[0][1] * found[1][1] == doctest::Approx(0).epsilon(1e-9));
  const Tensor zeros(5, 2);
  const auto nowhere = principal_directions(zeros, 0, 2, 2);
  CHECK(nowhere[0][0] * nowhere[0][0] + nowhere[0][1] * nowhere[0][1] == doctest::Approx(1));
}

TEST_CASE("a picture holds the values of its kernel") {
  const Tensor q = Tensor::from({{1, 0, 5, 5}, {-1, 0, 5, 5}}), k = Tensor::from({{2, 0, 5, 7}, {-2, 0, 5, 3}});
  const auto ask = [](const AnyKernel& kernel) {
    return [kernel](const Tensor& a, const Tensor& b) { return similarity_of_pairs(kernel, a, b, 2); };
  };
  KernelProbe probe{
      .heads = 2, .width = 2, .q = q, .k = k, .similarity = ask(Gaussian{.sigma = 1}), .stationary = true};
  const KernelPicture line = picture_of(probe, 8);
  REQUIRE_FALSE(line.is_map);
  REQUIRE(line.kappa.size() == 2);
  CHECK(line.x[0].back() == doctest::Approx(4));  // twice the distance of the keys from the mean query
  for (std::size_t s = 0; s < line.x[1].size(); ++s)
    CHECK(line.kappa[1][s] == doctest::Approx(std::exp(-line.x[1][s] * line.x[1][s] / 2)).epsilon(1e-4));

  probe.stationary = false;
  probe.similarity = ask(Exponential{.scale = 1});
  const KernelPicture map = picture_of(probe, 1);
  REQUIRE(map.is_map);
  REQUIRE(map.kappa.size() == 1);
  CHECK(map.kappa[0].size() == map.x[0].size() * map.x[0].size());
  CHECK(map.kappa[0][0] == doctest::Approx(1));  // the mean query is 0
  CHECK(picture_of({.heads = 2, .width = 0}, 8).kappa.empty());
}
