#include "data/formats/time_series.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "data/facts.hpp"
#include "data/find.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/describe.hpp"
#include "mercer/data/fingerprint.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/data/write.hpp"
#include "support/files.hpp"
#include "support/gzip.hpp"
#include "support/refused.hpp"

using namespace mercer;
using test::TempFolder;

namespace {

const std::string header =
    "# two dimensions\n@problemName small\n@timeStamps false\n@dimensions 2\n"
    "@classLabel true up down\n@data\n";

Dataset read_one(const std::string& text) {
  const TempFolder folder;
  return read_dataset(folder.write("small.ts", text));
}

void series_refused(const std::string& text, const std::vector<std::string>& pieces) {
  test::check_refused([&] { read_one(text); }, pieces);
}

/// Values in the order of the file: sequence by sequence, dimension by dimension.
test::Canonical values_in_file_order(const Dataset& set, const std::vector<Node>& sequences) {
  const Tensor& x = std::get<Tensor>(set.features);
  test::Canonical values;
  for (const Node a : sequences)
    for (Index c = 0; c < x.columns(); ++c)
      for (Index i = set.item_offset[static_cast<std::size_t>(a)]; i < set.item_offset[static_cast<std::size_t>(a) + 1];
           ++i)
        values.add(static_cast<float>(x(i, c)));
  return values;
}

void check_series(const Dataset& set, const std::vector<Node>& part, const nlohmann::json& facts) {
  CHECK(part.size() == facts.at("cases").get<std::size_t>());
  CHECK(set.feature_count() == facts.at("dimensions")[0].get<Index>());
  Index shortest = set.nodes(), longest = 0;
  nlohmann::json classes = nlohmann::json::object();
  for (const Node a : part) {
    const auto item = static_cast<std::size_t>(a);
    const Index length = set.item_offset[item + 1] - set.item_offset[item];
    shortest = std::min(shortest, length), longest = std::max(longest, length);
    const std::string& name = set.class_names.at(static_cast<std::size_t>(set.labels[item]));
    classes[name] = classes.value(name, 0) + 1;
  }
  CHECK(shortest == facts.at("length_min").get<Index>());
  CHECK(longest == facts.at("length_max").get<Index>());
  CHECK(classes == facts.at("class_histogram"));
  test::check_sum(facts.at("values_f32_check"), values_in_file_order(set, part));
}

}  // namespace

TEST_CASE("UEA sets have their facts" * doctest::skip(test::absent)) {
  const nlohmann::json sets = test::facts_of("uea");
  for (const auto& item : sets.items()) {
    const std::string& name = item.key();
    CAPTURE(name);
    const Dataset set = read_dataset(test::datasets + "/uea/" + name);
    CHECK(set.name == name);
    CHECK(set.notes.empty());
    check_series(set, set.splits.at(0).train, item.value().at("train"));
    check_series(set, set.splits.at(0).test, item.value().at("test"));
  }
}

TEST_CASE("a pair of .ts files is one set of sequences with a split") {
  const TempFolder folder;
  const auto train = folder.write("small_TRAIN.ts", header + "1,2,3:4,5,6:down\n-1:0.5:up\n");
  const auto test = folder.write("small_TEST.ts", header + "7, 8:9,10:up\r\n");
  for (const auto& path : {train, folder / "small", folder.path()}) {
    const Dataset data = read_dataset(path);
    CHECK(data.name == "small");
    CHECK(data.format == "ts");
    CHECK(data.item_offset == std::vector<Index>{0, 3, 4, 6});
    CHECK(data.examples() == 3);
    CHECK(data.nodes() == 6);
    CHECK(data.graph.edges() == 0);
    CHECK(data.class_names == std::vector<std::string>{"up", "down"});
    CHECK(data.labels == std::vector<std::int32_t>{1, 0, 0});
    CHECK(max_abs_difference(std::get<Tensor>(data.features),
                             Tensor::from({{1, 4}, {2, 5}, {3, 6}, {-1, 0.5}, {7, 9}, {8, 10}})) == 0);
    REQUIRE(data.splits.size() == 1);
    CHECK(data.splits[0].train == std::vector<Node>{0, 1});
    CHECK(data.splits[0].validation.empty());
    CHECK(data.splits[0].test == std::vector<Node>{2});
    CHECK(data.notes.empty());
  }
  CHECK(read_dataset(test).splits.empty());
  CHECK(read_dataset(test).name == "small_TEST");
  CHECK(datasets_in(folder.path()).size() == 1);
  CHECK(is_sequence_set(train.string()));
  CHECK(is_sequence_set(folder.path().string()));
  CHECK_FALSE(is_sequence_set("karate"));
  CHECK_FALSE(is_sequence_set("nowhere at all"));
}

