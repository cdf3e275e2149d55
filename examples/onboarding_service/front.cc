#include "front.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <httplib.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "head.h"

namespace service {
namespace {

constexpr std::size_t kFreeBody = 16 << 10;  // that anybody may send
constexpr std::size_t kMaxStreamBytes = 1 << 20;
constexpr int kTickMs = 250;

// A request in memory, and room for its answer: what the HTTP library reads and writes.
class MemoryStream final : public httplib::Stream {
 public:
  explicit MemoryStream(std::string_view in) : in_(in) {}
  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, size_t size) override {
    const std::size_t count = std::min(size, in_.size());
    std::memcpy(to, in_.data(), count);
    in_.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* bytes, size_t size) override {
    out.append(bytes, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override { ip = "", port = 0; }
  void get_local_ip_and_port(std::string& ip, int& port) const override { ip = "", port = 0; }
  socket_t socket() const override { return 0; }

  std::string out;

 private:
  std::string_view in_;
};

}  // namespace

// --- Connections

struct Front::Connection {
  enum class State { kHandshake, kReading, kWorking, kWriting, kLingering, kStreaming, kClosed };
  ~Connection() {
    if (ssl != nullptr) SSL_free(ssl);
    if (fd >= 0) close(fd);
  }

  int fd = -1;
  std::uint64_t id = 0;
  SSL* ssl = nullptr;
  // Held by whoever looks at the connection or changes it. A worker has it to itself while the
  // state is kWorking.
  std::mutex mutex;
  State state = State::kReading;
  Clock::time_point since;  // the state, or the first byte of the request
  std::string in;           // begins with the present request
  std::optional<Head> head;
  std::size_t head_bytes = 0;
  bool continued = false;
  std::string out;
  std::size_t sent = 0;
  bool close_after = false, linger_after = false;
  std::size_t discarded = 0;

  bool whole() const { return head && in.size() >= head_bytes + head->body; }

  // Bytes read; 0: nothing there now; -1: the end.
  ssize_t Receive(char* to, std::size_t size) {
    if (ssl == nullptr) {
      const ssize_t count = recv(fd, to, size, 0);
      if (count > 0) return count;
      return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
    }
    ERR_clear_error();
    const int count = SSL_read(ssl, to, static_cast<int>(size));
    if (count > 0) return count;
    const int error = SSL_get_error(ssl, count);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
  }
  ssize_t Send(const char* from, std::size_t size) {
    if (ssl == nullptr) {
      const ssize_t count = send(fd, from, size, MSG_NOSIGNAL);
      if (count > 0) return count;
      return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
    }
    ERR_clear_error();
    const int count = SSL_write(ssl, from, static_cast<int>(std::min<std::size_t>(size, 1 << 20)));
    if (count > 0) return count;
    const int error = SSL_get_error(ssl, count);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
  }
};

// One per worker: what the HTTP library does between the bytes of a request and those of an answer.
class Front::Parser : public httplib::Server {
 public:
  explicit Parser(const Hooks& hooks) : hooks_(hooks) {
    set_pre_routing_handler([this](const httplib::Request& in, httplib::Response& out) {
      Handle(in, out);
      return HandlerResponse::Handled;
    });
    set_error_handler([](const httplib::Request&, httplib::Response& out) {
      if (out.body.empty() && out.get_header_value("Content-Type").empty()) {
        Response problem = Problem(out.status, "invalid_request", "the request cannot be read");
        out.set_content(std::move(problem.body), problem.type);
      }
    });
    set_keep_alive_max_count(1'000'000);
  }

  // The answer's bytes. `request` and `response` show what was asked and answered.
  std::string Run(unsigned worker, Head head, std::string body, bool close_it, bool& closes) {
    worker_ = worker;
    request = {};
    response = {};
    request.headers = std::move(head.headers);
    request.body = std::move(body);
    MemoryStream stream(head.clean);
    bool closed = false;
    const bool good = process_request(stream, close_it, closed, nullptr);
    closes = closed || close_it || !good;
    return std::move(stream.out);
  }

  Request request;
  Response response;

 private:
  void Handle(const httplib::Request& in, httplib::Response& out) {
    request.method = in.method;
    request.path = in.path;
    for (const auto& [name, value] : in.params) request.query.emplace(name, value);
    response = hooks_.handle(worker_, request);
    out.status = response.status;
    for (const auto& [name, value] : response.headers) out.set_header(name.c_str(), value);
    out.set_header("X-Content-Type-Options", "nosniff");
    if (out.get_header_value("Cache-Control").empty()) out.set_header("Cache-Control", "no-store");
    if (response.status != 204) out.set_content(std::move(response.body), response.type);
  }

