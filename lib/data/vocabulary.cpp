#include "mercer/data/vocabulary.hpp"

#include <numeric>
#include <unordered_map>
#include <utility>

#include "mercer/base/check.hpp"

namespace mercer {

bool has_tokens(const Dataset& data) {
  return data.has_items() && !data.feature_names.empty() && data.feature_names.front() == unknown_word &&
         std::holds_alternative<SparseMatrix>(data.features);
}

Dataset with_vocabulary(Dataset data, const std::vector<std::string>& words) {
  require(has_tokens(data), "with_vocabulary", data.name + ": want sequences of tokens");
  require(!words.empty() && words.front() == unknown_word, "with_vocabulary",
          "words: want the first to be " + std::string(unknown_word));
  std::unordered_map<std::string_view, Node> column;
  for (std::size_t c = 0; c < words.size(); ++c)
    column.emplace(words[c], static_cast<Node>(c));
  std::vector<Node> place;  // of each column of the data
  for (const std::string& word : data.feature_names) {
    const auto found = column.find(word);
    place.push_back(found == column.end() ? 0 : found->second);
  }
  const SparseMatrix& x = std::get<SparseMatrix>(data.features);
  std::vector<Node> tokens;
  Index lacking = 0;
  for (const Node old : x.column()) {
    tokens.push_back(place[static_cast<std::size_t>(old)]);
    lacking += tokens.back() == 0 ? 1 : 0;
  }
  if (lacking > 0)
    data.notes.push_back(std::to_string(lacking) + " of " + std::to_string(tokens.size()) +
                         " words are unknown to the model");
  std::vector<Edge> offset(x.offset().begin(), x.offset().end());
  data.features = SparseMatrix(x.rows(), static_cast<Index>(words.size()), std::move(offset), std::move(tokens),
                               std::vector<Real>(x.value().begin(), x.value().end()));
  data.feature_names = words;
  return data;
}

}  // namespace mercer
