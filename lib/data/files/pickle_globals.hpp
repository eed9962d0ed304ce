#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "data/files/pickle.hpp"

namespace mercer {

/// The object "MODULE NAME" that a pickle may name; nothing for all others.
std::optional<PickleValue> pickle_global(std::string_view module, std::string_view name, PickleHeap& heap);

/// What a file is to hold in place of a known object that is not read; empty for all others.
std::string_view instead_of(std::string_view module, std::string_view name);

/// What the named object makes of these arguments; nothing when it can't be called with them. Nothing is run.
std::optional<PickleValue> pickle_call(const PickleObject& global, const std::vector<PickleValue>& arguments,
                                       PickleHeap& heap);

/// An object of this class without a state yet; nothing for what is no such class.
std::optional<PickleValue> pickle_instance(const PickleObject& global, PickleHeap& heap);

/// Gives an object its state; false when it doesn't fit.
bool pickle_state(PickleObject& object, const PickleValue& state, PickleHeap& heap);

}  // namespace mercer
