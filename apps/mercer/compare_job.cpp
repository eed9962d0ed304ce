#ifdef __linux__
#include <sys/prctl.h>

#include <csignal>
#endif

#include "cli/errors.hpp"
#include "commands.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/experiment/compare_job.hpp"

namespace mercer::program {

/// The arguments are a job as JSON and the file for its result.
int compare_job(const Invocation& typed) {
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // ends the job when its comparison ends
#endif
  if (typed.words.size() != 2) throw UsageError("compare-job is what mercer compare starts; want a job and a file");
  set_threads(1);
  CompareJob job = job_from(typed.words[0]);
  job.file = typed.words[1];
  save_result(typed.words[1], job, run_job(job));
  return done;
}

}  // namespace mercer::program
