// The operator's desk of an exchange as an HTTPS server, for a platform to start from: evaluates
// members' requests within their quotas, hands out rosters, and forwards sealed lists and letters
// that it cannot read. README.md beside this has the interface and what a real service adds.
//
//   exchange_server OPERATOR_DIR SPOOL_DIR --tokens FILE [--port N] [--cert FILE --tls-key FILE]
//                   [--max-body BYTES] [--max-mail BYTES] [--deadline SECONDS] [--ready FILE]
//
// Uses the public headers only. One process serves one exchange.

#include <fcntl.h>
#include <httplib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <revenant/exchange_desk.h>
#include <revenant/time.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace revenant;

struct Options {
  std::string operator_dir, spool_dir, tokens, cert, tls_key, ready;
  int port = 0;                       // 0: the kernel picks one
  std::size_t max_body = 64u << 20;   // of one request; more is turned away before it is read
  std::uint64_t max_mail = 1u << 30;  // that one member may have lying in the spool
  int deadline_s = 60;                // of a whole connection, however slowly it drips
};

// --- Files: there in full or not at all, also after a power cut ---

bool WriteSynced(const fs::path& file, std::string_view bytes, mode_t mode) {
  const std::string part = file.string() + ".part";
  const int fd = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return false;
  bool good = true;
  while (good && !bytes.empty()) {
    const ssize_t wrote = write(fd, bytes.data(), bytes.size());
    good = wrote > 0;
    if (good) bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  good = fsync(fd) == 0 && good;
  good = close(fd) == 0 && good;
  good = good && std::rename(part.c_str(), file.c_str()) == 0;
  const int folder = open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    good = fsync(folder) == 0 && good;
    close(folder);
  }
  return good;
}

std::optional<std::string> ReadFile(const fs::path& file) {
  std::ifstream input(file, std::ios::binary);
  if (!input) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(input), {});
}

// --- Access ---

// Lines "NAME TOKEN" out of a file of mode 0600. What a member asks of the operator it signs
// itself; the token keeps strangers from filling the disk and tells whose mail is whose.
class Members {
 public:
  bool Read(const std::string& file) {
    struct stat info;
    if (stat(file.c_str(), &info) != 0 || (info.st_mode & 077) != 0) return false;
    std::ifstream input(file);
    for (std::string name, token; input >> name >> token;) {
      if (token.size() < 32) return false;
      tokens_[name] = "Bearer " + token;
    }
    return !tokens_.empty();
  }
  bool Has(const std::string& name) const { return tokens_.contains(name); }
  // Takes as long whichever token it is.
  std::optional<std::string> Find(const std::string& authorization) const {
    std::optional<std::string> found;
    for (const auto& [name, token] : tokens_) {
      if (token.size() == authorization.size() &&
          CRYPTO_memcmp(token.data(), authorization.data(), token.size()) == 0) {
        found = name;
      }
    }
    return found;
  }

 private:
  std::map<std::string, std::string> tokens_;
};

// --- Store and forward ---

// Sealed files that wait for their readers, one file each: NUMBER~FROM~TO; TO is empty for all.
class Spool {
 public:
  struct Mail {
    std::uint64_t number = 0;
    std::string from, to;
    std::uint64_t bytes = 0;
    fs::path file;
  };

  explicit Spool(fs::path dir) : dir_(std::move(dir)) { fs::create_directories(dir_); }

  std::vector<Mail> All() const {
    std::vector<Mail> all;
    for (const auto& entry : fs::directory_iterator(dir_)) {
      const std::string name = entry.path().filename().string();
      const std::size_t from = name.find('~'), to = name.rfind('~');
      Mail mail;
      const auto number = std::from_chars(name.data(), name.data() + name.size(), mail.number);
      if (number.ec != std::errc() || from == name.npos || from == to) continue;
      mail.from = name.substr(from + 1, to - from - 1);
      mail.to = name.substr(to + 1);
      if (mail.to.ends_with(".part")) continue;  // of a process that was killed
      std::error_code gone;                      // while we looked
      mail.bytes = entry.file_size(gone);
      if (gone) continue;
      mail.file = entry.path();
      all.push_back(std::move(mail));
    }
    std::sort(all.begin(), all.end(),
              [](const Mail& a, const Mail& b) { return a.number < b.number; });
    return all;
  }
  std::vector<Mail> For(const std::string& member) const {
    std::vector<Mail> mine = All();
    std::erase_if(mine, [&](const Mail& mail) {
      return mail.from == member || (!mail.to.empty() && mail.to != member);
    });
    return mine;
  }
  std::uint64_t BytesFrom(const std::string& member) const {
    std::uint64_t bytes = 0;
    for (const Mail& mail : All()) bytes += mail.from == member ? mail.bytes : 0;
    return bytes;
  }
  // The number given; 0: it could not be written.
  std::uint64_t Put(const std::string& from, const std::string& to, std::string_view bytes) {
    const std::vector<Mail> all = All();
    // Numbers continue although their mail was fetched: readers remember where they were.
    std::uint64_t next = std::max(last_, all.empty() ? 0 : all.back().number) + 1;
    if (const auto kept = ReadFile(dir_ / "last")) {
      std::uint64_t last = 0;
      std::from_chars(kept->data(), kept->data() + kept->size(), last);
      next = std::max(next, last + 1);
    }
    if (!WriteSynced(dir_ / "last", std::to_string(next), 0600)) return 0;
    last_ = next;
    const fs::path file = dir_ / (std::to_string(next) + "~" + from + "~" + to);
    return WriteSynced(file, bytes, 0600) ? next : 0;
  }

