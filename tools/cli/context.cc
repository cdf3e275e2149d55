#include "context.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <thread>

#include "revenant/atomic_file.h"
#include "revenant/records.h"
#include "try.h"

namespace revenant::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxSmallFileBytes = 1 << 20;

// "DIR/" and "." have names too.
Result<fs::path> BesideStore(const fs::path& dir, const char* ending) {
  std::error_code error;
  fs::path plain = fs::absolute(dir, error).lexically_normal();
  if (error) return Error{Code::kIo, dir.string() + ": " + error.message()};
  if (!plain.has_filename()) plain = plain.parent_path();
  const bool is_named = plain.filename() == dir.filename();
  return fs::path((is_named ? dir : plain).string() + ending);
}

std::string LoginName() {
  const passwd* user = ::getpwuid(::geteuid());
  return user != nullptr ? user->pw_name : fmt::format("uid {}", ::geteuid());
}

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "set by a signal handler");

}  // namespace

void Context::Note(std::string_view text) const {
  if (!quiet) Message(fmt::format("revenant: {}", text));
}

Result<fs::path> Context::StorePath() const {
  if (!store.empty()) return fs::path(store);
  return Error{Code::kInvalidArgument, "no store named: give --store DIR or set REVENANT_STORE"};
}

Result<fs::path> Context::KeyPath() const {
  if (!key.empty()) return fs::path(key);
  TRY_ASSIGN(const fs::path dir, StorePath());
  return BesideStore(dir, ".key");
}

Result<fs::path> Context::JournalKeyPath() const {
  if (!journal_key.empty()) return fs::path(journal_key);
  TRY_ASSIGN(const fs::path dir, StorePath());
  return BesideStore(dir, ".journal.key");
}

Result<Actor> Context::Acting() const {
  TRY_ASSIGN(const Time at, Now());
  return Actor{actor.empty() ? LoginName() : actor, at};
}

Result<std::unique_ptr<Registry>> Context::OpenRegistry(Access access, Rows rows) const {
  TRY_ASSIGN(const fs::path dir, StorePath());
  TRY_ASSIGN(const fs::path key_file, KeyPath());
  std::error_code error;
  // Any other fault of it is reported below.
  const bool is_empty = fs::is_directory(dir, error) && fs::is_empty(dir, error);
  if (is_empty || fs::status(dir, error).type() == fs::file_type::not_found) {
    return Error{Code::kNotFound,
                 fmt::format("{}: no store there; `revenant --store {} init` makes one",
                             dir.string(), dir.string())};
  }
  if (fs::status(key_file, error).type() == fs::file_type::not_found) {
    return Error{Code::kNotFound,
                 fmt::format("{}: there is no such key file; --key names the one that `init` made "
                             "for {}",
                             key_file.string(), dir.string())};
  }
  TRY_ASSIGN(const Key secret, Key::Read(key_file));
  constexpr std::uint64_t kPlenty = std::uint64_t{2} << 30;
  const bool in_memory = rows == Rows::kInMemory;
  const auto open = [&] {
    return Registry::Open(dir, secret,
                          {.access = access,
                           .in_memory_bytes = in_memory ? kPlenty : 0,
                           .log = [this](LogLevel level, std::string_view line) {
                             if (level == LogLevel::kWarning) Note(line);
                           }});
  };
  // Another command that writes is usually done in a moment.
  constexpr int kTries = 15;
  constexpr std::chrono::milliseconds kWait{100};
  auto opened = open();
  for (int tries = 1; tries < kTries && !opened && opened.error().code == Code::kConflict;
       ++tries) {
    std::this_thread::sleep_for(kWait);
    opened = open();
  }
  if (!opened && opened.error().code == Code::kInvalidArgument) {
    fs::path next_key = fs::canonical(key_file, error);  // a rekeying follows links
    next_key += ".new";
    const Result<Key> next = Key::Read(next_key);
    if (next && Registry::Open(dir, *next, {.access = Access::kReadOnly})) {
      return Error{
          Code::kInvalidArgument,
          fmt::format("{}; {} is of a rekeying that was cut short: `revenant --store {} rekey` "
                      "finishes it",
                      opened.error().message, next_key.string(), dir.string())};
    }
  }
  TRY_ASSIGN(auto registry, std::move(opened));
  if (in_memory) TRY(registry->WarmUp());
  if (access == Access::kReadWrite) {
    TRY_ASSIGN(Actor acting, Acting());
    registry->ActAs(std::move(acting));
  }
  return registry;
}

