# cmake -DCOMPILER=g++ -DWORK=folder -P headers_test.cmake
# check_headers.cmake passes a tree of three headers that stand alone, and refuses it with one fault of each kind.
cmake_minimum_required(VERSION 3.25)
get_filename_component(check "${CMAKE_CURRENT_LIST_DIR}/../../cmake/check_headers.cmake" ABSOLUTE)

# check_tree(PASSES HEADER): a.hpp in a tree where the header before it and the one that is precompiled include <string>
function(check_tree passes header)
  file(REMOVE_RECURSE "${WORK}")
  file(WRITE "${WORK}/include/mercer/a/0.hpp" "#pragma once\n#include <string>\n")
  file(WRITE "${WORK}/include/mercer/tensor/tensor.hpp" "#pragma once\n#include <string>\n")
  file(WRITE "${WORK}/include/mercer/a/a.hpp" "${header}")
  file(WRITE "${WORK}/lib/a/inner.hpp" "")
  execute_process(COMMAND ${CMAKE_COMMAND} "-DCOMPILER=${COMPILER}" -DALONE=ON "-DROOT=${WORK}" "-DWORK=${WORK}/units" -P "${check}"
    RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE said)
  if((passes AND NOT status EQUAL 0) OR (NOT passes AND status EQUAL 0))
    message(SEND_ERROR "passes: want ${passes}, got status ${status} for\n${header}${said}")
  endif()
endfunction()

set(whole "#pragma once\n#include <string>\ninline std::string a(std::string b) { return b; }\n")
string(REPLACE "#include <string>\n" "" leans "${whole}")
string(REPLACE "#pragma once\n" "" unguarded "${whole}")
check_tree(TRUE "${whole}")
check_tree(TRUE "#pragma once\n#include \"mercer/tensor/tensor.hpp\"\ninline std::string a(std::string b) { return b; }\n")
check_tree(FALSE "${leans}")
check_tree(FALSE "${unguarded}")
check_tree(FALSE "#include \"a/inner.hpp\"\n")