 private:
  fs::path dir_;
  std::uint64_t last_ = 0;
};

// --- TLS: a certificate that clients pin, and an end to connections that drip ---

// Ends a connection some seconds after its handshake began, whatever it is at: the timeouts of the
// HTTP library start again with every byte, so that one byte per second would hold a worker for
// ever.
class Deadlines {
 public:
  explicit Deadlines(int seconds) : limit_(seconds), watcher_([this] { Watch(); }) {}
  ~Deadlines() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    watcher_.join();
  }

  // Each connection is entered when its handshake begins and leaves when it is freed, which is
  // before its socket is closed: no number is shut down that was given to somebody else.
  bool Install(SSL_CTX& context) {
    SSL_CTX_set_app_data(&context, this);
    SSL_CTX_set_info_callback(&context, OnState);
    return Index() >= 0;
  }

 private:
  using Clock = std::chrono::steady_clock;

  // Where this class keeps itself in every connection.
  static int Index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, OnFree);
    return index;
  }
  static void OnState(const SSL* ssl, int where, int) {
    if ((where & SSL_CB_HANDSHAKE_START) == 0) return;
    auto* self = static_cast<Deadlines*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    const std::lock_guard lock(self->mutex_);
    if (!self->open_.emplace(ssl, Open{SSL_get_fd(ssl), Clock::now() + self->limit_}).second)
      return;
    SSL_set_ex_data(const_cast<SSL*>(ssl), Index(), self);
  }
  static void OnFree(void* ssl, void* self, CRYPTO_EX_DATA*, int, long, void*) {
    if (self == nullptr) return;
    const std::lock_guard lock(static_cast<Deadlines*>(self)->mutex_);
    static_cast<Deadlines*>(self)->open_.erase(static_cast<const SSL*>(ssl));
  }
  void Watch() {
    std::unique_lock lock(mutex_);
    while (!ending_) {
      wake_.wait_for(lock, std::chrono::milliseconds(200));
      for (const auto& [ssl, open] : open_) {
        if (open.until < Clock::now()) shutdown(open.fd, SHUT_RDWR);
      }
    }
  }

  struct Open {
    int fd;
    Clock::time_point until;
  };
  const std::chrono::seconds limit_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<const SSL*, Open> open_;
  bool ending_ = false;
  std::thread watcher_;
};

// A new P-256 key and a certificate of it for this machine, signed by itself.
bool MakeCertificate(const std::string& cert_file, const std::string& key_file) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> cert(X509_new(), X509_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> cert_pem(BIO_new(BIO_s_mem()), BIO_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> key_pem(BIO_new(BIO_s_mem()), BIO_free);
  if (!key || !cert || !cert_pem || !key_pem) return false;
  constexpr long kYear = 365L * 24 * 60 * 60;
  X509_set_version(cert.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), kYear);
  X509_set_pubkey(cert.get(), key.get());
  X509_NAME* name = X509_get_subject_name(cert.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("revenant exchange"), -1, -1,
                             0);
  X509_set_issuer_name(cert.get(), name);
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, cert.get(), cert.get(), nullptr, nullptr, 0);
  constexpr std::pair<int, const char*> kExtensions[] = {
      {NID_basic_constraints, "critical,CA:FALSE"},
      {NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1"}};
  for (const auto& [id, value] : kExtensions) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
    if (extension == nullptr) return false;
    X509_add_ext(cert.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  const auto text = [](BIO* bio) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(bio, &bytes);
    return std::string_view(bytes, static_cast<std::size_t>(size));
  };
  return X509_sign(cert.get(), key.get(), EVP_sha256()) > 0 &&
         PEM_write_bio_X509(cert_pem.get(), cert.get()) == 1 &&
         PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                  nullptr) == 1 &&
         WriteSynced(key_file, text(key_pem.get()), 0600) &&
         WriteSynced(cert_file, text(cert_pem.get()), 0644);
}

