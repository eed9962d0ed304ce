#include "training/tensor_header.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {
namespace {

constexpr std::size_t largest_rank = 16;

/// Builds a header from the events of a JSON parser. It stores only the header, so that memory stays below a small
/// multiple of any text. Throws on everything that isn't part of a header.
class HeaderReader {
 public:
  using Json = nlohmann::json;

  explicit HeaderReader(const std::filesystem::path& path) : path_(path) {}

  bool null() { unexpected("null"); }
  bool boolean(bool) { unexpected("true or false"); }
  bool number_integer(Json::number_integer_t value) { unexpected(std::to_string(value)); }
  bool number_float(Json::number_float_t, const Json::string_t& text) { unexpected(text); }
  bool binary(Json::binary_t&) { unexpected("binary data"); }

  bool number_unsigned(Json::number_unsigned_t value) {
    if (place_ != Place::shape && place_ != Place::offsets) unexpected(std::to_string(value));
    auto& numbers = place_ == Place::shape ? shape_ : offsets_;
    if (numbers.size() == largest_rank) fail(what() + ": got more than " + std::to_string(largest_rank) + " numbers");
    numbers.push_back(value);
    return true;
  }

  bool string(Json::string_t& text) {
    if (place_ == Place::metadata_value) {
      header_.metadata.emplace(name_, std::move(text));
      place_ = Place::metadata;
    } else if (place_ == Place::dtype) {
      entry_.dtype = std::move(text);
      place_ = Place::entry;
    } else {
      unexpected("a text");
    }
    return true;
  }

  bool start_object(std::size_t) {
    if (place_ == Place::start)
      place_ = Place::names;
    else if (place_ == Place::name_given && name_ == "__metadata__")
      place_ = Place::metadata;
    else if (place_ == Place::name_given)
      place_ = Place::entry;
    else
      unexpected("an object");
    return true;
  }

  bool key(Json::string_t& text) {
    if (place_ == Place::names) {
      if (header_.entries.contains(text) || (text == "__metadata__" && metadata_seen_))
        fail("header: " + in_quotes(text) + " stands there twice");
      metadata_seen_ = metadata_seen_ || text == "__metadata__";
      name_ = std::move(text);
      place_ = Place::name_given;
    } else if (place_ == Place::metadata) {
      if (header_.metadata.contains(text)) fail("header: __metadata__: " + in_quotes(text) + " stands there twice");
      name_ = std::move(text);
      place_ = Place::metadata_value;
    } else {
      begin_field(text);
    }
    return true;
  }

  bool start_array(std::size_t) {
    if (place_ != Place::shape_next && place_ != Place::offsets_next) unexpected("a list");
    place_ = place_ == Place::shape_next ? Place::shape : Place::offsets;
    return true;
  }

  bool end_array() {
    place_ = Place::entry;
    return true;
  }

  bool end_object() {
    if (place_ == Place::entry) end_entry();
    place_ = place_ == Place::names ? Place::end : Place::names;
    return true;
  }

  bool parse_error(std::size_t byte_number, const std::string&, const nlohmann::detail::exception&) {
    fail("header: no valid JSON at byte " + std::to_string(byte_number));
  }

  TensorHeader take() { return std::move(header_); }

 private:
  enum class Place {
    start,
    names,
    name_given,
    metadata,
    metadata_value,
    entry,
    dtype,
    shape_next,
    shape,
    offsets_next,
    offsets,
    end
  };

  [[noreturn]] void fail(const std::string& message) const { throw FileError(path_.string() + ": " + message); }
  [[noreturn]] void unexpected(const std::string& came) const {
    fail(what() + ": got " + in_quotes(came) + ", want " + wanted());
  }

  std::string what() const {
    switch (place_) {
      case Place::start:
      case Place::names:
      case Place::end:
        return "header";
      case Place::metadata:
      case Place::metadata_value:
        return "header: __metadata__";
      default:
        return "header: tensor " + in_quotes(name_);
    }
  }

  const char* wanted() const {
    switch (place_) {
      case Place::metadata_value:
      case Place::dtype:
        return "a text";
      case Place::shape:
      case Place::offsets:
        return "a whole number";
      case Place::shape_next:
      case Place::offsets_next:
        return "a list";
      default:
        return "an object";
    }
  }