TEST_CASE("the training file alone has no split, and says so") {
  const TempFolder folder;
  const Dataset data = read_dataset(folder.write("alone_TRAIN.ts", header + "1:2:up\n"));
  CHECK(data.name == "alone");
  CHECK(data.splits.empty());
  REQUIRE(data.notes.size() == 1);
  CHECK(data.notes[0].find("alone_TEST.ts") != std::string::npos);
}

TEST_CASE("missing values are filled in within their dimension and counted") {
  const Dataset data = read_one(header + "?,1,?,2:?,?,NaN,?:up\n");
  const Tensor& x = std::get<Tensor>(data.features);
  CHECK(max_abs_difference(x, Tensor::from({{1, 0}, {1, 0}, {1, 0}, {2, 0}})) == 0);
  REQUIRE(data.notes.size() == 1);
  CHECK(data.notes[0].starts_with("6 missing values take the one before them in their dimension"));
  CHECK(read_one(header + "1,?:1,2:up\n").notes.at(0) ==
        "1 missing value takes the one before it in its dimension, else the next, else 0");
}

TEST_CASE("sequences without labels, and classes that the header doesn't list") {
  const Dataset none = read_one("@classLabel false\n@data\n1,2:3,4\n5:6\n");
  CHECK(none.labels == std::vector<std::int32_t>{-1, -1});
  CHECK(none.class_names.empty());
  CHECK(none.examples() == 2);
  const Dataset listed = read_one("@classLabel true\n@data\n1:b\n2:a\n3:?\n");
  CHECK(listed.class_names == std::vector<std::string>{"a", "b"});
  CHECK(listed.labels == std::vector<std::int32_t>{1, 0, -1});
  CHECK(read_one(header + "1:2:?\n").labels == std::vector<std::int32_t>{-1});
}

TEST_CASE("a .ts file that can't be used names the line, what it has and what is wanted") {
  series_refused("@classLabel true up down up\n@data\n1:up\n", {"small.ts: line 1", "names the class 'up' twice"});
  series_refused("@classLabel true b\xe4r\n@data\n1:b\xe4r\n", {"small.ts: line 1", "'b\\xe4r' is no printable UTF-8"});
  series_refused("@classLabel true\n@data\n1:b\xe4r\n",
                 {"small.ts: line 3", "'b\\xe4r' is no printable UTF-8", "encoding UTF-8"});
  series_refused(header + "1,2:3:up\n", {"small.ts: line 7", "dimension 2 has 1 values, dimension 1 has 2"});
  series_refused(header + "1:2:up\n1,2:up\n", {"line 8", "got 1 dimensions", "want 2"});
  series_refused(header + "up\n", {"line 7", "got 0 dimensions and a label, want 2"});
  series_refused(header + "1::up\n", {"line 7", "dimension 2 has no value"});
  series_refused(header + "1:2:sideways\n", {"line 7", "sideways", "up, down"});
  series_refused(header + "1,x:2,3:up\n", {"line 7", "dimension 1", "'x'"});
  series_refused(header + "1,inf:2,3:up\n", {"line 7", "inf"});
  series_refused(header + "(0,1):(0,2):up\n", {"line 7", "times"});
  series_refused(header, {"there is no sequence"});
  series_refused("@dimensions 2\n", {"@data"});
  series_refused("@dimensions none\n@data\n1\n", {"line 1", "@dimensions"});
  series_refused("@timeStamps true\n@data\n1\n", {"line 1", "@timeStamps"});
  series_refused("@targetlabel true\n@data\n1:0.5\n2:high\n",
                 {"line 4", "got the target 'high', want a finite number"});
  series_refused("@targetlabel true\n@data\n1:inf\n", {"line 3", "got the target 'inf'"});
  series_refused("@targetlabel true\n@classLabel true\n@data\n1:0.5\n", {"line 3", "want one of them"});
  series_refused("export const x = 1;\n", {"line 1", "before @data"});
}

