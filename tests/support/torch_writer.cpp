#include "support/torch_writer.hpp"

#include "support/bad_files.hpp"

namespace mercer::test {
namespace {

std::string pickled_tuple(const Lengths& items) {
  std::string body = "(";
  for (const std::int32_t item : items)
    body += pickled(item);
  return body + "t";
}

}  // namespace

std::string pickled_tensor(const std::string& storage, const std::string& key, std::int32_t items, std::int32_t offset,
                           const Lengths& shape, const Lengths& stride) {
  return pickled_global("torch._utils", "_rebuild_tensor_v2") + "((" + pickled(std::string("storage")) +
         pickled_global("torch", storage) + pickled(key) + pickled(std::string("cpu")) + pickled(items) + "tQ" +
         pickled(offset) + pickled_tuple(shape) + pickled_tuple(stride) + "\x89" +
         pickled_global("collections", "OrderedDict") + ")RtR";
}

std::string pickled_entry(const std::string& name, const std::string& value) { return pickled(name) + value; }

std::filesystem::path write_torch(const std::filesystem::path& file, const std::string& body, const Members& storages) {
  Members members{{"some/data.pkl", pickle(body)}};
  for (const auto& [key, bytes] : storages)
    members.emplace_back("some/data/" + key, bytes);
  write_zip(file, members);
  return file;
}

std::filesystem::path write_state(const std::filesystem::path& file, const std::vector<TorchTensor>& tensors) {
  std::string body = pickled_global("collections", "OrderedDict") + ")R(";
  Members storages;
  for (const TorchTensor& tensor : tensors) {
    Lengths stride(tensor.shape.size(), 1);
    for (std::size_t d = stride.size(); d-- > 1;)
      stride[d - 1] = stride[d] * tensor.shape[d];
    const std::string key = std::to_string(storages.size());
    body += pickled_entry(
        tensor.name,
        pickled_tensor("FloatStorage", key, static_cast<std::int32_t>(tensor.items.size()), 0, tensor.shape, stride));
    storages.emplace_back(key, raw(tensor.items));
  }
  return write_torch(file, body + "u", storages);
}

}  // namespace mercer::test
