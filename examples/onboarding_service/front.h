#ifndef ONBOARDING_SERVICE_FRONT_H_
#define ONBOARDING_SERVICE_FRONT_H_

// Connections. One thread waits for all of them and reads; a request is given to a worker once its
// last byte is there, so that clients that say nothing, or drip, hold a file descriptor and some
// bytes, never a worker. What a client does not read at once is written by the same thread.
// cpp-httplib reads request line and query, and formats the answers.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "http.h"

typedef struct ssl_ctx_st SSL_CTX;

namespace service {

struct FrontOptions {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: the kernel picks one
  unsigned workers = 8;
  std::size_t max_body = 1u << 20;
  std::size_t max_connections = 900;
  std::size_t max_queued = 512;  // requests that wait for a worker
  int request_seconds =
      10;                  // from a request's first byte to its last; of a handshake; of an answer
  int idle_seconds = 60;   // between requests
  int drain_seconds = 10;  // for what is under way when the service ends
  std::string cert, tls_key;  // PEM; empty: plain HTTP
};

class Front {
 public:
  struct Hooks {
    // Threads: called from all workers at once, never from two for one `worker`.
    std::function<Response(unsigned worker, const Request&)> handle;
    // May this caller send a large body? Called by the waiting thread: quick.
    std::function<bool(const std::string& authorization)> admit;
    // A request was answered here, since it could not be read.
    std::function<void(int status)> refused;
    // A stream begins, or has ended. Called by a worker, and by the waiting thread.
    std::function<void(std::uint64_t stream, const Request&)> stream_begins;
    std::function<void(std::uint64_t stream)> stream_ends;
  };

  Front(FrontOptions options, Hooks hooks);
  ~Front();

  // Takes the port; returns it, or 0 and why not.
  int Listen(std::string& why);
  // Reads certificate and key (again): connections made from now on use them. False: not usable,
  // and those before stay.
  bool LoadCertificate();
  // Serves until Stop(); then lets requests under way end.
  void Run();
  // Threads: any. Safe to call twice.
  void Stop();
  // Writes into a stream. False: it has ended. Threads: any.
  bool Push(std::uint64_t stream, std::string bytes);

  std::size_t connections() const { return connection_count_; }
  std::size_t queued() const { return queued_count_; }
  bool stopping() const { return stopping_; }

 private:
  struct Connection;
  class Parser;
  using Clock = std::chrono::steady_clock;
  using Shared = std::shared_ptr<Connection>;

  void Accept();
  void OnReady(const Shared& connection, std::uint32_t events);
  void Read(const Shared& connection);
  void Examine(const Shared& connection);
  void Refuse(const Shared& connection, int status, std::string_view code, std::string_view detail);
  bool Write(Connection& connection);
  void Arm(Connection& connection, std::uint32_t events);
  void Close(const Shared& connection);
  void LookAtClocks();
  bool MakeRoom();
  void TakePushes();
  void Work(unsigned worker);
  void Answer(unsigned worker, const Shared& connection, Parser& parser);
  void Wake();

  const FrontOptions options_;
  const Hooks hooks_;
  int listener_ = -1, epoll_ = -1, wake_ = -1;
  std::mutex tls_mutex_;
  SSL_CTX* tls_ = nullptr;  // its own count of references keeps it for old connections

  std::unordered_map<std::uint64_t, Shared> connections_;  // of the waiting thread
  std::uint64_t last_id_ = 1;
  std::atomic<std::size_t> connection_count_{0}, queued_count_{0};
  std::atomic<bool> stopping_{false};

  std::mutex queue_mutex_;
  std::condition_variable queue_filled_;
  std::deque<Shared> queue_;
  bool ended_ = false;

  std::mutex push_mutex_;
  std::vector<std::pair<std::uint64_t, std::string>> pushes_;
  std::map<std::uint64_t, bool> streams_;

  std::vector<std::thread> workers_;
};

}  // namespace service

#endif  // ONBOARDING_SERVICE_FRONT_H_