// --- The desk ---

// What the library's refusals are called on the wire. The message goes along as text: it names the
// refusal and never an identifier.
int StatusOf(const Error& error) {
  if (error.message.starts_with("refused, over quota:")) return 429;
  switch (error.code) {
    case Code::kNotFound:
      return 404;
    case Code::kConflict:
      return 409;
    case Code::kIo:
      return 500;
    default:
      return 400;
  }
}

class Desk {
 public:
  Desk(const Options& options, const Members& members, std::unique_ptr<ExchangeOperator> desk)
      : options_(options),
        members_(members),
        operator_(std::move(desk)),
        spool_(fs::path(options.spool_dir) / "mail"),
        rosters_(fs::path(options.spool_dir) / "rosters") {}

  // Members take rosters one by one, so all are kept. False: the operator has none yet.
  bool Start() {
    fs::create_directories(rosters_);
    const auto version = operator_->roster_version();
    const auto file = ReadFile(fs::path(options_.operator_dir) / "roster");
    if (!version || !file || !KeepRoster(*version, *file)) return false;
    const Result<CarriedFile> roster = InspectFile(*file);
    if (!roster) return false;
    exchange_ = roster->exchange;
    return true;
  }

  void Route(httplib::Server& server) {
    using httplib::Request, httplib::Response;
    Post(server, "/evaluate", &Desk::Evaluate);
    Post(server, "/roster", &Desk::TakeRoster);
    Post(server, "/mail", &Desk::TakeMail);
    server.Get(R"(/rosters/(\d{1,9}))", [this](const Request& request, Response& response) {
      if (Caller(request, response)) SendFile(rosters_ / request.matches[1].str(), response);
    });
    server.Get("/mail", [this](const Request& request, Response& response) {
      if (const auto member = Caller(request, response)) ListMail(request, *member, response);
    });
    server.Get(R"(/mail/(\d{1,19}))", [this](const Request& request, Response& response) {
      if (const auto member = Caller(request, response)) FetchMail(request, *member, response);
    });
    server.Delete(R"(/mail/(\d{1,19}))", [this](const Request& request, Response& response) {
      if (const auto member = Caller(request, response)) DropMail(request, *member, response);
    });
  }

 private:
  using Request = httplib::Request;
  using Response = httplib::Response;
  using Handler = void (Desk::*)(const Request&, const std::string& member, const std::string& body,
                                 Response&);

  static void Say(Response& response, int status, std::string text) {
    response.status = status;
    response.set_content(std::move(text) + "\n", "text/plain");
  }
  static void Send(Response& response, const std::string& bytes) {
    response.set_content(bytes, "application/octet-stream");
  }

  std::optional<std::string> Caller(const Request& request, Response& response) const {
    auto member = members_.Find(request.get_header_value("Authorization"));
    if (!member) Say(response, 401, "refused, unknown token");
    return member;
  }

  // The caller and the announced length come first; then it grows with what really arrives,
  // up to the cap.
  void Post(httplib::Server& server, const char* path, Handler handler) {
    server.Post(path, [this, handler](const Request& request, Response& response,
                                      const httplib::ContentReader& read) {
      const auto announced = request.get_header_value<std::uint64_t>("Content-Length");
      const bool acceptable = announced <= options_.max_body && !request.is_multipart_form_data();
      const auto member = Caller(request, response);
      if (!member || !acceptable) Drain(read);
      if (!member) return;
      std::string body;
      const bool whole = acceptable && read([&](const char* bytes, std::size_t size) {
                           if (body.size() + size > options_.max_body) return false;
                           body.append(bytes, size);
                           return true;
                         });
      if (whole) return (this->*handler)(request, *member, body, response);
      Say(response, 413,
          "refused, oversized: at most " + std::to_string(options_.max_body) + " bytes, in full");
    });
  }

  // A client that is still sending would see a reset instead of the answer.
  static void Drain(const httplib::ContentReader& read) {
    std::size_t left = std::size_t{1} << 20;
    read([&](const char*, std::size_t size) {
      left -= std::min(left, size);
      return left > 0;
    });
  }

