#include "audit/rings.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "registry/hubs.h"
#include "util/json_writer.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

struct HeldSizes {
  std::uint32_t seller, line, row, decision;
};

// Reads what a StagedFile holds.
class Reader {
 public:
  static Result<Reader> Open(const std::filesystem::path& path) {
    Reader reader;
    reader.path_ = path;
    reader.file_.reset(std::fopen(path.c_str(), "rbe"));
    if (!reader.file_) return SystemError("opening", path, errno);
    return reader;
  }
  // False at the end.
  Result<bool> Read(void* out, std::size_t size) {
    if (std::fread(out, 1, size, file_.get()) == size) return true;
    if (std::feof(file_.get()) != 0) return false;
    return SystemError("reading", path_, EIO);
  }
  Result<bool> Read(std::string& out, std::size_t size) {
    out.resize(size);
    return Read(out.data(), size);
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
};

Result<bool> ReadHeld(Reader& reader, HeldResult& held) {
  HeldSizes sizes;
  TRY_ASSIGN(const bool more, reader.Read(&sizes, sizeof sizes));
  if (!more) return false;
  held.decision = static_cast<Decision>(sizes.decision);
  TRY(reader.Read(held.seller, sizes.seller));
  TRY(reader.Read(held.line, sizes.line));
  TRY(reader.Read(held.row, sizes.row));
  return true;
}

struct Shared {
  std::uint32_t kind;
  Fingerprint fingerprint;
  std::uint32_t sellers;
  std::uint32_t application;  // one that has it
};

struct Ring {
  std::uint32_t first = kNone;  // application
  std::uint32_t sellers = 0;
  std::string id;
  std::uint64_t verdicts[3] = {};
  std::vector<std::string> members;
  std::vector<Shared> shared;
};

class Finder {
 public:
  Finder(std::vector<RingItem> items, std::uint32_t applications,
         const std::vector<std::string>& kinds)
      : items_(std::move(items)), kinds_(kinds), seller_(applications), parent_(applications) {
    std::iota(seller_.begin(), seller_.end(), 0u);
    std::iota(parent_.begin(), parent_.end(), 0u);
  }

  Result<void> Find(const Registry& registry) {
    std::sort(items_.begin(), items_.end(), [](const RingItem& a, const RingItem& b) {
      // Names before identifiers, so that a seller's rows are known to be one's.
      const bool a_name = a.kind == RingItem::kSellerItself;
      const bool b_name = b.kind == RingItem::kSellerItself;
      if (a_name != b_name) return a_name;
      return std::tie(a.kind, a.fingerprint, a.application) <
             std::tie(b.kind, b.fingerprint, b.application);
    });
    const LinkPolicy policy = registry.policy();
    for (const std::string& kind : kinds_) policies_.push_back(policy.For(kind));
    FindLeaves();
    std::vector<std::uint32_t> group;
    for (std::size_t begin = names_end_; begin < items_.size();) {
      const std::size_t end = Sellers(begin, group);
      const RingItem& item = items_[begin];
      begin = end;
      if (group.size() < 2) continue;
      if (group.size() > policies_[item.kind].fanout_limit) {
        NoteCommon(item.kind, group.size());
        continue;
      }
      std::erase_if(group, [&](std::uint32_t one) {
        return std::binary_search(leaves_.begin(), leaves_.end(), one);
      });
      if (group.size() < 2) continue;
      TRY_ASSIGN(const bool hub, IsHub(registry, item.fingerprint));
      if (hub) continue;
      for (const std::uint32_t one : group) Join(group.front(), one);
      shared_.push_back(
          {item.kind, item.fingerprint, static_cast<std::uint32_t>(group.size()), group.front()});
    }
    items_ = {};
    return {};
  }

