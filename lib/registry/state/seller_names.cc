#include "registry/state/seller_names.h"

#include <sodium.h>

#include "util/bytes.h"
#include "util/try.h"

namespace revenant {

std::string ClusterId::ToHex() const { return HexEncode(bytes); }

Result<std::pair<SellerId, SellerRow>> FindNamed(const View& view, const SellerName& name) {
  TRY_ASSIGN(const std::optional<SellerId> seller, view.FindSeller(name));
  if (!seller) return Error{Code::kNotFound, name.ToString() + ": no such seller"};
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
