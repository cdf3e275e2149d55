#include "registry/proof/cited_facts.h"

#include <algorithm>

namespace revenant {
namespace {

std::string Date(std::int64_t micros) {
  if (micros == ObservationRow::kNever) return "never";
  return micros == Time::kUnknownMicros ? "an unknown time" : FormatTime(Time{micros});
}

bool IsDated(std::int64_t micros) { return micros > Time::kUnknownMicros; }

// As the live scope shows an observation.
certified::Observation AsShown(certified::Observation observation) {
  observation.first = std::max(observation.first, observation.through);
  observation.through = {};
  return observation;
}

class Examiner {
 public:
  Examiner(const Relied& relied, const Facts& facts, bool whole)
      : relied_(relied), facts_(facts), whole_(whole) {}

  Findings Run() {
    for (const auto& [name, said] : relied_.sellers()) {
      if (relied_.RestsOn(name)) ExamineSeller(name, said);
    }
    for (const auto& [key, cited] : relied_.observations()) {
      const auto& [name, root, source] = key;
      const auto seller = facts_.sellers.find(name);
      if (seller != facts_.sellers.end()) ExamineObservation(name, seller->second, cited);
    }
    return std::move(findings_);
  }

 private:
  void ExamineSeller(const SellerName& name, const certified::Seller& said) {
    const auto found = facts_.sellers.find(name);
    if (found == facts_.sellers.end()) return ExamineMissing(name, said);
    const Facts::Seller& seller = found->second;
    if (seller.status < said.status) {
      Add(findings_.contradicted, name,
          "its status was never as high as " + std::string(StatusName(said.status)));
    } else if (seller.status > said.status) {
      Add(findings_.changed, name,
          "was " + std::string(StatusName(said.status)) + ", is " +
              std::string(StatusName(seller.status)));
    }
    if (said.ban) ExamineBan(name, seller, *said.ban);
  }

  void ExamineMissing(const SellerName& name, const certified::Seller& said) {
    const auto tombstone = facts_.tombstones.find(said.tombstone);
    if (tombstone != facts_.tombstones.end()) {
      Add(findings_.erased, name, "was forgotten on " + Date(tombstone->second));
    } else if (whole_ && !facts_.live_only) {
      Add(findings_.contradicted, name, "was never recorded");
    } else {
      Add(findings_.unseen, name, "does not stand in these lines");
    }
  }

  void ExamineBan(const SellerName& name, const Facts::Seller& seller,
                  const certified::BanRelied& said) {
    const std::string what = "ban of case '" + said.case_ref + "'";
    const auto found = seller.bans.find(said.case_ref);
    if (found == seller.bans.end() || found->second.set == ObservationRow::kNever) {
      return AddAbsent(name, what + " is not recorded");
    }
    const Facts::Case& ban = found->second;
    const std::int64_t at = said.at.micros, lifted = seller.Lifted(ban);
    if (ban.set < at) {
      return Add(findings_.contradicted, name,
                 what + " dates from " + Date(ban.set) + ", not " + Date(at));
    }
    if (ban.set == at && ban.reason < said.reason) {
      return Add(findings_.contradicted, name, what + " has another reason");
    }
    // The lifting event wins ties.
    if (lifted >= at && lifted <= relied_.at()) {
      return Add(findings_.contradicted, name,
                 what + " was lifted on " + Date(lifted) + " already");
    }
    if (lifted >= at) {
      Add(findings_.changed, name, what + " was lifted on " + Date(lifted));
    }
    if (ban.set > at) {
      Add(findings_.changed, name,
          what + " was set again on " + Date(ban.set) + ", which hides that of " + Date(at));
    } else if (ban.reason != said.reason) {
      Add(findings_.changed, name, what + " was given another reason");
    }
  }

  void ExamineObservation(const SellerName& name, const Facts::Seller& seller,
                          const Relied::Cited& cited) {
    certified::Observation said = cited.registers;
    const std::string what = cited.kinds.begin()->second + " from source '" + said.source + "'";
    const auto found = seller.observations.find({said.root, said.source});
    if (found == seller.observations.end() || found->second.last == ObservationRow::kNever) {
      return AddAbsent(name, what + " is not recorded");
    }
    const Facts::Observation& row = found->second;
    for (const auto& [fingerprint, kind] : cited.kinds) {
      const auto item = std::find_if(row.items.begin(), row.items.end(), [&](const auto& each) {
        return each.fingerprint == fingerprint;
      });
      if (item == row.items.end() || item->kind != kind) {
        return Add(findings_.contradicted, name, kind + " never had the fingerprint that is cited");
      }
      if (item->junk) Add(findings_.changed, name, kind + " identifies nobody, as is known now");
    }
    certified::Observation now{
        said.root, said.source, {row.first}, {row.last}, {seller.Through(said.root, row)}};
    if (facts_.live_only) {
      now = AsShown(now);
      said = AsShown(said);
    }
    if (now != said) Compare(name, what, said, now);
  }

