#include "data/formats/labelled_text.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "data/facts.hpp"
#include "data/find.hpp"
#include "data/texts.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/vocabulary.hpp"
#include "mercer/data/write.hpp"
#include "support/files.hpp"
#include "support/refused.hpp"

using namespace mercer;
using test::TempFolder;

namespace {

/// The column of each row's only 1.
std::vector<Node> tokens_of(const Dataset& data) {
  const SparseMatrix& x = std::get<SparseMatrix>(data.features);
  CHECK(x.nonzeros() == x.rows());
  return {x.column().begin(), x.column().end()};
}

}  // namespace

TEST_CASE("labelled texts are sequences of tokens; rare and new words are unknown") {
  const TempFolder folder;
  const auto train = folder.write("q.train.txt", "what Who is it\nhow is it , is it\nwhat why it\n");
  folder.write("q.test.txt", "how who is  THIS\n");
  for (const auto& path : {train, folder / "q", folder.path()}) {
    const Dataset data = read_dataset(path);
    CHECK(data.name == "q");
    CHECK(data.format == "text");
    CHECK(data.class_names == std::vector<std::string>{"how", "what"});
    CHECK(data.labels == std::vector<std::int32_t>{1, 0, 1, 0});
    CHECK(data.item_offset == std::vector<Index>{0, 3, 8, 10, 13});
    CHECK(data.feature_names == std::vector<std::string>{"<unknown>", "it", "is"});
    CHECK(tokens_of(data) == std::vector<Node>{0, 2, 1, 2, 1, 0, 2, 1, 0, 1, 0, 2, 0});
    REQUIRE(data.splits.size() == 1);
    CHECK(data.splits[0].train == std::vector<Node>{0, 1, 2});
    CHECK(data.splits[0].test == std::vector<Node>{3});
  }
  CHECK(is_sequence_set(train.string()));
  CHECK(datasets_in(folder.path()).size() == 1);
}

TEST_CASE("a note on texts without a label names the file that holds them") {
  const TempFolder folder;
  const auto train = folder.write("q.train.txt", "a one two\nb two one\n");
  folder.write("q.test.txt", "? one\na two\n? two\n");
  const Dataset data = read_dataset(train);
  CHECK(test::has_note(data, "q.test.txt: '?' is taken as no label (2 sequences)"));
  folder.write("q.train.txt", "a one two\nb two one\n? one\n");
  CHECK(test::has_note(read_dataset(train), "q.train.txt, q.test.txt: '?' is taken as no label (3 sequences)"));
  folder.write("q.test.txt", "a one\n");
  CHECK(test::has_note(read_dataset(train), "q.train.txt: '?' is taken as no label (1 sequence)"));
}

TEST_CASE("words that are lost are noted: most of them by the reader, all of them by a copy") {
  const TempFolder folder;
  folder.write("q.test.txt", "a one\n");
  const Dataset rare = read_dataset(folder.write("q.train.txt", "a One two one\nb three four\n"));
  CHECK(
      test::has_note(rare, "q.train.txt: most of its words, 3 of 5, are read as <unknown>: a word of the vocabulary"));
  CHECK(lost_in_text(rare) == std::vector<std::string>{"words are written as they are read: in lower case, and 3 of 6 "
                                                       "as <unknown>, which the vocabulary lacks"});
  const Dataset half = read_dataset(folder.write("q.train.txt", "a one one\nb three four\n"));
  CHECK(half.notes.empty());
  const Dataset alone = read_dataset(folder.write("alone.labelled.txt", "a One two\nb three four\n"));
  CHECK(alone.notes.empty());
  CHECK(lost_in_text(alone) == std::vector<std::string>{"words are written as they are read: in lower case"});
}

TEST_CASE("texts with real numbers as labels have targets; whole numbers that hardly repeat are a doubt") {
  const TempFolder folder;
  const Dataset data = read_dataset(folder.write("mood.labelled.txt", "0.5 good film\n-1.25 bad film\n2 good good\n"));
  CHECK(data.label_kind == LabelKind::real);
  REQUIRE(data.targets.rows() == 3);
  CHECK(data.targets(1, 0) == Real(-1.25));
  std::string counts;
  for (int n = 1; n <= 22; ++n)
    counts += std::to_string(n) + " word\n";
  const Dataset doubtful = read_dataset(folder.write("counts.labelled.txt", counts));
  CHECK(doubtful.label_doubt.find("--task regression learns the numbers") != std::string::npos);
  CHECK(doubtful.label_doubt.ends_with(
      "counts.labelled.txt: got 22 classes for 22 sequences with a label, such as '1' and "
      "'22': want classes that sequences share; --task regression learns the numbers"));
  CHECK(doubtful.other_readings.size() == 1);
  const Dataset missing = read_dataset(folder.write("few.labelled.txt", "nan x\n1.5 y\n"));
  CHECK(std::ranges::find(missing.notes, "few.labelled.txt: 'nan' is taken as no label (1 sequence)") !=
        missing.notes.end());
}

