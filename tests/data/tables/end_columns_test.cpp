// Which columns of a table of edges are the ends.
#include <string>

#include "data/texts.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::refused_texts;

namespace {

/// The first edge of a directed table, whose nodes are 0 … 3, as "SOURCE>TARGET".
std::string first_edge(const std::string& header, const std::string& first, const std::string& others = "") {
  const Dataset data = read_texts(
      {{"edges.csv", "# directed\n" + header + "\n" + first + "\n" + others}, {"labels.txt", "a\nb\na\nb\n"}});
  const auto offset = data.graph.offset();
  const auto neighbour = data.graph.neighbour();
  for (std::size_t i = 0; i + 1 < offset.size(); ++i)
    if (offset[i] < offset[i + 1])
      return std::to_string(neighbour[static_cast<std::size_t>(offset[i])]) + ">" + std::to_string(i);
  return {};
}

}  // namespace

TEST_CASE("the ends are the pair of known names, wherever they stand") {
  CHECK(first_edge("start,source,target", "0,1,2") == "1>2");
  CHECK(first_edge("i,source,target", "0,1,2") == "1>2");
  CHECK(first_edge("from,to,sender,receiver", "2000,2010,1,2") == "1>2");
  CHECK(first_edge("dest,origin", "2,1") == "1>2");
  CHECK(first_edge("year,origin,dest", "2,0,3") == "0>3");
  CHECK(first_edge("id,parent,child", "0,1,3") == "1>3");
  CHECK(first_edge("~id,~from,~to,~label", "e1,1,2,knows") == "1>2");
  CHECK(first_edge(":START_ID(Person),:END_ID(Person),:TYPE", "1,2,KNOWS") == "1>2");
  CHECK(first_edge("start,end,start_id,end_id", "10,11,1,2") == "1>2");
  CHECK(first_edge("source_name,target_name,source_id,target_id", "x,y,1,2") == "1>2");
  CHECK(first_edge("destination_airport_id,source_airport_id", "2,1") == "1>2");
  CHECK(first_edge("source,dst,to", "1,2,0") == "1>2");
  CHECK(first_edge("citing_paper_id,cited_paper_id", "1,2") == "1>2");
}

TEST_CASE("two pairs of known names that are as good are refused") {
  refused_texts({{"edges.csv", "source,target,sender,receiver\n0,1,2,3\n"}},
                "edges.csv: two pairs of columns may be the ends of the edges: 'source,target' and 'sender,receiver'");
  refused_texts({{"edges.csv", "source,target,source,target\n0,1,2,3\n"}}, "two pairs of columns");
}

TEST_CASE("a known name stands for its own end alone") {
  CHECK(first_edge("airport,origin", "2,1") == "1>2");
  CHECK(first_edge("dest,airport,weight", "2,1,7") == "1>2");
  CHECK(first_edge("id,target", "1,2") == "1>2");
  CHECK(first_edge("id,parent_id", "2,1") == "1>2");
  refused_texts({{"edges.csv", "year,city,dest\n0,1,2\n"}},
                "edges.csv: the column dest is called as the target of an edge, and none as the source");
}

TEST_CASE("ids of edges and counts of rows are no ends") {
  CHECK(first_edge("edge_id,person1,person2", "0,1,2") == "1>2");
  CHECK(first_edge("id,person1,person2", "0,1,2") == "1>2");
  CHECK(first_edge("index,a,b", "0,1,2", "1,2,3\n2,3,2\n3,1,2\n") == "1>2");
  CHECK(first_edge("id,friend,since", "1,2,2") == "1>2");
  const Dataset guessed = read_texts({{"edges.csv", "edge_id,a,b\n0,1,2\n"}});
  CHECK(has_note(guessed, "a is taken as the source, b as the target"));
}

TEST_CASE("ids of two kinds that are the same numbers are refused") {
  for (const char* header :
       {"user_id,item_id", "userId,movieId", "author,paper", "doctor_id,patient_id", ":START_ID(User),:END_ID(Movie)"})
    refused_texts({{"edges.csv", std::string(header) + "\n1,1\n1,2\n2,1\n3,4\n"}}, "would be one node");
  refused_texts({{"edges.csv", "user_id,item_id\n1,3\n1,2\n2,3\n"}},
                "edges.csv: 2 of column user_id and 2 of column item_id would be one node, though the names tell two "
                "kinds of them; want ids that tell the kinds apart, as u2 and i2, or the header source,target");
  for (const char* header : {"person1,person2", "source_id,target_id", "user_id,friend_id", "paper_id,cited_paper_id",
                             "home_team_id,away_team_id", "id,user_id", ":START_ID(User),:END_ID(User)", "von,nach"})
    CHECK(read_texts({{"edges.csv", std::string(header) + "\n1,1\n1,2\n2,1\n3,4\n"}}).nodes() == 4);
  CHECK(read_texts({{"edges.csv", "user_id,item_id\n0,3\n1,2\n"}}).nodes() == 4);
  CHECK(read_texts({{"edges.csv", "user_id,item_id\nu1,i1\nu1,i2\n"}}).nodes() == 3);
}
