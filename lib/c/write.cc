// What changes a registry: records and decisions.

#include <vector>

#include "c/guard.h"
#include "revenant/contests.h"
#include "revenant/json.h"
#include "revenant/policy.h"
#include "revenant/policy_text.h"
#include "revenant/sanctions.h"

namespace revenant::c {
namespace {

struct Owed {
  SanctionAssessment assessment;
  SanctionPolicy policy;
};

Result<Owed> AssessOwed(const Registry& registry, const SellerName& seller, Time as_of) {
  TRY_ASSIGN(const EnforcementPolicy policy, registry.enforcement());
  TRY_ASSIGN(const GroupFacts facts, registry.FactsForSanctions(seller));
  return Owed{AssessSanctions(facts, policy.sanctions, as_of), policy.sanctions};
}

// Enters what `make`, a function of nothing to Result<Event>, makes, and tells what it changed.
template <typename Make>
rv_code Decide(rv_registry registry, const char* seller, const rv_write* write, char** json,
               rv_error* error, Make&& make) noexcept {
  Clear(json);
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const SellerName name, Seller("seller", seller));
    TRY_ASSIGN(const How how, HowOf(write));
    TRY_ASSIGN(const Event event, make(*store.registry, name));
    TRY_ASSIGN(const Entered entered, store.registry->Enter(event, {}, how.durability, how.actor));
    return json == nullptr ? Result<void>() : Give(ToJson(name, entered), json);
  });
}

// The same for what bears on sanctions.
template <typename Make>
rv_code DecideAndTell(rv_registry registry, const char* seller, std::int64_t at,
                      const rv_write* write, char** json, rv_error* error, Make&& make) noexcept {
  Clear(json);
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const SellerName name, Seller("seller", seller));
    TRY_ASSIGN(const How how, HowOf(write));
    TRY_ASSIGN(const Event event, make(name));
    const Time as_of = TimeOrNow(at);
    const auto before = AssessOwed(*store.registry, name, as_of);  // an error: not known yet
    TRY_ASSIGN(const Entered entered, store.registry->Enter(event, {}, how.durability, how.actor));
    if (json == nullptr) return {};
    TRY_ASSIGN(const Owed after, AssessOwed(*store.registry, name, as_of));
    return Give(
        ToJson(name, Consequences{entered,
                                  DiffSanctions(before ? before->assessment : SanctionAssessment{},
                                                after.assessment),
                                  after.assessment, after.policy}),
        json);
  });
}

Result<std::vector<Contest>> ContestsOf(const Registry& registry, const SellerName& seller) {
  TRY_ASSIGN(const std::vector<Fact> file, registry.CaseFile(seller));
  return ContestsIn(file);
}

Result<void> GiveContests(const Registry& registry, const SellerName& seller, char** json) {
  TRY_ASSIGN(const std::vector<Contest> contests, ContestsOf(registry, seller));
  std::string lines;
  for (const Contest& contest : contests) {
    if (!lines.empty()) lines += '\n';
    lines += ToJson(seller, contest);
  }
  return Give(lines, json);
}

Result<FactKind> KindOf(const char* kind) {
  TRY_ASSIGN(const std::string_view name, Text("kind", kind));
  const std::optional<FactKind> found = FactKindFromName(name);
  if (found) return *found;
  return Wrong("kind", "is not a kind of fact, such as \"notice\"");
}

}  // namespace

extern "C" {

rv_code rv_enrol(rv_registry registry, const char* record, const rv_write* write, char** json,
                 rv_error* error) {
  Clear(json);
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const std::string_view text, Text("record", record));
    TRY_ASSIGN(const Record parsed, ReadRecord(text));
    TRY_ASSIGN(const How how, HowOf(write));
    TRY_ASSIGN(const Applied applied, store.registry->Enrol(parsed, how.durability, how.actor));
    return json == nullptr ? Result<void>() : Give(ToJson(parsed.seller, applied), json);
  });
}

