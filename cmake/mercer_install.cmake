# cmake --install: the library, its headers and the package that find_package(mercer) reads.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/mercer)
get_target_property(MERCER_LIBRARY_TYPE mercer TYPE)

install(TARGETS mercer EXPORT mercer-targets)
install(DIRECTORY include/mercer DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(EXPORT mercer-targets NAMESPACE mercer:: DESTINATION ${package_folder})

configure_package_config_file(cmake/mercer-config.cmake.in ${PROJECT_BINARY_DIR}/mercer-config.cmake
  INSTALL_DESTINATION ${package_folder} NO_SET_AND_CHECK_MACRO)
# before 1.0 a minor version may change the interface
write_basic_package_version_file(${PROJECT_BINARY_DIR}/mercer-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/mercer-config.cmake ${PROJECT_BINARY_DIR}/mercer-config-version.cmake
  cmake/FindMETIS.cmake DESTINATION ${package_folder})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
