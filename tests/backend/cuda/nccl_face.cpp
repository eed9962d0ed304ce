#include "backend/cuda/nccl_face.hpp"

#include <cuda_runtime.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

using mercer::test::NcclCall;

namespace {

constexpr int success = 0, system_error = 2, invalid_usage = 5, remote_error = 6;

/// A sent message, until it is received.
struct Mail {
  const void* from;
  std::size_t bytes;
  int device;
  cudaEvent_t ready = nullptr, taken = nullptr;  // taken: set by the receiver
};

struct Team {
  std::map<std::pair<int, int>, std::deque<std::shared_ptr<Mail>>> mail;  // by sender and receiver, not yet received
  bool aborted = false;
};

std::mutex mutex;
std::condition_variable changed;
mercer::test::NcclCounts counted;
std::array<int, 3> fail_in{};

struct Comm {
  int rank, device;
  std::shared_ptr<Team> team;
};

struct Request {
  Comm* comm;
  bool is_send;
  void* values;
  std::size_t bytes;
  int other;
  cudaStream_t stream;
};

/// The calls of this thread since ncclGroupStart.
struct Group {
  std::vector<Request> requests;
  Comm* comm = nullptr;
  bool open = false, failed = false;
};
thread_local Group group;

bool fails(NcclCall call) {
  const std::scoped_lock lock(mutex);
  int& left = fail_in[static_cast<std::size_t>(call)];
  return left > 0 && --left == 0;
}

bool done(cudaError_t status) { return status == cudaSuccess; }

bool post(const Request& r, const std::shared_ptr<Mail>& mail) {
  if (!done(cudaEventCreateWithFlags(&mail->ready, cudaEventDisableTiming))) return false;
  if (!done(cudaEventRecord(mail->ready, r.stream))) return false;
  const std::scoped_lock lock(mutex);
  r.comm->team->mail[{r.comm->rank, r.other}].push_back(mail);
  ++counted.messages;
  changed.notify_all();
  return true;
}

/// False when the condition is not met in time.
template <class Ready>
bool wait(std::unique_lock<std::mutex>& lock, const Team& team, Ready ready) {
  return changed.wait_for(lock, std::chrono::seconds(20), [&] { return team.aborted || ready(); }) && !team.aborted;
}

int take(const Request& r) {
  Team& team = *r.comm->team;
  std::unique_lock lock(mutex);
  auto& queue = team.mail[{r.other, r.comm->rank}];
  if (!wait(lock, team, [&] { return !queue.empty(); })) return remote_error;
  const std::shared_ptr<Mail> mail = queue.front();
  queue.pop_front();
  if (mail->bytes != r.bytes) return invalid_usage;
  cudaEvent_t taken = nullptr;
  const bool copied =
      done(cudaStreamWaitEvent(r.stream, mail->ready)) &&
      done(cudaMemcpyPeerAsync(r.values, r.comm->device, mail->from, mail->device, r.bytes, r.stream)) &&
      done(cudaEventCreateWithFlags(&taken, cudaEventDisableTiming)) && done(cudaEventRecord(taken, r.stream));
  mail->taken = taken;
  changed.notify_all();
  return copied ? success : system_error;
}

int finish(const Request& r, Mail& mail) {
  std::unique_lock lock(mutex);
  const bool came = wait(lock, *r.comm->team, [&] { return mail.taken != nullptr; });
  bool ordered = came && done(cudaStreamWaitEvent(r.stream, mail.taken));
  for (const cudaEvent_t event : {mail.ready, mail.taken})
    if (event != nullptr && !done(cudaEventDestroy(event))) ordered = false;
  return ordered ? success : came ? system_error : remote_error;
}

/// Executes the group; a failure, earlier or here, ends all communicators of the team.
int run_group(const Group& asked) {
  const std::vector<Request>& requests = asked.requests;
  int status = asked.failed || fails(NcclCall::group_end) ? system_error : success;
  std::vector<std::pair<const Request*, std::shared_ptr<Mail>>> sent;
  for (const Request& r : requests) {
    if (!r.is_send || status != success) continue;
    sent.emplace_back(&r, std::make_shared<Mail>(Mail{r.values, r.bytes, r.comm->device}));
    if (!post(r, sent.back().second)) status = system_error;
  }
  for (const Request& r : requests)
    if (!r.is_send && status == success) status = take(r);
  if (status != success && asked.comm != nullptr) {
    const std::scoped_lock lock(mutex);
    asked.comm->team->aborted = true;
    changed.notify_all();
  }
  for (const auto& [request, mail] : sent)
    if (const int ended = finish(*request, *mail); status == success) status = ended;
  return status;
}

int ask(const Request& request, int type) {
  group.comm = request.comm;
  int device = -1;
  const bool can_be = group.open && type == 7 && request.other != request.comm->rank && done(cudaGetDevice(&device)) &&
                      device == request.comm->device;
  if (!can_be || (request.is_send && fails(NcclCall::send))) {
    group.failed = true;
    return can_be ? system_error : invalid_usage;
  }
  group.requests.push_back(request);
  return success;
}

}  // namespace

namespace mercer::test {

NcclCounts nccl_counts() {
  const std::scoped_lock lock(mutex);
  return std::exchange(counted, {});
}

void nccl_fails_at(NcclCall call, int n) {
  const std::scoped_lock lock(mutex);
  fail_in[static_cast<std::size_t>(call)] = n;
}

}  // namespace mercer::test

extern "C" {

int ncclGetVersion(int* version) {
  *version = 22803;
  return success;
}

const char* ncclGetErrorString(int status) {
  const char* words[] = {"no error",
                         "unhandled cuda error",
                         "unhandled system error",
                         "internal error",
                         "invalid argument",
                         "invalid usage",
                         "remote process exited or there was a network error"};
  return words[status];
}

int ncclCommInitAll(void** comms, int devices, const int* numbers) {
  if (fails(NcclCall::init)) return system_error;
  const auto team = std::make_shared<Team>();
  for (int r = 0; r < devices; ++r) {
    for (int other = 0; other < r; ++other)
      if (numbers[other] == numbers[r]) return invalid_usage;
    comms[r] = new Comm{r, numbers[r], team};
  }
  static_cast<void>(cudaSetDevice(numbers[devices - 1]));  // as the real NCCL may
  const std::scoped_lock lock(mutex);
  counted.joined += devices;
  return success;
}

int ncclCommDestroy(void* comm) {
  const std::scoped_lock lock(mutex);
  ++counted.destroyed;
  delete static_cast<Comm*>(comm);
  return success;
}

int ncclCommAbort(void* handle) {
  Comm* comm = static_cast<Comm*>(handle);
  const std::scoped_lock lock(mutex);
  ++counted.aborted;
  comm->team->aborted = true;
  changed.notify_all();
  delete comm;
  return success;
}

int ncclGroupStart() {
  group = {};
  group.open = true;
  return success;
}

int ncclGroupEnd() { return run_group(std::exchange(group, {})); }

int ncclSend(const void* values, std::size_t count, int type, int to, void* comm, cudaStream_t stream) {
  return ask({static_cast<Comm*>(comm), true, const_cast<void*>(values), count * sizeof(float), to, stream}, type);
}

int ncclRecv(void* values, std::size_t count, int type, int from, void* comm, cudaStream_t stream) {
  return ask({static_cast<Comm*>(comm), false, values, count * sizeof(float), from, stream}, type);
}

}  // extern "C"