Result<void> Context::CheckOutput(const std::string& file,
                                  std::span<const std::string> inputs) const {
  if (file.empty() || file == "-") return {};
  const auto refuse = [&](std::string_view what) {
    return Error{
        Code::kInvalidArgument,
        fmt::format("{}: is {}, and would be written over; name another file", file, what)};
  };
  std::error_code error;
  for (const std::string& input : inputs) {
    if (input != "-" && fs::equivalent(file, input, error)) return refuse("an input");
  }
  const Result<fs::path> dir = StorePath();
  if (!dir) return {};
  for (const Result<fs::path>& key_file : {KeyPath(), JournalKeyPath()}) {
    if (key_file && fs::equivalent(file, *key_file, error)) return refuse("a key");
  }
  const fs::path folder = fs::weakly_canonical(fs::absolute(file, error), error).parent_path();
  const fs::path own = fs::weakly_canonical(*dir, error);
  const auto [end, rest] = std::mismatch(own.begin(), own.end(), folder.begin(), folder.end());
  if (!own.empty() && end == own.end()) return refuse("inside the store");
  return {};
}

Result<void> Context::WriteOutput(const std::string& file, std::string_view bytes) const {
  TRY(CheckOutput(file));
  return ReplaceFile(file, bytes);
}

Result<Time> Context::Now() const {
  if (now.empty()) return revenant::Now();
  Result<Time> time = ReadTime(now);
  if (!time) return Error{time.error().code, "--now: " + time.error().message};
  return time;
}

Result<Time> Context::TimeOr(std::string_view option, const std::string& text) const {
  if (text.empty()) return Now();
  Result<Time> time = ReadTime(text);
  if (!time) return Error{time.error().code, fmt::format("{}: {}", option, time.error().message)};
  return time;
}

Result<SellerName> SellerArgument(std::string_view text) {
  text = TrimBlanks(text);
  const std::size_t colon = text.find(':');
  std::string trimmed(text);
  if (colon != std::string_view::npos) {
    trimmed =
        fmt::format("{}:{}", TrimBlanks(text.substr(0, colon)), TrimBlanks(text.substr(colon + 1)));
  }
  Result<SellerName> name = ParseSellerName(trimmed);
  if (name) return name;
  return Error{Code::kInvalidArgument, fmt::format("{:?}: {}", text, name.error().message)};
}

Result<std::string> ReadSmallFile(const std::string& file) {
  const bool is_stdin = file == "-";
  const std::string name = is_stdin ? "stdin" : file;
  const auto failed = [&](int error) {
    return Error{error == ENOENT ? Code::kNotFound : Code::kIo,
                 fmt::format("{}: cannot read: {}", name, std::generic_category().message(error))};
  };
  std::FILE* input = is_stdin ? stdin : std::fopen(file.c_str(), "rbe");
  if (input == nullptr) return failed(errno);
  std::string text(kMaxSmallFileBytes + 1, '\0');
  errno = 0;
  text.resize(std::fread(text.data(), 1, text.size(), input));
  const int error = std::ferror(input) != 0 ? errno : 0;
  if (!is_stdin) std::fclose(input);
  if (error != 0) return failed(error);
  if (text.size() > kMaxSmallFileBytes) {
    return Error{Code::kInvalidArgument, name + ": longer than 1 MiB; is it the right file?"};
  }
  return text;
}