  const Hooks& hooks_;
  unsigned worker_ = 0;
};

Front::Front(FrontOptions options, Hooks hooks)
    : options_(std::move(options)), hooks_(std::move(hooks)) {
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = 0;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
}

Front::~Front() {
  connections_.clear();
  if (listener_ >= 0) close(listener_);
  close(wake_);
  close(epoll_);
  if (tls_ != nullptr) SSL_CTX_free(tls_);
}

bool Front::LoadCertificate() {
  if (options_.cert.empty()) return true;
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  const bool good =
      context != nullptr && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
      SSL_CTX_use_certificate_chain_file(context, options_.cert.c_str()) == 1 &&
      SSL_CTX_use_PrivateKey_file(context, options_.tls_key.c_str(), SSL_FILETYPE_PEM) == 1 &&
      SSL_CTX_check_private_key(context) == 1;
  if (!good) {
    SSL_CTX_free(context);
    ERR_clear_error();
    return false;
  }
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  const std::lock_guard lock(tls_mutex_);
  if (tls_ != nullptr) SSL_CTX_free(tls_);
  tls_ = context;
  return true;
}

int Front::Listen(std::string& why) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST;
  const int looked =
      getaddrinfo(options_.host.c_str(), std::to_string(options_.port).c_str(), &hints, &found);
  if (looked != 0) {
    why = gai_strerror(looked);
    return 0;
  }
  const int yes = 1;
  listener_ = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const bool good = listener_ >= 0 && bind(listener_, found->ai_addr, found->ai_addrlen) == 0 &&
                    listen(listener_, 512) == 0;
  freeaddrinfo(found);
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (!good || getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    why = std::strerror(errno);
    return 0;
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = 1;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

void Front::Wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t wrote = write(wake_, &one, sizeof one);
}

void Front::Stop() {
  stopping_ = true;
  Wake();
}

bool Front::Push(std::uint64_t stream, std::string bytes) {
  {
    const std::lock_guard lock(push_mutex_);
    if (!streams_.contains(stream)) return false;
    pushes_.emplace_back(stream, std::move(bytes));
  }
  Wake();
  return true;
}

void Front::Run() {
  for (unsigned i = 0; i < options_.workers; ++i) workers_.emplace_back([this, i] { Work(i); });
  std::vector<epoll_event> events(256);
  Clock::time_point looked = Clock::now(), stop_by{};
  while (true) {
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), kTickMs);
    for (int i = 0; i < count; ++i) {
      const std::uint64_t id = events[static_cast<std::size_t>(i)].data.u64;
      if (id == 0) {
        std::uint64_t drained;
        [[maybe_unused]] const ssize_t got = read(wake_, &drained, sizeof drained);
        TakePushes();
      } else if (id == 1) {
        Accept();
      } else if (const auto found = connections_.find(id); found != connections_.end()) {
        const Shared connection = found->second;
        OnReady(connection, events[static_cast<std::size_t>(i)].events);
      }
    }
    const Clock::time_point now = Clock::now();
    if (stopping_ && stop_by == Clock::time_point{}) {
      stop_by = now + std::chrono::seconds(options_.drain_seconds);
      epoll_ctl(epoll_, EPOLL_CTL_DEL, listener_, nullptr);
      close(listener_);
      listener_ = -1;
      looked = {};
    }
    if (now - looked >= std::chrono::milliseconds(kTickMs)) {
      looked = now;
      LookAtClocks();
    }
    if (stopping_ && (connections_.empty() || now > stop_by)) break;
  }
  {
    const std::lock_guard lock(queue_mutex_);
    ended_ = true;
  }
  queue_filled_.notify_all();
  for (std::thread& worker : workers_) worker.join();
  workers_.clear();
  connections_.clear();
}

