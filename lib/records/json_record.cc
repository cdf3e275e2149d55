#include "records/json_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <utility>

#include "records/line_mender.h"
#include "records/record_parser.h"
#include "revenant/identifier.h"
#include "revenant/name_hints.h"

namespace revenant {
namespace {

constexpr std::string_view kListName = "attributes";
constexpr std::string_view kPartNames[] = {"kind", "country", "value", "verified"};
constexpr std::string_view kNotString = "must be a string (a number would lose its leading zeros)";
constexpr std::string_view kTwice = "is given twice";

// Whether `text` may be taken for the name of a kind and shown: there is one, or it has the form.
// Anything else may be a value that changed places with its kind.
bool CanBeKind(std::string_view text) {
  constexpr std::size_t kLongest = 256;
  if (text.size() > kLongest) return false;
  const std::size_t at = std::min(text.find('@'), text.size());
  constexpr std::size_t kCountry = 3;  // "@DE"
  if (text.size() - at <= kCountry && FindKind(text.substr(0, at)) != nullptr) return true;
  return MayBeKind(text);
}

}  // namespace

JsonRecord::JsonRecord(const ColumnNames& names, const ReadOptions& options,
                       const std::string& file, std::function<void(std::string_view)> on_unmapped)
    : names_(names),
      file_(file),
      keep_values_(options.keep_values),
      on_unmapped_(std::move(on_unmapped)),
      seller_fields_(options),
      nulls_(options.nulls) {}

void JsonRecord::Begin(InputRecord& out) {
  out_ = &out;
  out.record.attributes.clear();
  out.places.clear();
  where_ = Where::kOutside;
  skipping_ = 0;
  for (std::string& field : fields_) field.clear();
  for (std::string& name : field_names_) name.clear();
  has_list_ = false;
  index_ = 0;
  attribute_count_ = 0;
  companions_.clear();
  is_refused_ = false;
  error_position_.reset();
}

void JsonRecord::Finish(bool parsed, TextPosition where) {
  if (is_refused_) return;
  if (!parsed) {
    const std::uint64_t column = where.column + error_position_.value_or(1) - 1;
    return RefuseRecord(*out_, {file_, where.line, column, "", "",
                                "not valid JSON here; each line is one whole object", ""});
  }
  ApplyCompanions();
  SellerFields fields;
  for (std::size_t i = 0; i < kSellerFields; ++i) fields[i] = fields_[i];
  out_->usable = true;
  std::optional<Refusal> undated;
  auto refusal = seller_fields_.Read(fields, out_->record, undated);
  if (!refusal) {
    constexpr auto kSeen = static_cast<std::size_t>(Field::kSeen);
    if (undated) RejectHere(field_names_[kSeen], "", undated->reason, fields_[kSeen]);
    return;
  }
  const auto index = static_cast<std::size_t>(refusal->field);
  const std::string& name = field_names_[index];
  Refuse(name.empty() ? std::string(FieldName(refusal->field)) : name, std::move(refusal->reason),
         fields_[index]);
}

bool JsonRecord::boolean(bool value) {
  std::string text = value ? "true" : "false";
  return OnValue(Type::kBoolean, &text);
}

// --- Structure.

bool JsonRecord::start_object(std::size_t) {
  if (skipping_ > 0) return SkipNested();
  switch (where_) {
    case Where::kOutside:
      where_ = Where::kRecord;
      return true;
    case Where::kList:
      return BeginAttribute();
    case Where::kRecord:
    case Where::kAttribute:
      break;
  }
  return OnValue(Type::kOther, nullptr) && SkipNested();
}

bool JsonRecord::end_object() {
  if (skipping_ > 0) {
    --skipping_;
  } else if (where_ == Where::kAttribute) {
    where_ = Where::kList;
    return FinishAttribute();
  } else {
    where_ = Where::kOutside;
  }
  return true;
}

bool JsonRecord::start_array(std::size_t) {
  if (skipping_ > 0) return SkipNested();
  if (where_ == Where::kRecord && target_ == Target::kList) {
    where_ = Where::kList;
    return true;
  }
  return OnValue(Type::kOther, nullptr) && SkipNested();
}

bool JsonRecord::end_array() {
  if (skipping_ > 0) {
    --skipping_;
  } else {
    where_ = Where::kRecord;
  }
  return true;
}

// Goes one level deeper into a value that was passed over or complained about.
bool JsonRecord::SkipNested() {
  ++skipping_;
  return true;
}

bool JsonRecord::key(std::string& name) {
  if (skipping_ > 0) return true;
  return where_ == Where::kRecord ? OnRecordKey(name) : OnAttributeKey(name);
}

bool JsonRecord::OnValue(Type type, std::string* text) {
  if (skipping_ > 0) return true;
  switch (where_) {
    case Where::kOutside:
      return Refuse("", "not a JSON object; each line is one");
    case Where::kList:
      RejectHere(AttributeField(""), "", "must be an object with kind and value");
      return CountAttribute();
    case Where::kAttribute:
      OnPart(type, text);
      return true;
    case Where::kRecord:
      break;
  }
  switch (target_) {
    case Target::kNothing:
      return true;
    case Target::kList:
      if (type != Type::kNull) RejectHere(std::string(kListName), "", "must be a list of objects");
      return true;
    case Target::kField:
      return OnField(type, text);
    case Target::kFlatAttribute:
      return OnFlatAttribute(type, text);
    case Target::kCompanion:
      return OnCompanion(type, text);
  }
  return true;
}

// --- Fields of the record.

bool JsonRecord::OnRecordKey(const std::string& name) {
  target_ = Target::kNothing;
  if (name == kListName) {
    if (has_list_) return Refuse(name, std::string(kTwice));
    has_list_ = true;
    target_ = Target::kList;
    return true;
  }
  meaning_ = names_.Resolve(name);
  if (meaning_.field == Field::kUnmapped) {
    if (!meaning_.left_out) on_unmapped_(name);
    return true;
  }
  field_name_ = name;
  if (meaning_.field == Field::kAttribute) {
    target_ = Target::kFlatAttribute;
    return true;
  }
  if (meaning_.field > Field::kAttribute) {
    target_ = Target::kCompanion;
    return true;
  }
  // Two parsers would take different ones of two values; input must not choose which seller to
  // blame that way.
  std::string& known_name = field_names_[static_cast<std::size_t>(meaning_.field)];
  if (!known_name.empty()) return Refuse(name, std::string(kTwice));
  known_name = name;
  target_ = Target::kField;
  return true;
}

bool JsonRecord::OnField(Type type, std::string* text) {
  if (type == Type::kNull) return true;
  std::string_view problem;
  if (type != Type::kString) {
    problem = kNotString;
  } else if (IsNull(*text)) {
    return true;
  } else {
    problem = MendedDamage(*text);
  }
  if (!problem.empty()) {
    if (meaning_.field != Field::kSeen) return Refuse(field_name_, std::string(problem));
    RejectHere(field_name_, "", std::string(problem) + std::string(kUndated));
    return true;
  }
  fields_[static_cast<std::size_t>(meaning_.field)] = std::move(*text);
  return true;
}

bool JsonRecord::OnFlatAttribute(Type type, std::string* text) {
  if (type == Type::kNull || (type == Type::kString && IsNull(*text))) return true;
  if (type == Type::kString) {
    AddAttribute({meaning_.kind, meaning_.country, std::move(*text)}, field_name_);
  } else {
    RejectHere(field_name_, meaning_.kind, kNotString);
  }
  return CountAttribute();
}

// --- Fields about flat attributes, which may stand before or behind them.

bool JsonRecord::OnCompanion(Type type, std::string* text) {
  if (type == Type::kNull) return true;
  Companion companion{meaning_, field_name_, "", ""};
  if (type == Type::kString || (type == Type::kBoolean && meaning_.field == Field::kVerified)) {
    companion.text = std::move(*text);
  } else {
    companion.problem = meaning_.field == Field::kVerified ? kBadVerified : kBadCountry;
  }
  companions_.push_back(std::move(companion));
  return CountAttribute();
}

void JsonRecord::ApplyCompanions() {
  if (companions_.empty()) return;
  // By target, and by slot for those that no target says.
  std::map<std::string, std::vector<std::size_t>, std::less<>> attributes;
  for (std::size_t index = 0; index < out_->places.size(); ++index) {
    const ColumnMeaning meaning = names_.Resolve(out_->places[index].field);
    if (meaning.field != Field::kAttribute) continue;  // of the list
    attributes[meaning.target].push_back(index);
    if (meaning.slot != meaning.target) attributes["\n" + meaning.slot].push_back(index);
  }
  std::map<std::string_view, std::size_t> given;
  for (const Companion& companion : companions_) ++given[companion.meaning.target];
  std::vector<bool> left_out(out_->places.size());
  for (Companion& companion : companions_) {
    auto about = attributes.find(companion.meaning.about);
    if (about == attributes.end()) about = attributes.find("\n" + companion.meaning.slot);
    if (about == attributes.end()) continue;  // of a value that is not given
    // Of two that differ there is no telling which one is meant.
    if (given[companion.meaning.target] > 1) companion.problem = kTwice;
    if (about->second.size() > 1) companion.problem = "is about several attributes";
    for (const std::size_t index : about->second) {
      if (!Apply(companion, out_->record.attributes[index])) left_out[index] = true;
    }
    if (!companion.problem.empty()) {
      RejectHere(companion.field, companion.meaning.kind, companion.problem, companion.text);
    }
  }
  std::size_t kept = 0;
  for (std::size_t index = 0; index < left_out.size(); ++index) {
    if (left_out[index]) continue;
    if (kept != index) {
      out_->record.attributes[kept] = std::move(out_->record.attributes[index]);
      out_->places[kept] = std::move(out_->places[index]);
    }
    ++kept;
  }
  out_->record.attributes.resize(kept);
  out_->places.resize(kept);
}

// False: the attribute must be left out. A problem found is put down in `companion`.
bool JsonRecord::Apply(Companion& companion, RawAttribute& attribute) {
  std::string_view& problem = companion.problem;
  if (companion.meaning.field == Field::kVerified) {
    const std::optional<bool> verified = ReadVerified(companion.text);
    if (problem.empty() && !verified) problem = kBadVerified;
    attribute.verified = problem.empty() && *verified;
    return true;
  }
  const std::optional<std::string> country = ReadCountry(companion.text);
  if (problem.empty() && !country) problem = kBadCountry;
  if (problem.empty() && !country->empty()) attribute.country = *country;
  return problem.empty();
}

// --- Attribute objects.

bool JsonRecord::BeginAttribute() {
  where_ = Where::kAttribute;
  parts_ = {};
  return true;
}

bool JsonRecord::OnAttributeKey(std::string_view name) {
  part_ = nullptr;
  for (std::size_t i = 0; i < kPartCount; ++i) {
    if (name != kPartNames[i]) continue;
    part_ = &parts_[i];
    if (part_->is_given) part_->problem = kTwice;
    part_->is_given = true;
    return true;
  }
  on_unmapped_(fmt::format("attributes[].{}", name));
  return true;
}

void JsonRecord::OnPart(Type type, std::string* text) {
  if (part_ == nullptr || type == Type::kNull) return;
  if (type == Type::kString || (type == Type::kBoolean && part_ == &parts_[kVerified])) {
    part_->text = std::move(*text);
  } else if (part_->problem.empty()) {
    part_->problem = part_ == &parts_[kVerified] ? kBadVerified : kNotString;
  }
}

bool JsonRecord::FinishAttribute() {
  Part& kind = parts_[kKind];
  Part& value = parts_[kValue];
  if (kind.problem.empty() && kind.text.empty()) kind.problem = "is missing";
  if (!kind.text.empty() && !CanBeKind(kind.text)) {
    kind.problem = "is not the name of a kind (and not shown: it may be a value)";
    kind.text.clear();
  }
  if (value.problem.empty() && !value.is_given) value.problem = "is missing";
  for (const PartIndex i : {kKind, kCountry, kValue}) {
    if (parts_[i].problem.empty()) continue;
    RejectHere(AttributeField(kPartNames[i]), kind.text, parts_[i].problem, value.text);
    return CountAttribute();
  }
  // What cannot be read as "verified" only is not.
  Part& verified = parts_[kVerified];
  const std::optional<bool> is_verified = ReadVerified(verified.text);
  if (verified.problem.empty() && !is_verified) verified.problem = kBadVerified;
  if (!verified.problem.empty()) {
    RejectHere(AttributeField(kPartNames[kVerified]), kind.text, verified.problem, verified.text);
  }
  // As an empty cell of CSV: no attribute.
  if (!IsNull(value.text)) {
    AddAttribute({std::move(kind.text), std::move(parts_[kCountry].text), std::move(value.text),
                  verified.problem.empty() && *is_verified},
                 AttributeField(kPartNames[kValue]));
  }
  return CountAttribute();
}

void JsonRecord::AddAttribute(RawAttribute attribute, std::string field) {
  // Only an escape (\u0000) can bring one here.
  if (attribute.value.find('\0') != std::string::npos) {
    return RejectHere(std::move(field), attribute.kind, "holds a NUL character", attribute.value);
  }
  if (const std::string_view damage = MendedDamage(attribute.value); !damage.empty()) {
    return RejectHere(std::move(field), attribute.kind, damage);
  }
  out_->record.attributes.push_back(std::move(attribute));
  out_->places.push_back({out_->line, 0, std::move(field)});
}

bool JsonRecord::CountAttribute() {
  if (where_ != Where::kRecord) ++index_;
  if (++attribute_count_ <= kMaxAttributes) return true;
  return Refuse(std::string(kListName),
                fmt::format("more than {} attributes in one record", kMaxAttributes));
}

// --- Complaints.

bool JsonRecord::IsNull(std::string_view text) const {
  return text.empty() || (!nulls_.empty() && std::find(nulls_.begin(), nulls_.end(),
                                                       TrimBlanks(text)) != nulls_.end());
}

std::string JsonRecord::AttributeField(std::string_view part) const {
  return fmt::format("{}[{}]{}{}", kListName, index_, part.empty() ? "" : ".", part);
}

void JsonRecord::RejectHere(std::string field, std::string_view kind, std::string_view reason,
                            std::string_view value) {
  out_->rejects.push_back({file_, out_->line, 0, std::move(field), std::string(kind),
                           std::string(reason), std::string(keep_values_ ? value : "")});
}

bool JsonRecord::Refuse(std::string field, std::string reason, std::string_view value) {
  is_refused_ = true;
  RefuseRecord(*out_, {file_, out_->line, 0, std::move(field), "", std::move(reason),
                       std::string(keep_values_ ? value : "")});
  return false;
}

}  // namespace revenant
