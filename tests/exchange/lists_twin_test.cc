// Three platforms through random histories, beside a twin that is made of maps and thinks in
// sellers and identifiers rather than in rows, files and runs: after every step each platform's
// lists, verdicts, alerts and state hashes are what the twin says. Every failure prints its seed;
// REVENANT_SEQUENCES multiplies the histories, REVENANT_SEED moves them.

#include <map>
#include <random>
#include <set>
#include <sstream>

#include "exchange/feeds_world.h"
#include "exchange/member/list_state.h"
#include "exchange/member/matcher.h"
#include "registry/handle.h"

namespace revenant {
namespace {

constexpr int kDay = FeedsWorld::kStart;
constexpr int kParties = 3, kSellers = 4;
constexpr int kIdentifiers[] = {1, 2, 3, 4, 5, 9};  // 9 is a device: listed for a year

// One entry under a number of the twin's own, which it keeps through every rotation.
struct Entry {
  int seller = 0, identifier = 0;
  int expires_on = 0;
  int disputes = 0;
  bool answered = false;
};
using Entries = std::map<int, Entry>;

// A dispute that its lister left unanswered, as a header tells it.
struct Mark {
  int lister = 0, entry = 0, day = 0;
  Epoch epoch = 0;
};

// A list as it was published once.
struct Version {
  std::uint32_t generation = 1, seq = 0;
  Epoch epoch = 1;
  Entries entries;
  std::vector<Mark> marks;
  std::set<int> erased;
  bool resumes = false;  // the first of a key generation
};

struct View1 {  // what a reader holds of another's list
  const Version* version = nullptr;
  std::set<int> matched;  // entries whose identifier it holds
  std::set<int> known;    // entries that were matched once
  std::set<int> erased;   // of which every trace went
};
struct Said {
  Opinion opinion = Opinion::kConfirmed;
  int day = 0;
  bool answered = false;
};

// The twin of one platform.
struct Platform {
  std::map<int, std::set<int>> carries;            // seller -> identifiers
  std::map<int, int> banned_on;                    // in force
  std::map<int, int> withheld;                     // seller -> 1 withdraw, 2 erase
  std::set<std::pair<int, Epoch>> tokens;          // identifier, epoch
  std::vector<std::unique_ptr<Version>> versions;  // of its own list
  std::map<int, View1> views;                      // by lister
  std::map<std::pair<int, int>, Said> opinions;    // (lister, entry) -> ours
  std::map<int, std::map<int, Said>> heard;        // entry -> member -> theirs
  std::map<int, int> told;                         // entry -> its seller, ever
  std::set<int> erasing;                           // entries that readers were asked to erase
  std::set<std::pair<int, int>> unanswered;        // (entry, member) without a receipt
  std::uint32_t generation = 1;
  bool member = true;
  const Version* newest() const { return versions.empty() ? nullptr : versions.back().get(); }
};

// A file that was sent once and may arrive at any time, and more than once.
struct Mail {
  int lister = 0;
  const Version* version = nullptr;
  bool snapshot = false;
  std::string file;
  std::vector<std::uint32_t> sealed_to;  // key generations of all parties when it was sent
};

class History : FeedsWorld {
 public:
  explicit History(std::uint64_t seed) : random_(seed) {
    for (int i = 0; i < kParties; ++i) alerts_read_.push_back(0);
  }

  void Step() {
    day_ += Pick(4) == 0 ? Pick(6) : Pick(2);
    const int p = Pick(kParties);
    if (!twin_[p].member) return;
    switch (Pick(16)) {
      case 0:
      case 1:
        return Show(p);
      case 2:
        return Ban(p);
      case 3:
        return Pick(3) == 0 ? Reinstate(p) : Ban(p);
      case 4:
        return Withhold(p);
      case 5:
      case 6:
        return Evaluate(p);
      case 7:
      case 8:
        return Export(p);
      case 9:
        return Snapshot(p);
      case 10:
      case 11:
      case 12:
        return Import(p);
      case 13:
        return Dispute(p);
      case 14:
        return Pick(2) == 0 ? Feedback(p) : Receipts(p);
      default:
        return Rarely(p);
    }
  }