  void Evaluate(const Request&, const std::string& member, const std::string& body,
                Response& response) {
    const Result<std::string> answer = operator_->Evaluate(body, std::nullopt, Now());
    if (answer) return Send(response, *answer);
    Say(response, StatusOf(answer.error()), answer.error().message);
    std::cout << member << ": " << answer.error().message << '\n' << std::flush;
  }

  // Anybody may bring the next roster: a majority of root keys signed it, or it is refused.
  void TakeRoster(const Request&, const std::string&, const std::string& body, Response& response) {
    const std::lock_guard lock(mutex_);
    const Result<std::uint64_t> version = operator_->TakeRoster(body);
    if (!version) return Say(response, StatusOf(version.error()), version.error().message);
    if (!KeepRoster(*version, body)) return Say(response, 500, "the roster could not be kept");
    Say(response, 200, std::to_string(*version));
  }
  bool KeepRoster(std::uint64_t version, const std::string& file) const {
    // The one in force again: members keep getting the copy that is there.
    if (fs::exists(rosters_ / std::to_string(version))) return true;
    return WriteSynced(rosters_ / std::to_string(version), file, 0644);
  }

  // Only what is sealed is forwarded: of that the frame and its length are all there is to see.
  void TakeMail(const Request& request, const std::string& member, const std::string& body,
                Response& response) {
    const Result<CarriedFile> mail = InspectFile(body);
    if (!mail) return Say(response, StatusOf(mail.error()), mail.error().message);
    if (mail->type != "sealed" || mail->exchange != exchange_) {
      return Say(response, 400, "refused, wrong type: only sealed files of this exchange travel");
    }
    const std::string to = request.get_param_value("to");
    if (!to.empty() && !members_.Has(to)) return Say(response, 404, "no such member");
    const std::lock_guard lock(mutex_);
    if (spool_.BytesFrom(member) + body.size() > options_.max_mail) {
      return Say(response, 429, "refused, over quota: too much mail of yours waits to be fetched");
    }
    const std::uint64_t number = spool_.Put(member, to, body);
    if (number == 0) return Say(response, 500, "the mail could not be kept");
    Say(response, 201, std::to_string(number));
  }

  void ListMail(const Request& request, const std::string& member, Response& response) const {
    const std::string after_text = request.get_param_value("after");
    std::uint64_t after = 0;
    std::from_chars(after_text.data(), after_text.data() + after_text.size(), after);
    std::string lines;
    for (const Spool::Mail& mail : spool_.For(member)) {
      if (mail.number <= after) continue;
      lines +=
          std::to_string(mail.number) + " " + mail.from + " " + std::to_string(mail.bytes) + "\n";
    }
    response.set_content(lines, "text/plain");
  }

  void FetchMail(const Request& request, const std::string& member, Response& response) const {
    for (const Spool::Mail& mail : spool_.For(member)) {
      if (std::to_string(mail.number) == request.matches[1].str()) {
        return SendFile(mail.file, response);
      }
    }
    Say(response, 404, "no such mail for you");
  }

  // By who sent it, or by the only one it is for.
  void DropMail(const Request& request, const std::string& member, Response& response) {
    const std::lock_guard lock(mutex_);
    for (const Spool::Mail& mail : spool_.All()) {
      if (std::to_string(mail.number) != request.matches[1].str()) continue;
      if (mail.from != member && mail.to != member) break;
      std::error_code failed;
      fs::remove(mail.file, failed);
      return Say(response, failed ? 500 : 200, failed ? "it could not be removed" : "removed");
    }
    Say(response, 404, "no such mail of yours");
  }

  static void SendFile(const fs::path& file, Response& response) {
    std::optional<std::string> bytes = ReadFile(file);
    if (!bytes) return Say(response, 404, "not here");
    Send(response, *std::move(bytes));
  }

  const Options& options_;
  const Members& members_;
  const std::unique_ptr<ExchangeOperator> operator_;
  Spool spool_;
  const fs::path rosters_;
  ExchangeId exchange_;
  std::mutex mutex_;  // one change of roster or spool at a time
};

// --- Starting and ending ---

