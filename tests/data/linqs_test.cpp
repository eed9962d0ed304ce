#include "data/formats/linqs.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/graph/build.hpp"
#include "support/files.hpp"
#include "support/gzip.hpp"

using namespace mercer;
using test::TempFolder;

namespace {

const std::string content = "p7\t0\t1\t0\tTheory\nq\t1\t0\t0.5\tRules\n12\t0\t0\t0\tTheory\n";
const std::string cites = "p7\tq\n12\tp7\n";

Dataset read(const std::string& of_content, const std::string& of_cites) {
  const TempFolder folder;
  folder.write("small.cites", of_cites);
  return read_dataset(folder.write("small.content", of_content));
}

void refused(const std::string& of_content, const std::string& of_cites, const char* why) {
  CAPTURE(std::string(why));
  CHECK_THROWS_WITH_AS(read(of_content, of_cites), doctest::Contains(why), FileError);
}

}  // namespace

TEST_CASE("papers, words, classes by name, and the cited attends to the citing") {
  const Dataset data = read(content, cites);
  CHECK(data.name == "small");
  CHECK(data.format == "linqs");
  CHECK(data.node_names == std::vector<std::string>{"p7", "q", "12"});
  CHECK(data.class_names == std::vector<std::string>{"Rules", "Theory"});
  CHECK(data.labels == std::vector<std::int32_t>{1, 0, 1});
  CHECK(max_abs_difference(std::get<Tensor>(data.features), Tensor::from({{0, 1, 0}, {1, 0, 0.5}, {0, 0, 0}})) == 0);
  CHECK(data.graph == from_edges(3, std::vector<NodePair>{{0, 1}, {2, 0}}));
  CHECK(data.splits.empty());
  CHECK(data.notes.empty());
}

TEST_CASE("the two files are found from either, from their prefix, plain or packed") {
  const TempFolder folder;
  folder.write("small.content.gz", test::gzipped(content));
  folder.write("small.cites", cites);
  const auto prefix = folder.path() / "small";
  for (const char* suffix : {"", ".content.gz", ".content", ".cites"})
    CHECK(read_dataset(std::filesystem::path(prefix) += suffix).graph.edges() == 2);
  folder.write("small.content", content);
  CHECK_THROWS_WITH_AS(read_dataset(prefix), doctest::Contains("stands beside small.content"), FileError);
}

TEST_CASE("CRLF, blanks, a missing last line end and empty lines at the end are text too") {
  CHECK(read("p7 0 1 0 Theory\r\nq 1 0 0 Rules\r\n\r\n", "p7 q").graph.edges() == 1);
}

TEST_CASE("odd but usable content is noted") {
  const Dataset data = read(content, "p7\tq\np7\tq\nnobody\tq\n\nq\tnobody\n");
  CHECK(data.graph.edges() == 1);
  CHECK(data.notes == std::vector<std::string>{"1 repeated edges are merged",
                                               "2 citations name papers without content and are left out"});
}

TEST_CASE("bad content and citations are refused with file and line") {
  refused("p7\t0\t1\tTheory\nq\t1\tRules\n", cites, "small.content: line 2: got 3 fields, want 4");
  refused("p7\t0\t1\tTheory\np7\t1\t0\tRules\n", cites, "small.content: line 2: paper 'p7' is here twice");
  refused("p7\t0\tx\tTheory\n", cites, "small.content: line 1: column 3: got 'x', want a finite number");
  refused("p7\t0\tnan\tTheory\n", cites, "line 1: column 3: got 'nan'");
  refused("p7\t0\t1e39\tTheory\n", cites, "line 1: column 3: got '1e39'");
  refused("p7 Theory\n", cites, "small.content: line 1: got 2 fields");
  refused("", cites, "small.content: is empty");
  refused("\n\n", cites, "small.content: line 1: there is no paper");
  refused(content, "", "small.cites: is empty");
  refused(content, "p7\tq\np7\n", "small.cites: line 2: got 1 fields, want 2: the cited");
  refused(content + std::string("\0\0", 2), cites, "small.content: line 4: column 1 holds the byte");

  const TempFolder folder;
  folder.write("alone.content", content);
  CHECK_THROWS_WITH_AS(read_dataset(folder.path() / "alone"), doctest::Contains("alone.cites: there is no such file"),
                       FileError);
}
