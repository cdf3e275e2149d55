// Judging over one state: does an application lead to a ban, and why are two sellers linked? What
// spares strangers the store stands before it, in screener.cc.

#include "registry/answer/screening.h"

#include <algorithm>

#include "linkage/judge.h"
#include "registry/answer/velocity.h"
#include "registry/state/case_facts.h"
#include "registry/state/meta_rows.h"
#include "registry/state/seller_names.h"
#include "store/foreign_rows.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

// What the lists of other platforms say of the cases that the verdict's links lead to.
Result<void> AddForeign(const View& view, Verdict& verdict) {
  for (const Link& link : verdict.links) {
    if (!IsForeignCase(link.seller)) continue;
    ForeignCase& listed = verdict.foreign.emplace_back();
    listed.seller = link.seller;
    listed.reason = link.ban_reason;
    listed.banned_at = link.banned_at;
    TRY_ASSIGN(const auto bytes, view.Get(Table::kExchange, ForeignCaseKey(link.seller)));
    if (!bytes) continue;  // a store rebuilt from facts alone
    TRY_ASSIGN(const ForeignCaseRow row, DecodeForeignCaseRow(*bytes));
    listed.infringements = row.infringements;
    listed.listed_at = row.listed_at;
    listed.expires_at = row.expires_at;
    listed.disputes = row.disputes;
    TRY_ASSIGN(const auto fresh, view.Get(Table::kExchange, ForeignFeedKey(row.feed)));
    TRY_ASSIGN(const std::uint64_t until, fresh ? DecodeNumber(*fresh) : Result<std::uint64_t>(0));
    listed.stale = Time{UnZigZag(until)} <= verdict.as_of;
  }
  return {};
}

// Objections that wait for a person, of the applicant and of those that the links lead to.
Result<void> AddContested(const View& view, Verdict& verdict) {
  TRY_ASSIGN(const auto any, view.Get(Table::kMeta, kObjectionsMark));
  if (!any) return {};
  std::vector<SellerName> sellers = {verdict.seller};
  for (const Link& link : verdict.links) sellers.push_back(link.seller);
  for (SellerName& seller : sellers) {
    TRY_ASSIGN(const std::optional<SellerId> id, view.FindSeller(seller));
    TRY_ASSIGN(const bool contested, id ? IsContested(view, *id) : Result<bool>(false));
    if (contested) verdict.contested.push_back(std::move(seller));
  }
  return {};
}

}  // namespace

void DateFromRegistry(const GraphSeller& account, std::vector<Held>& held) {
  for (Held& item : held) {
    const Held* known = FindHeld(account, item.fingerprint);
    if (known == nullptr) continue;
    item.first = known->first;
    item.fresh = false;
  }
}

void Screening::GoOn(const View& view) {
  view_ = &view;
  graph_.GoOn(view);
}

Result<Verdict> Screening::Run(const Application& application, Time as_of) {
  graph_.HeldBy(application.brought, application.source, application.seen, origin_.held);
  return RunFrom(application.seller, application.may_be_known, as_of);
}

Result<Verdict> Screening::Run(const Enrol& application, Time as_of) {
  origin_.held = graph_.HeldBy(application);
  return RunFrom(application.seller, true, as_of);
}

// Judges `seller` with what origin_ holds.
Result<Verdict> Screening::RunFrom(const SellerName& seller, bool may_be_known, Time as_of) {
  Verdict verdict;
  verdict.seller = seller;
  verdict.as_of = as_of;
  verdict.identifiers = static_cast<std::uint32_t>(origin_.held.size());
  origin_.name = seller;
  origin_.id = kNoNode;
  origin_.has_pairs = false;
  origin_.component = 0;
  origin_.part = 0;
  account_ = nullptr;
  account_enrolled_ = false;
  Neighbourhood::Options options;
  if (may_be_known) {
    TRY_ASSIGN(const std::optional<SellerId> known, view_->FindSeller(seller));
    if (known) {
      TRY_ASSIGN(options, ReadAccount(*known));
    }
  }
  if (around_) {
    around_->Restart(policy_, origin_, options);
  } else {
    around_.emplace(graph_, policy_, origin_, options);
  }
  TRY(around_->Explore());
  TRY(NoteVelocity(*view_, graph_, policy_, origin_, options.without, verdict));
  TRY(Judge(*around_, policy_, account_ && account_->banned ? account_ : nullptr, verdict));
  TRY(AddForeign(*view_, verdict));
  TRY(AddContested(*view_, verdict));
  return verdict;
}

// The applicant has an account: it is left out, findings about it hold for what it asks for.
Result<Neighbourhood::Options> Screening::ReadAccount(SellerId known) {
  Neighbourhood::Options options;
  options.without = NodeId{static_cast<std::uint64_t>(known)};
  TRY_ASSIGN(account_, graph_.Seller(options.without));
  options.account = account_;
  origin_.id = account_->id;
  origin_.has_pairs = account_->has_pairs;
  origin_.component = account_->component;
  origin_.part = account_->part;
  for (const Held& held : account_->held) {
    if (held.kind->policy.role != Role::kLinking) continue;
    TRY_ASSIGN(const auto with, graph_.At(held.fingerprint, kNoNode));
    TRY_ASSIGN(const auto rest, graph_.At(held.fingerprint, options.without));
    options.frees_a_hub = options.frees_a_hub || (with && rest && with->hub() && rest->joins);
  }
  TRY_ASSIGN(const SellerRow* row, graph_.RowOf(options.without));
  account_enrolled_ = row->status == SellerStatus::kActive;
  if (account_enrolled_) DateFromRegistry(*account_, origin_.held);
  return options;
}

Result<std::optional<Link>> ExplainLink(const View& view, const LinkPolicy& policy,
                                        const SellerName& a, const SellerName& b) {
  StoreGraph graph(view, policy);
  TRY_ASSIGN(const auto from, FindNamed(view, a));
  TRY_ASSIGN(const auto to, FindNamed(view, b));
  if (from.first == to.first) {
    return Error{Code::kInvalidArgument, a.ToString() + ": name two different sellers"};
  }
  TRY_ASSIGN(const GraphSeller* origin,
             graph.Seller(NodeId{static_cast<std::uint64_t>(from.first)}));
  Neighbourhood::Options options;
  options.target = NodeId{static_cast<std::uint64_t>(to.first)};
  Neighbourhood around(graph, policy, *origin, options);
  TRY(around.Explore());
  std::vector<Link> links = around.Links(1);
  if (links.empty()) return std::optional<Link>();
  return std::optional<Link>(std::move(links.front()));
}

}  // namespace revenant
