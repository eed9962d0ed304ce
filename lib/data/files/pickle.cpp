#include "data/files/pickle.hpp"

#include <optional>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "data/files/pickle_bytes.hpp"
#include "data/files/pickle_globals.hpp"
#include "data/files/read_file.hpp"

namespace mercer {
namespace {

using Kind = PickleObject::Kind;

/// The stack machine of a pickle.
class Machine {
 public:
  Machine(const std::filesystem::path& file, std::string_view bytes, PickleHeap& heap)
      : in_(file, bytes), heap_(heap) {}

  PickleValue run() {
    in_.check_protocol();
    for (;;) {
      const unsigned char opcode = in_.next_opcode();
      if (opcode == STOP) break;
      if (const auto value = in_.literal(opcode))
        push(*value);
      else if (!run_memo(opcode) && !run_container(opcode) && !run_object(opcode))
        fail("opcode " + in_.opcode_text() + " is not among those of this format");
    }
    if (!in_.at_end()) fail("the pickle ends here, the file goes on");
    PickleValue root = pop();
    if (!stack_.empty() || !marks_.empty()) fail("values are left over on the stack");
    return root;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { in_.fail(what); }

  void push(PickleValue value) { stack_.push_back(value); }
  PickleValue pop() {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) fail("the stack is empty");
    const PickleValue top = stack_.back();
    stack_.pop_back();
    return top;
  }
  /// Removes the last mark and returns the values above it.
  std::vector<PickleValue> pop_marked() {
    if (marks_.empty()) fail("there is no mark on the stack");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<PickleValue> values(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return values;
  }
  std::vector<PickleValue> pop_some(std::size_t count) {
    std::vector<PickleValue> values(count);
    while (count-- > 0)
      values[count] = pop();
    return values;
  }
  void push_object(Kind kind, std::string_view name, std::vector<PickleValue> items) {
    push(heap_.add(kind, name, std::move(items)));
  }
  /// The object on top of the stack; the stack is unchanged.
  PickleObject& top(Kind kind, const char* wanted) {
    const PickleValue value = pop();
    push(value);
    const PickleObject* object = object_of(value, kind);
    if (object == nullptr) fail(std::string("works on something else than ") + wanted);
    return const_cast<PickleObject&>(*object);  // heap_ owns it
  }

  bool run_memo(unsigned char opcode) {
    switch (opcode) {
      case FRAME:  // only a hint for reading
        in_.integer(8);
        return true;
      case BINPUT:
        remember(in_.integer(1));
        return true;
      case LONG_BINPUT:
        remember(in_.integer(4));
        return true;
      case MEMOIZE:
        remember(memo_.size());
        return true;
      case BINGET:
        recall(in_.integer(1));
        return true;
      case LONG_BINGET:
        recall(in_.integer(4));
        return true;
      default:
        return false;
    }
  }
  void remember(std::uint64_t key) {
    const PickleValue value = pop();
    push(value);
    memo_[key] = value;
  }
  void recall(std::uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) fail("the memo has no entry " + std::to_string(key));
    push(found->second);
  }

  bool run_container(unsigned char opcode) {
    switch (opcode) {
      case MARK:
        marks_.push_back(stack_.size());
        return true;
      case EMPTY_TUPLE:
        push_object(Kind::tuple, "", {});
        return true;
      case TUPLE1:
        push_object(Kind::tuple, "", pop_some(1));
        return true;
      case TUPLE2:
        push_object(Kind::tuple, "", pop_some(2));
        return true;
      case TUPLE3:
        push_object(Kind::tuple, "", pop_some(3));
        return true;
      case TUPLE:
        push_object(Kind::tuple, "", pop_marked());
        return true;
      case FROZENSET:
        push_object(Kind::list, "", pop_marked());
        return true;
      case EMPTY_LIST:
      case EMPTY_SET:
        push_object(Kind::list, "", {});
        return true;
      case EMPTY_DICT:
        push_object(Kind::dictionary, "", {});
        return true;
      case APPEND:
        extend(Kind::list, "a list", pop_some(1));
        return true;
      case APPENDS:
      case ADDITEMS:
        extend(Kind::list, "a list", pop_marked());
        return true;
      case SETITEM:
        extend(Kind::dictionary, "a dictionary", pop_some(2));
        return true;
      case SETITEMS:
        extend(Kind::dictionary, "a dictionary", pop_marked());
        return true;
      default:
        return false;
    }
  }
  void extend(Kind kind, const char* wanted, const std::vector<PickleValue>& values) {
    if (kind == Kind::dictionary && values.size() % 2 != 0) fail("a key has no value");
    std::vector<PickleValue>& items = top(kind, wanted).items;
    items.insert(items.end(), values.begin(), values.end());
  }

