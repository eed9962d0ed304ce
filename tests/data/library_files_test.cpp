#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <variant>

#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/transform.hpp"
#include "support/files.hpp"

using namespace mercer;
using test::TempFolder;
namespace fs = std::filesystem;

namespace {

double sum_of(const Features& features) {
  double sum = 0;
  std::visit(
      [&]<class X>(const X& x) {
        if constexpr (std::is_same_v<X, SparseMatrix>)
          for (const Real value : x.value())
            sum += static_cast<double>(value);
        else
          for (const Real value : x.values())
            sum += static_cast<double>(value);
      },
      features);
  return sum;
}

}  // namespace

TEST_CASE("files that networkx, scipy and numpy wrote have the facts that these say") {
  const TempFolder folder;
  const std::string script = MERCER_SOURCE_DIR "/tests/data/python/library_files.py";
  if (std::system(("python3 '" + script + "' '" + folder.path().string() + "'").c_str()) != 0) {
    MESSAGE("SKIPPED: python3 with networkx, scipy and numpy is needed to run ", script);
    return;
  }
  int sets = 0;
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    if (entry.path().extension() != ".facts") continue;
    std::ifstream facts(entry.path());
    std::string path;
    Index nodes = 0, edges = 0, features = 0, classes = 0;
    long labels = 0;
    double sum = 0;
    REQUIRE(static_cast<bool>(facts >> path >> nodes >> edges >> features >> classes >> labels >> sum));
    CAPTURE(path);
    const Dataset data = without_loops(symmetrised(read_dataset(folder / path)));
    CHECK(data.nodes() == nodes);
    CHECK(data.graph.edges() == edges);
    CHECK(data.feature_count() == features);
    CHECK(data.classes() == classes);
    long found = 0;
    for (const std::int32_t label : data.labels)
      found += classes == 0 ? 0 : std::stol(data.class_names.at(static_cast<std::size_t>(label)));
    CHECK(found == labels);
    CHECK(sum_of(data.features) == doctest::Approx(sum));
    ++sets;
  }
  CHECK(sets == 12);
}

TEST_CASE("a set has the name of the folder that its path leads to, links that lead nowhere are refused") {
  const TempFolder folder;
  fs::create_directories(folder / "mine");
  folder.write("mine/edges.txt", "0 1\n1 2\n");
  fs::create_directory_symlink(folder / "mine", folder / "link");
  fs::create_symlink(folder / "round", folder / "round");
  CHECK(read_dataset(folder / "mine" / "").name == "mine");
  CHECK(read_dataset(folder / "mine" / ".." / "link").name == "mine");
  CHECK_THROWS_AS(read_dataset(folder / "round"), FileError);
  CHECK_THROWS_AS(read_dataset(folder / "round" / "deeper"), FileError);
  CHECK_THROWS_AS(read_dataset(std::string(300, 'x')), FileError);
}
