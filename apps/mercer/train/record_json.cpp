#include "train/record_json.hpp"

#include "mercer/base/check.hpp"

namespace mercer::program {

namespace {

/// Calls visit(name, field) for every score; `result` may be const or not.
template <class Result, class Visit>
void for_each_score(Result&& result, Visit&& visit) {
  visit("seed", result.seed);
  visit("split", result.split);
  visit("epochs", result.epochs);
  visit("best_epoch", result.best_epoch);
  visit("ended", result.ended);
  visit("note", result.note);
  visit("train_accuracy", result.train_accuracy);
  visit("validation_accuracy", result.validation_accuracy);
  visit("test_accuracy", result.test_accuracy);
  visit("validation_metric", result.validation_metric);
  visit("test_metric", result.test_metric);
  visit("test_loss", result.test_loss);
  visit("guarded", result.guarded);
}

EpochRow row_from(const Json& json) {
  require(json.is_array() && json.size() == 5, "history", "want 5 numbers an epoch");
  const auto number = [&](std::size_t at) { return value_from<double>(json[at], "history"); };
  return {value_from<int>(json[0], "history"), number(1), number(2), number(3), number(4)};
}

}  // namespace

Json scores_json(const SeedResult& result) {
  Json json;
  for_each_score(result, [&](const char* name, const auto& field) { json[name] = field; });
  return json;
}

Json json_of(const SeedResult& result) {
  Json json = scores_json(result), history = Json::array();
  for (const EpochRow& row : result.history)
    history.push_back({row.epoch, row.train_loss, row.validation_loss, row.validation_metric, row.milliseconds});
  json["history"] = std::move(history);
  json["confusion"] = result.confusion;
  return json;
}

SeedResult result_from(const Json& json) {
  SeedResult result;
  for_each_score(result, [&]<class T>(const char* name, T& field) { field = member<T>(json, name); });
  for (const Json& row : part(json, "history"))
    result.history.push_back(row_from(row));
  for (const Json& count : part(json, "confusion"))
    result.confusion.push_back(value_from<Index>(count, "confusion"));
  return result;
}

}  // namespace mercer::program
