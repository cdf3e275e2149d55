#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "exchange/exchange_common.h"
#include "json_line.h"
#include "try.h"

namespace revenant::cli {
namespace {

struct ExchangeFeedbackArgs {
  std::string foreign_case, opinion, out, take, receipt, receipt_out, stand_by;
};

Result<int> Opine(const ExchangeFeedbackArgs& args, const OpenDesk& desk, Context& context) {
  TRY_ASSIGN(const SellerName name, SellerArgument(args.foreign_case));
  const Opinion* opinion = FindOpinion(args.opinion);
  if (opinion == nullptr) {
    return Error{Code::kInvalidArgument,
                 "feedback: --opinion is confirmed, false_positive, expired or retracted"};
  }
  TRY_ASSIGN(const std::uint64_t entries, desk.exchange->Opine(name, *opinion, desk.now));
  context.out.Line(context.json ? JsonLine({{"v", 1}, {"entries", entries}})
                                : fmt::format("{} {}: {}", name.ToString(), args.opinion,
                                              Counted(entries, "tag")));
  return kDone;
}

Result<int> WriteLetters(const ExchangeFeedbackArgs& args, const OpenDesk& desk, Context& context) {
  TRY_ASSIGN(const std::vector<Letter> opinions, desk.exchange->WriteFeedback(desk.now));
  TRY_ASSIGN(const std::vector<Letter> receipts, desk.exchange->WriteReceipts(desk.now));
  TRY(WriteExchangeLetters(context, args.out, "feedback", opinions));
  TRY(WriteExchangeLetters(context, args.out, "receipt", receipts));
  return opinions.empty() && receipts.empty() ? kNothing : kDone;
}

Result<int> Take(const ExchangeFeedbackArgs& args, const OpenDesk& desk, Context& context) {
  TRY_ASSIGN(const std::string bytes, ReadExchangeFile(args.take));
  TRY_ASSIGN(const FeedbackTaken taken, desk.exchange->TakeFeedback(bytes, desk.now));
  if (!args.receipt_out.empty()) {
    TRY(WriteExchangeFile(context, args.receipt_out, taken.receipt.file));
  }
  context.out.Line(context.json ? JsonLine({{"v", 1},
                                            {"from", taken.from_name},
                                            {"opinions", taken.opinions},
                                            {"refused", taken.refused}})
                                : fmt::format("{}: {} taken, {} without proof", taken.from_name,
                                              Counted(taken.opinions, "opinion"), taken.refused));
  return kDone;
}

Result<int> TakeReceipt(const ExchangeFeedbackArgs& args, const OpenDesk& desk, Context& context) {
  TRY_ASSIGN(const std::string bytes, ReadExchangeFile(args.receipt));
  TRY_ASSIGN(const ReceiptTaken taken, desk.exchange->TakeReceipt(bytes, desk.now));
  context.out.Line(context.json ? JsonLine({{"v", 1},
                                            {"from", taken.from_name},
                                            {"opinions", taken.opinions},
                                            {"erased", taken.erased}})
                                : fmt::format("{}: has read {}, erased {}", taken.from_name,
                                              Counted(taken.opinions, "opinion"),
                                              Counted(taken.erased, "entry")));
  return kDone;
}

Result<int> StandBy(const ExchangeFeedbackArgs& args, const OpenDesk& desk, Context& context) {
  TRY_ASSIGN(const SellerName seller, SellerArgument(args.stand_by));
  TRY_ASSIGN(const std::uint64_t opinions, desk.exchange->StandBy(seller, desk.now));
  context.out.Line(context.json ? JsonLine({{"v", 1}, {"opinions", opinions}})
                                : fmt::format("{}: {} answered; the next export says so",
                                              seller.ToString(), Counted(opinions, "opinion")));
  return kDone;
}

Result<int> RunExchangeFeedback(const ExchangeFeedbackArgs& args, const ExchangeOptions& options,
                                Context& context) {
  TRY_ASSIGN(const OpenDesk desk, OpenExchange(options, context, Access::kReadWrite));
  if (!args.foreign_case.empty()) return Opine(args, desk, context);
  if (!args.out.empty()) return WriteLetters(args, desk, context);
  if (!args.take.empty()) return Take(args, desk, context);
  if (!args.receipt.empty()) return TakeReceipt(args, desk, context);
  if (!args.stand_by.empty()) return StandBy(args, desk, context);
  return Error{Code::kInvalidArgument,
               "feedback: name a case with --opinion, or --out, --take, --receipt or --stand-by"};
}

}  // namespace

void AddExchangeFeedback(CLI::App& exchange, Context& context,
                         const SharedExchangeOptions& options) {
  CLI::App* verb =
      exchange.add_subcommand("feedback", "Exchange opinions about entries of members' lists");
  auto args = std::make_shared<ExchangeFeedbackArgs>();
  verb->add_option("CASE", args->foreign_case, "exchange/MEMBER:CASE, as a verdict names it");
  verb->add_option("--opinion", args->opinion, "confirmed, false_positive, expired, retracted");
  verb->add_option("--out", args->out,
                   "Write the feedback and receipts of erasures that are due into this folder")
      ->type_name("DIR");
  verb->add_option("--take", args->take, "Import another member's feedback")->type_name("FILE");
  verb->add_option("--receipt-out", args->receipt_out, "Output file for the receipt for --take")
      ->type_name("FILE");
  verb->add_option("--receipt", args->receipt, "Import a receipt")->type_name("FILE");
  verb->add_option("--stand-by", args->stand_by,
                   "We looked at the disputes about this seller of ours and stand by the case")
      ->type_name("SELLER");
  verb->footer(
      "A disputed entry weighs nothing here from that moment, and nowhere once two members "
      "dispute\n"
      "it or its lister leaves a dispute unanswered for 14 days. Feedback is proved by the\n"
      "identifier's token: a member cannot dispute an identifier that it does not hold.\n"
      "Exit code 1: nothing was due.");
  verb->callback([args, options, &context] {
    context.run = [args, options, &context] {
      return RunExchangeFeedback(*args, *options, context);
    };
  });
}

}  // namespace revenant::cli
