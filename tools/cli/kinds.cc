#include <fmt/format.h>

#include "revenant/identifier.h"
#include "revenant/json.h"
#include "revenant/records.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct KindsArgs {
  std::string prefix;
  bool markdown = false;
};

std::string Scope(const KindInfo& kind) {
  return kind.scope.empty() ? "global" : std::string(kind.scope);
}

std::string TextRow(const KindInfo& kind) {
  return fmt::format("{:<24} {:<10} {:<8} {:>7} {:>7}  {:<24} {}", kind.name, RoleName(kind.role),
                     Scope(kind), kind.fanout_limit, kind.carry_limit, kind.check, kind.title);
}

void NoteNone(const std::string& prefix, const Context& context) {
  const std::string suggestion = SuggestKind(prefix);
  const bool is_kind = FindKind(suggestion) != nullptr;
  context.Note(fmt::format("no kind begins with {:?}{}", prefix,
                           is_kind ? fmt::format("; did you mean {}?", suggestion) : ""));
}

Result<int> RunKinds(const KindsArgs& args, Context& context) {
  if (args.markdown) {
    const std::string page = KindsMarkdown(args.prefix);
    context.out.Write(page);
    if (page.empty()) NoteNone(args.prefix, context);
    return page.empty() ? kNothing : kDone;
  }
  std::string header;
  if (!context.json) {
    header = fmt::format("{:<24} {:<10} {:<8} {:>7} {:>7}  {:<24} {}", "kind", "role", "scope",
                         "fanout", "carry", "check", "what it is");
  }
  bool any = false;
  for (const KindInfo& kind : Kinds()) {
    if (!kind.name.starts_with(args.prefix)) continue;
    if (!any && !header.empty()) context.out.Line(header);
    any = true;
    context.out.Line(context.json ? ToJson(kind) : TextRow(kind));
  }
  if (!any) NoteNone(args.prefix, context);
  return any ? kDone : kNothing;
}

}  // namespace

void AddKinds(CLI::App& app, Context& context) {
  const Verb<KindsArgs> verb(app, context, "kinds", "List the kinds of identifiers");
  verb.Add("PREFIX", verb->prefix, "Only kinds with names that begin like this: pay. or doc.cn");
  verb.AddFlag("--markdown", verb->markdown, "As the Markdown page of the documentation");
  verb.Footer(
      "More sellers than the fanout limit make a value a hub, which links nobody; more values "
      "than\n"
      "the carry limit make a seller a leaf. These are the defaults; a policy may change them\n"
      "(`policy show`). Needs no store.");
  verb.Runs(RunKinds);
}

}  // namespace revenant::cli
