#include "exchange/exchange_common.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>

#include "json_line.h"
#include "revenant/atomic_file.h"
#include "revenant/exchange_desk.h"
#include "try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

namespace fs = std::filesystem;

// What `blind` and `import --tokens-request` leave behind for later.
constexpr std::size_t kMaxKeptBytes = std::size_t{1} << 30;

// In the order of the help text.
constexpr AddExchangeVerb kExchangeVerbs[] = {
    AddExchangeKeygen,   AddExchangeJoin,     AddExchangeRoster, AddExchangeBlind,
    AddExchangeUnblind,  AddExchangeExport,   AddExchangeImport, AddExchangeWithdraw,
    AddExchangeErasures, AddExchangeFeedback, AddExchangeStatus, AddExchangeAlerts,
    AddExchangeOperator,
};

}  // namespace

Result<fs::path> ExchangeOptions::MemberKeyPath(const Context& context) const {
  if (!member_key.empty()) return fs::path(member_key);
  TRY_ASSIGN(const fs::path dir, context.StorePath());
  std::error_code error;
  fs::path plain = fs::absolute(dir, error).lexically_normal();
  if (error) return Error{Code::kIo, dir.string() + ": " + error.message()};
  if (!plain.has_filename()) plain = plain.parent_path();
  return fs::path(plain.string() + ".member.key");
}

Result<MembershipKeys> ExchangeOptions::ReadMemberKeys(const Context& context) const {
  TRY_ASSIGN(const fs::path file, MemberKeyPath(context));
  Result<MembershipKeys> keys = MembershipKeys::Read(file);
  if (!keys && keys.error().code == Code::kNotFound) {
    return Error{Code::kNotFound,
                 fmt::format("{}: no member key there; `revenant exchange keygen` makes one",
                             file.string())};
  }
  return keys;
}

Result<OpenDesk> OpenExchange(const ExchangeOptions& options, const Context& context,
                              Access access) {
  OpenDesk desk;
  TRY_ASSIGN(const fs::path member_key, options.MemberKeyPath(context));
  TRY_ASSIGN(desk.registry, context.OpenRegistry(access));
  TRY_ASSIGN(desk.exchange, Exchange::Open(*desk.registry, member_key));
  TRY_ASSIGN(desk.now, context.Now());
  return desk;
}

Result<std::string> ReadExchangeFile(const std::string& file) { return ReadCarriedFile(file); }

Result<std::string> ReadKeptFile(const std::string& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return Error{errno == ENOENT || errno == ENOTDIR ? Code::kNotFound : Code::kIo,
                 fmt::format("opening {}: {}", file, std::generic_category().message(errno))};
  }
  std::error_code error;
  if (!fs::is_regular_file(file, error) || fs::file_size(file, error) > kMaxKeptBytes) {
    return Error{Code::kInvalidArgument,
                 fmt::format("{} is not a regular file of at most {} bytes", file, kMaxKeptBytes)};
  }
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return Error{Code::kIo, fmt::format("reading {} failed", file)};
  return bytes;
}

Result<void> WriteExchangeFile(Context& context, const std::string& file, std::string_view bytes) {
  if (file == "-") {
    context.out.Write(bytes);
    return {};
  }
  return context.WriteOutput(file, bytes);
}

void AddMemberKeyOption(CLI::App& verb, ExchangeOptions& options) {
  verb.add_option("--member-key", options.member_key, "Member key; default: DIR.member.key")
      ->envname("REVENANT_MEMBER_KEY")
      ->type_name("FILE");
}

Result<void> WriteExchangeLetters(Context& context, const std::string& dir, std::string_view kind,
                                  const std::vector<Letter>& letters) {
  std::map<std::string, int> written;  // a member may have several lists
  for (const Letter& letter : letters) {
    const int before = written[letter.to_name]++;
    const std::string name = fmt::format("{}{}.{}", letter.to_name,
                                         before == 0 ? "" : fmt::format("-{}", before + 1), kind);
    const fs::path file = fs::path(dir) / name;
    TRY(WriteExchangeFile(context, file.string(), letter.file));
    context.out.Line(context.json ? JsonLine({{"v", 1}, {"to", letter.to_name}, {"kind", kind}})
                                  : file.string());
  }
  return {};
}

void AddExchange(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("exchange", "Share infringers without sharing identifiers");
  auto options = std::make_shared<ExchangeOptions>();
  AddMemberKeyOption(*verb, *options);
  verb->require_subcommand(1);
  verb->fallthrough();
  for (const AddExchangeVerb add : kExchangeVerbs) add(*verb, context, options);
  verb->footer(
      "Every step is a file in and a file out; how files travel is up to the members.\n"
      "  keygen > join > (blind > operator evaluate > unblind) > export > import");
}

}  // namespace revenant::cli