bool ParseOptions(int argc, char** argv, Options& options) {
  std::vector<std::string> words(argv + 1, argv + argc), folders;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with("--")) {
      folders.push_back(words[i]);
      continue;
    }
    const std::string name = words[i].substr(2);
    if (++i == words.size()) return false;
    const std::string& value = words[i];
    const auto number = [&](auto& target) {
      const auto read = std::from_chars(value.data(), value.data() + value.size(), target);
      return read.ec == std::errc() && read.ptr == value.data() + value.size();
    };
    const std::map<std::string, std::string*> texts = {{"tokens", &options.tokens},
                                                       {"cert", &options.cert},
                                                       {"tls-key", &options.tls_key},
                                                       {"ready", &options.ready}};
    if (const auto text = texts.find(name); text != texts.end()) {
      *text->second = value;
    } else if (name == "port"       ? !number(options.port)
               : name == "max-body" ? !number(options.max_body)
               : name == "max-mail" ? !number(options.max_mail)
               : name == "deadline" ? !number(options.deadline_s)
                                    : true) {
      return false;
    }
  }
  if (folders.size() != 2 || options.tokens.empty() || options.deadline_s < 1) return false;
  options.operator_dir = folders[0];
  options.spool_dir = folders[1];
  if (options.cert.empty()) options.cert = options.spool_dir + "/server.crt";
  if (options.tls_key.empty()) options.tls_key = options.spool_dir + "/server.key";
  return true;
}

// What a stranger sent, in a log: one line stays one line.
std::string Printable(const std::string& text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string printable;
  for (const char c : text.substr(0, 200)) {
    if (c > ' ' && c <= '~') {
      printable += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      printable += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return printable;
}

int Fail(const std::string& why) {
  std::cerr << "exchange_server: " << why << '\n';
  return 2;
}

int Serve(const Options& options, const sigset_t& ending) {
  fs::create_directories(options.spool_dir);
  Members members;
  if (!members.Read(options.tokens)) {
    return Fail(options.tokens + ": mode 0600, lines NAME TOKEN, tokens of 32 characters or more");
  }
  if (!fs::exists(options.cert) && !MakeCertificate(options.cert, options.tls_key)) {
    return Fail(options.cert + ": no certificate could be made");
  }
  auto opened = ExchangeOperator::Open(options.operator_dir);
  if (!opened) return Fail(opened.error().message);
  Desk desk(options, members, *std::move(opened));
  if (!desk.Start()) return Fail("the operator needs a roster: revenant exchange operator roster");

  Deadlines deadlines(options.deadline_s);
  httplib::SSLServer server([&](SSL_CTX& context) {
    SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
    return deadlines.Install(context) &&
           SSL_CTX_use_certificate_chain_file(&context, options.cert.c_str()) == 1 &&
           SSL_CTX_use_PrivateKey_file(&context, options.tls_key.c_str(), SSL_FILETYPE_PEM) == 1;
  });
  if (!server.is_valid()) return Fail(options.cert + ", " + options.tls_key + ": not usable");
  // A connection that says nothing is not even accepted, where the kernel can wait for its first
  // bytes; one that stops talking holds one of many threads, for a few seconds.
  server.set_socket_options([&](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(socket, IPPROTO_TCP, TCP_DEFER_ACCEPT, &options.deadline_s,
               sizeof options.deadline_s);
  });
  server.new_task_queue = [] { return new httplib::ThreadPool(64); };
  server.set_read_timeout(std::min(options.deadline_s, 5));
  server.set_write_timeout(std::min(options.deadline_s, 10));
  server.set_keep_alive_max_count(1);  // what a refused body leaves unread never becomes a request
  server.set_logger([](const auto& request, const auto& response) {
    std::cout << Printable(request.method) << ' ' << Printable(request.path) << ' '
              << response.status << '\n'
              << std::flush;
  });
  desk.Route(server);
  const int port = options.port == 0 ? server.bind_to_any_port("127.0.0.1")
                   : server.bind_to_port("127.0.0.1", options.port) ? options.port
                                                                    : -1;
  if (port <= 0) return Fail("the port cannot be had");
  std::thread listener([&] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::yield();
  const std::string url = "https://127.0.0.1:" + std::to_string(port);
  std::cout << "ready at " << url << '\n' << std::flush;
  if (!options.ready.empty()) WriteSynced(fs::absolute(options.ready), url + "\n", 0644);

  int signal = 0;
  sigwait(&ending, &signal);
  std::cout << "ending: what is under way is finished" << '\n' << std::flush;
  server.stop();
  listener.join();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!ParseOptions(argc, argv, options)) {
    return Fail("usage: exchange_server OPERATOR_DIR SPOOL_DIR --tokens FILE [--port N] ...");
  }
  // Blocked before the first thread is there, so that sigwait() gets them.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  return Serve(options, ending);
}