  void Check() {
    for (int r = 0; r < kParties; ++r) {
      Need(parties[r]->desk->Refresh(Day(day_)));
      DropOldTokens(r);
    }
    for (int r = 0; r < kParties; ++r) {
      CAPTURE(r);
      CheckLists(r);
      CheckVerdicts(r);
      CheckAlerts(r);
    }
  }
  void CheckSound() {
    for (const auto& party : parties) party->world.CheckSound();
  }

 private:
  int Pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  int PickIdentifier() { return kIdentifiers[Pick(std::size(kIdentifiers))]; }
  static std::string SellerOf(int s) { return "s" + std::to_string(s); }
  SellerName NameOf(int p, int s) const { return {parties[p]->name, SellerOf(s)}; }
  bool Listed(int p, int s) const {
    const auto held = twin_[p].withheld.find(s);
    return twin_[p].banned_on.contains(s) && held == twin_[p].withheld.end();
  }
  Epoch EpochNow() const { return day_ >= kStart + 90 ? 2 : 1; }
  bool Counts(Epoch epoch) const { return epoch == 2 || day_ < kStart + 100; }
  // An operation of the exchange must change nothing that the platform knows itself.
  template <typename Operation>
  void Aside(int p, Operation operation) {
    const std::string before = OwnExport(p);
    operation();
    CHECK(OwnExport(p) == before);
  }
  // Without the lines of foreign cases.
  std::string OwnExport(int p) const {
    std::istringstream all(parties[p]->world.Export());
    std::string own;
    for (std::string line; std::getline(all, line);) {
      if (line.find("\"platform\":\"exchange/") == line.npos) own += line + '\n';
    }
    return own;
  }

  // --- What platforms do on their own ---

  void Show(int p) {
    const int s = Pick(kSellers), n = PickIdentifier();
    if (twin_[p].carries[s].size() >= 3) return;
    parties[p]->Shows(SellerOf(s).c_str(), day_, {n});
    twin_[p].carries[s].insert(n);
  }
  void Ban(int p) {
    const int s = Pick(kSellers);
    if (!twin_[p].carries.contains(s) || twin_[p].banned_on.contains(s)) return;
    ++day_;  // later than any reinstatement
    parties[p]->Bans(SellerOf(s).c_str(), day_);
    twin_[p].banned_on[s] = day_;
  }
  void Reinstate(int p) {
    const int s = Pick(kSellers);
    if (!twin_[p].banned_on.contains(s)) return;
    parties[p]->Reinstates(SellerOf(s).c_str(), ++day_);
    twin_[p].banned_on.erase(s);
  }
  void Withhold(int p) {
    const int s = Pick(kSellers);
    if (!twin_[p].carries.contains(s)) return;
    static constexpr std::optional<Exchange::Withhold> kHow[] = {
        std::nullopt, Exchange::Withhold::kWithdraw, Exchange::Withhold::kErase};
    const int how = Pick(3);
    Need(parties[p]->desk->WithholdSeller(NameOf(p, s), kHow[how]));
    twin_[p].withheld.erase(s);
    if (how > 0) twin_[p].withheld[s] = how;
  }

  // --- Tokens ---

  void Evaluate(int p) {
    const Epoch epoch = EpochNow() == 2 && Pick(4) != 0 ? 2 : Epoch(1);
    if (!Counts(epoch)) return;
    const int first = Pick(std::size(kIdentifiers));
    for (int i = 0; i < 3; ++i) {
      const int n = kIdentifiers[(first + i) % std::size(kIdentifiers)];
      Aside(p, [&] { parties[p]->Evaluates({n}, day_, epoch); });
      twin_[p].tokens.insert({n, epoch});
      for (auto& [lister, view] : twin_[p].views) {
        const bool stands = view.version != nullptr && !expelled_.contains(lister);
        if (!stands || view.version->epoch != epoch) continue;
        for (const auto& [id, entry] : view.version->entries) {
          if (entry.identifier == n) Match(view, id);
        }
      }
    }
  }
  static void Match(View1& view, int id) {
    view.matched.insert(id);
    view.known.insert(id);
  }
  void DropOldTokens(int p) {
    Epoch oldest = Counts(1) ? 1 : 2;
    if (twin_[p].newest() != nullptr) oldest = std::min(oldest, twin_[p].newest()->epoch);
    for (const auto& [lister, view] : twin_[p].views) {
      if (view.version != nullptr) oldest = std::min(oldest, view.version->epoch);
    }
    std::erase_if(twin_[p].tokens, [&](const auto& token) { return token.second < oldest; });
  }

