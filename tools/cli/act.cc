#include <fmt/format.h>

#include "journal/certificate_file.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
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
  context.out.Line(context.json ? ToJson(RecordedEntry{seq})
                                : fmt::format("entry {} of the journal", seq));
  return kDone;
}

}  // namespace

void AddAct(CLI::App& app, Context& context) {
  const Verb<ActArgs> verb(app, context, "act",
                           "Record in the journal what was done about a verdict");
  verb.Add("FILE", verb->file,
           "The certificate, or the line of `screen --json` that holds it; - is stdin")
      ->required();
  verb.Add("--did", verb->decision, "TEXT", "What was done, in a word or two: refused, let in, ...")
      ->required();
  verb.Footer("A certificate is the member \"certificate\" of what `screen --json` prints.");
  verb.Runs(RunAct);
}

}  // namespace revenant::cli
