// Screening from the filter's side: it clears strangers; all others are judged in the store.

#include "revenant/screener.h"

#include <algorithm>
#include <deque>
#include <functional>

#include "linkage/sentences.h"
#include "linkage/value_reader.h"
#include "registry/answer/screening.h"
#include "registry/handle.h"
#include "registry/hubs.h"
#include "registry/proof/make_certificate.h"
#include "registry/state/awaiting.h"
#include "registry/state/kind_policies.h"
#include "registry/state/seller_names.h"
#include "util/try.h"

namespace revenant {
namespace {

// What is known of the kinds of an application. Applications of one source carry the same kinds in
// the same order, so the answer at a place is mostly the one given there before.
class Roles {
 public:
  struct Known {
    std::string kind;
    Role role = Role::kIgnored;
    bool has_check = false;     // a value of the kind has check digits
    bool exchangeable = false;  // other platforms' lists may name one
  };

  // Forgets all answers if they were of another policy.
  void Follow(std::shared_ptr<const LinkPolicy> policy) {
    policy_ = std::move(policy);
    known_.clear();
  }
  const LinkPolicy* policy() const { return policy_.get(); }

  // Valid until the same place is asked about again.
  const Known& At(std::size_t place, const std::string& kind) {
    if (place >= known_.size()) known_.resize(place + 1);
    Known& known = known_[place];
    if (known.kind != kind) {
      known = {kind, policy_->For(kind).role, HasCheckDigits(kind), IsExchangeable(kind, *policy_)};
    }
    return known;
  }

 private:
  std::shared_ptr<const LinkPolicy> policy_;
  std::deque<Known> known_;  // a deque: what it says of one kind stays where it is
};

}  // namespace

struct Screener::Impl {
  explicit Impl(Serving& behind) : serving(behind) {
    clear.reasons.push_back({Because::kNoLink, {}, {}, no_link});
    FollowPolicy(serving.gate.policy());
  }

  void Collect(const Record& record);
  void Collect(const Enrol& application);
  void Start();
  void Note(const Roles::Known& kind, const Fingerprint& root, const Fingerprint& fingerprint,
            bool verified);
  bool Follow();
  void FollowPolicy(std::shared_ptr<const LinkPolicy> policy) {
    junk = serving.JunkOf(policy);
    roles.Follow(std::move(policy));
    reader.emplace(*roles.policy(), junk->values());
  }
  // An idle screener must not pin an old snapshot.
  void Release() { state = {}; }
  Result<std::uint32_t> Awaiting(Time as_of) const;
  Result<bool> IsStranger(const SellerName& name);
  const Verdict* Clear(const SellerName& name, Time as_of);
  // `certify`, if given, makes what goes with a verdict that is not clear, before the state goes.
  using Certify = std::function<Result<void>()>;
  Result<const Verdict*> Judge(const SellerName& seller, const std::string& source, Time seen,
                               Time as_of, const Certify& certify = {});
  Result<std::string> CertificateOf(const Record& record, Time seen);
  Result<const Verdict*> Screen(const Record& record, Time as_of, std::string* certificate);

