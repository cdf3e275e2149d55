#include "registry/state/seller_names.h"

#include <sodium.h>

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

#include "util/bytes.h"
#include "util/try.h"

namespace revenant {

std::string ClusterId::ToHex() const { return HexEncode(bytes); }

namespace {

// Signs to put in, take out or replace.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t corner = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = std::min({corner + (a[i] != b[j]), above + 1, row[j] + 1});
      corner = above;
    }
  }
  return row.back();
}

// "; did you mean shop-eu:S-1042?" of a seller whose name begins as `name` does; empty: no idea.
Result<std::string> HintFor(const View& view, const SellerName& name) {
  constexpr std::size_t kLongest = 64, kNamesRead = 2'000;
  const WordId platform = view.FindWord(name.platform);
  const std::string& id = name.external_id;
  if (platform == WordId{0} || id.size() > kLongest || IsForeignCase(name)) return std::string();
  const std::size_t before = NameKey(platform, "").size();
  std::size_t read = 0, least = std::max<std::size_t>(1, id.size() / 4) + 1;
  std::string nearest;
  TRY(view.Scan(Table::kNames, NameKey(platform, std::string_view(id).substr(0, id.size() / 2)),
                [&](std::string_view key, std::string_view) -> Result<bool> {
                  const std::string_view known = key.substr(before);
                  const std::size_t distance =
                      known.size() > kLongest ? least : Distance(id, known);
                  if (distance < least) {
                    least = distance;
                    nearest = known;
                  }
                  return ++read < kNamesRead;
                }));
  if (nearest.empty()) return nearest;
  return "; did you mean " + SellerName{name.platform, nearest}.ToString() + "?";
}

}  // namespace

Result<std::pair<SellerId, SellerRow>> FindNamed(const View& view, const SellerName& name) {
  TRY_ASSIGN(const std::optional<SellerId> seller, view.FindSeller(name));
  if (!seller) {
    TRY_ASSIGN(const std::string hint, HintFor(view, name));
    return Error{Code::kNotFound, name.ToString() + ": no such seller" + hint};
  }
  TRY_ASSIGN(SellerRow row, view.NeedSeller(*seller));
  return std::pair(*seller, std::move(row));
}

Result<void> CheckApplicantName(const SellerName& name) {
  TRY(CheckSellerName(name));
  if (!IsForeignCase(name)) return {};
  return Error{Code::kInvalidArgument,
               name.ToString() + ": this platform's name is kept for the exchange"};
}

Fingerprint TombstoneOf(const Fingerprinter& keyed, const SellerName& name) {
  return keyed.Of("revenant/forgotten", name.platform, name.external_id);
}

Error ForgottenError(const SellerName& name, Time forgotten) {
  return {Code::kConflict, name.ToString() + ": was forgotten on " + FormatTime(forgotten) +
                               " and may not be entered again"};
}

ClusterId ClusterIdOf(const SellerName& earliest_member) {
  const std::string& platform = earliest_member.platform;
  const std::string& external_id = earliest_member.external_id;
  std::string text;
  PutLengthPrefixed(text, platform);
  PutLengthPrefixed(text, external_id);
  ClusterId id;
  crypto_generichash(id.bytes.data(), id.bytes.size(), AsBytes(text).data(), text.size(), nullptr,
                     0);
  return id;
}

Result<ClusterId> ClusterIdOf(const View& view, const SellerRow& row) {
  if (row.label == kNoLabel) return ClusterIdOf(view.NameOf(row));
  SellerId earliest = kNoSeller;
  TRY(view.ForEachMember(row.label, row.part, [&](SellerId seller) -> Result<bool> {
    earliest = seller;
    return false;
  }));
  TRY_ASSIGN(const SellerRow member, view.NeedSeller(earliest));
  return ClusterIdOf(view.NameOf(member));
}

}  // namespace revenant