TEST_CASE("classes and dimensions of the test file are those of the training file") {
  const TempFolder folder;
  const auto train = folder.write("pair_TRAIN.ts", header + "1:2:up\n");
  folder.write("pair_TEST.ts", "@classLabel true up left\n@data\n1:2:left\n");
  test::check_refused([&] { read_dataset(train); }, {"pair_TEST.ts: line 3", "left", "up, down"});
  folder.write("pair_TEST.ts", "@classLabel true up\n@data\n1:up\n");
  test::check_refused([&] { read_dataset(train); }, {"pair_TEST.ts: line 3", "got 1 dimensions", "want 2"});
}

TEST_CASE("packed files are the same set; one dimension and two contradict") {
  const TempFolder folder;
  const std::string train = header + "1:2:up\n3:1:down\n", test = header + "1:4:up\n";
  const Dataset plain = read_dataset(folder.write("pair_TRAIN.ts", train)),
                packed = read_dataset(folder.write("both_TRAIN.ts.gz", test::gzipped(train)));
  CHECK(packed.name == "both");
  CHECK(fingerprint(packed) == fingerprint(plain));
  folder.write("both_TEST.ts.gz", test::gzipped(test));
  CHECK(read_dataset(folder.path() / "both").examples() == 3);
  CHECK(read_dataset(folder.write("alone.ts.gz", test::gzipped(train))).name == "alone");
  const auto texts = folder.write("words.train.txt.gz", test::gzipped("a one two\nb two one\n"));
  CHECK(read_dataset(texts).name == "words");
  series_refused("@univariate true\n@dimensions 2\n@data\n1:2\n", {"line 3", "@univariate: got true with 2"});
  series_refused("@classLabel true\n@data\n1:0.5\n2:1.25\n",
                 {"small.ts: line 3: got the label '0.5': real numbers, want @targetLabel true in place of "
                  "@classLabel, or one class of each sequence"});
}

TEST_CASE("@targetLabel: a real number of each sequence is its target") {
  const TempFolder folder;
  const std::string real = "@dimensions 2\n@classLabel false\n@targetLabel true\n@data\n";
  const auto train = folder.write("pair_TRAIN.ts", real + "1,2:3,4:0.5\n5:6:-7\n1:1:?\n");
  folder.write("pair_TEST.ts", real + "1:2:1e3\n");
  const Dataset data = read_dataset(train);
  CHECK(data.label_kind == LabelKind::real);
  CHECK(data.class_names == std::vector<std::string>{"value"});
  CHECK(data.labels == std::vector<std::int32_t>{0, 0, -1, 0});
  REQUIRE(data.targets.rows() == 4);
  CHECK(data.targets(0, 0) == Real(0.5));
  CHECK(data.targets(1, 0) == -7);
  CHECK(std::isnan(data.targets(2, 0)));
  CHECK(data.targets(3, 0) == 1000);
  CHECK(data.splits.at(0).test == std::vector<Node>{3});
  folder.write("pair_TEST.ts", "@dimensions 2\n@classLabel true up\n@data\n1:2:up\n");
  test::check_refused([&] { read_dataset(train); },
                      {"pair_TEST.ts: line 3", "got @classLabel true, want @targetLabel true"});
}

TEST_CASE("a header that promises equal lengths and lies is noted") {
  const Dataset data = read_one("@equalLength true\n@classLabel true a\n@data\n1,2:a\n1:a\n");
  REQUIRE(data.notes.size() == 1);
  CHECK(data.notes[0].find("1 to 2") != std::string::npos);
}

TEST_CASE("sequences are described by their lengths, and differ by where they end") {
  Dataset data = read_one(header + "1,2,3:4,5,6:down\n-1:0.5:up\n");
  const Description d = describe(data);
  CHECK(d.sequences == 2);
  CHECK(d.nodes == 4);
  CHECK(d.length_min == 1);
  CHECK(d.length_max == 3);
  CHECK(d.length_mean == 2);
  CHECK(d.class_sizes == std::vector<Index>{1, 1});
  const Fingerprint before = mercer::fingerprint(data);
  data.item_offset = {0, 2, 4};
  CHECK(difference(before, mercer::fingerprint(data)) == "lengths of sequences");
}

TEST_CASE("what belongs to graphs refuses sequences by name") {
  const TempFolder folder;
  const Dataset data = read_one(header + "1:2:up\n");
  const std::vector<Node> first{0};
  CHECK_THROWS_WITH_AS(induced(data, first), doctest::Contains("small: got a set of sequences"), ValueError);
  CHECK_THROWS_WITH_AS(write_archive(data, folder / "out.npz"), doctest::Contains("out.npz: "), ValueError);
}
