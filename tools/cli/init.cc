#include <fmt/format.h>

#include <optional>
#include <system_error>

#include "journal/journal_files.h"
#include "revenant/journal_keys.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

namespace fs = std::filesystem;

struct InitArgs {
  std::string policy;
  std::optional<double> hub_ban_rate;
};

struct KeyFile {
  Key key;
  bool is_new = false;
};

// The key that --key names, if it exists; else a new one, written before the store so that there
// never is a store whose key is lost.
Result<KeyFile> FindOrMakeKey(const Context& context, const fs::path& file) {
  std::error_code error;
  if (fs::exists(file, error)) {
    if (context.key.empty()) {
      return Error{
          Code::kConflict,
          fmt::format("{}: this key file exists already; use it with --key {}, or move it away",
                      file.string(), file.string())};
    }
    TRY_ASSIGN(Key key, Key::Read(file));
    return KeyFile{std::move(key), false};
  }
  TRY_ASSIGN(Key key, Key::Generate());
  TRY(key.WriteNew(file));
  return KeyFile{std::move(key), true};
}

// What a failed init leaves in its folder would keep the next one out.
void TakeBack(const fs::path& dir, bool with_folder) {
  std::error_code ignored;
  std::vector<fs::path> made;
  for (fs::directory_iterator entry(dir, ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    made.push_back(entry->path());
  }
  for (const fs::path& path : made) fs::remove_all(path, ignored);
  if (with_folder) fs::remove(dir, ignored);
}

Result<int> RunInit(const InitArgs& args, Context& context) {
  TRY_ASSIGN(const fs::path dir, context.StorePath());
  TRY_ASSIGN(const fs::path key_file, context.KeyPath());
  LinkPolicy policy;
  std::optional<EnforcementPolicy> enforcement;
  if (!args.policy.empty()) {
    const std::string file = args.policy == "-" ? "stdin" : args.policy;
    TRY_ASSIGN(const std::string toml, ReadSmallFile(args.policy));
    TRY_ASSIGN(policy, ParseLinkPolicy(toml, file));
    TRY_ASSIGN(enforcement, ParseEnforcementPolicy(toml, file));
  }
  if (args.hub_ban_rate) {
    if (!(*args.hub_ban_rate > 0 && *args.hub_ban_rate < 1)) {
      return Error{Code::kInvalidArgument,
                   "--hub-ban-rate: a share above 0 and below 1; 0.02 is one seller in fifty"};
    }
    policy.hub_ban_rate = *args.hub_ban_rate;
  }
  TRY_ASSIGN(const fs::path journal_key, context.JournalKeyPath());
  std::error_code error;
  // A second journal under one key would look like a fork of the first. (Faults of the folder
  // itself are reported below.)
  const bool new_folder = !fs::exists(dir, error) || fs::is_empty(dir, error);
  if (!new_folder) {
    return Error{Code::kConflict,
                 fmt::format("{}: not empty: it seems to hold a store already (`revenant --store "
                             "{} stats` shows it); name a new or an empty folder",
                             dir.string(), dir.string())};
  }
  if (fs::exists(journal_key, error)) {
    return Error{
        Code::kConflict,
        fmt::format(
            "{}: this journal key exists already and belongs to another store; move it away",
            journal_key.string())};
  }
  TRY_ASSIGN(const KeyFile key, FindOrMakeKey(context, key_file));
  TRY_ASSIGN(const Actor acting, context.Acting());
  // Of several at once, one makes the folder, and no other may clear it. (What is wrong with it is
  // said by Create().)
  if (dir.has_parent_path()) fs::create_directories(dir.parent_path(), error);
  const bool is_ours = fs::create_directory(dir, error);
  auto registry = Registry::Create(dir, key.key, policy, acting);
  Result<void> made;
  if (!registry) {
    made = registry.error();
  } else if (const auto journal = MakeJournalKey(context); !journal) {
    made = journal.error();
  } else {
    made = NameSigner(**registry, journal->public_key());
  }
  if (!made) {
    const bool holds_ours = is_ours || registry;
    if (registry) registry->reset();
    if (holds_ours) TakeBack(dir, is_ours);
    if (key.is_new) fs::remove(key_file, error);
    return std::move(made).error();
  }
  if (enforcement && *enforcement != EnforcementPolicy{}) {
    TRY((*registry)->Apply(SetEnforcement{*enforcement}, Durability::kSynced, acting));
  }
  if (context.json) {
    context.out.Line(
        ToJson(NewStore{dir.string(), key_file.string(), journal_key.string(),
                        (*registry)->format_version(), (*registry)->key_check_value()}));
  } else {
    context.out.Line(fmt::format("store            {}", dir.string()));
    context.out.Line(fmt::format("key              {}{}", key_file.string(),
                                 key.is_new ? " (new: keep a copy, apart from the store)" : ""));
    context.out.Line(fmt::format("journal key      {} (signs; its public half is beside it)",
                                 journal_key.string()));
    context.out.Line(fmt::format("key check value  {}", (*registry)->key_check_value()));
  }
  return kDone;
}

}  // namespace

void AddInit(CLI::App& app, Context& context) {
  const Verb<InitArgs> verb(app, context, "init", "Make a new store and its key");
  verb.Add("--policy", verb->policy, "FILE", "Link policy (TOML); without it the defaults apply");
  verb.Add("--hub-ban-rate", verb->hub_ban_rate,
           "Share of your sellers that are banned. A widely shared identifier leads to a "
           "review\nwhen its holders are banned far more often than that (default 0.03; a third of "
           "the\ntrue share sends one applicant in a hundred to a person)")
      ->type_name("RATE");
  verb.Footer(
      "Makes the folder named by --store, which must be new or empty, and a key file beside it\n"
      "(DIR.key, mode 0600). A key file named by --key is used if it exists and made if not; none\n"
      "is ever overwritten. Without the key the store is worthless: fingerprints cannot be made "
      "or\n"
      "compared. With both, short numbers can be guessed: keep the two apart.");
  verb.Runs(RunInit);
}

}  // namespace revenant::cli