  // Rings, the largest first; and the ring of each application.
  std::vector<Ring> Rings(std::vector<std::uint32_t>& ring_of) {
    std::unordered_map<std::uint32_t, Ring> found;  // by root
    for (const Shared& one : shared_) found[Root(one.application)];
    for (std::uint32_t i = 0; i < seller_.size(); ++i) {
      if (seller_[i] != i) continue;
      const auto ring = found.find(Root(i));
      if (ring == found.end()) continue;
      ring->second.first = std::min(ring->second.first, i);
      ++ring->second.sellers;
    }
    for (const Shared& one : shared_) found[Root(one.application)].shared.push_back(one);
    std::vector<Ring> rings;
    for (auto& [root, ring] : found) rings.push_back(std::move(ring));
    std::sort(rings.begin(), rings.end(), [](const Ring& a, const Ring& b) {
      return a.sellers != b.sellers ? a.sellers > b.sellers : a.first < b.first;
    });
    std::unordered_map<std::uint32_t, std::uint32_t> places;
    for (std::uint32_t i = 0; i < rings.size(); ++i) {
      rings[i].id = fmt::format("ring-{}", i + 1);
      places[Root(rings[i].first)] = i;
      std::stable_sort(
          rings[i].shared.begin(), rings[i].shared.end(), [&](const Shared& a, const Shared& b) {
            return a.sellers != b.sellers ? a.sellers > b.sellers : kinds_[a.kind] < kinds_[b.kind];
          });
    }
    ring_of.assign(seller_.size(), kNone);
    for (std::uint32_t i = 0; i < seller_.size(); ++i) {
      const auto place = places.find(Root(seller_[i]));
      if (place != places.end()) ring_of[i] = place->second;
    }
    return rings;
  }

  bool IsFirst(std::uint32_t application) const { return seller_[application] == application; }

  // Of values that too many share to join anybody.
  const AuditReport::Rings& common() const { return common_; }

 private:
  void NoteCommon(std::uint32_t kind, std::size_t sellers) {
    if (policies_[kind].role != Role::kLinking) return;
    ++common_.common_values;
    if (sellers <= common_.most_common) return;
    common_.most_common = sellers;
    common_.common_kind = kinds_[kind];
  }