rv_code rv_enrol_many(rv_registry registry, const rv_application* records, size_t count,
                      const rv_write* write, uint64_t* changed, rv_error* error) {
  Set(changed, 0);
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const How how, HowOf(write));
    if (count == 0) return {};
    TRY(CheckSize("rv_application", records));
    const Time received = Now();
    std::vector<Event> events;
    events.reserve(count);
    Record record;
    for (std::size_t i = 0; i < count; ++i) {
      const auto* place = reinterpret_cast<const char*>(records) + i * records->size;
      Result<void> filled = Fill(*reinterpret_cast<const rv_application*>(place), record);
      if (filled) filled = CheckSellerName(record.seller);
      if (!filled) {
        return Error{filled.error().code, fmt::format("record {}: {}", i, filled.error().message)};
      }
      TRY_ASSIGN(Intake intake, store.registry->Prepare(record, received));
      events.emplace_back(std::move(intake.event));
    }
    TRY_ASSIGN(const std::vector<Applied> all,
               store.registry->ApplyAll(events, nullptr, nullptr, how.durability, how.actor));
    std::uint64_t news = 0;
    for (const Applied& applied : all) news += applied.changed ? 1 : 0;
    Set(changed, news);
    return {};
  });
}

rv_code rv_ban(rv_registry registry, const char* seller, const char* reason, const char* case_ref,
               int64_t at, const rv_write* write, char** json, rv_error* error) {
  return Decide(registry, seller, write, json, error,
                [&](const Registry&, const SellerName& name) -> Result<Event> {
                  Ban ban{.seller = name, .at = TimeOrNow(at)};
                  TRY_ASSIGN(ban.reason, Text("reason", reason));
                  if (ban.reason.empty()) return Wrong("reason", "is empty");
                  TRY_ASSIGN(ban.case_ref, TextOrNone("case_ref", case_ref));
                  return Event(std::move(ban));
                });
}

rv_code rv_reinstate(rv_registry registry, const char* seller, const char* case_ref, int64_t at,
                     const rv_write* write, char** json, rv_error* error) {
  return Decide(registry, seller, write, json, error,
                [&](const Registry&, const SellerName& name) -> Result<Event> {
                  Reinstate lift{.seller = name, .at = TimeOrNow(at)};
                  TRY_ASSIGN(lift.case_ref, TextOrNone("case_ref", case_ref));
                  lift.every_case = lift.case_ref.empty();
                  return Event(std::move(lift));
                });
}

rv_code rv_infringe(rv_registry registry, const char* seller, const char* right,
                    const char* case_ref, int64_t at, const rv_write* write, char** json,
                    rv_error* error) {
  return DecideAndTell(
      registry, seller, at, write, json, error, [&](const SellerName& name) -> Result<Event> {
        Infringe infringe{.seller = name, .at = TimeOrNow(at)};
        TRY_ASSIGN(const std::string_view word, Text("right", right));
        const std::optional<Right> found = RightFromName(word);
        if (!found) {
          return Wrong("right", "is one of trademark, patent, copyright, design, secret");
        }
        infringe.right = *found;
        TRY_ASSIGN(infringe.case_ref, Text("case_ref", case_ref));
        return Event(std::move(infringe));
      });
}

rv_code rv_retract(rv_registry registry, const char* seller, const char* case_ref, int64_t at,
                   const rv_write* write, char** json, rv_error* error) {
  return DecideAndTell(registry, seller, at, write, json, error,
                       [&](const SellerName& name) -> Result<Event> {
                         Retract retract{.seller = name, .at = TimeOrNow(at)};
                         TRY_ASSIGN(retract.case_ref, Text("case_ref", case_ref));
                         return Event(std::move(retract));
                       });
}

rv_code rv_cannot_link(rv_registry registry, const char* a, const char* b, int64_t at,
                       const rv_write* write, char** json, rv_error* error) {
  return Decide(registry, a, write, json, error,
                [&](const Registry&, const SellerName& name) -> Result<Event> {
                  TRY_ASSIGN(const SellerName other, Seller("b", b));
                  return Event(CannotLink{name, other, TimeOrNow(at)});
                });
}

rv_code rv_allow_link(rv_registry registry, const char* a, const char* b, int64_t at,
                      const rv_write* write, char** json, rv_error* error) {
  return Decide(registry, a, write, json, error,
                [&](const Registry&, const SellerName& name) -> Result<Event> {
                  TRY_ASSIGN(const SellerName other, Seller("b", b));
                  return Event(AllowLink{name, other, TimeOrNow(at)});
                });
}

