// The `revenant` command: reads the command line, runs one verb, turns its outcome into an exit
// code and, where it failed, one line on stderr.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <new>
#include <span>
#include <string>

#include "context.h"
#include "revenant/version.h"
#include "typos.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

constexpr const char* kAbout = "Recognises the banned seller behind the new storefront.";

constexpr const char* kFooter =
    "A seller is written PLATFORM:EXTERNAL_ID; the first colon splits. A FILE may be - for stdin,\n"
    "and gzip or zstd compressed. Times are RFC 3339 (2026-03-01T10:00:00Z) or a date.\n\n"
    "Exit codes: 0 done; 1 ran, but found nothing or a check failed; 2 error, with one line on\n"
    "stderr; 130 interrupted.";

using AddVerb = void (*)(CLI::App&, Context&);

struct VerbGroup {
  const char* title;
  std::initializer_list<AddVerb> verbs;
};

// In the order of the help text.
const VerbGroup kVerbs[] = {
    {"Set up", {AddInit, AddPolicy, AddCalibrate, AddKinds, AddNormalize}},
    {"Enter", {AddImport, AddWithdraw, AddContest, AddForget}},
    {"Decide", {AddBan, AddReinstate, AddInfringe, AddRetract, AddCannotLink, AddAllowLink}},
    {"Ask",
     {AddScreen, AddAudit, AddReport, AddExplain, AddCluster, AddClusters, AddGraph, AddFind,
      AddSellers, AddHubs, AddStats, AddAlerts, AddSubject, AddEvaluate, AddVerifyCertificate}},
    {"Enforce",
     {AddNotice, AddCounterNotice, AddMilestone, AddOrder, AddFigure, AddListing, AddSanctions,
      AddMeasure, AddKnowledge, AddDue, AddSupplier, AddDuty}},
    {"Share", {AddExchange}},
    {"Prove", {AddAct, AddJournal, AddDossier, AddVerifyDossier}},
    {"Keep",
     {AddExport, AddFsck, AddDoctor, AddCheckpoint, AddBackup, AddRestore, AddCompact, AddRekey,
      AddUpgrade, AddVersion, AddHelp}},
    {"", {AddGenerate}},  // hidden
};

void AddGlobalOptions(CLI::App& app, Context& context) {
  app.add_option("--store", context.store, "Folder of the store")
      ->envname("REVENANT_STORE")
      ->type_name("DIR");
  app.add_option("--key", context.key, "Key file; default: DIR.key")
      ->envname("REVENANT_KEY")
      ->type_name("FILE");
  app.add_option("--journal-key", context.journal_key,
                 "Key that signs checkpoints and dossiers; default: DIR.journal.key")
      ->envname("REVENANT_JOURNAL_KEY")
      ->type_name("FILE");
  app.add_option("--as", context.actor, "Who acts, for the journal; default: the login name")
      ->envname("REVENANT_ACTOR")
      ->type_name("NAME");
  app.add_flag("--json", context.json, "Print JSON Lines on stdout");
  app.add_flag("--quiet,-q", context.quiet, "No messages but errors");
  app.add_option("--now", context.now, "Use this as the current time (for tests)")
      ->envname("REVENANT_NOW")
      ->type_name("T")
      ->group("");
  app.set_version_flag("--version", std::string("revenant " REVENANT_VERSION));
}

// The deepest verb that was named, for the hint where help is found.
std::string NamedVerb(const CLI::App& app) {
  std::string name = "revenant";
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    name += " " + at->get_name();
  }
  return name;
}

int Parse(CLI::App& app, Context& context, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return kDone;
  } catch (const CLI::CallForHelp&) {
    CLI::App* at = &app;
    while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
    context.out.Write(HelpOf(*at));
  } catch (const CLI::CallForVersion&) {
    context.out.Line("revenant " REVENANT_VERSION);
  } catch (const CLI::ParseError& error) {
    Message(fmt::format("revenant: {}; see `{} --help`", error.what(), NamedVerb(app)));
    return kFailed;
  }
  return kDone;
}

int Main(int argc, char** argv) {
  // A reader that went away shows as EPIPE, which is success.
  // A closed stream stays one that cannot be used: else the next file opened would take its number.
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    static_cast<void>(::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
  std::signal(SIGPIPE, SIG_IGN);
  // A file that may grow no more (ulimit -f) shows as EFBIG, which is an error.
  std::signal(SIGXFSZ, SIG_IGN);
  // Written files hold names, reasons and cases: for their owner alone, unless the owner passes
  // them on.
  ::umask(::umask(0077) | 0077);
  Context context;
  CLI::App app(kAbout, "revenant");
  app.footer(kFooter);
  app.fallthrough();
  app.require_subcommand(0, 1);
  AddGlobalOptions(app, context);
  for (const VerbGroup& group : kVerbs) {
    const std::size_t known = app.get_subcommands({}).size();
    for (const AddVerb add : group.verbs) add(app, context);
    const auto verbs = app.get_subcommands({});
    for (std::size_t i = known; i < verbs.size(); ++i) verbs[i]->group(group.title);
  }

  const std::span<char* const> arguments(argv + 1, static_cast<std::size_t>(std::max(argc - 1, 0)));
  if (const auto unknown = FindUnknownName(app, arguments)) {
    Message("revenant: " + *unknown);
    return kFailed;
  }
  int code = Parse(app, context, argc, argv);
  if (code == kDone && context.run) {
    const Result<int> outcome = context.run();
    if (outcome) {
      code = *outcome;
    } else {
      Message("revenant: " + outcome.error().message);
      code = kFailed;
    }
  } else if (code == kDone && argc <= 1) {
    Message("revenant: name a verb; see `revenant --help`");
    code = kFailed;
  }
  if (const Result<void> written = context.out.Finish(); !written) {
    Message("revenant: " + written.error().message);
    code = kFailed;
  }
  return code;
}

}  // namespace
}  // namespace revenant::cli

int main(int argc, char** argv) {
  try {
    return revenant::cli::Main(argc, argv);
  } catch (const std::bad_alloc&) {
    revenant::cli::Message("revenant: out of memory (`ulimit -v` may be what limits it)");
    // No destructors: a store that ran out of memory while it was opened may leave RocksDB's
    // threads waiting for a lock that nobody will release.
    std::_Exit(revenant::cli::kFailed);
  } catch (const std::exception& error) {  // nothing of the library's
    revenant::cli::Message(std::string("revenant: ") + error.what());
    return revenant::cli::kFailed;
  }
}
