#include <fmt/format.h>

#include <set>

#include "enforce.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct NoticeArgs {
  std::string seller, case_ref, right = "trademark", right_holder, language, claim, at;
  std::vector<std::string> has, flawed;
};

Result<void> ReadElements(std::string_view option, const std::vector<std::string>& names,
                          std::set<NoticeElement>& elements) {
  for (const std::string& name : names) {
    const auto element = ElementFromName(name);
    if (!element) {
      return Error{
          Code::kInvalidArgument,
          fmt::format("{}: {:?} is not an element of a notice; they are right_holder, contact, "
                      "proof_of_right, listing, evidence, good_faith, signature",
                      option, name)};
    }
    elements.insert(*element);
  }
  return {};
}

Result<int> RunNotice(const NoticeArgs& args, Context& context) {
  Entry entry;
  TRY_ASSIGN(entry.seller, SellerArgument(args.seller));
  TRY_ASSIGN(entry.at, context.TimeOr("--at", args.at));
  Notice notice;
  notice.right = RightFromName(args.right).value_or(Right::kTrademark);  // no other is admitted
  notice.right_holder = args.right_holder;
  notice.language = args.language;
  TRY(ReadElements("--has", args.has, notice.present));
  TRY(ReadElements("--flawed", args.flawed, notice.flawed));
  EnforcementPolicy policy;
  {
    TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
    TRY_ASSIGN(policy, registry->enforcement());
  }
  if (!args.claim.empty()) {
    TRY_ASSIGN(notice.claim, MoneyArgument("--claim", args.claim, policy.sanctions.currency));
  }
  entry.reference = args.case_ref;
  entry.detail = ToDetail(notice);
  const Qualification judged = QualifyNotice(notice, policy.knowledge);
  std::string done = fmt::format("has a notice on case {} that {} qualified", args.case_ref,
                                 judged.qualified ? "is" : "is not");
  for (const NoticeElement element : judged.missing) {
    done += fmt::format("{}{}", element == *judged.missing.begin() ? ": it lacks " : ", ",
                        ElementName(element));
  }
  return EnterFact(context, entry, done);
}

}  // namespace

void AddNotice(CLI::App& app, Context& context) {
  const Verb<NoticeArgs> verb(app, context, "notice", "Record a right holder's notice");
  verb.AddSeller(verb->seller);
  verb.Add("--case", verb->case_ref, "REF", "The platform's own case reference")->required();
  verb.AddChoice("--right", verb->right, "RIGHT",
                 {"trademark", "patent", "copyright", "design", "secret"},
                 "trademark, patent, copyright, design or secret");
  verb.Add("--right-holder", verb->right_holder, "REF", "The platform's reference for them");
  verb.Add("--language", verb->language, "TAG", "Language of the notice (BCP 47)");
  verb.AddList("--has", verb->has, "ELEMENT", "Elements that are present, separated by commas");
  verb.AddList("--flawed", verb->flawed, "ELEMENT",
               "Elements that are present with errors made in good faith");
  verb.Add("--claim", verb->claim, "AMOUNT", "Compensation asked for");
  verb.Add("--at", verb->at, "T", "When it came; default: now");
  verb.Footer(
      "The policy says which are required ([knowledge]); the language never decides, and an "
      "element\n"
      "with errors made in good faith counts. The notice starts the clocks (`due`).");
  verb.Runs(RunNotice);
}

}  // namespace revenant::cli
