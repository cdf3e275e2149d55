#ifndef REVENANT_RECORDS_JSON_RECORD_H_
#define REVENANT_RECORDS_JSON_RECORD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "records/input.h"
#include "records/record_draft.h"
#include "revenant/records.h"

namespace revenant {

// Takes a record out of the events of a JSON parser, so that no document is ever built: a line of
// brackets costs no more memory than its bytes. Its public functions but Begin and Finish are those
// of nlohmann's SAX interface; they return false to stop where the record is refused.
class JsonRecord {
 public:
  // `on_unmapped` hears of every field that nothing says the meaning of.
  JsonRecord(const ColumnNames& names, const ReadOptions& options, const std::string& file,
             std::function<void(std::string_view)> on_unmapped);

  // Starts on the line of `out`, which has been reset.
  void Begin(InputRecord& out);
  // After the last event: `parsed` says whether all of the line at `where` was JSON.
  void Finish(bool parsed, TextPosition where);
  // For what stands in it, not for being no JSON.
  bool is_refused() const { return is_refused_; }

  bool null() { return OnValue(Type::kNull, nullptr); }
  bool boolean(bool value);
  bool number_integer(std::int64_t) { return OnValue(Type::kOther, nullptr); }
  bool number_unsigned(std::uint64_t) { return OnValue(Type::kOther, nullptr); }
  bool number_float(double, const std::string&) { return OnValue(Type::kOther, nullptr); }
  bool string(std::string& text) { return OnValue(Type::kString, &text); }
  template <typename Binary>
  bool binary(Binary&) {
    return OnValue(Type::kOther, nullptr);
  }
  bool start_object(std::size_t);
  bool end_object();
  bool start_array(std::size_t);
  bool end_array();
  bool key(std::string& name);
  template <typename Exception>
  bool parse_error(std::size_t position, const std::string&, const Exception&) {
    error_position_ = position;
    return false;
  }

 private:
  enum class Type : std::uint8_t { kNull, kString, kBoolean, kOther };
  enum class Where : std::uint8_t { kOutside, kRecord, kList, kAttribute };
  // What the value of a field of the record is for.
  enum class Target : std::uint8_t { kNothing, kField, kList, kFlatAttribute, kCompanion };
  enum PartIndex : std::uint8_t { kKind, kCountry, kValue, kVerified, kPartCount };
  // One part of an attribute object.
  struct Part {
    std::string text;
    bool is_given = false;
    std::string_view problem;
  };

  // A field such as "pay.iban#verified", until all attributes are there.
  struct Companion {
    ColumnMeaning meaning;
    std::string field;
    std::string text;
    std::string_view problem;
  };

  // All of these say false once the record is refused.
  bool OnValue(Type type, std::string* text);
  bool OnRecordKey(const std::string& name);
  bool OnField(Type type, std::string* text);
  bool OnFlatAttribute(Type type, std::string* text);
  bool OnCompanion(Type type, std::string* text);
  void ApplyCompanions();
  static bool Apply(Companion& companion, RawAttribute& attribute);
  bool BeginAttribute();
  bool OnAttributeKey(std::string_view name);
  bool FinishAttribute();
  bool CountAttribute();
  bool SkipNested();
  bool Refuse(std::string field, std::string reason, std::string_view value = {});

  void OnPart(Type type, std::string* text);
  void AddAttribute(RawAttribute attribute, std::string field);
  void RejectHere(std::string field, std::string_view kind, std::string_view reason,
                  std::string_view value = {});
  std::string AttributeField(std::string_view part) const;
  bool IsNull(std::string_view text) const;

  const ColumnNames& names_;
  const std::string& file_;
  const bool keep_values_;
  const std::function<void(std::string_view)> on_unmapped_;
  SellerFieldReader seller_fields_;
  const std::vector<std::string>& nulls_;

  // Of the record being read.
  InputRecord* out_ = nullptr;
  Where where_ = Where::kOutside;
  std::size_t skipping_ = 0;  // depth inside a value that is passed over
  std::array<std::string, kSellerFields> fields_;
  std::array<std::string, kSellerFields> field_names_;  // as the file has them; empty: not met
  bool has_list_ = false;
  std::size_t index_ = 0;  // in the list of attributes
  std::size_t attribute_count_ = 0;
  std::vector<Companion> companions_;
  bool is_refused_ = false;
  std::optional<std::size_t> error_position_;

  // Of the field and the attribute being read.
  Target target_ = Target::kNothing;
  std::string field_name_;
  ColumnMeaning meaning_;
  std::array<Part, kPartCount> parts_;
  Part* part_ = nullptr;
};

}  // namespace revenant

#endif  // REVENANT_RECORDS_JSON_RECORD_H_
