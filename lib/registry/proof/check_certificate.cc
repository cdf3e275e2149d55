// Checks certificates against facts (DESIGN.md section 5, rule 13). CERTIFICATE.md beside this file
// says what each answer means and proves.

#include "registry/proof/check_certificate.h"

#include <algorithm>
#include <array>
#include <set>

#include "registry/proof/check_evidence.h"
#include "registry/proof/cited_facts.h"
#include "registry/proof/entered_later.h"
#include "registry/proof/facts_view.h"
#include "registry/proof/make_certificate.h"
#include "registry/state/seller_names.h"
#include "revenant/certificate.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::array<std::string_view, 4> kOutcomes = {"holds", "held then", "erased", "false"};

CertificateCheck False(CertificateCheck check, std::string line) {
  check.outcome = CertificateOutcome::kFalse;
  check.differs.push_back(std::move(line));
  return check;
}

// A certificate as the live scope can show it, and as a state without its key can make it again.
certified::Certificate Comparable(certified::Certificate certificate, bool live_only) {
  for (certified::Seller& seller : certificate.sellers) seller.tombstone = {};
  if (!live_only) return certificate;
  // Nor does it show sellers that are merely named by an event, as an applicant may be.
  std::erase_if(certificate.sellers, [&](const certified::Seller& seller) {
    return seller.name == certificate.application.name && !seller.ban &&
           seller.status == SellerStatus::kMentioned;
  });
  for (certified::Link& link : certificate.links) {
    for (certified::Hop& hop : link.path) {
      for (certified::Shared& shared : hop.shared) {
        for (auto* observations : {&shared.from, &shared.to}) {
          for (certified::Observation& each : *observations) {
            each.first = std::max(each.first, each.through);
            each.through = {};
          }
        }
      }
    }
  }
  return certificate;
}

// The certificate that the same application gets from these facts, under the same policy.
Result<certified::Certificate> CertifyAnew(const certified::Certificate& certificate,
                                           const LinkPolicy& policy, const Facts& facts) {
  TRY_ASSIGN(const std::unique_ptr<FactsView> view, FactsView::Make(facts, policy));
  const Enrol event = EventOf(certificate.application, certificate.rules);
  Screening screening(*view, policy);
  TRY_ASSIGN(const Verdict verdict, screening.Run(event, Time{certificate.as_of.micros}));
  TRY_ASSIGN(certified::Certificate anew,
             Certify(*view, policy, event, screening, verdict, nullptr));
  anew.key_check = certificate.key_check;
  return anew;
}

const certified::Link* FindLink(const certified::Certificate& certificate, const SellerName& end) {
  for (const certified::Link& link : certificate.links) {
    if (link.seller == end) return &link;
  }
  return nullptr;
}

// Do these facts lead where the certificate says, on no fewer proofs?
bool Reproduces(const certified::Certificate& anew, const certified::Certificate& said) {
  return anew.decision == said.decision &&
         std::all_of(said.links.begin(), said.links.end(), [&](const certified::Link& link) {
           const certified::Link* found = FindLink(anew, link.seller);
           return found != nullptr && found->redundancy >= link.redundancy;
         });
}

// One line for each thing in which the two part.
std::vector<std::string> Compare(const certified::Certificate& anew,
                                 const certified::Certificate& said) {
  std::vector<std::string> lines;
  if (anew.decision != said.decision) {
    lines.push_back("decision: " + std::string(DecisionName(anew.decision)) + ", not " +
                    std::string(DecisionName(said.decision)));
  }
  for (const certified::Link& link : said.links) {
    const std::string end = "link to " + link.seller.ToString() + ": ";
    const certified::Link* found = FindLink(anew, link.seller);
    if (found == nullptr) {
      lines.push_back(end + "there is none");
      continue;
    }
    if (found->strength != link.strength || found->blame_strength != link.blame_strength) {
      lines.push_back(end + "its strength is another one");
    }
    if (found->redundancy != link.redundancy) {
      lines.push_back(end + "rests on " + std::to_string(found->redundancy) + " proofs, not " +
                      std::to_string(link.redundancy));
    }
    if (found->path != link.path) lines.push_back(end + "its path or what it shares differs");
  }
  for (const certified::Link& link : anew.links) {
    if (FindLink(said, link.seller) == nullptr) {
      lines.push_back("link to " + link.seller.ToString() + ": left out, or new");
    }
  }
  if (anew.hubs != said.hubs) lines.push_back("widely shared identifiers: others, or other counts");
  if (anew.velocity != said.velocity)
    lines.push_back("bursts or fresh starts: others, or other counts");
  if (anew.contested != said.contested || anew.cut_short != said.cut_short) {
    lines.push_back("findings of different people, or the end of the search, differ");
  }
  if (lines.empty()) lines.push_back("details of the evidence differ");
  return lines;
}