  // Registers only grow, except `first`, which only shrinks from known time to known time.
  void Compare(const SellerName& name, const std::string& what, const certified::Observation& said,
               const certified::Observation& now) {
    const bool first_grew =
        IsDated(said.first.micros) && (!IsDated(now.first.micros) || now.first > said.first);
    if ((first_grew && !facts_.live_only) || now.last < said.last || now.through < said.through) {
      return Add(findings_.contradicted, name,
                 what + " was never seen or withdrawn at the times that are cited");
    }
    const std::int64_t through = now.through.micros;
    if (through >= said.last.micros && through <= relied_.at() && through != said.through.micros) {
      const bool seen_again = now.last.micros > through && now.last.micros <= relied_.at();
      if (!seen_again) {
        return Add(findings_.contradicted, name,
                   what + " was withdrawn through " + Date(through) + " already");
      }
    }
    if (now.through != said.through) {
      Add(findings_.changed, name, what + " was withdrawn through " + Date(through));
    }
    if (now.first != said.first) {
      Add(findings_.changed, name,
          what + " is first seen " + Date(now.first.micros) + ", not " + Date(said.first.micros));
    }
    if (now.last != said.last) {
      Add(findings_.changed, name,
          what + " is last seen " + Date(now.last.micros) + ", not " + Date(said.last.micros));
    }
  }

  // The live scope leaves out what was withdrawn or lifted.
  void AddAbsent(const SellerName& name, const std::string& what) {
    Add(facts_.live_only ? findings_.unseen : findings_.contradicted, name, what);
  }
  static void Add(std::vector<std::string>& list, const SellerName& name, const std::string& what) {
    list.push_back(name.ToString() + ": " + what);
  }

  const Relied& relied_;
  const Facts& facts_;
  const bool whole_;
  Findings findings_;
};

class Rewinder {
 public:
  Rewinder(const Relied& relied, const History& history)
      : relied_(relied), history_(history), at_(history.dates ? relied.at() : INT64_MAX) {}

  Rewound Run(const Facts& facts) {
    out_.facts = facts;
    for (auto& [name, seller] : out_.facts.sellers) {
      RewindStatus(name, seller);
      RewindObservations(name, seller);
      RewindBans(name, seller);
      RewindPairs(name, seller);
    }
    return std::move(out_);
  }

 private:
  bool Unlikely(Doubt doubt) {
    const std::uint64_t number = out_.doubts++;
    out_.hidden += doubt == Doubt::kHiddenEnd || doubt == Doubt::kHiddenStart;
    if (history_.unlikely) return history_.unlikely(number);
    return (history_.unlikelier >> static_cast<int>(doubt) & 1) != 0;
  }

  // A register that takes out of force is that of today where it is dated by then.
  std::int64_t End(std::int64_t micros) {
    if (micros <= at_) return micros;
    return Unlikely(Doubt::kHiddenEnd) ? at_ : ObservationRow::kNever;
  }
  // And one that puts into force.
  std::int64_t Start(std::int64_t micros) {
    if (micros <= at_) return micros;
    return Unlikely(Doubt::kHiddenStart) ? at_ : ObservationRow::kNever;
  }

  void RewindStatus(const SellerName& name, Facts::Seller& seller) {
    const auto said = relied_.sellers().find(name);
    if (said != relied_.sellers().end()) {
      seller.status = said->second.status;
    } else if (seller.since > at_ && !Unlikely(Doubt::kHiddenStart)) {
      seller.status = SellerStatus::kMentioned;
    } else if (seller.status == SellerStatus::kActive && history_.dates &&
               Unlikely(Doubt::kEnrolled)) {
      seller.status = SellerStatus::kApplicant;
    }
  }

