#include <fmt/format.h>

#include "revenant/lookup.h"
#include "revenant/name_hints.h"
#include "revenant/records.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct FindArgs {
  std::string value;  // KIND=VALUE
};

// KIND=VALUE, or KIND=- with the value on stdin.
Result<RawAttribute> AttributeOf(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) {
    return Error{Code::kInvalidArgument,
                 "find: write KIND=VALUE, such as pay.iban=DE89370400440532013000"};
  }
  RawAttribute value{text.substr(0, equals), "", text.substr(equals + 1)};
  if (value.kind.empty() || FindKind(value.kind.substr(0, value.kind.find('@'))) == nullptr) {
    const std::string meant = SuggestKind(value.kind);
    return Error{Code::kInvalidArgument,
                 fmt::format("find: no kind {:?}{}; see `revenant kinds`", value.kind,
                             meant.empty() ? "" : fmt::format("; did you mean {}?", meant))};
  }
  if (value.value != "-") return value;
  TRY_ASSIGN(value.value, ReadSmallFile("-"));
  while (value.value.ends_with('\n') || value.value.ends_with('\r')) value.value.pop_back();
  return value;
}

std::string Heading(const FoundValue& value) {
  std::string text =
      fmt::format("{} {}: {}, {} banned", value.kind, value.fingerprint.ToHex().substr(0, 8),
                  Counted(value.carriers, "seller"), Grouped(value.banned));
  if (value.hub) {
    text += fmt::format("; a hub, so it links nobody (limit {})", Grouped(value.fanout_limit));
  } else if (value.role != Role::kLinking) {
    text += fmt::format("; {}, so it links nobody by itself", RoleName(value.role));
  }
  return text;
}

std::string Row(const FoundCarrier& carrier) {
  std::string text = "  " + carrier.seller.ToString();
  if (carrier.status != SellerStatus::kActive) {
    text += fmt::format(" ({})", StatusName(carrier.status));
  }
  if (carrier.banned) text += "  banned";
  if (carrier.first.known()) {
    text += "  " + FormatTime(carrier.first).substr(0, 10);
    const std::string last = FormatTime(carrier.last).substr(0, 10);
    if (!text.ends_with(last)) text += " to " + last;
  }
  return text;
}

Result<int> RunFind(const FindArgs& args, Context& context) {
  TRY_ASSIGN(const RawAttribute value, AttributeOf(args.value));
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const std::vector<FoundValue> found, FindCarriers(*registry, value));
  bool any = false;
  for (const FoundValue& one : found) {
    if (one.carriers == 0) continue;
    any = true;
    if (!context.json) context.out.Line(Heading(one));
    for (const FoundCarrier& carrier : one.carriers_named) {
      if (context.out.done()) break;
      context.out.Line(context.json ? ToJson(one, carrier) : Row(carrier));
    }
  }
  if (any) return kDone;
  context.Note("nobody carries it");
  return kNothing;
}

}  // namespace

void AddFind(CLI::App& app, Context& context) {
  const Verb<FindArgs> verb(app, context, "find", "List the sellers that carry a value");
  verb.Add("VALUE", verb->value, "KIND=VALUE",
           "The value as it was imported; KIND=- reads it from stdin, so that it is not in the\n"
           "process list")
      ->required();
  verb.Footer(
      "A value may read as several identifiers; each is listed with its carriers. The times are\n"
      "those of the first and the last sighting. Exit code 1: nobody carries it.");
  verb.Runs(RunFind);
}

}  // namespace revenant::cli