rv_code rv_withdraw(rv_registry registry, const char* seller, const char* kind, const char* country,
                    const char* value, const char* source, int64_t at, const rv_write* write,
                    char** json, rv_error* error) {
  return Decide(registry, seller, write, json, error,
                [&](const Registry& its, const SellerName& name) -> Result<Event> {
                  Record record;
                  record.seller = name;
                  RawAttribute& attribute = record.attributes.emplace_back();
                  TRY_ASSIGN(attribute.kind, Text("kind", kind));
                  TRY_ASSIGN(attribute.country, TextOrNone("country", country));
                  if (value == nullptr) return Wrong("value", "is NULL");
                  attribute.value = value;
                  TRY_ASSIGN(const Intake intake, its.Prepare(record, Time()));
                  if (intake.event.attributes.empty()) {
                    const AttributeOutcome& outcome = intake.outcomes.front();
                    if (outcome.status == Status::kUnknownKind) {
                      return Wrong("kind", "there is no such kind");
                    }
                    return Wrong("value", fmt::format("not valid: {}", outcome.reason));
                  }
                  Withdraw withdraw{.seller = name,
                                    .root = intake.event.attributes.front().root,
                                    .through = TimeOrNow(at)};
                  TRY_ASSIGN(withdraw.source, TextOrNone("source", source));
                  return Event(std::move(withdraw));
                });
}

rv_code rv_forget(rv_registry registry, const char* seller, const char* reason, int64_t at,
                  const rv_write* write, char** json, rv_error* error) {
  return Decide(registry, seller, write, json, error,
                [&](const Registry&, const SellerName& name) -> Result<Event> {
                  Forget forget{.seller = name, .at = TimeOrNow(at)};
                  TRY_ASSIGN(forget.override_reason, TextOrNone("reason", reason));
                  return Event(std::move(forget));
                });
}

rv_code rv_contest(rv_registry registry, const char* seller, const char* statement,
                   const char* reference, int64_t at, const rv_write* write, char** json,
                   rv_error* error) {
  Clear(json);
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const SellerName name, Seller("seller", seller));
    TRY_ASSIGN(const std::string_view words, Text("statement", statement));
    TRY_ASSIGN(const std::string_view given, TextOrNone("reference", reference));
    TRY_ASSIGN(const How how, HowOf(write));
    {
      const MutexLock numbering(store.numbering);
      TRY_ASSIGN(const std::vector<Contest> contests, ContestsOf(*store.registry, name));
      Result<std::string> own = NewObjectionReference(contests, given);
      if (!own) {
        return Error{own.error().code,
                     "contest: this objection is on file; give no reference to add one"};
      }
      TRY(store.registry->Enter(Attest{name, FactKind::kObjection, *std::move(own),
                                       ToDetail(Objection{std::string(words)}), TimeOrNow(at)},
                                {}, how.durability, how.actor));
    }
    return GiveContests(*store.registry, name, json);
  });
}

rv_code rv_review(rv_registry registry, const char* seller, const char* reference, int32_t upheld,
                  const char* reviewer, const char* note, int64_t at, const rv_write* write,
                  char** json, rv_error* error) {
  Clear(json);
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const SellerName name, Seller("seller", seller));
    TRY_ASSIGN(const std::string_view own, Text("reference", reference));
    if (upheld != 0 && upheld != 1) return Wrong("upheld", "is neither 0 nor 1");
    Review review{upheld == 1 ? ReviewOutcome::kUpheld : ReviewOutcome::kRejected, "", ""};
    TRY_ASSIGN(review.by, Text("reviewer", reviewer));
    TRY_ASSIGN(review.note, TextOrNone("note", note));
    TRY_ASSIGN(const How how, HowOf(write));
    TRY_ASSIGN(const std::vector<Contest> contests, ContestsOf(*store.registry, name));
    const bool known = std::any_of(contests.begin(), contests.end(), [&](const Contest& contest) {
      return contest.reference == own;
    });
    if (!known) return Error{Code::kNotFound, "review: the seller has no such objection"};
    TRY(store.registry->Enter(
        Attest{name, FactKind::kReview, std::string(own), ToDetail(review), TimeOrNow(at)}, {},
        how.durability, how.actor));
    return GiveContests(*store.registry, name, json);
  });
}

rv_code rv_contests(rv_registry registry, const char* seller, char** json, rv_error* error) {
  Clear(json);
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const SellerName name, Seller("seller", seller));
    return GiveContests(*store.registry, name, json);
  });
}