  // --- Publishing ---

  void Export(int p) {
    Platform& own = twin_[p];
    auto next = std::make_unique<Version>();
    next->generation = own.generation;
    const Version* last = own.newest();
    next->resumes = last != nullptr && last->generation != own.generation;
    next->seq = last == nullptr || next->resumes ? 0 : last->seq + 1;
    next->epoch = EpochNow();
    const bool older = last != nullptr && last->epoch != next->epoch;
    if (older && Counts(last->epoch)) {
      const bool all = std::all_of(last->entries.begin(), last->entries.end(), [&](const auto& e) {
        return own.tokens.contains({e.second.identifier, next->epoch});
      });
      if (!all) next->epoch = last->epoch;
    }
    Successor(own, last, *next);
    std::string file;
    Aside(p, [&] { file = parties[p]->Exports(day_); });
    mail_.push_back({p, next.get(), false, file, Generations()});
    own.versions.push_back(std::move(next));
  }
  void Successor(Platform& own, const Version* last, Version& next) {
    const bool new_epoch = last != nullptr && last->epoch != next.epoch;
    const auto token = [&](int n) { return own.tokens.contains({n, next.epoch}); };
    std::set<std::pair<int, int>> listed;
    std::set<int> leaving;
    if (last != nullptr) {
      for (const auto& [id, entry] : last->entries) {
        const bool wanted = Listed(Index(own), entry.seller) &&
                            own.banned_on[entry.seller] + Days(entry.identifier) > day_;
        if (!wanted || (new_epoch && !token(entry.identifier))) {
          leaving.insert(id);
          continue;
        }
        listed.insert({entry.seller, entry.identifier});
        Entry& kept = next.entries[id] = entry;
        kept.disputes = 0;
        kept.answered = true;
        for (const auto& [member, said] : own.heard[id]) {
          if (!IsAgainst(said.opinion)) continue;
          ++kept.disputes;
          kept.answered = kept.answered && said.answered;
        }
        kept.answered = kept.answered && kept.disputes > 0;
      }
    }
    for (const auto& [s, identifiers] : own.carries) {
      if (!Listed(Index(own), s)) continue;
      for (const int n : identifiers) {
        const int until = own.banned_on[s] + Days(n);
        if (until <= day_ || listed.contains({s, n}) || !token(n)) continue;
        const int id = ++last_entry_;
        next.entries[id] = {s, n, until, 0, false};
        own.told[id] = s;
      }
    }
    for (const int id : leaving) own.heard.erase(id);
    for (const auto& [id, s] : own.told) {
      const auto held = own.withheld.find(s);
      const bool erase = held != own.withheld.end() && held->second == 2;
      if (!erase || next.entries.contains(id) || !own.erasing.insert(id).second) continue;
      for (int r = 0; r < kParties; ++r) {
        if (r != Index(own) && twin_[r].member) own.unanswered.insert({id, r});
      }
    }
    for (const auto& [id, r] : own.unanswered) {
      if (twin_[r].member) next.erased.insert(id);
    }
    for (const auto& [place, said] : own.opinions) {
      const View1& view = own.views[place.first];
      if (!IsAgainst(said.opinion) || said.day + 14 > day_ || view.version == nullptr) continue;
      const Entry& entry = view.version->entries.at(place.second);
      if (entry.answered || !own.tokens.contains({entry.identifier, view.version->epoch})) continue;
      next.marks.push_back({place.first, place.second, said.day, view.version->epoch});
    }
  }
  int Index(const Platform& own) const { return static_cast<int>(&own - twin_); }
  std::vector<std::uint32_t> Generations() const {
    std::vector<std::uint32_t> all;
    for (const Platform& each : twin_) all.push_back(each.generation);
    return all;
  }
  static int Days(int n) { return n % 10 == 9 ? 365 : 1826; }
  void Snapshot(int p) {
    if (twin_[p].newest() == nullptr) return;
    mail_.push_back({p, twin_[p].newest(), true, parties[p]->Snapshot(), Generations()});
  }