void CatchInterrupts() {
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupted = true; };
  action.sa_flags = SA_RESETHAND;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool Interrupted() { return interrupted; }

// --- Progress

struct Progress::State {
  using Clock = std::chrono::steady_clock;
  bool terminal = StderrIsTerminal();
  Clock::time_point start = Clock::now();
  Clock::time_point shown = start;
  std::uint64_t before = 0;  // records of an earlier run
  double part_before = -1;   // of the whole, when it was first known
  std::size_t width = 0;     // of what stands on the line
};

namespace {

std::size_t TerminalColumns() {
  const char* given = std::getenv("COLUMNS");
  const int columns = given != nullptr ? std::atoi(given) : 0;
  if (columns > 0) return static_cast<std::size_t>(columns);
  winsize size = {};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

std::string Clocked(double seconds) {
  const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

// "[####    ] " of `columns` columns, the part done in green where colour is welcome.
std::string Bar(double part, std::size_t columns) {
  const std::size_t inside = columns - 3;
  const auto done = static_cast<std::size_t>(part * static_cast<double>(inside));
  const char* refused = std::getenv("NO_COLOR");
  const bool plain = refused != nullptr && *refused != '\0';
  const std::string marks(done, '#');
  return fmt::format("[{}{:{}}] ", plain ? marks : fmt::format("\x1b[32m{}\x1b[0m", marks), "",
                     inside - done);
}

}  // namespace

Progress::Progress(const Context& context) {
  if (!context.quiet) state_ = std::make_unique<State>();
}

Progress::~Progress() { Clear(); }

void Progress::Resume(std::uint64_t records) {
  if (state_) state_->before = records;
}

void Progress::Show(std::uint64_t records, double part, std::string_view more) {
  if (!state_) return;
  State& state = *state_;
  if (part >= 0 && state.part_before < 0) state.part_before = state.before > 0 ? part : 0;
  const auto now = State::Clock::now();
  const auto pause = std::chrono::milliseconds(state.terminal ? 200 : 10'000);
  if (now - state.shown < pause) return;
  state.shown = now;
  const double seconds = std::chrono::duration<double>(now - state.start).count();
  const std::uint64_t own = records - std::min(records, state.before);
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(own) / seconds);
  std::string text;
  if (part >= 0) text = fmt::format("{}%, ", static_cast<int>(100 * part));
  text += fmt::format("{}, {} per second", Counted(records, "record"), Grouped(rate));
  const double gained = part - state.part_before;
  if (part >= 0 && gained > 0)
    text += fmt::format(", {} left", Clocked(seconds / gained * (1 - part)));
  if (!more.empty()) text += fmt::format("; {}", more);
  constexpr std::string_view kName = "revenant: ";
  if (!state.terminal) return Message(fmt::format("{}{}", kName, text));
  const std::size_t columns = TerminalColumns() - 1;  // the last one would begin a new line
  std::string bar;
  constexpr std::size_t kShortBar = 10, kLongBar = 40;
  const std::size_t used = kName.size() + text.size();
  std::size_t width = used;
  if (part >= 0 && columns >= used + kShortBar) {
    const std::size_t bar_columns = std::min(kLongBar, columns - used);
    bar = Bar(part, bar_columns);
    width += bar_columns;
  }
  std::string line = fmt::format("{}{}{}", kName, bar, text);
  if (width > columns) {  // then there is no bar, and all is ASCII
    line.resize(columns);
    width = columns;
  }
  line.append(state.width > width ? state.width - width : 0, ' ');
  state.width = width;
  fmt::print(stderr, "\r{}", line);
}

void Progress::Clear() {
  if (!state_ || state_->width == 0) return;
  fmt::print(stderr, "\r{:{}}\r", "", state_->width);
  state_->width = 0;
}

}  // namespace revenant::cli