  // The sellers, each once, of the items that are like the one at `begin`; returns their end.
  std::size_t Sellers(std::size_t begin, std::vector<std::uint32_t>& out) const {
    out.clear();
    std::size_t end = begin;
    for (; end < items_.size() && items_[end].kind == items_[begin].kind &&
           items_[end].fingerprint == items_[begin].fingerprint;
         ++end) {
      out.push_back(seller_[items_[end].application]);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return end;
  }

  // A seller with more values of a kind than its limit joins nobody.
  void FindLeaves() {
    std::vector<std::uint32_t> group;
    while (names_end_ < items_.size() && items_[names_end_].kind == RingItem::kSellerItself) {
      const std::size_t end = Sellers(names_end_, group);
      for (std::size_t i = names_end_; i < end; ++i) seller_[items_[i].application] = group.front();
      names_end_ = end;
    }
    std::vector<std::uint64_t> carried;
    for (std::size_t begin = names_end_; begin < items_.size();) {
      const std::uint32_t kind = items_[begin].kind;
      carried.clear();
      while (begin < items_.size() && items_[begin].kind == kind) {
        begin = Sellers(begin, group);
        carried.insert(carried.end(), group.begin(), group.end());
      }
      std::sort(carried.begin(), carried.end());
      for (auto run = carried.begin(); run != carried.end();) {
        const auto next = std::upper_bound(run, carried.end(), *run);
        if (next - run > policies_[kind].carry_limit) {
          leaves_.push_back(static_cast<std::uint32_t>(*run));
        }
        run = next;
      }
    }
    std::sort(leaves_.begin(), leaves_.end());
  }

  std::uint32_t Root(std::uint32_t one) {
    while (parent_[one] != one) one = parent_[one] = parent_[parent_[one]];
    return one;
  }
  void Join(std::uint32_t a, std::uint32_t b) {
    a = Root(a);
    b = Root(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

  std::vector<RingItem> items_;
  const std::vector<std::string>& kinds_;
  std::vector<KindPolicy> policies_;
  std::size_t names_end_ = 0;
  std::vector<std::uint32_t> seller_;  // of an application: the first of the same seller
  std::vector<std::uint32_t> parent_;
  std::vector<std::uint32_t> leaves_;
  std::vector<Shared> shared_;
  AuditReport::Rings common_;
};

std::string LineOf(const Ring& ring, const std::vector<std::string>& kinds) {
  std::string text;
  JsonWriter json(text);
  json.Object().Count("v", 1).Text("ring", ring.id).Count("size", ring.sellers);
  json.Count("applications", ring.verdicts[0] + ring.verdicts[1] + ring.verdicts[2]);
  json.Object("verdicts");
  for (const Decision decision : {Decision::kClear, Decision::kReview, Decision::kBlock}) {
    json.Count(DecisionName(decision), ring.verdicts[static_cast<std::size_t>(decision)]);
  }
  json.End().Array("members");
  for (const std::string& member : ring.members) json.Text({}, member);
  json.End().Array("shared");
  for (const Shared& one : ring.shared) {
    json.Object().Text("kind", kinds[one.kind]).Text("fingerprint", one.fingerprint.ToHex());
    json.Count("sellers", one.sellers).End();
  }
  json.End().End();
  return text + "\n";
}

}  // namespace

void AppendHeld(std::string& out, const HeldResult& held) {
  const HeldSizes sizes = {
      static_cast<std::uint32_t>(held.seller.size()), static_cast<std::uint32_t>(held.line.size()),
      static_cast<std::uint32_t>(held.row.size()), static_cast<std::uint32_t>(held.decision)};
  out.append(reinterpret_cast<const char*>(&sizes), sizeof sizes);
  out += held.seller;
  out += held.line;
  out += held.row;
}

void RingItems::Clear() {
  items.clear();
  applications = 0;
}

void RingItems::Add(const SellerName& seller,
                    const std::vector<Screener::LinkingIdentifier>& linking) {
  RingItem& itself = items.emplace_back();
  const std::string name = seller.ToString();
  crypto_generichash(itself.fingerprint.bytes.data(), itself.fingerprint.bytes.size(),
                     reinterpret_cast<const unsigned char*>(name.data()), name.size(), nullptr, 0);
  itself.application = applications;
  itself.kind = RingItem::kSellerItself;
  for (const auto& one : linking) {
    items.push_back({one.fingerprint, applications, KindNumber(one.kind)});
  }
  ++applications;
}

std::uint32_t RingItems::KindNumber(std::string_view kind) {
  const auto found = std::find(kinds.begin(), kinds.end(), kind);
  const auto number = static_cast<std::uint32_t>(found - kinds.begin());
  if (found == kinds.end()) kinds.emplace_back(kind);
  return number;
}

Result<void> RingFiles::Append(const RingItems& block) {
  if (block.applications >= kNone - applications) {
    return Error{Code::kInvalidArgument, "among: more than four billion applications"};
  }
  std::vector<std::uint32_t> numbers;
  for (const std::string& kind : block.kinds) {
    auto found = std::find(kinds.begin(), kinds.end(), kind);
    if (found == kinds.end()) found = kinds.insert(kinds.end(), kind);
    numbers.push_back(static_cast<std::uint32_t>(found - kinds.begin()));
  }
  for (RingItem item : block.items) {
    item.application += applications;
    if (item.kind != RingItem::kSellerItself) item.kind = numbers[item.kind];
    TRY(items.Append({reinterpret_cast<const char*>(&item), sizeof item}));
  }
  applications += block.applications;
  return {};
}

Result<AuditReport::Rings> WriteRings(RingFiles& files, const Registry& registry,
                                      AuditResults wanted, StagedFile& results, StagedFile& rows,
                                      StagedFile& rings_file, std::uint64_t& written) {
  TRY(files.items.Flush());
  TRY(files.held.Flush());
  std::vector<RingItem> items(files.items.size() / sizeof(RingItem));
  TRY_ASSIGN(Reader item_reader, Reader::Open(files.items.path()));
  TRY(item_reader.Read(items.data(), items.size() * sizeof(RingItem)));
  Finder finder(std::move(items), files.applications, files.kinds);
  TRY(finder.Find(registry));
  std::vector<std::uint32_t> ring_of;
  std::vector<Ring> rings = finder.Rings(ring_of);

  written = 0;
  TRY_ASSIGN(Reader held_reader, Reader::Open(files.held.path()));
  HeldResult held;
  for (std::uint32_t i = 0; i < files.applications; ++i) {
    TRY_ASSIGN(const bool more, ReadHeld(held_reader, held));
    if (!more) return Error{Code::kIo, files.held.path().string() + ": is cut short"};
    if (ring_of[i] != kNone) {
      Ring& ring = rings[ring_of[i]];
      ++ring.verdicts[static_cast<std::size_t>(held.decision)];
      if (finder.IsFirst(i)) ring.members.push_back(held.seller);
      JsonWriter::Inside(held.line).Text("ring", ring.id);
      held.row.pop_back();
      held.row += ring.id + "\n";
    }
    if (wanted == AuditResults::kFindings && held.decision == Decision::kClear) continue;
    ++written;
    held.line += kLineEnd;
    TRY(results.Append(held.line));
    TRY(rows.Append(held.row));
  }

  AuditReport::Rings totals = finder.common();
  for (const Ring& ring : rings) {
    TRY(rings_file.Append(LineOf(ring, files.kinds)));
    ++totals.rings;
    totals.sellers += ring.sellers;
    totals.largest = std::max<std::uint64_t>(totals.largest, ring.sellers);
    totals.unknown += ring.verdicts[1] + ring.verdicts[2] == 0;
  }
  return totals;
}

}  // namespace revenant
