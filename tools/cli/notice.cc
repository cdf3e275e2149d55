#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <set>

#include "enforce.h"
#include "revenant/json.h"
#include "util/try.h"
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
          fmt::format("{}: {:?} is no element of a notice; they are right_holder, contact, "
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
  std::string done = fmt::format("has a {} notice on case {}",
                                 judged.qualified ? "qualified" : "not qualified", args.case_ref);
  for (const NoticeElement element : judged.missing) {
    done += fmt::format(", without {}", ElementName(element));
  }
  return EnterFact(context, entry, done);
}

}  // namespace

void AddNotice(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("notice", "Enter that a right holder's notice came");
  auto args = std::make_shared<NoticeArgs>();
  verb->add_option("SELLER", args->seller, "PLATFORM:EXTERNAL_ID")->required();
  verb->add_option("--case", args->case_ref, "The platform's own case reference")
      ->type_name("REF")
      ->required();
  verb->add_option("--right", args->right, "trademark, patent, copyright, design or secret")
      ->type_name("RIGHT")
      ->check(CLI::IsMember({"trademark", "patent", "copyright", "design", "secret"}));
  verb->add_option("--right-holder", args->right_holder, "The platform's reference for them")
      ->type_name("REF");
  verb->add_option("--language", args->language, "Of the notice (BCP 47)")->type_name("TAG");
  verb->add_option("--has", args->has, "Elements that are there, with commas between")
      ->type_name("ELEMENT")
      ->delimiter(',');
  verb->add_option("--flawed", args->flawed, "Elements that are there with errors in good faith")
      ->type_name("ELEMENT")
      ->delimiter(',');
  verb->add_option("--claim", args->claim, "Compensation asked for")->type_name("AMOUNT");
  verb->add_option("--at", args->at, "When it came; the present where it is not given")
      ->type_name("T");
  verb->footer(
      "Elements: right_holder, contact, proof_of_right, listing, evidence, good_faith, signature.\n"
      "Which are required is policy ([knowledge]); the language never decides, and an element "
      "with\n"
      "errors made in good faith counts. The notice starts the clocks (`due`).");
  verb->callback(
      [args, &context] { context.run = [args, &context] { return RunNotice(*args, context); }; });
}

}  // namespace revenant::cli
