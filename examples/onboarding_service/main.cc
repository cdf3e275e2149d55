// An HTTP service around the registry, for a platform to start from. README.md beside this says how
// to run it and what it relies on; openapi.json is its interface. Uses the public headers only.

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <revenant/fingerprint.h>
#include <revenant/link_policy.h>
#include <revenant/policy.h>
#include <revenant/registry.h>
#include <revenant/version.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "front.h"
#include "log.h"
#include "service.h"

namespace {

namespace fs = std::filesystem;
using namespace revenant;
using namespace service;

constexpr char kUsage[] =
    "usage: onboarding_service STORE --tokens FILE [options]\n"
    "       onboarding_service --new-token NAME ROLE    prints a token and its line for FILE\n"
    "  --key FILE           the store's key (default: STORE.key)\n"
    "  --state DIR          answers to applications and writes (default: STORE.service)\n"
    "  --create             makes store and key if there is no store\n"
    "  --policy FILE        put in force at the start and on SIGHUP\n"
    "  --host ADDRESS       (127.0.0.1)    --port N  (8080; 0: any)\n"
    "  --cert FILE --tls-key FILE          HTTPS\n"
    "  --workers N (8)      --max-body BYTES (1048576)   --rate N per token and second (1000)\n"
    "  --deadline SECONDS of a request (10)              --drain SECONDS at the end (10)\n"
    "  --memory BYTES       for what screenings of suspects read (0)\n"
    "  --keep-keys HOURS    for Idempotency-Keys (24)    --quiet   no line per request\n"
    "  --ready FILE         receives the address once requests are answered\n";

struct Options {
  std::string store, key, state, tokens, policy, ready;
  FrontOptions front{.port = 8080};
  std::uint64_t memory = 0;
  int rate = 1000, keep_hours = 24;
  bool create = false, quiet = false;
};

int Fail(const std::string& why) {
  std::cerr << "onboarding_service: " << why << '\n';
  return 2;
}

bool ParseOptions(const std::vector<std::string>& words, Options& options) {
  FrontOptions& front = options.front;
  const std::map<std::string, std::string*> texts = {
      {"--key", &options.key},       {"--state", &options.state},  {"--tokens", &options.tokens},
      {"--policy", &options.policy}, {"--ready", &options.ready},  {"--host", &front.host},
      {"--cert", &front.cert},       {"--tls-key", &front.tls_key}};
  const std::map<std::string, int*> numbers = {{"--port", &front.port},
                                               {"--deadline", &front.request_seconds},
                                               {"--drain", &front.drain_seconds},
                                               {"--rate", &options.rate},
                                               {"--keep-keys", &options.keep_hours}};
  int workers = 8;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--create" || word == "--quiet") {
      (word == "--create" ? options.create : options.quiet) = true;
      continue;
    }
    if (!word.starts_with("--")) {
      if (!options.store.empty()) return false;
      options.store = word;
      continue;
    }
    if (++i == words.size()) return false;
    const std::string& value = words[i];
    const auto read = [&](auto& target) {
      const auto done = std::from_chars(value.data(), value.data() + value.size(), target);
      return done.ec == std::errc() && done.ptr == value.data() + value.size();
    };
    if (const auto text = texts.find(word); text != texts.end()) {
      *text->second = value;
    } else if (const auto number = numbers.find(word); number != numbers.end()) {
      if (!read(*number->second) || *number->second < (word == "--port" ? 0 : 1)) return false;
    } else if (!(word == "--workers"    ? read(workers)
                 : word == "--max-body" ? read(front.max_body)
                 : word == "--memory"   ? read(options.memory)
                                        : false)) {
      return false;
    }
  }
  if (workers < 1 || workers > 256 || options.store.empty() || options.tokens.empty()) return false;
  if (front.cert.empty() != front.tls_key.empty()) return false;
  front.workers = static_cast<unsigned>(workers);
  while (options.store.size() > 1 && options.store.back() == '/') options.store.pop_back();
  if (options.key.empty()) options.key = options.store + ".key";
  if (options.state.empty()) options.state = options.store + ".service";
  return true;
}

std::optional<std::string> ReadFile(const std::string& file) {
  std::ifstream input(file, std::ios::binary);
  if (!input) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(input), {});
}

// What keys the digests of bodies in the service's own files: they must not be guessable without
// the store's key.
std::string StateSecret(const std::string& key_file) {
  std::string bytes = ReadFile(key_file).value_or("");
  unsigned char digest[32];
  unsigned size = 0;
  constexpr char kLabel[] = "revenant/onboarding_service/idempotency/1";
  HMAC(EVP_sha256(), bytes.data(), static_cast<int>(bytes.size()),
       reinterpret_cast<const unsigned char*>(kLabel), sizeof kLabel - 1, digest, &size);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return std::string(reinterpret_cast<char*>(digest), size);
}

revenant::Result<std::unique_ptr<Registry>> OpenStore(const Options& options, Service*& service) {
  if (options.create && !fs::exists(options.store)) {
    const revenant::Result<Key> made =
        fs::exists(options.key) ? Key::Read(options.key) : Key::Generate();
    if (!made) return made.error();
    if (!fs::exists(options.key)) {
      const revenant::Result<void> written = made->WriteNew(options.key);
      if (!written) return written.error();
    }
    const auto created = Registry::Create(options.store, *made, {}, {"onboarding_service", Now()});
    if (!created) return created.error();
  }
  const revenant::Result<Key> key = Key::Read(options.key);
  if (!key) return key.error();
  OpenOptions open;
  open.in_memory_bytes = options.memory;
  // A line may hold keys of rows and names of files; only that there was one is logged.
  open.log = [&service](LogLevel level, std::string_view) {
    if (level != LogLevel::kWarning) return;
    if (service != nullptr) service->CountStoreWarning();
    LogLine("warning", "store");
  };
  return Registry::Open(options.store, *key, open);
}

