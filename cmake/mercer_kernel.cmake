# mercer_add_kernel(target HEADER file… KERNEL type…): kernels of one's own that run as those of the library do. The
# sources of the target, which hand them over, are compiled as the library's loops are; where the library has its CUDA
# backend and the project the language CUDA, each kernel is compiled for a device too, with the target's CUDA
# architectures. A header is included as it is named from the calling folder; the functions of a kernel in it are
# marked MERCER_HD (mercer/base/annotate.hpp). The target is a program or a shared library: of a static one nobody
# would ask for what is compiled here.
# Read by the project itself and, installed, by find_package(mercer): MERCER_NATIVE, MERCER_HAS_CUDA and
# MERCER_DEVICE_HEADERS, the folder of the backend's own headers, are set by the file that includes this.

# For the processor of this machine. GCC avoids fused multiply-adds in some sums for AMD's, so that a row's bits would
# depend on how many rows are computed with it.
set(MERCER_NATIVE_FLAGS
  "$<$<BOOL:${MERCER_NATIVE}>:-march=native;$<$<CXX_COMPILER_ID:GNU>:--param=avoid-fma-max-bits=0>>")

# Loops may be reordered across lanes where they say so; errno and traps on comparisons would keep them scalar.
set(MERCER_LOOP_FLAGS -fopenmp-simd -fno-math-errno -fno-trapping-math $<$<NOT:$<CONFIG:Debug>>:-O3>
  ${MERCER_NATIVE_FLAGS})

# mercer_kernel_source(variable HEADER file… KERNEL type…): the name of a file that compiles the kernels for a device.
function(mercer_kernel_source variable)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADER;KERNEL")
  if(NOT arg_HEADER OR NOT arg_KERNEL OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "mercer: want HEADER file… KERNEL type…, got ${ARGN}")
  endif()
  set(text "// Made by mercer_add_kernel.\n")
  foreach(header IN LISTS arg_HEADER)
    cmake_path(ABSOLUTE_PATH header BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    if(NOT EXISTS ${header})
      message(FATAL_ERROR "mercer: HEADER ${header}: there is no such file")
    endif()
    string(APPEND text "#include \"${header}\"\n")
  endforeach()
  string(APPEND text "#include \"backend/cuda/attend/own_kernel.cuh\"\n\nnamespace {\n")
  set(number 0)
  foreach(kernel IN LISTS arg_KERNEL)
    string(APPEND text "const mercer::cuda::OwnKernelOnDevice<::${kernel}> kernel_${number};\n")
    math(EXPR number "${number} + 1")
  endforeach()
  string(APPEND text "}  // namespace\n")
  string(MD5 name "${variable};${arg_HEADER};${arg_KERNEL}")  # a file is of one language, whatever targets it has
  set(file ${CMAKE_CURRENT_BINARY_DIR}/mercer_kernel_${name}.cu)
  file(CONFIGURE OUTPUT ${file} CONTENT "${text}" @ONLY)
  set(${variable} ${file} PARENT_SCOPE)
endfunction()

function(mercer_add_kernel target)
  mercer_kernel_source(source_of_${target} ${ARGN})
  target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:${MERCER_LOOP_FLAGS}>")
  if(NOT MERCER_HAS_CUDA)
    return()
  endif()
  if(NOT CMAKE_CUDA_COMPILER)
    message(WARNING "mercer_add_kernel(${target}): ${ARGN} will run on the CPU alone: this mercer has its CUDA backend, but "
                    "the project does not name the language CUDA")
    return()
  endif()
  target_sources(${target} PRIVATE ${source_of_${target}})
  target_include_directories(${target} PRIVATE $<$<COMPILE_LANGUAGE:CUDA>:${MERCER_DEVICE_HEADERS}>)
  target_compile_options(${target} PRIVATE
    "$<$<COMPILE_LANGUAGE:CUDA>:--extended-lambda;--expt-relaxed-constexpr;-diag-suppress=554>")
  set_target_properties(${target} PROPERTIES CUDA_STANDARD 20 CUDA_STANDARD_REQUIRED ON CUDA_RUNTIME_LIBRARY Static)
endfunction()
