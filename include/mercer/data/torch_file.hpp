#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mercer/data/npz.hpp"

namespace mercer {

/// The tensors of a file of PyTorch's torch.save (a zip archive with a pickle data.pkl): a dictionary of tensors, such
/// as a state_dict, or a Data of PyTorch Geometric. Numpy arrays of numbers in it are tensors, too. Nothing in the file
/// is executed; objects other than tensors, numbers, texts, lists and dictionaries are refused by name. The constructor
/// reads the pickle; at() a tensor.
class TorchFile {
 public:
  explicit TorchFile(const std::filesystem::path& file);  // throws FileError
  TorchFile(TorchFile&&) noexcept;
  TorchFile& operator=(TorchFile&&) noexcept;
  ~TorchFile();

  const std::filesystem::path& file() const&;
  bool is_data() const;                             // PyTorch Geometric's Data, or a set of one
  const std::vector<std::string>& names() const&;   // of the tensors; of nested dictionaries "model.conv.weight"
  const std::vector<std::string>& others() const&;  // names of what is no tensor
  std::filesystem::path file() && { return std::as_const(*this).file(); }
  std::vector<std::string> names() && { return std::as_const(*this).names(); }
  std::vector<std::string> others() && { return std::as_const(*this).others(); }
  bool contains(const std::string& name) const;                 // a tensor
  std::optional<Index> integer(const std::string& name) const;  // of what is an integer and no tensor
  /// What stands there in place of a tensor, "a list of Python"; empty for a tensor, for None and for nothing.
  std::string other_kind(const std::string& name) const;
  std::vector<Index> shape(const std::string& name) const;

  /// The items in C order. Throws FileError when there is no such tensor, or its storage is missing, damaged or of
  /// numbers that are not read (16 bits).
  NpyArray at(const std::string& name) const;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

/// True for a zip archive with a data.pkl.
bool is_torch_file(const std::filesystem::path& file);

}  // namespace mercer
