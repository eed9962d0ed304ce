// Randomly changed text files are read or refused, with bounded memory.
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"
#include "mercer/data/read.hpp"
#include "support/files.hpp"
#include "support/gzip.hpp"

using namespace mercer;
using test::TempFolder;

namespace {

using Files = std::map<std::string, std::string>;

/// One to four changes: a flipped bit, a special byte, a cut, a repeated piece.
std::string changed(std::string text, Random& random) {
  static constexpr char telling[] = "0123456789-+.,:#eE \t\r\nnaif\0\xFF";
  for (std::uint32_t left = 1 + random.below(4); left > 0 && !text.empty(); --left) {
    const std::size_t at = random.below(static_cast<std::uint32_t>(text.size()));
    const std::size_t some = random.below(8);
    switch (random.below(5)) {
      case 0:
        text[at] = static_cast<char>(text[at] ^ (1 << random.below(8)));
        break;
      case 1:
        text[at] = telling[random.below(sizeof telling - 1)];
        break;
      case 2:
        text.insert(at, 1, telling[random.below(sizeof telling - 1)]);
        break;
      case 3:
        text.erase(at, random.below(16) == 0 ? std::string::npos : some);
        break;
      default:
        text.insert(at, text.substr(at, some));
    }
  }
  return text;
}

/// Changes one file of the set at a time; returns the number of sets that are still read.
int survivors(const Files& files, const std::string& path, std::uint64_t seed, int times) {
  const TempFolder folder;
  for (const auto& [name, text] : files)
    folder.write(name, text);
  Random random(seed);
  int read = 0;
  for (int n = 0; n < times; ++n) {
    auto victim = files.begin();
    std::advance(victim, random.below(static_cast<std::uint32_t>(files.size())));
    folder.write(victim->first, changed(victim->second, random));
    try {
      const Dataset data = read_dataset(folder.path() / path);
      REQUIRE(static_cast<Index>(data.labels.size()) == data.nodes());
      REQUIRE(data.feature_count() <= Index{1} << 24);
      ++read;
    } catch (const FileError& refused) {
      REQUIRE(std::string(refused.what()).find(folder.path().string()) != std::string::npos);
    }
    folder.write(victim->first, victim->second);
  }
  return read;
}

const Files plain{{"edges.txt", "0 1\n1 2\n2 0\n3 3\n# end\n2,1\n"},
                  {"features.svmlight", "1:2 3:0.5\n2:1\n\n1:1 2:1 4:-3e2\n"},
                  {"labels.txt", "a\nb\n-\na\n"},
                  {"split.txt", "train none\nval train\nnone none\ntest test\n"},
                  {"nodes.txt", "0\n1\n2\n3\n"}};

}  // namespace

TEST_CASE("plain text with svmlight features") {
  const int read = survivors(plain, "", 1, 2500);
  CHECK(read > 100);
  CHECK(read < 2400);
}

TEST_CASE("plain text with CSV features") {
  Files files = plain;
  files.erase("features.svmlight");
  files.erase("nodes.txt");
  files["features.csv"] = "tall,wide\n1,0\n0.5,-2\n0,3e1\n1,1\n";
  const int read = survivors(files, "", 2, 2500);
  CHECK(read > 100);
  CHECK(read < 2400);
}

TEST_CASE("tables with headers, ids, quotes and weights") {
  const Files files{{"edges.csv", "Source,Target,Weight\n\"a, b\",c,0.5\nc,d,2\nd,\"a, b\",1e-3\n"},
                    {"features.csv", "id;x;y\nc;0,5;1\n\"a, b\";-2;3,25\nd;1;1\n"},
                    {"nodes.csv", "id,label,split\n\"a, b\",u,train\nc,v,val\nd,u,test\n"},
                    {"train_mask.txt.unread", "1\n"}};
  const int read = survivors(files, "", 5, 2500);
  CHECK(read > 50);
  CHECK(read < 2400);
}

TEST_CASE("graphs alone") {
  CHECK(survivors({{"g.graph", "3 2 001\n2 5\n1 5 3 6\n2 6\n"}}, "g.graph", 6, 1500) > 50);
  CHECK(survivors({{"g.mtx", "%%MatrixMarket matrix coordinate real symmetric\n3 3 2\n2 1 0.5\n3 2 4\n"}}, "g.mtx", 7,
                  1500) > 20);
  CHECK(survivors({{"g.txt", "# directed\n0 1\n1 7\n7 900\n"}}, "g.txt", 8, 1500) > 50);
}

TEST_CASE("LINQS text, plain and packed") {
  const std::string content = "p7\t0\t1\t0\tTheory\nq\t1\t0\t0.5\tRules\n12\t0\t0\t0\tTheory\n",
                    cites = "p7\tq\n12\tp7\n";
  CHECK(survivors({{"small.content", content}, {"small.cites", cites}}, "small", 3, 2500) > 100);
  CHECK(survivors({{"small.content.gz", test::gzipped(content)}, {"small.cites", cites}}, "small", 4, 2500) > 100);
}
