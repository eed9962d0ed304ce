#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/errors.hpp"
#include "commands.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/device/device.hpp"

namespace mercer::program {

int devices(const Invocation& typed) {
  CLI::App app("What this machine and this build can compute on.\n\nExample:\n  mercer devices", "mercer devices");
  if (!parse(app, typed.words)) return done;
  fmt::print("cpu   {} threads\ncuda  {}\n", threads(), cuda_description());
  for (int device = 0; device < cuda_devices(); ++device)
    fmt::print("cuda:{}  {}\n", device, cuda_description(device));
  if (cuda_available()) fmt::print("cublas  {}\nnccl  {}\n", cublas_description(), nccl_description());
  return done;
}

}  // namespace mercer::program