  // --- Importing ---

  enum class Fate { kRefused, kUnchanged, kApplied, kHeld };
  Fate FateOf(int r, const Mail& mail) {
    const Platform& lister = twin_[mail.lister];
    const Version& shown = *mail.version;
    const Version* held = twin_[r].views[mail.lister].version;
    const bool opens = mail.sealed_to[static_cast<std::size_t>(r)] == twin_[r].generation;
    if (!opens || !lister.member || shown.generation < lister.generation) return Fate::kRefused;
    if (held != nullptr && held->generation == shown.generation) {
      if (shown.seq == held->seq) return Fate::kUnchanged;
      if (shown.seq < held->seq) return Fate::kRefused;
      return mail.snapshot || shown.seq == held->seq + 1 ? Fate::kApplied : Fate::kHeld;
    }
    const Version* before = nullptr;  // of a first header: the one that it continues
    for (const auto& version : lister.versions) {
      if (version.get() == &shown) break;
      before = version.get();
    }
    return mail.snapshot || (shown.seq == 0 && held == before) ? Fate::kApplied : Fate::kHeld;
  }
  void Import(int r) {
    if (mail_.empty()) return;
    // Mostly what came lately, sometimes anything that was ever sent.
    const int count = static_cast<int>(mail_.size());
    const int at = Pick(5) == 0 ? Pick(count) : std::max(0, count - 1 - Pick(6));
    const Mail& mail = mail_[static_cast<std::size_t>(at)];
    if (mail.lister == r) return;
    const std::string before = parties[r]->Rows();
    Aside(r, [&] {
      const Result<FeedImport> result = parties[r]->desk->Import(mail.file, Day(day_));
      const Fate fate = FateOf(r, mail);
      CAPTURE(mail.lister);
      CAPTURE(mail.version->seq);
      CAPTURE(mail.snapshot);
      const std::string refusal = result ? std::string() : result.error().message;
      CAPTURE(refusal);
      REQUIRE(result.has_value() == (fate != Fate::kRefused));
      if (fate == Fate::kRefused) CHECK(parties[r]->Rows() == before);
      if (!result) return;
      const bool same =
          (result->outcome == FeedImport::Outcome::kUnchanged) == (fate == Fate::kUnchanged) &&
          (result->outcome == FeedImport::Outcome::kHeld) == (fate == Fate::kHeld);
      REQUIRE(same);
      if (fate == Fate::kApplied) Take(r, mail);
    });
  }
  void Take(int r, const Mail& mail) {
    View1& view = twin_[r].views[mail.lister];
    view.version = mail.version;
    const Entries& entries = mail.version->entries;
    std::erase_if(view.matched, [&](int id) { return !entries.contains(id); });
    std::erase_if(twin_[r].opinions, [&](const auto& each) {
      return each.first.first == mail.lister && !entries.contains(each.first.second);
    });
    for (const auto& [id, entry] : entries) {
      if (twin_[r].tokens.contains({entry.identifier, mail.version->epoch})) Match(view, id);
    }
    view.erased = mail.version->erased;
    for (const int id : mail.version->erased) {
      if (!view.known.erase(id)) continue;
      const int s = twin_[mail.lister].told[id];
      const bool stands = std::any_of(view.matched.begin(), view.matched.end(),
                                      [&](int other) { return entries.at(other).seller == s; });
      if (stands) continue;
      const auto number = CaseOf(mail.lister, s);
      CHECK_FALSE(Need(SnapshotOf(parties[r]->registry())->FindSeller(number)));
    }
  }
  SellerName CaseOf(int p, int s) {
    const std::unique_ptr<View> view = SnapshotOf(parties[p]->registry());
    const SellerId id = *Need(view->FindSeller(NameOf(p, s)));
    const auto bytes = Need(GetRow(*view, RowKey(kCaseNumberRow).Of(id)));
    return ForeignCaseName(parties[p]->name, bytes ? Need(DecodeNumber(*bytes)) : 0);
  }