void Front::Accept() {
  for (int i = 0; i < 64 && listener_ >= 0; ++i) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE)) MakeRoom();
    if (fd < 0) return;
    if (connections_.size() >= options_.max_connections && !MakeRoom()) {
      close(fd);
      continue;
    }
    const int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    auto connection = std::make_shared<Connection>();
    connection->fd = fd;
    connection->id = ++last_id_;
    connection->since = Clock::now();
    {
      const std::lock_guard lock(tls_mutex_);
      if (tls_ != nullptr) {
        connection->ssl = SSL_new(tls_);
        if (connection->ssl == nullptr || SSL_set_fd(connection->ssl, fd) != 1) continue;
        connection->state = Connection::State::kHandshake;
      }
    }
    epoll_event event{};
    event.events = EPOLLIN | EPOLLONESHOT;
    event.data.u64 = connection->id;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) continue;
    connections_.emplace(connection->id, std::move(connection));
    connection_count_ = connections_.size();
  }
}

// Room for another connection: the one that has been silent for longest goes, a request that drips
// after those between requests.
bool Front::MakeRoom() {
  Shared oldest;
  bool oldest_idle = false;
  for (const auto& [id, connection] : connections_) {
    const std::unique_lock lock(connection->mutex, std::try_to_lock);
    if (!lock) continue;
    const bool idle = connection->state == Connection::State::kReading && connection->in.empty();
    const bool waits = connection->state == Connection::State::kReading ||
                       connection->state == Connection::State::kHandshake;
    if (!waits || (oldest && oldest_idle && !idle)) continue;
    if (!oldest || (idle && !oldest_idle) || connection->since < oldest->since) {
      oldest = connection;
      oldest_idle = idle;
    }
  }
  if (!oldest) return false;
  const std::lock_guard lock(oldest->mutex);
  Close(oldest);
  return true;
}

void Front::Arm(Connection& connection, std::uint32_t events) {
  epoll_event event{};
  event.events = events | EPOLLONESHOT;
  event.data.u64 = connection.id;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.fd, &event);
}

// The waiting thread only. The socket is closed when the last who holds the connection lets go.
void Front::Close(const Shared& connection) {
  if (connection->state == Connection::State::kStreaming) {
    {
      const std::lock_guard lock(push_mutex_);
      streams_.erase(connection->id);
    }
    hooks_.stream_ends(connection->id);
  }
  if (connection->ssl != nullptr && connection->state != Connection::State::kHandshake) {
    ERR_clear_error();
    SSL_shutdown(connection->ssl);
  }
  connection->state = Connection::State::kClosed;
  epoll_ctl(epoll_, EPOLL_CTL_DEL, connection->fd, nullptr);
  shutdown(connection->fd, SHUT_RDWR);
  connections_.erase(connection->id);
  connection_count_ = connections_.size();
}