  bool run_object(unsigned char opcode) {
    switch (opcode) {
      case GLOBAL:
        push_global();
        return true;
      case STACK_GLOBAL:
        push_stack_global();
        return true;
      case NEWOBJ:
        make_instance();
        return true;
      case REDUCE:
        call();
        return true;
      case BINPERSID:
        push_storage();
        return true;
      case BUILD:
        give_state();
        return true;
      default:
        return false;
    }
  }
  void push_global() {
    const std::string_view module = in_.line();
    push_named(module, in_.line());
  }
  void push_stack_global() {
    const PickleValue name = pop(), module = pop();
    const auto *name_text = std::get_if<std::string_view>(&name), *module_text = std::get_if<std::string_view>(&module);
    if (name_text == nullptr || module_text == nullptr) fail("a global wants two texts");
    push_named(*module_text, *name_text);
  }
  /// Classes of one's own are most often a model that was saved whole.
  static bool may_be_of_model(std::string_view module) {
    return module.starts_with("torch.nn") || module.starts_with("torch_geometric.nn") || module == "__main__" ||
           module.find("model") != std::string_view::npos;
  }
  void push_named(std::string_view module, std::string_view name) {
    if (const auto global = pickle_global(module, name, heap_)) return push(*global);
    if (const std::string_view instead = instead_of(module, name); !instead.empty()) fail(std::string(instead));
    const std::string both = std::string(module.substr(0, 100)) + " " + std::string(name.substr(0, 100));
    fail("global " + in_quotes(both, 200) +
         " is not among the objects that are read here: numpy arrays, scipy.sparse matrices (csr, csc, coo, lil), "
         "tensors and Data of PyTorch, and lists, sets and dictionaries of numbers" +
         (may_be_of_model(module) ? "; of a model save model.state_dict()" : ""));
  }

  void make_instance() {
    const PickleValue arguments = pop(), callee = pop();
    const PickleObject *tuple = object_of(arguments, Kind::tuple), *global = object_of(callee, Kind::global);
    if (global == nullptr || tuple == nullptr || !tuple->items.empty())
      fail("only a class, and without arguments, can be made here");
    const auto made = pickle_instance(*global, heap_);
    if (!made) fail("'" + std::string(global->name) + "' is no class that can be made here");
    push(*made);
  }

  void call() {
    const PickleValue arguments = pop(), callee = pop();
    const PickleObject *tuple = object_of(arguments, Kind::tuple), *global = object_of(callee, Kind::global);
    if (tuple == nullptr || global == nullptr) fail("a call wants one of the named objects and a tuple");
    const auto made = pickle_call(*global, tuple->items, heap_);
    if (!made) fail("'" + std::string(global->name) + "' can't be called with these arguments");
    push(*made);
  }

  /// The persistent identifier of PyTorch: ('storage', FloatStorage, key, device, items).
  void push_storage() {
    const PickleValue identifier = pop();
    const PickleObject* tuple = object_of(identifier, Kind::tuple);
    const PickleObject* global =
        tuple == nullptr || tuple->items.size() != 5 ? nullptr : object_of(tuple->items[1], Kind::global);
    const auto storage = global == nullptr ? std::nullopt : pickle_call(*global, tuple->items, heap_);
    if (!storage) fail("an object outside the pickle that is no storage of PyTorch");
    push(*storage);
  }

  void give_state() {
    const PickleValue state = pop(), target = pop();
    push(target);
    const auto* object = std::get_if<const PickleObject*>(&target);
    if (object == nullptr || !pickle_state(const_cast<PickleObject&>(**object), state, heap_))  // heap_ owns it
      fail("a state is given that doesn't fit its object");
  }

  PickleBytes in_;
  PickleHeap& heap_;
  std::vector<PickleValue> stack_;
  std::vector<std::size_t> marks_;  // stack sizes
  std::unordered_map<std::uint64_t, PickleValue> memo_;
};

}  // namespace

const PickleObject* object_of(const PickleValue& value, PickleObject::Kind kind) {
  const auto* object = std::get_if<const PickleObject*>(&value);
  return object != nullptr && (*object)->kind == kind ? *object : nullptr;
}

const PickleValue* value_of(const PickleObject& dictionary, std::string_view key) {
  for (std::size_t i = 0; i + 1 < dictionary.items.size(); i += 2)
    if (dictionary.items[i] == PickleValue(key)) return &dictionary.items[i + 1];
  return nullptr;
}

std::string_view PickleHeap::latin1(std::string_view utf8) {
  const auto found = latin1_.find(utf8.data());
  if (found != latin1_.end()) return found->second;
  std::string bytes;
  bytes.reserve(utf8.size());
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    if (byte < 0x80) {
      bytes += utf8[i];
      continue;
    }
    if ((byte != 0xC2 && byte != 0xC3) || i + 1 == utf8.size() || (utf8[i + 1] & 0xC0) != 0x80)
      throw std::invalid_argument("no latin-1");
    bytes += static_cast<char>((byte & 3) << 6 | (utf8[++i] & 0x3F));
  }
  return latin1_[utf8.data()] = add(std::move(bytes));
}

Pickle::Pickle(const std::filesystem::path& file) : Pickle(file, read_file(file)) {}

Pickle::Pickle(std::filesystem::path file, std::string bytes) : file_(std::move(file)), bytes_(std::move(bytes)) {
  root_ = Machine(file_, bytes_, heap_).run();
}

}  // namespace mercer