  // --- Disputes, receipts, members ---

  void Dispute(int r) {
    std::vector<std::pair<int, int>> cases;
    for (const auto& [lister, view] : twin_[r].views) {
      for (const int id : view.matched) {
        cases.push_back({lister, view.version->entries.at(id).seller});
      }
    }
    if (cases.empty()) return;
    const auto [lister, s] = cases[static_cast<std::size_t>(Pick(static_cast<int>(cases.size())))];
    static constexpr Opinion kOpinions[] = {Opinion::kFalsePositive, Opinion::kExpired,
                                            Opinion::kFalsePositive, Opinion::kConfirmed,
                                            Opinion::kRetracted};
    const Opinion opinion = kOpinions[Pick(5)];
    ++day_;  // no two opinions of one moment
    const SellerName name = CaseOf(lister, s);
    Aside(r, [&] { Need(parties[r]->desk->Opine(name, opinion, Day(day_))); });
    const View1& view = twin_[r].views[lister];
    for (const int id : view.matched) {
      if (view.version->entries.at(id).seller != s) continue;
      twin_[r].opinions[{lister, id}] = {opinion, day_, false};
    }
  }
  void Feedback(int r) {
    for (const Letter& letter : Need(parties[r]->desk->WriteFeedback(Day(day_)))) {
      const int p = static_cast<int>(letter.to) - 1;
      const Letter receipt = Need(parties[p]->desk->TakeFeedback(letter.file, Day(day_))).receipt;
      Need(parties[r]->desk->TakeReceipt(receipt.file, Day(day_)));
    }
    for (const auto& [place, said] : twin_[r].opinions) {
      const auto [p, id] = place;
      const View1& view = twin_[r].views[p];
      const Version* now = twin_[p].newest();
      const int n = view.version->entries.at(id).identifier;
      const std::pair token(n, view.version->epoch);
      const bool heard = twin_[p].member && twin_[r].tokens.contains(token) &&
                         twin_[p].tokens.contains(token) && now->entries.contains(id);
      Said& known = twin_[p].heard[id][r];
      if (heard && said.day > known.day) known = {said.opinion, said.day, false};
    }
  }
  void StandBy(int p) {
    const int s = Pick(kSellers);
    if (!twin_[p].carries.contains(s) || twin_[p].newest() == nullptr) return;
    bool any = false;
    for (const auto& [id, entry] : twin_[p].newest()->entries) {
      if (entry.seller != s) continue;
      for (auto& [member, said] : twin_[p].heard[id]) {
        if (!IsAgainst(said.opinion)) continue;
        said.answered = any = true;
      }
    }
    CHECK(parties[p]->desk->StandBy(NameOf(p, s), Day(day_)).has_value() == any);
  }
  void Receipts(int r) {
    for (const Letter& letter : Need(parties[r]->desk->WriteReceipts(Day(day_)))) {
      const int p = static_cast<int>(letter.to) - 1;
      Need(parties[p]->desk->TakeReceipt(letter.file, Day(day_)));
      for (const int id : twin_[r].views[p].erased) twin_[p].unanswered.erase({id, r});
    }
  }
  void Rarely(int p) {
    const int what = Pick(20);
    if (what < 9) return StandBy(p);
    if (what < 11) return NewGeneration(p);
    if (what == 11 && p == 0) return Leave(p, Pick(2) == 0);
  }
  void NewGeneration(int p) {
    if (twin_[p].newest() == nullptr || twin_[p].newest()->generation != twin_[p].generation)
      return;
    MemberKeys fresh = Need(parties[p]->keys.NextGeneration());
    Member member =
        Need(ReadMemberCard(MemberCardFile(fresh, parties[p]->name, "FR", ++twin_[p].generation)));
    member.id = MemberId{static_cast<std::uint32_t>(p + 1)};
    const FeedId feed = FeedIdOf(exchange, member.id, {});
    member.resume_from = Need(FindHeader(*SnapshotOf(parties[p]->registry()), feed))->digest;
    Amend(day_, [&](Roster& next) { next.members[static_cast<std::size_t>(p)] = member; });
    const std::filesystem::path file =
        folder.path() / (parties[p]->name + std::to_string(member.generation));
    Need(fresh.WriteNew(file));
    parties[p]->keys = std::move(fresh);
    parties[p]->desk = Need(Exchange::Open(parties[p]->registry(), file));
  }
  void Leave(int p, bool expelled) {
    Amend(day_, [&](Roster& next) {
      next.members[static_cast<std::size_t>(p)].status =
          expelled ? MemberStatus::kExpelled : MemberStatus::kLeft;
    });
    twin_[p].member = false;
    for (Platform& other : twin_) {
      if (!expelled) continue;
      other.views[p].matched.clear();
      std::erase_if(other.opinions, [&](const auto& each) { return each.first.first == p; });
      expelled_.insert(p);
    }
  }

