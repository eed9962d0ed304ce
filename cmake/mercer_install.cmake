# cmake --install: the library, its headers and the package that find_package(mercer) reads.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/mercer)
get_target_property(MERCER_LIBRARY_TYPE mercer TYPE)

install(TARGETS mercer EXPORT mercer-targets)
install(DIRECTORY include/mercer DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp" PATTERN "*.inc")
install(EXPORT mercer-targets NAMESPACE mercer:: DESTINATION ${package_folder})

configure_package_config_file(cmake/mercer-config.cmake.in ${PROJECT_BINARY_DIR}/mercer-config.cmake
  INSTALL_DESTINATION ${package_folder} NO_SET_AND_CHECK_MACRO)
# before 1.0 a minor version may change the interface
write_basic_package_version_file(${PROJECT_BINARY_DIR}/mercer-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/mercer-config.cmake ${PROJECT_BINARY_DIR}/mercer-config-version.cmake
  cmake/FindMETIS.cmake cmake/mercer_kernel.cmake DESTINATION ${package_folder})
# mercer_pkg_config(NAME FLAGS): what pkg-config says about libNAME, from wherever it is moved to
function(mercer_pkg_config pc_name pc_flags)
  file(RELATIVE_PATH pc_up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  get_target_property(type ${pc_name} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")  # the program that links it also links what it calls
    set(pc_requires "libzip zlib")
    set(pc_libraries "-lmetis -pthread")
    if(MERCER_HAS_CUDA)
      string(APPEND pc_libraries " -L${CUDAToolkit_LIBRARY_DIR} -lcudart_static -lrt -ldl")
    endif()
  endif()
  configure_file(cmake/mercer.pc.in ${PROJECT_BINARY_DIR}/${pc_name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${pc_name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

mercer_pkg_config(mercer "")
if(MERCER_INSTALL_DOUBLE)
  install(TARGETS mercer_double EXPORT mercer-targets)
  mercer_pkg_config(mercer_double "-DMERCER_REAL_DOUBLE")
endif()
if(MERCER_HAS_CUDA)  # what compiles a kernel of one's own for a device
  install(DIRECTORY lib/backend DESTINATION ${package_folder}/device FILES_MATCHING
    PATTERN "*.hpp" PATTERN "*.inc" PATTERN "*.cuh" PATTERN cpu EXCLUDE)
endif()
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