void Front::OnReady(const Shared& connection, std::uint32_t events) {
  using State = Connection::State;
  const std::lock_guard lock(connection->mutex);
  if ((events & EPOLLERR) != 0) return Close(connection);
  switch (connection->state) {
    case State::kHandshake: {
      ERR_clear_error();
      const int done = SSL_accept(connection->ssl);
      if (done == 1) {
        connection->state = State::kReading;
        return Read(connection);
      }
      const int error = SSL_get_error(connection->ssl, done);
      if (error == SSL_ERROR_WANT_READ) return Arm(*connection, EPOLLIN);
      if (error == SSL_ERROR_WANT_WRITE) return Arm(*connection, EPOLLOUT);
      return Close(connection);
    }
    case State::kReading:
      return Read(connection);
    case State::kWriting:
      if (!Write(*connection)) return Close(connection);
      if (connection->sent < connection->out.size()) return Arm(*connection, EPOLLOUT);
      connection->out.clear();
      connection->sent = 0;
      connection->since = Clock::now();
      if (connection->linger_after) {
        // A client that is still sending would see a reset instead of the answer.
        shutdown(connection->fd, SHUT_WR);
        connection->state = State::kLingering;
        return Arm(*connection, EPOLLIN);
      }
      if (connection->close_after) return Close(connection);
      connection->state = State::kReading;
      return Read(connection);
    case State::kLingering: {
      char buffer[16 << 10];
      const ssize_t count = recv(connection->fd, buffer, sizeof buffer, 0);
      if (count == 0 || (count < 0 && errno != EAGAIN)) return Close(connection);
      connection->discarded += count > 0 ? static_cast<std::size_t>(count) : 0;
      if (connection->discarded > 4 * options_.max_body) return Close(connection);
      return Arm(*connection, EPOLLIN);
    }
    case State::kStreaming: {
      char buffer[1 << 10];
      ssize_t count = 0;
      while ((count = connection->Receive(buffer, sizeof buffer)) > 0) {
      }
      if (count < 0 || !Write(*connection)) return Close(connection);
      return Arm(*connection,
                 connection->sent < connection->out.size() ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }
    case State::kWorking:
    case State::kClosed:
      return;
  }
}

void Front::Read(const Shared& connection) {
  char buffer[32 << 10];
  // One turn reads some of it, so that one client does not keep the others waiting.
  for (int turn = 0; turn < 4 && !connection->whole(); ++turn) {
    if (!connection->in.empty() && !connection->head) {
      Examine(connection);
      if (connection->state != Connection::State::kReading) return;
      if (connection->whole()) break;
    }
    const ssize_t count = connection->Receive(buffer, sizeof buffer);
    if (count < 0) return Close(connection);
    if (count == 0) break;
    if (connection->in.empty()) connection->since = Clock::now();
    connection->in.append(buffer, static_cast<std::size_t>(count));
  }
  if (!connection->in.empty() && !connection->head) Examine(connection);
  if (connection->state != Connection::State::kReading) return;
  if (!connection->whole()) {
    const bool more = connection->ssl != nullptr && SSL_pending(connection->ssl) > 0;
    return Arm(*connection, more ? EPOLLIN | EPOLLOUT : EPOLLIN);
  }
  {
    const std::lock_guard lock(queue_mutex_);
    if (queue_.size() < options_.max_queued) {
      connection->state = Connection::State::kWorking;
      queue_.push_back(connection);
      queued_count_ = queue_.size();
    }
  }
  if (connection->state != Connection::State::kWorking) {
    return Refuse(connection, 503, "overloaded", "too many requests wait; try again later");
  }
  queue_filled_.notify_one();
}

// Looks for the end of the head in what has arrived.
void Front::Examine(const Shared& connection) {
  // An empty line before a request is allowed for.
  while (connection->in.starts_with("\r\n")) connection->in.erase(0, 2);
  const std::size_t end = connection->in.find("\r\n\r\n");
  if (end == std::string::npos || end > kMaxHead) {
    if (connection->in.size() > kMaxHead) {
      Refuse(connection, 431, "too_large", "the headers are too long");
    } else if (const std::size_t line = connection->in.find('\n');
               line != std::string::npos && (line == 0 || connection->in[line - 1] != '\r')) {
      Refuse(connection, 400, "invalid_request", "lines must end in CR LF");
    }
    return;
  }
  connection->head_bytes = end + 4;
  connection->head = ReadHead(std::string_view(connection->in).substr(0, end + 2));
  const Head& head = *connection->head;
  if (head.refusal != 0) return Refuse(connection, head.refusal, "invalid_request", head.why);
  if (head.body > options_.max_body) {
    return Refuse(connection, 413, "too_large",
                  "the body is longer than " + std::to_string(options_.max_body) + " bytes");
  }
  const auto token = head.headers.find("authorization");
  if (head.body > kFreeBody &&
      !hooks_.admit(token == head.headers.end() ? std::string() : token->second)) {
    return Refuse(connection, 401, "unauthorized", "no such token");
  }
  if (head.expects_continue && !connection->whole() && !connection->continued) {
    connection->continued = true;
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    connection->Send(kContinue.data(), kContinue.size());
  }
}

// Answers what cannot be read, and closes.
void Front::Refuse(const Shared& connection, int status, std::string_view code,
                   std::string_view detail) {
  hooks_.refused(status);
  const Response problem = Problem(status, code, detail);
  std::string& out = connection->out;
  out = "HTTP/1.1 " + std::to_string(status) + " " + std::string(StatusTitle(status)) +
        "\r\nContent-Type: " + problem.type +
        "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n";
  for (const auto& [name, value] : problem.headers) out += name + ": " + value + "\r\n";
  out += "Content-Length: " + std::to_string(problem.body.size()) + "\r\n\r\n" + problem.body;
  connection->sent = 0;
  connection->close_after = connection->linger_after = true;
  connection->state = Connection::State::kWriting;
  connection->since = Clock::now();
  Arm(*connection, EPOLLOUT);
}

// As much as the client takes. False: it is gone.
bool Front::Write(Connection& connection) {
  while (connection.sent < connection.out.size()) {
    const ssize_t count = connection.Send(connection.out.data() + connection.sent,
                                          connection.out.size() - connection.sent);
    if (count < 0) return false;
    if (count == 0) return true;
    connection.sent += static_cast<std::size_t>(count);
  }
  connection.out.clear();
  connection.sent = 0;
  return true;
}

void Front::LookAtClocks() {
  using State = Connection::State;
  const Clock::time_point now = Clock::now();
  std::vector<Shared> all;
  all.reserve(connections_.size());
  for (const auto& [id, connection] : connections_) all.push_back(connection);
  for (const Shared& connection : all) {
    const std::unique_lock lock(connection->mutex, std::try_to_lock);
    if (!lock) continue;
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - connection->since);
    const bool idle = connection->state == State::kReading && connection->in.empty();
    if (idle ? age.count() >= options_.idle_seconds || stopping_
             : (connection->state == State::kReading || connection->state == State::kWriting ||
                connection->state == State::kHandshake) &&
                   age.count() >= options_.request_seconds) {
      if (connection->state == State::kReading && !idle) {
        Refuse(connection, 408, "too_slow", "the request did not arrive in time");
      } else {
        Close(connection);
      }
    } else if ((connection->state == State::kLingering && age.count() >= 2) ||
               (connection->state == State::kStreaming && stopping_)) {
      Close(connection);
    }
  }
}