  // --- What must hold ---

  bool Weighs(int r, int lister, int id) {
    const View1& view = twin_[r].views[lister];
    const Entry& entry = view.version->entries.at(id);
    if (entry.expires_on < day_ || entry.disputes >= 2) return false;
    const auto ours = twin_[r].opinions.find({lister, id});
    if (ours != twin_[r].opinions.end() && IsAgainst(ours->second.opinion)) return false;
    if (entry.answered) return true;
    for (int m = 0; m < kParties; ++m) {
      const Version* told = twin_[r].views[m].version;
      if (!twin_[m].member || m == lister || m == r || told == nullptr) continue;
      for (const Mark& mark : told->marks) {
        const bool same = mark.lister == lister && mark.entry == id && mark.day + 14 <= day_;
        if (same && twin_[r].tokens.contains({entry.identifier, mark.epoch})) return false;
      }
    }
    return true;
  }
  // (lister, seller) -> identifiers that lead to the case here.
  std::map<std::pair<int, int>, std::set<int>> CasesAt(int r) {
    std::map<std::pair<int, int>, std::set<int>> cases;
    for (const auto& [lister, view] : twin_[r].views) {
      for (const int id : view.matched) {
        const Entry& entry = view.version->entries.at(id);
        if (Weighs(r, lister, id)) cases[{lister, entry.seller}].insert(entry.identifier);
      }
    }
    return cases;
  }
  void CheckLists(int r) {
    const ExchangeStatus status = Need(parties[r]->desk->Status(Day(day_)));
    CHECK(status.erasures_open == twin_[r].unanswered.size());
    const std::unique_ptr<View> rows = SnapshotOf(parties[r]->registry());
    std::size_t lists = 0;
    for (int p = 0; p < kParties; ++p) {
      const Version* version = p == r ? twin_[p].newest() : twin_[r].views[p].version;
      const FeedId feed = FeedIdOf(exchange, MemberId{static_cast<std::uint32_t>(p + 1)}, {});
      const auto held = Need(FindHeader(*rows, feed));
      REQUIRE(held.has_value() == (version != nullptr));
      if (version == nullptr) continue;
      ++lists;
      CHECK(held->header.seq == version->seq);
      CHECK(held->header.live_entries == version->entries.size());
      // The same tags, and a state hash that a second hand makes of the rows.
      std::multiset<Tag> expected, live;
      for (const auto& [id, entry] : version->entries) {
        expected.insert(TagOf(SecretOf(entry.identifier, version->epoch), exchange, version->epoch,
                              KindOf(entry.identifier)));
      }
      std::string hashed;
      WireWriter out(hashed);
      for (const auto& [number, bytes] : Need(FindRuns(*rows, feed))) {
        for (const LiveEntry& entry : Need(DecodeRun(number, bytes))) live.insert(entry.tag);
        out.U64(number).Raw(DigestOf(bytes));
      }
      CHECK(live == expected);
      CHECK(DigestOf(hashed) == held->header.state);
      for (const ExchangeStatus::FeedLine& line : status.feeds) {
        if (line.feed != feed || p == r) continue;
        CHECK(line.live == version->entries.size());
        CHECK(line.matched == twin_[r].views[p].matched.size());
      }
    }
    CHECK(status.feeds.size() == lists);
  }
  void CheckVerdicts(int r) {
    const auto cases = CasesAt(r);
    std::set<SellerName> all;
    std::map<int, std::set<SellerName>> direct;
    for (const auto& [place, identifiers] : cases) {
      const SellerName name = CaseOf(place.first, place.second);
      all.insert(name);
      for (const int n : identifiers) direct[n].insert(name);
    }
    for (const int n : kIdentifiers) {
      CAPTURE(n);
      std::set<SellerName> found;
      for (const ForeignCase& hit : parties[r]->Asks(day_, {n}).foreign) found.insert(hit.seller);
      const bool none_beyond = std::includes(all.begin(), all.end(), found.begin(), found.end());
      CHECK(none_beyond);
      const bool all_direct =
          std::includes(found.begin(), found.end(), direct[n].begin(), direct[n].end());
      if (n % 10 != 9) CHECK(all_direct);  // devices fade before they expire
    }
  }
  // A seller's alerts take turns, each exactly once, and the last one says how things are.
  void CheckAlerts(int r) {
    const std::vector<Alert> alerts =
        Need(parties[r]->registry().Alerts(alerts_read_[static_cast<std::size_t>(r)], 10'000));
    for (const Alert& alert : alerts) {
      alerts_read_[static_cast<std::size_t>(r)] = alert.number;
      if (alert.sanctions) continue;
      const bool turned = linked_[r][alert.seller.external_id] != alert.linked;
      CHECK(turned);
      linked_[r][alert.seller.external_id] = alert.linked;
    }
    const auto cases = CasesAt(r);
    for (const auto& [s, carried] : twin_[r].carries) {
      CAPTURE(s);
      CHECK(linked_[r][SellerOf(s)] == (!twin_[r].banned_on.contains(s) && Tainted(r, s, cases)));
    }
  }
  bool Tainted(int r, int s, const std::map<std::pair<int, int>, std::set<int>>& cases) {
    std::set<int> members = {s}, reached = twin_[r].carries[s];
    for (std::size_t before = 0; before != members.size();) {
      before = members.size();
      for (const auto& [other, carried] : twin_[r].carries) {
        const bool joins =
            std::any_of(carried.begin(), carried.end(), [&](int n) { return reached.contains(n); });
        if (!joins) continue;
        members.insert(other);
        reached.insert(carried.begin(), carried.end());
      }
    }
    const auto meets = [&](const auto& each) {
      return std::any_of(each.second.begin(), each.second.end(),
                         [&](int n) { return reached.contains(n); });
    };
    return std::any_of(members.begin(), members.end(),
                       [&](int member) { return twin_[r].banned_on.contains(member); }) ||
           std::any_of(cases.begin(), cases.end(), meets);
  }

  std::mt19937_64 random_;
  int day_ = kDay + 1;
  int last_entry_ = 0;
  Platform twin_[kParties];
  std::vector<Mail> mail_;
  std::vector<std::uint64_t> alerts_read_;
  std::map<std::string, bool> linked_[kParties];
  std::set<int> expelled_;
};

TEST_CASE("Whatever happens to lists, platforms hold what a naive twin says they hold") {
  const std::uint64_t first = FirstSeed();
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(Scaled(8)); ++seed) {
    CAPTURE(seed);
    History history(seed);
    for (int step = 0; step < 70; ++step) {
      CAPTURE(step);
      history.Step();
      history.Check();
    }
    history.CheckSound();
  }
}

}  // namespace
}  // namespace revenant
