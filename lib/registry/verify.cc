// Checks certificates against facts (DESIGN.md section 5, rule 13). CERTIFICATE.md beside this file
// says what each answer means and proves.

#include <algorithm>
#include <array>
#include <set>

#include "registry/applier.h"
#include "registry/certify.h"
#include "registry/facts_view.h"
#include "registry/impl.h"
#include "registry/own_evidence.h"
#include "registry/relied.h"
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

// A certificate as the live scope can show it, and as a state without its key can make it anew.
certified::Certificate Comparable(certified::Certificate certificate, bool live_only) {
  for (certified::Seller& seller : certificate.sellers) seller.tombstone = {};
  if (!live_only) return certificate;
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
  const Enrol event = EventOf(certificate.application);
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
  if (anew.contested != said.contested || anew.cut_short != said.cut_short) {
    lines.push_back("findings of different people, or the end of the search, differ");
  }
  if (lines.empty()) lines.push_back("details of the evidence differ");
  return lines;
}

class Verifier {
 public:
  Verifier(const certified::Certificate& certificate, const LinkPolicy& policy, ExportExtent extent,
           CertificateCheck check)
      : certificate_(certificate),
        policy_(policy),
        relied_(certificate),
        whole_(extent == ExportExtent::kWhole),
        check_(std::move(check)) {}

  Result<CertificateCheck> Run(const Facts& all) {
    const Facts facts = Around(all, Named(), Fingerprints());
    if (whole_) {
      TRY_ASSIGN(const certified::Certificate today, CertifyAnew(certificate_, policy_, facts));
      if (Same(today, facts.live_only)) return Holds();
      today_ = Compare(today, certificate_);
    } else if (!RestsOnLinks()) {
      return Error{Code::kNotFound,
                   "certificate: it says that something is absent or counts sellers, which an "
                   "extract cannot show: check it against a whole export"};
    }
    const Findings found = Examine(relied_, facts, whole_);
    check_.differs = found.changed;
    if (!found.contradicted.empty()) return End(CertificateOutcome::kFalse, found.contradicted);
    if (!found.unseen.empty()) return Undecided(found.unseen.front());
    check_.checked.push_back("facts: all that it cites stands recorded, and was in force then");
    if (!found.erased.empty()) return End(CertificateOutcome::kErased, found.erased);
    if (whole_) return Then(facts);
    check_.checked.push_back(
        "extract: proves these paths; that there is no other, which is the strongest and how many "
        "proofs there are takes a whole export");
    return End(found.changed.empty() ? CertificateOutcome::kHolds : CertificateOutcome::kHeldThen);
  }

 private:
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
    return End(CertificateOutcome::kHolds);
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
    constexpr Rewinding kHistories[] = {{}, {.optimistic = false}, {.dates = false}};
    std::vector<std::string> best;
    bool less = false;
    for (const Rewinding& history : kHistories) {
      const Rewound rewound = Rewind(facts, relied_, history);
      TRY_ASSIGN(const certified::Certificate then,
                 CertifyAnew(certificate_, policy_, rewound.facts));
      less = less || then.decision < certificate_.decision;
      if (!Reproduces(then, certificate_)) {
        if (best.empty()) best = Compare(then, certificate_);
        continue;
      }
      const bool exact = Same(then, facts.live_only);
      check_.complete = history.dates && history.optimistic && rewound.guesses == 0 && exact;
      check_.checked.push_back(
          exact ? "facts dated up to then: the same evidence and decision"
                : "facts dated up to then: the same decision, its links on as many proofs");
      if (!check_.complete) {
        check_.checked.push_back(
            "registers that moved on since, or events recorded late, hide what else was known "
            "then: the journal shows it");
      }
      return Later();
    }
    // Whoever was forgotten since may have been what is missing.
    const bool forgotten =
        std::any_of(facts.tombstones.begin(), facts.tombstones.end(),
                    [&](const auto& tombstone) { return tombstone.second > relied_.at(); });
    if ((forgotten || facts.live_only) && less) {
      if (facts.live_only) return Undecided("facts that no longer count are left out of them");
      check_.checked.push_back(
          "sellers were forgotten since, so what else was known then cannot be shown");
      return Later();
    }
    best.push_back(
        "so say the facts by their own dates: these were recorded later, or left out of the "
        "certificate; the journal tells which");
    return End(CertificateOutcome::kFalse, best);
  }

  CertificateCheck Later() {
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
  return Opened{std::move(certificate), std::move(policy)};
}

}  // namespace

std::string_view OutcomeName(CertificateOutcome outcome) {
  return kOutcomes[static_cast<std::size_t>(outcome)];
}

Result<CertificateCheck> VerifyCertificate(const Registry& registry, std::string_view bytes) {
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
    if (seller.tombstone != TombstoneOf(registry.impl_->keyed, seller.name)) {
      return False(std::move(check), "key: the digest of " + seller.name.ToString() +
                                         " is not the one under the registry's key");
    }
  }
  check.checked.push_back("key: the registry's own");
  const Enrol event = EventOf(certificate.application);
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
  return Verifier(certificate, opened->policy, ExportExtent::kWhole, std::move(check)).Run(facts);
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
  return Verifier(opened->certificate, opened->policy, extent, std::move(check)).Run(facts);
}

}  // namespace revenant
