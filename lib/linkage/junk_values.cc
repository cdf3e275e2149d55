#include "linkage/junk_values.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "identifier/junk_forms.h"

namespace revenant {
namespace {

constexpr std::string_view kListed = "the policy lists it as junk";

bool Before(const Identifier& a, const Identifier& b) {
  return std::tie(a.scope, a.canonical) < std::tie(b.scope, b.canonical);
}

}  // namespace

bool JunkValues::Speaks(const LinkPolicy& policy) {
  return !policy.junk.empty() ||
         std::any_of(policy.overrides().begin(), policy.overrides().end(),
                     [](const auto& kind) { return kind.second.placeholders; });
}

JunkValues::JunkValues(const LinkPolicy& policy) : speaks_(Speaks(policy)) {
  if (speaks_) policy_ = policy;
}

const JunkValues::OfKind& JunkValues::Of(std::string_view root_kind) const {
  {
    const ReaderLock reading(mutex_);
    const auto known = kinds_.find(root_kind);
    if (known != kinds_.end()) return *known->second;
  }
  auto worked_out = std::make_unique<const OfKind>(Work(root_kind));
  const WriterLock writing(mutex_);
  return *kinds_.emplace(root_kind, std::move(worked_out)).first->second;
}

JunkValues::OfKind JunkValues::Work(std::string_view root_kind) const {
  OfKind out;
  if (!speaks_) return out;
  out.placeholders = policy_.For(root_kind).placeholders;
  std::set<std::string> values;
  const auto add = [&](std::string_view kind) {
    const auto list = policy_.junk.find(kind);
    if (list == policy_.junk.end()) return;
    for (const std::string& value : list->second) {
      for (std::string& each : kinds::CasesOf(value)) values.insert(std::move(each));
    }
  };
  add("");
  for (const std::string& kind : kinds::GivenAs(root_kind)) {
    const KindInfo* info = FindKind(kind);
    add(kind);
    if (info != nullptr && info->name != kind) add(info->name);
  }
  const std::vector<std::string> spellings(values.begin(), values.end());
  out.listed = kinds::FormsOf(root_kind, spellings, kinds::Forms::kAny);
  return out;
}

void JunkValues::Judge(Normalized& normal) const {
  if (!speaks_ || normal.identifiers().empty()) return;
  const Identifier& root = normal.identifiers().front();
  const OfKind& kind = Of(root.kind);
  if (std::binary_search(kind.listed.begin(), kind.listed.end(), root, Before)) {
    if (normal.status == Status::kJunk) return;
    normal.status = Status::kJunk;
    normal.reason = kListed;
  } else if (normal.status == Status::kJunk && kind.placeholders) {
    normal.status = Status::kValid;
    normal.reason = {};
  }
}

}  // namespace revenant
