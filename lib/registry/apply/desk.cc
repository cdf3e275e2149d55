#include "registry/apply/desk.h"

#include <algorithm>

#include "util/try.h"

namespace revenant {
namespace {

// When an event says that it happened; unknown where it says nothing, or may come late or early (a
// sighting: that is clamped to its receipt).
Time StampOf(const Event& event) {
  return std::visit(
      [](const auto& what) {
        using What = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<What, Withdraw>) return what.through;
        if constexpr (requires { what.at; }) return what.at;
        return Time::Unknown();
      },
      event);
}

SellerName SubjectOf(const Event& event) {
  return std::visit(
      [](const auto& what) {
        if constexpr (requires { what.seller; }) return what.seller;
        if constexpr (requires { what.a; }) return what.a;
        return SellerName{};
      },
      event);
}

// Everything of one kind that was ever set with a seller, lifted or not.
Result<std::vector<InForce>> CasesOf(const View& view, SellerId seller, CaseType type,
                                     bool in_force) {
  std::vector<std::pair<std::string, CaseRow>> cases;
  std::int64_t every_lifted = ObservationRow::kNever;
  TRY(view.ForEachCase(seller, type, [&](const CaseKey& key, const CaseRow& row) -> Result<bool> {
    if (key.every_case) {
      every_lifted = row.lifted;
    } else if (row.set != ObservationRow::kNever) {
      cases.emplace_back(key.case_ref, row);
    }
    return true;
  }));
  std::vector<InForce> standing;
  for (auto& [reference, row] : cases) {
    if (in_force && row.set <= std::max(row.lifted, every_lifted)) continue;
    standing.push_back({std::move(reference), std::move(row.reason), Time{row.set}});
  }
  return standing;
}

// What a lifting lifts: a kind of case, and which one.
struct Lifting {
  CaseType type = CaseType::kBan;
  std::optional<std::string> reference;  // nullopt: all of them
  std::string_view what;                 // "ban"
};

std::optional<Lifting> LiftingOf(const Event& event) {
  if (const auto* lift = std::get_if<Reinstate>(&event)) {
    return Lifting{CaseType::kBan, lift->every_case ? std::nullopt : std::optional(lift->case_ref),
                   "ban"};
  }
  if (const auto* lift = std::get_if<Retract>(&event)) {
    return Lifting{CaseType::kInfringement, lift->case_ref, "infringement"};
  }
  if (const auto* lift = std::get_if<Revoke>(&event)) {
    return Lifting{CaseTypeOf(lift->kind), lift->reference, FactKindName(lift->kind)};
  }
  return std::nullopt;
}

Error NoSuch(const SellerName& seller, const Lifting& lifting, const std::vector<InForce>& others) {
  std::string text = seller.ToString() + ": ";
  if (!lifting.reference || others.empty()) {
    text += "there is no " + std::string(lifting.what) + " to lift";
  } else {
    text +=
        lifting.reference->empty()
            ? "there is no " + std::string(lifting.what) + " without a case"
            : "there is no " + std::string(lifting.what) + " of case '" + *lifting.reference + "'";
    text += "; there is: ";
    for (const InForce& other : others) {
      if (&other != &others.front()) text += ", ";
      text += other.reference.empty() ? "one without a case" : "'" + other.reference + "'";
    }
  }
  return {Code::kNotFound, std::move(text)};
}

Result<void> CheckLifting(const View& view, const SellerName& seller, const Lifting& lifting) {
  TRY_ASSIGN(const std::optional<SellerId> id, view.FindSeller(seller));
  if (!id) return Error{Code::kNotFound, seller.ToString() + ": no such seller"};
  const auto meant = [&](const InForce& each) {
    return !lifting.reference || each.reference == *lifting.reference;
  };
  TRY_ASSIGN(const std::vector<InForce> standing, CasesOf(view, *id, lifting.type, true));
  if (std::any_of(standing.begin(), standing.end(), meant)) return {};
  TRY_ASSIGN(const std::vector<InForce> ever, CasesOf(view, *id, lifting.type, false));
  if (std::any_of(ever.begin(), ever.end(), meant)) {
    return Error{Code::kNotFound,
                 seller.ToString() + ": the " + std::string(lifting.what) + " is lifted already"};
  }
  return NoSuch(seller, lifting, standing);
}

Result<std::optional<PairRow>> FindPair(const View& view, const SellerName& a,
                                        const SellerName& b) {
  TRY_ASSIGN(const std::optional<SellerId> first, view.FindSeller(a));
  TRY_ASSIGN(const std::optional<SellerId> second, view.FindSeller(b));
  if (!first || !second) {
    return Error{Code::kNotFound, (first ? b : a).ToString() + ": no such seller"};
  }
  return view.Pair(*first, *second);
}

Result<void> CheckEntry(const View& view, const Event& event, Time received) {
  if (const Time at = StampOf(event); at.known() && at > received) {
    const SellerName subject = SubjectOf(event);
    return Error{Code::kInvalidArgument,
                 (subject == SellerName{} ? std::string() : subject.ToString() + ": ") +
                     FormatTime(at) + " is in the future: enter it when it has happened"};
  }
  if (const std::optional<Lifting> lifting = LiftingOf(event)) {
    return CheckLifting(view, SubjectOf(event), *lifting);
  }
  if (const auto* allow = std::get_if<AllowLink>(&event)) {
    TRY_ASSIGN(const std::optional<PairRow> pair, FindPair(view, allow->a, allow->b));
    if (!pair || !pair->in_force()) {
      return Error{Code::kNotFound, allow->a.ToString() + " and " + allow->b.ToString() +
                                        ": no finding of different people stands between them"};
    }
  }
  return {};
}

Result<std::vector<InForce>> StillStanding(const View& view, const Event& event) {
  std::vector<InForce> still;
  if (const std::optional<Lifting> lifting = LiftingOf(event)) {
    TRY_ASSIGN(const std::optional<SellerId> id, view.FindSeller(SubjectOf(event)));
    if (id) {
      TRY_ASSIGN(still, CasesOf(view, *id, lifting->type, true));
    }
  } else if (const auto* allow = std::get_if<AllowLink>(&event)) {
    TRY_ASSIGN(const std::optional<PairRow> pair, FindPair(view, allow->a, allow->b));
    if (pair && pair->in_force()) still.push_back({"", "", Time{pair->forbidden}});
  }
  return still;
}

}  // namespace

Result<void> Desk::Admit(const View& view, const Event& event) {
  entered_.emplace_back();
  return CheckEntry(view, event, received_);
}

Result<void> Desk::Note(const View& view, const Event& event, const Applied& applied) {
  entered_.back().applied = applied;
  TRY_ASSIGN(entered_.back().still, StillStanding(view, event));
  return {};
}

}  // namespace revenant
