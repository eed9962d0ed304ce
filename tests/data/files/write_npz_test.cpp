#include "mercer/data/write_npz.hpp"

#include <doctest/doctest.h>

#include "mercer/base/check.hpp"
#include "mercer/data/npz.hpp"
#include "support/files.hpp"

using namespace mercer;

TEST_CASE("what is written as .npz reads back") {
  const test::TempFolder folder;
  const std::vector<float> x{1, -2.5, 3, 0, 5, 6};
  const std::vector<double> y{0.1};
  const std::vector<std::int32_t> labels{3, -1};
  const std::vector<std::int64_t> far{std::int64_t{1} << 40};
  const std::vector<std::uint8_t> mask{1, 0, 1};
  const std::vector<std::string> names{"é", "", "a,\"b\"", "中\U0001F600"};
  write_npz(folder / "a.npz",
            {npz_member("x", std::span<const float>(x), {2, 3}), npz_member("y", std::span<const double>(y), {}),
             npz_member("labels", std::span<const std::int32_t>(labels), {2}),
             npz_member("far", std::span<const std::int64_t>(far), {1, 1}),
             npz_member("mask", std::span<const std::uint8_t>(mask), {3}),
             npz_member("none", std::span<const float>(), {0, 4}), npz_texts("names", names), npz_texts("no", {})});
  const Npz archive(folder / "a.npz");
  CHECK(archive.names().size() == 8);
  CHECK(archive.at("x").shape == std::vector<Index>{2, 3});
  CHECK(archive.at("x").as<float>() == x);
  CHECK(archive.at("y").shape.empty());
  CHECK(archive.at("y").as<double>() == y);
  CHECK(archive.at("labels").as<std::int32_t>() == labels);
  CHECK(archive.at("far").as<std::int64_t>() == far);
  CHECK(archive.at("mask").as<bool>() == std::vector<bool>{true, false, true});
  CHECK(archive.at("none").shape == std::vector<Index>{0, 4});
  CHECK(archive.at("names").strings() == names);
  CHECK(archive.at("no").shape == std::vector<Index>{0});
}

TEST_CASE("an array that is there twice is refused") {
  const test::TempFolder folder;
  const std::vector<float> x{1, 2, 3};
  write_npz(folder / "a.npz",
            {npz_member("edges", std::span<const float>(x), {3}), npz_member("edgez", std::span<const float>(x), {3})});
  std::string bytes = test::bytes_of(folder / "a.npz");
  for (std::size_t at = 0; (at = bytes.find("edgez", at)) != std::string::npos;)
    bytes[at + 4] = 's';
  folder.write("a.npz", bytes);
  CHECK_THROWS_WITH_AS(Npz(folder / "a.npz"), doctest::Contains("'edges': is there twice"), FileError);
}

TEST_CASE("a shape that doesn't fit its bytes is refused, and nothing is written") {
  const test::TempFolder folder;
  const std::vector<float> x{1, 2, 3};
  CHECK_THROWS_AS(write_npz(folder / "a.npz", {npz_member("x", std::span<const float>(x), {5})}), ValueError);
  CHECK_THROWS_AS(write_npz(folder / "a.npz", {npz_member("x", std::span<const float>(x), {0})}), ValueError);
  CHECK_THROWS_AS(write_npz(folder / "none/a.npz", {}), FileError);
  CHECK_FALSE(std::filesystem::exists(folder / "a.npz"));
}