  void RewindObservations(const SellerName& name, Facts::Seller& seller) {
    // The register of every source goes into each observation, so that each can be rewound alone.
    for (auto& [key, observation] : seller.observations) {
      if (!key.second.empty()) observation.through = seller.Through(key.first, observation);
    }
    std::erase_if(seller.observations,
                  [](const auto& entry) { return entry.first.second.empty(); });
    for (auto& [key, observation] : seller.observations) {
      const auto cited = relied_.observations().find({name, key.first, key.second});
      if (cited != relied_.observations().end()) {
        const certified::Observation& said = cited->second.registers;
        observation.first = said.first.micros;
        observation.last = said.last.micros;
        observation.through = said.through.micros;
      } else if (!SeenByThen(observation)) {
        observation.last = ObservationRow::kNever;
      } else {
        if (observation.first > at_) observation.first = Time::kUnknownMicros;
        observation.through = End(observation.through);
        // Seen until just then, or only once.
        if (observation.last > at_) {
          observation.last = Unlikely(Doubt::kHiddenEnd) ? observation.first : at_;
        }
      }
    }
  }

  // A first date hides what happened at unknown times before.
  bool SeenByThen(const Facts::Observation& observation) {
    if (!IsDated(observation.first)) return !history_.dates || !Unlikely(Doubt::kUndated);
    return observation.first <= at_ || Unlikely(Doubt::kHiddenStart);
  }

  void RewindBans(const SellerName& name, Facts::Seller& seller) {
    const auto said = relied_.sellers().find(name);
    const certified::BanRelied* cited =
        said != relied_.sellers().end() && said->second.ban ? &*said->second.ban : nullptr;
    for (auto& [ref, ban] : seller.bans) {
      const std::int64_t lifted = seller.Lifted(ban);
      if (cited != nullptr && cited->case_ref == ref) {
        ban = {cited->at.micros, ObservationRow::kNever, cited->reason};
        continue;
      }
      ban.set = Start(ban.set);
      ban.lifted = ban.set > lifted ? lifted : End(lifted);
    }
    seller.every_ban_lifted = ObservationRow::kNever;  // it stands in each of them now
  }

  void RewindPairs(const SellerName& name, Facts::Seller& seller) {
    for (auto& [other, pair] : seller.pairs) {
      // Each pair stands with both sellers; the second follows the first.
      const auto first = out_.facts.sellers.find(other);
      if (other < name && first != out_.facts.sellers.end()) {
        const auto known = first->second.pairs.find(name);
        if (known != first->second.pairs.end()) {
          pair = known->second;
          continue;
        }
      }
      pair.forbidden = Start(pair.forbidden);
      pair.allowed = End(pair.allowed);
    }
  }

  const Relied& relied_;
  const History& history_;
  const std::int64_t at_;
  Rewound out_;
};

}  // namespace

Relied::Relied(const certified::Certificate& certificate) : at_(certificate.as_of.micros) {
  const auto add = [&](const SellerName& name, const certified::Shared& shared,
                       const std::vector<certified::Observation>& observations) {
    for (const certified::Observation& registers : observations) {
      Cited& cited = observations_[{name, registers.root, registers.source}];
      cited.registers = registers;
      cited.kinds.emplace(shared.fingerprint, shared.kind);
      for (const certified::Moment& date : {registers.first, registers.last, registers.through}) {
        at_ = std::max(at_, date.micros);
      }
    }
  };
  for (const certified::Link& link : certificate.links) {
    for (const certified::Hop& hop : link.path) {
      for (const certified::Shared& shared : hop.shared) {
        add(hop.from, shared, shared.from);
        add(hop.to, shared, shared.to);
      }
    }
  }
  for (const certified::Seller& seller : certificate.sellers) {
    sellers_.emplace(seller.name, seller);
    if (seller.ban) at_ = std::max(at_, seller.ban->at.micros);
  }
  const SellerName& applicant = certificate.application.name;
  const auto account = sellers_.find(applicant);
  const auto first = observations_.lower_bound({applicant, Fingerprint{}, std::string()});
  const bool cited = first != observations_.end() && std::get<0>(first->first) == applicant;
  if (account != sellers_.end() && !account->second.ban && !cited) bystander_ = applicant;
}

Findings Examine(const Relied& relied, const Facts& facts, bool whole) {
  return Examiner(relied, facts, whole).Run();
}

Rewound Rewind(const Facts& facts, const Relied& relied, const History& history) {
  return Rewinder(relied, history).Run(facts);
}

}  // namespace revenant