// Puts the policy of the file in force. What cannot be read changes nothing.
bool ApplyPolicy(const Options& options, Registry& registry) {
  if (options.policy.empty()) return true;
  const auto text = ReadFile(options.policy);
  if (!text) {
    LogLine("error", "policy").Text("why", options.policy + " cannot be read");
    return false;
  }
  const auto link = ParseLinkPolicy(*text, options.policy);
  const auto enforcement = ParseEnforcementPolicy(*text, options.policy);
  if (!link || !enforcement) {
    LogLine("error", "policy")
        .Text("why", link ? enforcement.error().message : link.error().message);
    return false;
  }
  const Event events[] = {SetPolicy{*link}, SetEnforcement{*enforcement}};
  const auto applied = registry.ApplyAll(events, nullptr, nullptr, Durability::kSynced,
                                         {"onboarding_service", Now()});
  if (!applied) {
    LogLine("error", "policy").Text("why", CodeName(applied.error().code));
    return false;
  }
  LogLine("info", "policy")
      .Text("changed", (*applied)[0].changed || (*applied)[1].changed ? "yes" : "no");
  return true;
}

int Serve(const Options& options, const sigset_t& signals) {
  std::string why;
  std::shared_ptr<const Callers> callers = Callers::Read(options.tokens, options.rate, why);
  if (!callers) return Fail(why);
  Service* reached = nullptr;  // by the store's log
  auto opened = OpenStore(options, reached);
  if (!opened) return Fail(opened.error().message);
  const std::unique_ptr<Registry> registry = *std::move(opened);
  if (!ApplyPolicy(options, *registry)) return Fail(options.policy + ": not put in force");

  std::error_code failed;
  fs::create_directories(options.state, failed);
  fs::permissions(options.state, fs::perms::owner_all, failed);
  Applications applications;
  Idempotency idempotency;
  if (failed || !applications.Open(options.state + "/applications", why) ||
      !idempotency.Open(options.state + "/keys", StateSecret(options.key), options.keep_hours,
                        why)) {
    return Fail(failed ? options.state + ": " + failed.message() : why);
  }
  Service service(*registry, {options.front.workers, !options.quiet}, applications, idempotency,
                  callers);
  reached = &service;
  Front front(
      options.front,
      {.handle = [&](unsigned worker,
                     const Request& request) { return service.Handle(worker, request); },
       .admit = [&](const std::string& text) { return service.Admit(text); },
       .refused = [&](int status) { service.Refused(status); },
       .stream_begins = [&](std::uint64_t stream,
                            const Request& request) { service.StreamBegins(stream, request); },
       .stream_ends = [&](std::uint64_t stream) { service.StreamEnds(stream); }});
  if (!front.LoadCertificate()) {
    return Fail(options.front.cert + ", " + options.front.tls_key + ": not usable");
  }
  const int port = front.Listen(why);
  if (port == 0) return Fail(options.front.host + ": " + why);
  service.UseFront(&front);
  std::thread serving([&] { front.Run(); });

  // Health checks are answered meanwhile.
  const revenant::Result<void> warm = registry->WarmUp();
  if (!warm) LogLine("error", "warm-up").Text("code", CodeName(warm.error().code));
  if (warm) service.SetReady();
  const std::string url = (options.front.cert.empty() ? "http://" : "https://") +
                          options.front.host + ":" + std::to_string(port);
  LogLine("info", "ready").Text("url", url).Text("version", REVENANT_VERSION);
  if (!options.ready.empty() && warm) {
    std::ofstream(options.ready + ".part") << url << '\n';
    fs::rename(options.ready + ".part", options.ready, failed);
  }

  int signal = warm ? 0 : SIGTERM;
  while (warm && signal != SIGTERM && signal != SIGINT) {
    sigwait(&signals, &signal);
    if (signal != SIGHUP) continue;
    // Everything that a file says, again. What is wrong is named, and the rest stays as it was.
    const std::shared_ptr<const Callers> again = Callers::Read(options.tokens, options.rate, why);
    if (again) service.SetCallers(again);
    if (!again) LogLine("error", "tokens").Text("why", why);
    const bool certificate = front.LoadCertificate();
    if (!certificate) LogLine("error", "certificate").Text("why", "not usable");
    const bool policy = ApplyPolicy(options, *registry);
    service.CountReload(again != nullptr && certificate && policy);
    LogLine("info", "reloaded");
  }
  LogLine("info", "ending");
  front.Stop();
  serving.join();
  service.UseFront(nullptr);
  reached = nullptr;
  LogLine("info", "ended");
  return warm ? 0 : 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 3 && words[0] == "--new-token") {
    const std::string token = NewToken();
    if (!service::RoleFromName(words[2]) || token.empty()) {
      return Fail("roles: metrics, onboarding, investigator, admin");
    }
    std::cout << "token  " << token << "\nline   " << LineFor(words[1], words[2], token) << '\n';
    return 0;
  }
  Options options;
  if (!ParseOptions(words, options)) {
    std::cerr << kUsage;
    return 2;
  }
  // Blocked before the first thread is there, so that sigwait() gets them.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  // Files of the store and connections together may be more than the usual 1,024.
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 65'536);
    setrlimit(RLIMIT_NOFILE, &files);
  }
  return Serve(options, signals);
}