TEST_CASE("a tab ends a label of several words that lines share") {
  const TempFolder folder;
  folder.write("n.test.txt", "very bad\ta film\n");
  const auto train = folder.write("n.train.txt", "very good\ta film\nvery bad\ta scene\nvery good\tthe scene\tfilm\n");
  const Dataset data = read_dataset(train);
  CHECK(data.class_names == std::vector<std::string>{"very bad", "very good"});
  CHECK(data.item_offset == std::vector<Index>{0, 2, 4, 7, 9});
  const Dataset pairs =
      read_dataset(folder.write("p.labelled.txt", "a one word\tother one\nb two words\tother\na x y\tz z\n"));
  CHECK(pairs.class_names == std::vector<std::string>{"a", "b"});
  const auto refused_lines = [&](const char* text, const char* why) {
    const auto path = folder.write("t.labelled.txt", text);
    test::check_refused([&] { read_dataset(path); }, {why});
  };
  refused_lines(
      "1\tneg\ta film\n2\tpos\ta b\n",
      "got 3 fields between tabs in each line, want a label and a text, and no header and no ids: LABEL TEXT");
  refused_lines("label\ttext\nneg\ta film\npos\ta b\n", "line 1: got the header 'label");
  folder.write("n.test.txt", "very bad film\n");
  test::check_refused([&] { read_dataset(train); },
                      {"n.test.txt: line 1: got no tab, want one behind the label as in the other lines"});
}

TEST_CASE("a text file by itself keeps all its words") {
  const TempFolder folder;
  const Dataset alone = read_dataset(folder.write("q.test.txt", "a once twice twice\n"));
  CHECK(alone.feature_names == std::vector<std::string>{"<unknown>", "twice", "once"});
  CHECK(alone.splits.empty());
  const Dataset named = read_dataset(folder.write("own.labelled.txt", "a x\nb x\n"));
  CHECK(named.name == "own");
  CHECK(named.examples() == 2);
  const Dataset train = read_dataset(folder.write("r.train.txt", "a x x\n"));
  REQUIRE(train.notes.size() == 1);
  CHECK(train.notes[0].find("r.test.txt") != std::string::npos);
}

TEST_CASE("a line without words is refused with its number") {
  const TempFolder folder;
  const auto path = folder.write("q.train.txt", "a x\nb\n");
  test::check_refused([&] { read_dataset(path); }, {"q.train.txt: line 2", "got 1 words", "want a label"});
}

TEST_CASE("texts as CSV are refused with the way out") {
  const TempFolder folder;
  const auto refused_text = [&](const std::string& text, const std::string& why) {
    const auto path = folder.write("q.train.txt", text);
    test::check_refused([&] { read_dataset(path); }, {"q.train.txt: line 1: got '" + why});
  };
  refused_text("pos,\"the a cat\"\nneg,\"no cat\"\n",
               "pos,\"the', a label with a comma behind it as in CSV, want a blank");
  refused_text("label,text\npos,the a cat\n", "label,text', a label with a comma");
  CHECK(read_dataset(folder.write("q.train.txt", "0,5 good\n1,5 good\n")).examples() == 2);
  CHECK(read_dataset(folder.write("q.train.txt", "a good\na,b good\n")).examples() == 2);
}

TEST_CASE("TREC has its facts" * doctest::skip(test::absent)) {
  const nlohmann::json facts = test::facts_of("text");
  const Dataset set = read_dataset(test::datasets + "/text/TREC");
  CHECK(set.name == "TREC");
  CHECK(set.splits.at(0).train.size() == facts.at("TREC.train.all").at("lines").get<std::size_t>());
  CHECK(set.splits.at(0).test.size() == facts.at("TREC.test.all").at("lines").get<std::size_t>());
  nlohmann::json classes = nlohmann::json::object();
  for (const Node a : set.splits.at(0).train) {
    const std::string& name = set.class_names.at(static_cast<std::size_t>(set.labels[static_cast<std::size_t>(a)]));
    classes[name] = classes.value(name, 0) + 1;
  }
  CHECK(classes == facts.at("TREC.train.all").at("class_histogram"));
}

TEST_CASE("tokens take the columns of another vocabulary") {
  const TempFolder folder;
  const Dataset data = read_dataset(folder.write("q.test.txt", "a it IS new\n"));
  const Dataset moved = with_vocabulary(data, {"<unknown>", "is", "was", "it"});
  CHECK(tokens_of(moved) == std::vector<Node>{3, 1, 0});
  CHECK(moved.feature_count() == 4);
  REQUIRE(moved.notes.size() == 1);
  CHECK(moved.notes[0].starts_with("1 of 3 words"));
  CHECK_THROWS_WITH_AS(with_vocabulary(data, {"is"}), doctest::Contains("<unknown>"), ValueError);
  CHECK_THROWS_WITH_AS(with_vocabulary(Dataset{}, {"<unknown>"}), doctest::Contains("want sequences of tokens"),
                       ValueError);
}
