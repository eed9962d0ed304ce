#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>

/// The one way to write an output. Every function throws FileError "FILE: what: cause"; WriteError where the name and
/// the place are in order. A name that ends as a packed file's (.gz, .zip …) is refused: what is written is plain.
namespace mercer {

/// Appends bytes to a file; throws FileError.
using Write = std::function<void(std::span<const std::byte>)>;

/// Calls fill(write) on FILE.part beside the target and renames that to the target when it is completely on disk: the
/// target is then either unchanged or complete, even after a power cut. A link is followed and its target replaced; a
/// device, a pipe and an open file (/dev/stdout, /proc/self/fd/1) are written to as they are. Writers of one target
/// take turns, and the FILE.part of a process that died is written over. Throws also what `fill` throws.
void write_whole(const std::filesystem::path& path, const std::function<void(const Write&)>& fill);
void write_whole(const std::filesystem::path& path, std::string_view text);

/// Calls fill(part) on the new folder FOLDER.part and renames that to FOLDER, which must not exist. Throws also what
/// `fill` throws; nothing is left then.
void write_whole_folder(const std::filesystem::path& folder,
                        const std::function<void(const std::filesystem::path& part)>& fill);

/// Removes the FILE.part that a process left which died while it wrote the target; not one that is being written.
void clear_part(const std::filesystem::path& path);

/// Throws unless write_whole() could begin with `path`; writes nothing.
void check_writable(const std::filesystem::path& path);

/// Creates the folder and its parents.
void make_folder(const std::filesystem::path& folder);

/// Is there something at the path? False for a link to nothing. Throws when that can't be known: a name that is too
/// long, a loop of links, a folder that may not be read.
bool file_exists(const std::filesystem::path& path);

}  // namespace mercer