// Histories to try, the likeliest first: every answer to each doubt alike, then nothing in doubt,
// then answers fact by fact: all of them where few facts are in doubt, else a sample.
class Histories {
 public:
  explicit Histories(std::size_t sellers)
      : mixes_(std::min<std::size_t>(256, 200'000 / (sellers + 1))) {}

  std::optional<History> Next() {
    const int round = ++round_;
    if (round < kUniform) return History{.unlikelier = static_cast<unsigned>(round)};
    if (round == kUniform) return History{.dates = false};
    const auto mix = static_cast<std::uint64_t>(round - kUniform - 1);
    if (doubts_ == 0 || mix >= mixes_) return std::nullopt;
    const bool few = doubts_ <= 5;
    return History{.unlikely = [mix, few](std::uint64_t n) {
      if (few) return (mix >> n & 1) != 0;
      const std::uint64_t rare = 2U << (mix % 3);  // one in two, four or eight
      return Scrambled(mix << 32 | n) % rare == 0;
    }};
  }
  bool AtFirst() const { return round_ == 0; }
  void Allow(std::uint64_t doubts) { doubts_ = std::max(doubts_, doubts); }

 private:
  static constexpr int kUniform = 1 << kDoubts;
  // SplitMix64: the same sample everywhere.
  static std::uint64_t Scrambled(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }
  const std::size_t mixes_;
  int round_ = -1;
  std::uint64_t doubts_ = 0;
};

class Verifier {
 public:
  Verifier(const certified::Certificate& certificate, const LinkPolicy& policy, ExportExtent extent,
           CertificateCheck check)
      : certificate_(certificate),
        policy_(policy),
        relied_(certificate),
        whole_(extent == ExportExtent::kWhole),
        check_(std::move(check)) {}

  // `journal`: of the registry that the facts are from, if they are one's; nullptr: nothing tells
  // when they were entered.
  Result<CertificateCheck> Run(const Facts& all, const JournalReader* journal,
                               const std::string& digest) {
    const Facts facts = Around(all, Named(), Fingerprints());
    ComparePolicies(facts);
    if (whole_) {
      TRY_ASSIGN(const certified::Certificate today, CertifyAnew(certificate_, policy_, facts));
      if (Same(today, facts.live_only)) return Holds();
      today_ = Compare(today, certificate_);
    } else if (!RestsOnLinks()) {
      return Error{Code::kNotFound,
                   "certificate: it says that something is absent or counts sellers, which an "
                   "extract cannot show: check it against a whole export"};
    }
    const CertificateCheck opened = check_;
    TRY_ASSIGN(CertificateCheck by_dates, AgainstFacts(facts));
    if (by_dates.outcome != CertificateOutcome::kFalse || journal == nullptr) return by_dates;
    // By their own dates the facts contradict it. Was what does entered later?
    TRY_ASSIGN(const EnteredLater later,
               FindEnteredLater(*journal, facts, certificate_, digest, relied_));
    if (later.lines.empty()) return by_dates;
    check_ = opened;
    TRY_ASSIGN(CertificateCheck by_entry, AgainstFacts(later.facts));
    if (by_entry.outcome == CertificateOutcome::kFalse) return by_dates;
    by_entry.checked.push_back("journal: what contradicts it was entered after it");
    for (const std::string& line : later.lines) {
      by_entry.differs.push_back("entered after the verdict: " + line);
    }
    return by_entry;
  }

 private:
  // Do these facts bear it out, as far as their dates tell?
  Result<CertificateCheck> AgainstFacts(const Facts& facts) {
    const Findings found = Examine(relied_, facts, whole_);
    check_.differs.insert(check_.differs.end(), found.changed.begin(), found.changed.end());
    if (!found.contradicted.empty()) return End(CertificateOutcome::kFalse, found.contradicted);
    if (!found.unseen.empty()) return Undecided(found.unseen.front());
    check_.checked.push_back("facts: all that it cites stands recorded, and was in force then");
    if (!found.erased.empty()) return End(CertificateOutcome::kErased, found.erased);
    if (whole_) return Then(facts);
    check_.checked.push_back(
        "extract: proves these paths; that there is no other, which is the strongest and how many "
        "proofs there are takes a whole export");
    return End(check_.differs.empty() ? CertificateOutcome::kHolds : CertificateOutcome::kHeldThen);
  }

  void ComparePolicies(const Facts& facts) {
    if (!facts.policy) {
      check_.checked.push_back("policy: its own; these lines do not say which one is in force");
      return;
    }
    const Result<LinkPolicy> now = ParseStoredLinkPolicy(*facts.policy, "policy of the registry");
    if (now && FormatLinkPolicy(SpelledOut(*now, certificate_.kinds)) == certificate_.policy.toml) {
      check_.checked.push_back("policy: the one in force today");
    } else {
      check_.differs.push_back(
          "policy: another one is in force today; the journal tells whether its own was then");
    }
  }

  std::set<SellerName> Named() const {
    std::set<SellerName> named = {certificate_.application.name};
    for (const certified::Seller& seller : certificate_.sellers) named.insert(seller.name);
    return named;
  }
  std::set<Fingerprint> Fingerprints() const {
    std::set<Fingerprint> fingerprints;
    for (const certified::Attribute& attribute : certificate_.application.attributes) {
      for (const certified::Identifier& each : attribute.identifiers) {
        if (!each.junk) fingerprints.insert(each.fingerprint);
      }
    }
    return fingerprints;
  }

  bool Same(const certified::Certificate& anew, bool live_only) const {
    return Comparable(anew, live_only) == Comparable(certificate_, live_only);
  }

  // Would its links, or the applicant's own ban, alone lead to the decision?
  bool RestsOnLinks() const {
    if (certificate_.decision == Decision::kClear) return false;
    if (certificate_.reasons.front().because == Because::kItselfBanned) return true;
    return std::any_of(
        certificate_.links.begin(), certificate_.links.end(),
        [&](const certified::Link& link) { return link.decision == certificate_.decision; });
  }

  CertificateCheck Holds() {
    check_.complete = true;
    check_.checked.push_back(
        "facts: screening the application again gives the same evidence and decision");
    return End(check_.differs.empty() ? CertificateOutcome::kHolds : CertificateOutcome::kHeldThen);
  }

  CertificateCheck End(CertificateOutcome outcome, const std::vector<std::string>& more = {}) {
    check_.outcome = outcome;
    check_.differs.insert(check_.differs.begin(), more.begin(), more.end());
    return std::move(check_);
  }

  static Error Undecided(const std::string& what) {
    return {Code::kNotFound, "certificate: cannot be decided from these lines: " + what +
                                 ": check it against a whole `export --facts`"};
  }

  // Everything cited was so. Does the conclusion follow from the facts as their dates show them at
  // that moment, in some history that the registers allow?
  Result<CertificateCheck> Then(const Facts& facts) {
    std::vector<std::string> best;
    bool less = false;
    Histories histories(facts.sellers.size());
    while (const std::optional<History> history = histories.Next()) {
      const Rewound rewound = Rewind(facts, relied_, *history);
      TRY_ASSIGN(const certified::Certificate then,
                 CertifyAnew(certificate_, policy_, rewound.facts));
      if (Reproduces(then, certificate_)) {
        const bool exact = Same(then, facts.live_only);
        check_.complete = exact && histories.AtFirst() && rewound.hidden == 0;
        return Later(exact);
      }
      if (histories.AtFirst()) best = Compare(then, certificate_);
      less = less || then.decision <= certificate_.decision;
      histories.Allow(rewound.doubts);
    }
    if (less && facts.live_only) {
      return Undecided("facts that no longer count are left out of them");
    }
    // A seller forgotten since may be what is missing.
    const bool forgotten =
        std::any_of(facts.tombstones.begin(), facts.tombstones.end(),
                    [&](const auto& tombstone) { return tombstone.second > relied_.at(); });
    if (less && forgotten) return Later(false);
    best.push_back(
        "so say the facts by their own dates: these were recorded later, or left out of the "
        "certificate; the journal tells which");
    return End(CertificateOutcome::kFalse, best);
  }

  CertificateCheck Later(bool exact) {
    check_.checked.push_back(
        exact ? "facts dated up to then: the same evidence and decision"
              : "facts dated up to then: the same decision in a history that registers allow");
    if (!check_.complete) {
      check_.checked.push_back(
          "what else was known then cannot be shown whole: registers have moved on, facts bear no "
          "date or came late, or sellers were forgotten; the journal has it");
    }
    for (const std::string& line : today_) check_.differs.push_back("today: " + line);
    return End(CertificateOutcome::kHeldThen);
  }

  const certified::Certificate& certificate_;
  const LinkPolicy& policy_;
  const Relied relied_;
  const bool whole_;
  CertificateCheck check_;
  std::vector<std::string> today_;  // in what it parts from the facts of today
};

// What needs no facts.
struct Opened {
  certified::Certificate certificate;
  LinkPolicy policy;
};
Result<Opened> Open(std::string_view bytes, CertificateCheck& check) {
  TRY_ASSIGN(certified::Certificate certificate, certified::Decode(bytes));
  check.checked.push_back("bytes: canonical, and their digest agrees");
  TRY_ASSIGN(LinkPolicy policy, CheckOwnEvidence(certificate));
  check.checked.push_back("evidence: weights, strengths and decision follow from its policy");
  if (const std::int64_t latest = Relied(certificate).at(); latest > certificate.as_of.micros) {
    check.checked.push_back("note: it cites what is dated after its as_of, up to " +
                            FormatTime(Time{latest}));
  }
  return Opened{std::move(certificate), std::move(policy)};
}

}  // namespace

std::string_view OutcomeName(CertificateOutcome outcome) {
  return kOutcomes[static_cast<std::size_t>(outcome)];
}

Result<CertificateCheck> CheckCertificate(const Registry& registry, const Fingerprinter& keyed,
                                          std::string_view bytes) {
  CertificateCheck check;
  const Result<Opened> opened = Open(bytes, check);
  if (!opened) return False(std::move(check), opened.error().message);
  const certified::Certificate& certificate = opened->certificate;
  if (certificate.key_check != registry.key_check_value()) {
    return False(std::move(check), "key: made under the key with check value " +
                                       certificate.key_check + ", the registry's is " +
                                       registry.key_check_value());
  }
  for (const certified::Seller& seller : certificate.sellers) {
    if (seller.tombstone != TombstoneOf(keyed, seller.name)) {
      return False(std::move(check), "key: the digest of " + seller.name.ToString() +
                                         " is not the one under the registry's key");
    }
  }
  check.checked.push_back("key: the registry's own");
  const Enrol event = EventOf(certificate.application, certificate.rules);
  const Result<Certified> today = registry.Certify(event, Time{certificate.as_of.micros});
  if (today && today->certificate == bytes) {
    check.outcome = CertificateOutcome::kHolds;
    check.complete = true;
    check.checked.push_back(
        "facts: screening the application again gives the same evidence and decision");
    return check;
  }
  FactsReader reader;
  Result<void> read;
  TRY(registry.Export(ExportScope::kFacts, [&](std::string_view piece) {
    if (read) read = reader.Add(piece);
  }));
  TRY(std::move(read));
  TRY_ASSIGN(const Facts facts, reader.Finish());
  TRY_ASSIGN(const std::unique_ptr<JournalReader> journal, registry.Journal());
  return Verifier(certificate, opened->policy, ExportExtent::kWhole, std::move(check))
      .Run(facts, journal.get(), certified::DigestOf(bytes));
}

Result<CertificateCheck> VerifyCertificateAgainstExport(const ReadPiece& read, ExportExtent extent,
                                                        std::string_view bytes) {
  CertificateCheck check;
  const Result<Opened> opened = Open(bytes, check);
  if (!opened) return False(std::move(check), opened.error().message);
  check.checked.push_back("key: an export does not say under which it was made");
  FactsReader reader;
  while (true) {
    TRY_ASSIGN(const std::string piece, read());
    if (piece.empty()) break;
    TRY(reader.Add(piece));
  }
  TRY_ASSIGN(const Facts facts, reader.Finish());
  if (extent == ExportExtent::kWhole && facts.end == Facts::End::kMissing) {
    return Error{Code::kInvalidArgument,
                 "export: it was cut off: the last line, which counts the others, is missing"};
  }
  return Verifier(opened->certificate, opened->policy, extent, std::move(check))
      .Run(facts, nullptr, {});
}

}  // namespace revenant
