#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "journal/certificate_file.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct ActArgs {
  std::string file, decision;
};

Result<int> RunAct(const ActArgs& args, Context& context) {
  TRY_ASSIGN(const std::string certificate, ReadCertificate(args.file));
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  TRY_ASSIGN(const std::uint64_t seq, registry->RecordDecision(certificate, args.decision, {}));
  context.out.Line(context.json ? fmt::format("{{\"v\":1,\"seq\":\"{}\"}}", seq)
                                : fmt::format("entry {} of the journal", seq));
  return kDone;
}

}  // namespace

void AddAct(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("act", "Enter into the journal what was done on a verdict");
  auto args = std::make_shared<ActArgs>();
  verb->add_option("FILE", args->file,
                   "The certificate, or the line of `screen --json` that holds it; - is stdin")
      ->required();
  verb->add_option("--did", args->decision, "What was done, in a word or two: refused, let in, ...")
      ->type_name("TEXT")
      ->required();
  verb->footer("A certificate is the member \"certificate\" of what `screen --json` gives.");
  verb->callback(
      [args, &context] { context.run = [args, &context] { return RunAct(*args, context); }; });
}

}  // namespace revenant::cli