  void begin_field(const std::string& field) {
    constexpr std::pair<const char*, Place> fields[] = {
        {"dtype", Place::dtype}, {"shape", Place::shape_next}, {"data_offsets", Place::offsets_next}};
    for (std::size_t f = 0; f < std::size(fields); ++f) {
      if (field != fields[f].first) continue;
      if (seen_[f]) fail(what() + ": " + in_quotes(field) + " stands there twice");
      seen_[f] = true;
      place_ = fields[f].second;
      return;
    }
    fail(what() + ": got " + in_quotes(field) + ", want dtype, shape and data_offsets");
  }

  void end_entry() {
    if (!seen_[0] || !seen_[1] || !seen_[2]) fail(what() + ": want dtype, shape and data_offsets");
    if (entry_.dtype != "F32" && entry_.dtype != "F64")
      fail(what() + ": dtype: got " + in_quotes(entry_.dtype) + ", want F32 or F64");
    if (offsets_.size() != 2 || offsets_[0] > offsets_[1])
      fail(what() + ": data_offsets: want two numbers that don't fall");
    entry_.first = offsets_[0];
    entry_.last = offsets_[1];
    // each factor is compared with the size by the offsets, so that the product can't overflow
    std::uint64_t bytes = entry_.width();
    if (std::ranges::find(shape_, 0u) != shape_.end()) bytes = 0;
    for (const std::uint64_t extent : shape_) {
      if (extent > static_cast<std::uint64_t>(std::numeric_limits<Index>::max())) fail(what() + ": shape: too large");
      if (bytes != 0 && extent > (entry_.last - entry_.first) / bytes) wrong_size();
      bytes *= extent;
      entry_.shape.push_back(static_cast<Index>(extent));
    }
    if (bytes != entry_.last - entry_.first) wrong_size();
    header_.entries.emplace(name_, std::exchange(entry_, {}));
    shape_.clear();
    offsets_.clear();
    seen_[0] = seen_[1] = seen_[2] = false;
  }

  [[noreturn]] void wrong_size() const {
    fail(what() + ": data_offsets hold " + std::to_string(entry_.last - entry_.first) +
         " bytes, its shape wants another number");
  }

  std::filesystem::path path_;
  TensorHeader header_;
  Place place_ = Place::start;
  std::string name_;
  TensorEntry entry_;
  std::vector<std::uint64_t> shape_, offsets_;
  bool seen_[3] = {};  // dtype, shape, data_offsets
  bool metadata_seen_ = false;
};

/// Throws unless the entries, in the order of their offsets, cover the bytes from 0 to the end without gaps.
void require_no_gaps(const std::filesystem::path& path, const TensorHeader& header, std::uint64_t data_bytes) {
  std::vector<std::pair<std::pair<std::uint64_t, std::uint64_t>, const std::string*>> places;
  for (const auto& [name, entry] : header.entries)
    places.push_back({{entry.first, entry.last}, &name});
  std::ranges::sort(places);
  std::uint64_t end = 0;
  for (const auto& [bytes, name] : places) {
    if (bytes.first != end || bytes.second > data_bytes)
      throw FileError(path.string() + ": header: tensor " + in_quotes(*name) + ": data_offsets: got " +
                      std::to_string(bytes.first) + " to " + std::to_string(bytes.second) + ", want from " +
                      std::to_string(end) + " to at most " + std::to_string(data_bytes));
    end = bytes.second;
  }
  if (end != data_bytes)
    throw FileError(path.string() + ": the tensors end at byte " + std::to_string(end) + " of the data, the file has " +
                    std::to_string(data_bytes));
}

}  // namespace

TensorHeader parse_tensor_header(const std::filesystem::path& path, const std::string& text, std::uint64_t data_bytes) {
  HeaderReader reader(path);
  nlohmann::json::sax_parse(text, &reader);
  TensorHeader header = reader.take();
  require_no_gaps(path, header, data_bytes);
  return header;
}

std::string to_json(const TensorHeader& header) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (!header.metadata.empty()) json["__metadata__"] = header.metadata;
  for (const auto& [name, entry] : header.entries)
    json[name] = {{"dtype", entry.dtype}, {"shape", entry.shape}, {"data_offsets", {entry.first, entry.last}}};
  std::string text;
  try {
    text = json.dump();
  } catch (const nlohmann::json::type_error&) {
    throw ValueError("[save_tensors] a name or a text of the metadata is not UTF-8");
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

}  // namespace mercer
