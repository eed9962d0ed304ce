#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/data/write.hpp"
#include "support/files.hpp"

using namespace mercer;
using test::TempFolder;
namespace fs = std::filesystem;

namespace {

/// Sets $MERCER_DATASETS and a working folder without datasets/ during a test.
class SearchIn {
 public:
  explicit SearchIn(const std::string& folders) : before_(fs::current_path()) {
    setenv("MERCER_DATASETS", folders.c_str(), 1);
    fs::current_path(elsewhere_.path());
  }
  ~SearchIn() {
    unsetenv("MERCER_DATASETS");
    fs::current_path(before_);
  }
  SearchIn(const SearchIn&) = delete;
  SearchIn& operator=(const SearchIn&) = delete;
  const fs::path& here() const { return elsewhere_.path(); }

 private:
  TempFolder elsewhere_;
  fs::path before_;
};

/// Two collections that both hold "cora" and other sets. The search reads names only.
struct Library {
  TempFolder root;
  Library() {
    for (const char* folder : {"planetoid", "archives"})
      fs::create_directory(root.path() / folder);
    for (const char* file : {"planetoid/ind.cora.graph", "planetoid/ind.cora.x", "planetoid/ind.pubmed.graph",
                             "archives/cora.npz", "archives/texas.npz", "papers.content", "papers.cites", "stray.bin"})
      root.write(file, "x");
    write_dataset(karate(), root.path() / "karate");
  }
};

}  // namespace

TEST_CASE("a name is found in the folders and one level below") {
  const Library library;
  const SearchIn search("/nowhere:" + library.root.path().string() + "/:");
  CHECK(find_dataset("karate") == library.root.path() / "karate");
  CHECK(fs::equivalent(find_dataset("texas"), library.root.path() / "archives/texas.npz"));
  CHECK(find_dataset("pubmed").filename() == "ind.pubmed");
  CHECK(find_dataset("papers").filename() == "papers.content");
  CHECK(find_dataset("planetoid/cora").filename() == "ind.cora");
  CHECK(find_dataset("archives/cora").filename() == "cora.npz");
  CHECK(known_datasets() ==
        std::vector<std::string>{"archives/cora", "planetoid/cora", "karate", "papers", "pubmed", "texas"});
}

TEST_CASE("a link that leads nowhere hides no other set") {
  const Library library;
  fs::create_symlink("loop", library.root.path() / "loop");
  fs::create_symlink("nothing", library.root.path() / "loose.npz");
  const SearchIn search(library.root.path().string());
  CHECK(find_dataset("karate") == library.root.path() / "karate");
  CHECK(known_datasets().size() >= 6);
  for (const std::string& name : {library.root.path().string() + "/loop", std::string(300, 'n')})
    CHECK_THROWS_AS(load_dataset(name), FileError);
}

TEST_CASE("a folder that can't be looked at hides no other set, and is named") {
  const Library library;
  fs::create_directory(library.root.path() / "odd");
  fs::create_symlink("out1_node_feature_label.txt", library.root.path() / "odd/out1_node_feature_label.txt");  // a loop
  const SearchIn search(library.root.path().string());
  CHECK(find_dataset("karate") == library.root.path() / "karate");
  CHECK(known_datasets().size() == 6);
  REQUIRE(unreadable_datasets().size() == 1);
  CHECK(unreadable_datasets()[0].path == library.root.path() / "odd");
  CHECK_THROWS_WITH_AS(find_dataset("odd"), doctest::Contains("odd/out1_node_feature_label.txt: "), FileError);
  CHECK_THROWS_WITH_AS(find_dataset("od"), doctest::Contains("no data set has this name; known: "), FileError);
}

TEST_CASE("a set of one's own with the name of a built-in one is noted") {
  const Library library;
  const SearchIn search(library.root.path().string());
  const std::string own = (library.root.path() / "karate").string();
  CHECK(load_dataset("karate").notes.back() ==
        "karate is the built-in set; your own of that name is " + own + ", want it by this path");
  CHECK(own_dataset("planted").empty());
  write_dataset(karate(), search.here() / "planted");
  CHECK(load_dataset("planted").notes.back().find("your own of that name is ./planted, want") != std::string::npos);
}

TEST_CASE("a name that is cut short, or of a folder that is, leads to the sets that it may mean") {
  const Library library;
  const SearchIn search(library.root.path().string());
  const auto refused = [](const std::string& name, const std::string& meant) {
    CHECK_THROWS_WITH_AS(find_dataset(name), doctest::Contains(("did you mean " + meant + "?").c_str()), FileError);
  };
  refused("pl/pubmed", "pubmed");
  refused("pl/cora", "archives/cora or planetoid/cora");
  refused("planetoid/co", "planetoid/cora");
  refused("pub", "pubmed");
  refused("arch", "archives/cora or texas");
}