  const std::string no_link = words::ForNoLink(), nothing_compared = words::ForNothingCompared();
  Serving& serving;
  Roles roles;
  std::shared_ptr<const JunkList> junk;
  std::optional<ValueReader> reader;         // by the policy that roles follow
  std::vector<Fingerprint> linking, others;  // that the application holds, each once
  std::vector<Fingerprint> exchangeable;     // of the linking ones
  std::vector<Brought> brought;              // and with what each came, repetitions among it
  std::size_t place = 0;                     // how many of what was typed count
  // Every identifier of the record, junk too, in order: what a certificate is made of.
  struct Read {
    bool is_root = false;
    Fingerprint fingerprint;
    std::string_view kind;  // as `roles` keeps it
    bool reads_junk = false, verified = false, checked = false;
  };
  std::vector<Read> read;
  Verdict clear, found;
  // Of the application at hand, once the filter could not tell.
  Gate::State state;
  bool may_be_known = true;
  // Its memory serves one suspect after another, as long as one policy judges them.
  std::shared_ptr<const LinkPolicy> judged_by;
  std::optional<Screening> screening;
};

void Screener::Impl::Start() {
  linking.clear();
  others.clear();
  exchangeable.clear();
  brought.clear();
  read.clear();
  clear.attributes.clear();
  place = 0;
}

void Screener::Impl::Note(const Roles::Known& kind, const Fingerprint& root,
                          const Fingerprint& fingerprint, bool verified) {
  brought.push_back({root, fingerprint, kind.kind, verified});
  if (kind.role == Role::kIgnored) return;
  std::vector<Fingerprint>& list = kind.role == Role::kLinking ? linking : others;
  if (std::find(list.begin(), list.end(), fingerprint) != list.end()) return;
  list.push_back(fingerprint);
  if (kind.exchangeable) exchangeable.push_back(fingerprint);
}

// Asked before the verdict, of an earlier state: a token that arrives in between is said to be
// missing although its entries are known, never the other way round.
Result<std::uint32_t> Screener::Impl::Awaiting(Time as_of) const {
  if (!serving.in_exchange) return std::uint32_t{0};
  return CountAwaiting(*serving.store->Snapshot(), exchangeable, as_of);
}

void Screener::Impl::Collect(const Record& record) {
  Start();
  for (std::uint32_t i = 0; i < record.attributes.size(); ++i) {
    const RawAttribute& raw = record.attributes[i];
    const Normalized& normal = reader->Read(raw);
    if (normal.status != Status::kValid || normal.repaired) {
      clear.attributes.push_back(
          {raw.kind, normal.status, normal.reason, normal.where, normal.repaired, i});
    }
    const bool counts = normal.status != Status::kJunk;
    const bool verified = raw.verified && !reader->reads_junk();
    std::optional<Fingerprint> root;
    for (const Identifier& identifier : normal.identifiers()) {
      const Roles::Known& kind = roles.At(read.size(), identifier.kind);
      const bool checked = reader->check_digits_agree() && kind.has_check;
      const Fingerprint fingerprint = serving.keyed.Of(identifier);
      read.push_back({!root, fingerprint, kind.kind, reader->reads_junk(), verified, checked});
      if (!root) root = fingerprint;
      if (!counts) continue;
      ++place;
      Note(kind, *root, fingerprint, roles.policy()->rules < 2 ? checked : verified);
    }
  }
}

void Screener::Impl::Collect(const Enrol& application) {
  Start();
  for (const KeyedAttribute& attribute : application.attributes) {
    if (attribute.identifiers.empty()) continue;
    const std::string& root_kind = KindOfRoot(attribute.identifiers, attribute.root);
    for (const KeyedIdentifier& identifier : attribute.identifiers) {
      if (junk->IsJunk(root_kind, attribute.root, identifier.junk)) continue;
      Note(roles.At(place++, identifier.kind), attribute.root, identifier.fingerprint,
           IsVerified(identifier, *roles.policy()));
    }
  }
}

// False if the policy has changed: what was collected was sorted by another.
bool Screener::Impl::Follow() {
  const auto watch = serving.gate.Read();
  if (watch->policy.get() == roles.policy()) return true;
  FollowPolicy(watch->policy);
  return false;
}

// True: nothing in the registry has to do with the application. Otherwise `screening` can judge it.
Result<bool> Screener::Impl::IsStranger(const SellerName& name) {
  const auto is_in = [&](const TaintFilter& filter) {
    return filter.Has(name) || std::any_of(linking.begin(), linking.end(),
                                           [&](const auto& one) { return filter.Has(one); });
  };
  // What comes too much at once has to do with sellers that no search for a ban would meet.
  const bool velocity = roles.policy()->velocity.on() && !others.empty();
  bool asks = false;
  if (!velocity) {
    // Bits are set before what they stand for becomes visible and are never taken back. So what
    // is in the filter at no later moment was not in it when it was taken up, and the answer is
    // that of the state at that moment.
    const auto watch = serving.gate.Read();
    asks = watch->filter->ask_store();
    if (!asks && watch->policy.get() == roles.policy() && !is_in(*watch->filter)) return true;
  }
  if (asks) serving.gate.NoteAsked();
  Release();
  state = serving.gate.Now();
  if (screening && judged_by == state.policy) {
    screening->GoOn(*state.view);
  } else {
    judged_by = state.policy;
    screening.emplace(*state.view, *judged_by);
  }
  // Asked once more after the snapshot was taken, the filter tells of the snapshot.
  may_be_known = true;
  if (velocity || state.filter->ask_store() || state.policy.get() != roles.policy()) return false;
  // Whose name is not in it is not enrolled, not banned and in no finding: taking such an account
  // out changes nothing (README.md).
  may_be_known = state.filter->Has(name);
  for (const Fingerprint& one : linking) {
    if (!state.filter->Has(one)) continue;
    TRY_ASSIGN(const FingerprintRow* row, screening->graph().RowOf(one));
    if (row != nullptr) return false;
  }
  if (!may_be_known) return true;
  TRY_ASSIGN(const std::optional<SellerId> known, state.view->FindSeller(name));
  return !known;
}

const Verdict* Screener::Impl::Clear(const SellerName& name, Time as_of) {
  Release();
  clear.seller = name;
  clear.identifiers = static_cast<std::uint32_t>(linking.size() + others.size());
  clear.reasons.front().text.assign(clear.identifiers > 0 ? no_link : nothing_compared);
  clear.as_of = as_of;
  return &clear;
}

Result<const Verdict*> Screener::Impl::Judge(const SellerName& seller, const std::string& source,
                                             Time seen, Time as_of, const Certify& certify) {
  Result<Verdict> judged = screening->Run(
      {seller, source.empty() ? seller.platform : source, seen, brought, may_be_known}, as_of);
  Result<void> certified;
  if (judged) {
    found = *std::move(judged);
    found.awaiting = clear.awaiting;
    if (certify && found.decision != Decision::kClear) certified = certify();
    found.attributes = clear.attributes;
  }
  Release();
  if (!judged) return std::move(judged).error();
  TRY(std::move(certified));
  return &found;
}

// Of the verdict at hand, in the state that it was drawn from.
Result<std::string> Screener::Impl::CertificateOf(const Record& record, Time seen) {
  Enrol event;
  event.seller = record.seller;
  event.status = record.status;
  event.source = record.source.empty() ? record.seller.platform : record.source;
  event.seen = seen;
  for (const Read& each : read) {
    if (each.is_root) event.attributes.push_back({each.fingerprint, {}});
    event.attributes.back().identifiers.push_back(
        {each.fingerprint, std::string(each.kind), each.reads_junk, each.verified, each.checked});
  }
  const Enrol application = junk->Judged(event);
  TRY_ASSIGN(
      certified::Certificate certificate,
      revenant::Certify(*state.view, *judged_by, application, *screening, found, &serving.keyed));
  certificate.key_check = serving.check_value;
  return certified::Encode(certificate);
}

Screener::Screener(const Registry& registry) : impl_(std::make_unique<Impl>(Inside(registry))) {}
Screener::~Screener() = default;
Screener::Screener(Screener&&) noexcept = default;
Screener& Screener::operator=(Screener&&) noexcept = default;

std::size_t Screener::identifiers() const { return impl_->place; }

void Screener::AppendLinking(std::vector<LinkingIdentifier>& out) const {
  for (const Fingerprint& one : impl_->linking) {
    const auto came = std::find_if(impl_->brought.begin(), impl_->brought.end(),
                                   [&](const Brought& with) { return with.fingerprint == one; });
    out.push_back({one, came->kind});
  }
}

Result<bool> IsHub(const Registry& registry, const Fingerprint& fingerprint) {
  const Gate::State now = Inside(registry).gate.Now();
  TRY_ASSIGN(const std::optional<FingerprintRow> row, now.view->FingerprintState(fingerprint));
  return row && KindPolicies(*now.policy, *now.view).IsHub(*row);
}

Result<const Verdict*> Screener::Impl::Screen(const Record& record, Time as_of,
                                              std::string* certificate) {
  TRY(CheckApplicantName(record.seller));
  const Time now = as_of.known() ? as_of : Now();
  do {
    Collect(record);
  } while (!Follow());
  TRY_ASSIGN(clear.awaiting, Awaiting(now));
  TRY_ASSIGN(const bool stranger, IsStranger(record.seller));
  if (stranger) return Clear(record.seller, now);
  // A moment still to come is a mistake of the clock that gave it.
  const Time seen = record.seen > now ? now : record.seen;
  if (certificate == nullptr) return Judge(record.seller, record.source, seen, now);
  return Judge(record.seller, record.source, seen, now, [&]() -> Result<void> {
    TRY_ASSIGN(*certificate, CertificateOf(record, seen));
    return {};
  });
}

Result<const Verdict*> Screener::Screen(const Record& record, Time as_of) {
  return impl_->Screen(record, as_of, nullptr);
}

Result<const Verdict*> Screener::ScreenAndCertify(const Record& record, std::string& certificate,
                                                  Time as_of) {
  certificate.clear();
  return impl_->Screen(record, as_of, &certificate);
}

Result<const Verdict*> Screener::Screen(const Enrol& application, Time as_of) {
  const Time now = as_of.known() ? as_of : Now();
  do {
    impl_->Collect(application);
  } while (!impl_->Follow());
  TRY_ASSIGN(impl_->clear.awaiting, impl_->Awaiting(now));
  TRY_ASSIGN(const bool stranger, impl_->IsStranger(application.seller));
  if (stranger) return impl_->Clear(application.seller, now);
  return impl_->Judge(application.seller, application.source, application.seen, now);
}

Result<Verdict> Registry::Screen(const Record& record, Time as_of) const {
  Screener screener(*this);
  TRY_ASSIGN(const Verdict* verdict, screener.Screen(record, as_of));
  return *verdict;
}

Result<Verdict> Registry::Screen(const revenant::Enrol& application, Time as_of) const {
  Screener screener(*this);
  TRY_ASSIGN(const Verdict* verdict, screener.Screen(application, as_of));
  return *verdict;
}

}  // namespace revenant
