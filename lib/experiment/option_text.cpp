#include "mercer/experiment/option_text.hpp"

namespace mercer {

bool set_option(ModelOptions& options, const OptionText& text) {
  static const DeclaredOptions declared = options_of_all_models();
  const OptionDeclaration* option = declared.find(text.first);
  if (option == nullptr) return false;
  options.options.insert_or_assign(text.first, option->checked(text.second));
  return true;
}

bool set_option(TrainingChoice& training, const OptionText& text) {
  const OptionList list = options_of(training);
  const Option* option = list.find(text.first);
  if (option == nullptr) return false;
  option->assign(option->checked(text.second));
  return true;
}

}  // namespace mercer
