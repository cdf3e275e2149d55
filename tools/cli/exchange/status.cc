#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "exchange/exchange_common.h"
#include "json_line.h"
#include "try.h"

namespace revenant::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string ToJson(const ExchangeStatus& status) {
  Json members = Json::array(), feeds = Json::array();
  for (const ExchangeStatus::MemberLine& member : status.members) {
    const auto quota = [&](int which) {
      return Json{{"backlog", member.backlog[which]}, {"daily", member.daily[which]}};
    };
    members.push_back({{"member", static_cast<std::uint32_t>(member.id)},
                       {"name", member.name},
                       {"status", member.status},
                       {"jurisdiction", member.jurisdiction},
                       {"guessable", quota(0)},
                       {"random", quota(1)},
                       {"forged", member.forged}});
  }
  for (const ExchangeStatus::FeedLine& feed : status.feeds) {
    feeds.push_back({{"feed", feed.feed.ToHex()},
                     {"publisher", feed.publisher},
                     {"own", feed.own},
                     {"generation", feed.generation},
                     {"seq", feed.seq},
                     {"epoch", feed.epoch},
                     {"created", FormatTime(feed.created)},
                     {"expires", FormatTime(feed.expires)},
                     {"stale", feed.stale},
                     {"live", feed.live},
                     {"matched", feed.matched},
                     {"disputed", feed.disputed}});
  }
  Json epochs = Json::array(), quotas = Json::array();
  for (const ExchangeStatus::EpochLine& epoch : status.epochs) {
    epochs.push_back({{"epoch", epoch.epoch},
                      {"from", FormatTime(epoch.from)},
                      {"until", FormatTime(epoch.until)}});
  }
  for (const ExchangeStatus::QuotaLine& quota : status.quotas) {
    quotas.push_back({{"class", KeyClassName(quota.key_class)},
                      {"daily", quota.daily},
                      {"left_today", quota.left_today},
                      {"backlog", quota.backlog},
                      {"left_of_backlog", quota.left_of_backlog},
                      {"asked", quota.asked}});
  }
  const ExchangeStatus::Pending& pending = status.pending;
  const Json line = {
      {"v", 1},
      {"exchange", status.exchange.ToHex()},
      {"self", status.self},
      {"roster_version", std::to_string(status.roster_version)},
      {"roster_expires", FormatTime(status.roster_expires)},
      {"forked", status.forked},
      {"epoch", status.epoch},
      {"epochs", std::move(epochs)},
      {"tokens", status.tokens},
      {"quotas", std::move(quotas)},
      {"pending",
       {{"requests", pending.requests},
        {"items", pending.items},
        {"oldest", pending.oldest.known() ? Json(FormatTime(pending.oldest)) : Json(nullptr)}}},
      {"evidence", status.evidence},
      {"members", std::move(members)},
      {"feeds", std::move(feeds)}};
  return JsonLine(line);
}

void Print(const ExchangeStatus& status, Time now, Context& context) {
  context.out.Line("exchange " + status.exchange.ToHex());
  context.out.Line(fmt::format("we are {}; roster {} holds until {}{}{}",
                               status.self.empty() ? "not named yet" : status.self,
                               status.roster_version, FormatTime(status.roster_expires),
                               status.roster_expires <= now ? " (expired)" : "",
                               status.forked ? "; FORKED: nothing goes in or out" : ""));
  context.out.Line(fmt::format("epoch {}, {} of ours evaluated in it", status.epoch,
                               Counted(status.tokens, "identifier")));
  for (const ExchangeStatus::EpochLine& epoch : status.epochs) {
    context.out.Line(fmt::format("  epoch {} from {} until {}", epoch.epoch, FormatTime(epoch.from),
                                 FormatTime(epoch.until)));
  }
  for (const ExchangeStatus::QuotaLine& quota : status.quotas) {
    context.out.Line(fmt::format("{} identifiers: {} of {} left today, {} of {} of the backlog",
                                 KeyClassName(quota.key_class), Grouped(quota.left_today),
                                 Grouped(quota.daily), Grouped(quota.left_of_backlog),
                                 Grouped(quota.backlog)));
  }
  if (status.pending.requests > 0) {
    context.out.Line(fmt::format("{} with {} not answered yet, the oldest of {}",
                                 Counted(status.pending.requests, "request"),
                                 Counted(status.pending.items, "item"),
                                 FormatTime(status.pending.oldest)));
  }
  if (status.evidence > 0) {
    context.out.Line(Counted(status.evidence, "contradiction") + " of members kept as evidence");
  }
  context.out.Line("members:");
  for (const ExchangeStatus::MemberLine& member : status.members) {
    context.out.Line(
        fmt::format("  {:<4} {:<24} {} {:<9} a day: {} guessable, {} random{}",
                    static_cast<std::uint32_t>(member.id), member.name, member.jurisdiction,
                    member.status, Grouped(member.daily[0]), Grouped(member.daily[1]),
                    member.forged > 0 ? fmt::format("; {} forged", member.forged) : ""));
  }
  context.out.Line("lists:");
  for (const ExchangeStatus::FeedLine& feed : status.feeds) {
    context.out.Line(
        fmt::format("  {:<24} number {}.{}, epoch {}, {} live, {} {}, {} disputed, {} {}",
                    feed.own ? "(ours)" : feed.publisher, feed.generation, feed.seq, feed.epoch,
                    Grouped(feed.live), Grouped(feed.matched), "matched", feed.disputed,
                    feed.stale ? "STALE since" : "fresh until", FormatTime(feed.expires)));
  }
}

Result<int> RunExchangeStatus(const ExchangeOptions& options, Context& context) {
  TRY_ASSIGN(const OpenDesk desk, OpenExchange(options, context, Access::kReadOnly));
  TRY_ASSIGN(const ExchangeStatus status, desk.exchange->Status(desk.now));
  if (context.json) {
    context.out.Line(ToJson(status));
  } else {
    Print(status, desk.now, context);
  }
  return kDone;
}

}  // namespace

void AddExchangeStatus(CLI::App& exchange, Context& context, const SharedExchangeOptions& options) {
  CLI::App* verb =
      exchange.add_subcommand("status", "Show members, epochs, lists and how fresh they are");
  verb->callback([options, &context] {
    context.run = [options, &context] { return RunExchangeStatus(*options, context); };
  });
}

}  // namespace revenant::cli
