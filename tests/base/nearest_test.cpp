#include "mercer/base/nearest.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mercer;

TEST_CASE("the edit distance counts what is inserted, removed, replaced and swapped") {
  CHECK(edit_distance("gat", "gat") == 0);
  CHECK(edit_distance("", "gcn") == 3);
  CHECK(edit_distance("gnc", "gcn") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest name takes the fewest edits") {
  const std::vector<std::string> known{"gat", "gatv2", "gcn", "laplacian", "hidden"};
  CHECK(nearest_name("gatv", known) == "gat");      // one removed; gatv2 is as near and comes later
  CHECK(nearest_name("gatv3", known) == "gatv2");   // one replaced
  CHECK(nearest_name("gnc", known) == "gcn");       // neighbours swapped count once
  CHECK(nearest_name("hiden", known) == "hidden");  // one inserted
  CHECK(nearest_name("lapalcian", known) == "laplacian");
  CHECK(nearest_name("GATv2", known) == "gatv2");  // in any case
}

TEST_CASE("what is far from all has no nearest") {
  const std::vector<std::string> known{"gat", "laplacian"};
  CHECK(nearest_name("transformer", known).empty());
  CHECK(nearest_name("", known).empty());
  CHECK(nearest_name("gat", {}).empty());
}

TEST_CASE("a suggestion names the nearest and lists all") {
  const std::vector<std::string> known{"gat", "gcn"};
  CHECK(suggest("gaat", known) == "did you mean gat? known: gat, gcn");
  CHECK(suggest("transformer", known) == "known: gat, gcn");
  std::vector<std::string> many{"gat", "gcn", "gkat"};
  for (char c = 'a'; c < 'k'; ++c)
    many.emplace_back(10, c);
  CHECK(suggest("gan", many, "ask for all") == "did you mean gat or gcn? ask for all");
  CHECK(suggest("transformer", many, "ask for all") == "ask for all");
  CHECK(suggest("bbb", many, "ask for all") == "did you mean bbbbbbbbbb? ask for all");
  CHECK(suggest("transformer", many).starts_with("known: gat, gcn, gkat, aaaaaaaaaa, "));
  CHECK(suggest("gaat", known, "ask for all") == "did you mean gat? known: gat, gcn");  // few are listed
}