TEST_CASE("datasets/ is searched without being named, and a set that is reached twice is one") {
  const Library library;
  const SearchIn search(library.root.path().string() + ":datasets");
  fs::create_directory_symlink(library.root.path(), search.here() / "datasets");
  CHECK(find_dataset("karate").filename() == "karate");
  CHECK(known_datasets().size() == 6);
  unsetenv("MERCER_DATASETS");
  CHECK(find_dataset("karate").filename() == "karate");
}

TEST_CASE("an existing path or prefix is itself") {
  const Library library;
  const SearchIn search(library.root.path().string());
  const fs::path archive = library.root.path() / "archives/cora.npz",
                 prefix = library.root.path() / "planetoid/ind.cora";
  CHECK(find_dataset(archive.string()) == archive);
  CHECK(find_dataset(prefix.string()) == prefix);
  CHECK(find_dataset((library.root.path() / "papers").string()) == library.root.path() / "papers");
}

TEST_CASE("several matches are listed with their differences") {
  const Library library;
  const SearchIn search(library.root.path().string());
  CHECK_THROWS_WITH_AS(find_dataset("cora"), doctest::Contains("several data sets have this name: archives/cora ("),
                       FileError);
  CHECK_THROWS_WITH_AS(find_dataset("cora"), doctest::Contains("planetoid/cora ("), FileError);
}

TEST_CASE("no match suggests the nearest names, or lists all") {
  const Library library;
  const SearchIn search(library.root.path().string());
  CHECK_THROWS_WITH_AS(find_dataset("karatte"), "karatte: no data set has this name; did you mean karate?", FileError);
  CHECK_THROWS_WITH_AS(find_dataset("amazon"), doctest::Contains("known: archives/cora"), FileError);
  CHECK_THROWS_WITH_AS(find_dataset("cors"), doctest::Contains("did you mean archives/cora or planetoid/cora?"),
                       FileError);
  CHECK_THROWS_WITH_AS(find_dataset("planetoid"), doctest::Contains("no data set has this name"), FileError);
  CHECK_THROWS_AS(find_dataset(""), FileError);
  CHECK_THROWS_AS(find_dataset(std::string(5000, 'x')), FileError);
}

TEST_CASE("a path at which nothing is gets no list of names, but what is beside it") {
  const Library library;
  const SearchIn search(library.root.path().string());
  const std::string root = fs::canonical(library.root.path()).string();
  CHECK_THROWS_WITH_AS(
      find_dataset(root + "/karatte"),
      (root + "/karatte: there is no such file or folder; beside it there is " + root + "/karate").c_str(), FileError);
  for (const std::string& path : {root + "/planetoid/far", root + "/none/papers", std::string("./nothing-near-this"),
                                  std::string("../none/papers")})
    CHECK_THROWS_WITH_AS(find_dataset(path), (path + ": there is no such file or folder").c_str(), FileError);
}

TEST_CASE("a name without a data set is offered one of a near name in the folder") {
  const SearchIn search("");
  write_dataset(karate(), "friends");
  fs::create_directories("deep/other");
  write_dataset(karate(), "deep/friends");
  std::ofstream("frands") << "x";
  CHECK_THROWS_WITH_AS(find_dataset("frends"), doctest::Contains("did you mean friends?"), FileError);
  CHECK_THROWS_WITH_AS(find_dataset("deep/frends"), doctest::Contains("did you mean deep/friends?"), FileError);
  CHECK_THROWS_WITH_AS(
      find_dataset("nothing"),
      doctest::Contains("nothing: no data set has this name; a data set of your own is given by its path"), FileError);
}

TEST_CASE("without any data set, the message explains where they are searched") {
  const SearchIn search("");
  CHECK_THROWS_WITH_AS(find_dataset("cora"), doctest::Contains("or MERCER_DATASETS names the folder of several"),
                       FileError);
  CHECK(known_datasets().empty());
}

TEST_CASE("a path that is no data set is refused with the accepted forms") {
  const Library library;
  CHECK_THROWS_WITH_AS(read_dataset(library.root.path() / "nothing"), doctest::Contains("no such file or folder"),
                       FileError);
  CHECK_THROWS_WITH_AS(read_dataset(library.root.path() / "stray.bin"),
                       doctest::Contains("stray.bin: begins with 'x', want"), FileError);
  CHECK_THROWS_WITH_AS(read_dataset(library.root.path() / "planetoid"),
                       doctest::Contains("holds several data sets: cora, pubmed"), FileError);
  CHECK_THROWS_WITH_AS(read_dataset(library.root.path() / "archives/cora.npz"), doctest::Contains("begins with 'x'"),
                       FileError);
  fs::create_directory(library.root.path() / "empty");
  CHECK_THROWS_WITH_AS(read_dataset(library.root.path() / "empty"), doctest::Contains("holds no data set"), FileError);
  CHECK(read_dataset(library.root.path() / "karate" / "edges.txt").nodes() == 34);
}