void Front::TakePushes() {
  std::vector<std::pair<std::uint64_t, std::string>> pushes;
  {
    const std::lock_guard lock(push_mutex_);
    pushes.swap(pushes_);
  }
  for (auto& [id, bytes] : pushes) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) continue;
    const Shared connection = found->second;
    const std::lock_guard lock(connection->mutex);
    if (connection->state != Connection::State::kStreaming) continue;
    connection->out += bytes;
    // Who does not read what it asked for is hung up on, and continues from its last number.
    if (!Write(*connection) || connection->out.size() > kMaxStreamBytes) {
      Close(connection);
      continue;
    }
    if (!connection->out.empty()) Arm(*connection, EPOLLIN | EPOLLOUT);
  }
}

// --- Workers

void Front::Work(unsigned worker) {
  Parser parser(hooks_);
  while (true) {
    Shared connection;
    {
      std::unique_lock lock(queue_mutex_);
      queue_filled_.wait(lock, [this] { return ended_ || !queue_.empty(); });
      if (queue_.empty()) return;
      connection = std::move(queue_.front());
      queue_.pop_front();
      queued_count_ = queue_.size();
    }
    try {
      Answer(worker, connection, parser);
    } catch (const std::exception&) {  // no memory for the answer
      const std::lock_guard lock(connection->mutex);
      connection->out.clear();
      connection->close_after = true;
      connection->state = Connection::State::kWriting;
      Arm(*connection, EPOLLOUT);
    }
  }
}

void Front::Answer(unsigned worker, const Shared& connection, Parser& parser) {
  using State = Connection::State;
  Connection& self = *connection;
  const std::size_t body = self.head->body;
  bool closes = false;
  std::string out = parser.Run(worker, *std::move(self.head), self.in.substr(self.head_bytes, body),
                               stopping_, closes);
  const bool stream = parser.response.stream;

  const std::lock_guard lock(self.mutex);
  self.in.erase(0, self.head_bytes + body);
  if (self.in.empty() && self.in.capacity() > kFreeBody) self.in.shrink_to_fit();
  self.head.reset();
  self.head_bytes = 0;
  self.continued = false;
  self.since = Clock::now();
  if (stream) {
    self.out =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n";
    self.state = State::kStreaming;
    {
      const std::lock_guard pushing(push_mutex_);
      streams_.emplace(self.id, true);
    }
    hooks_.stream_begins(self.id, parser.request);
    return Arm(self, EPOLLIN | EPOLLOUT);
  }
  self.out = std::move(out);
  self.sent = 0;
  self.close_after = closes;
  // Written here if the client takes it, which is nearly always; the rest by the waiting thread,
  // which alone may close.
  const bool alive = Write(self);
  if (!alive || !self.out.empty() || closes) {
    self.close_after |= !alive;
    if (!alive) self.out.clear();
    self.state = State::kWriting;
    return Arm(self, EPOLLOUT);
  }
  self.state = State::kReading;
  const bool more = !self.in.empty() || (self.ssl != nullptr && SSL_pending(self.ssl) > 0);
  Arm(self, more ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

}  // namespace service
