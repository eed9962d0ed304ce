#include "data/check_parts.hpp"

#include <vector>

#include "data/files/read_file.hpp"

namespace mercer {

void check_parts(const Split& split, Index nodes, const std::filesystem::path& file, const std::string& place) {
  std::vector<bool> is_there(static_cast<std::size_t>(nodes), false);
  for (const std::vector<Node>* part : {&split.train, &split.validation, &split.test})
    for (const Node i : *part) {
      if (is_there[static_cast<std::size_t>(i)])
        refuse_file(file, place,
                    "node " + std::to_string(i) + " stands in more than one of train, validation and test");
      is_there[static_cast<std::size_t>(i)] = true;
    }
}

void refuse_no_train(const std::filesystem::path& file, const std::string& kind, const std::string& train,
                     const std::string& part) {
  refuse_file(file, "",
              "has no " + kind + " " + in_quotes(train) + " beside " + in_quotes(part) + ", want both; without " +
                  in_quotes(part) + " a split is drawn of all nodes");
}

}  // namespace mercer