rv_code rv_attest(rv_registry registry, const char* seller, const char* kind, const char* reference,
                  const char* detail, int64_t at, const rv_write* write, char** json,
                  rv_error* error) {
  return Decide(registry, seller, write, json, error,
                [&](const Registry&, const SellerName& name) -> Result<Event> {
                  Attest attest{.seller = name, .at = TimeOrNow(at)};
                  TRY_ASSIGN(attest.kind, KindOf(kind));
                  TRY_ASSIGN(attest.reference, Text("reference", reference));
                  TRY_ASSIGN(attest.detail, Text("detail", detail));
                  return Event(std::move(attest));
                });
}

rv_code rv_revoke(rv_registry registry, const char* seller, const char* kind, const char* reference,
                  int64_t at, const rv_write* write, char** json, rv_error* error) {
  return Decide(registry, seller, write, json, error,
                [&](const Registry&, const SellerName& name) -> Result<Event> {
                  Revoke revoke{.seller = name, .at = TimeOrNow(at)};
                  TRY_ASSIGN(revoke.kind, KindOf(kind));
                  TRY_ASSIGN(revoke.reference, Text("reference", reference));
                  return Event(std::move(revoke));
                });
}

rv_code rv_acknowledge(rv_registry registry, uint64_t number, rv_error* error) {
  return OnStore(registry, error,
                 [&](Store& store) { return store.registry->AcknowledgeAlerts(number); });
}

rv_code rv_record_decision(rv_registry registry, const char* certificate, const char* decision,
                           const char* actor, uint64_t* seq, rv_error* error) {
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const std::string_view proof, Text("certificate", certificate));
    TRY_ASSIGN(const std::string_view done, Text("decision", decision));
    Actor who;
    TRY_ASSIGN(who.who, TextOrNone("actor", actor));
    TRY_ASSIGN(const std::uint64_t number, store.registry->RecordDecision(proof, done, who));
    Set(seq, number);
    return {};
  });
}

rv_code rv_record_export(rv_registry registry, const char* what, const char* digest,
                         const char* seller, const char* actor, uint64_t* seq, rv_error* error) {
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const std::string_view words, Text("what", what));
    TRY_ASSIGN(const std::string_view sum, TextOrNone("digest", digest));
    std::optional<SellerName> about;
    if (seller != nullptr) {
      TRY_ASSIGN(about, Seller("seller", seller));
    }
    Actor who;
    TRY_ASSIGN(who.who, TextOrNone("actor", actor));
    TRY_ASSIGN(const std::uint64_t number, store.registry->RecordExport(words, sum, about, who));
    Set(seq, number);
    return {};
  });
}

rv_code rv_policy(rv_registry registry, char** toml, rv_error* error) {
  Clear(toml);
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const EnforcementPolicy enforcement, store.registry->enforcement());
    return Give(PolicyToml(store.registry->policy(), enforcement), toml);
  });
}

rv_code rv_set_policy(rv_registry registry, const char* toml, const rv_write* write, char** json,
                      rv_error* error) {
  Clear(json);
  return OnStore(registry, error, [&](Store& store) -> Result<void> {
    TRY_ASSIGN(const std::string_view text, Text("toml", toml));
    TRY_ASSIGN(LinkPolicy links, ParseLinkPolicy(text, "policy"));
    TRY_ASSIGN(EnforcementPolicy enforcement, ParseEnforcementPolicy(text, "policy"));
    TRY_ASSIGN(const How how, HowOf(write));
    TRY_ASSIGN(const EnforcementPolicy before, store.registry->enforcement());
    const std::vector<std::string> changes = DifferingSettings(
        PolicyToml(store.registry->policy(), before), PolicyToml(links, enforcement));
    const Event events[] = {SetPolicy{std::move(links)}, SetEnforcement{std::move(enforcement)}};
    TRY_ASSIGN(const std::vector<Applied> both,
               store.registry->ApplyAll(events, nullptr, nullptr, how.durability, how.actor));
    if (json == nullptr) return {};
    TRY_ASSIGN(const Stats stats, store.registry->GetStats());
    return Give(ToJson(PolicyChange{both[0].changed || both[1].changed, stats, both[0].now_junk,
                                    both[0].no_longer_junk, changes}),
                json);
  });
}

}  // extern "C"

}  // namespace revenant::c
