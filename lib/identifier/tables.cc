#include "identifier/tables.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "identifier/phone_plan.h"
#include "identifier/phone_renumbered.h"
#include "identifier/table.h"
#include "revenant/tables.h"

namespace revenant {
namespace kinds {
namespace {

// Telephone numbers in every way of writing that the code tells apart.
struct Typed {
  std::string_view region;
  std::string_view value;
};
constexpr Typed kPhones[] = {
    {"", "+49 (30) 901820"},
    {"", "008613470553080"},
    {"US", "(650) 253-0000"},
    {"US", "1-800-FLOWERS"},
    {"GB", "020 7031 3000 x12"},
    {"AR", "011 15 2345 6789"},
    {"MX", "044 55 5350 6000"},
    {"IT", "06 6982"},
    {"BR", "0 15 84 91234567"},
    {"AG", "464 1234"},
    {"CI", "05 12 34 56"},
    {"BJ", "97 12 34 56"},
    {"DE", "15005652413"},
    {"DE", "015005652413"},
    {"FR", "447911123456"},
    {"AU", "0011 1 650 253 0000"},
    {"", "+14362345678"},
    {"", "+12222222222"},
    {"NZ", "tel:331-6005;phone-context=+64-3"},
    {"", "+4930901820.0"},
};

std::string DigestOf(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts)
    fmt::format_to(std::back_inserter(all), "{}:{}", part.size(), part);
  return fmt::format("{:016x}", XXH3_64bits(all.data(), all.size()));
}

// Status and identifiers; reasons are words and may be put better.
std::string OutcomeOf(const Attribute& attribute, Normalized& out) {
  Normalize(attribute, out);
  std::string text(StatusName(out.status));
  for (const Identifier& identifier : out.identifiers()) {
    fmt::format_to(std::back_inserter(text), "\n{}\t{}\t{}", identifier.kind, identifier.scope,
                   identifier.canonical);
  }
  return text;
}

}  // namespace

std::string PhoneTablesDigest() {
  std::vector<std::string> parts = {PhonePlansText()};
  for (const Renumbering& row : Renumberings()) {
    parts.push_back(
        fmt::format("{} {} {} {} {}", row.code, row.before, row.new_code, row.becomes, row.closed));
  }
  Normalized out;
  for (const Typed& phone : kPhones) {
    parts.push_back(OutcomeOf({"contact.phone", phone.region, phone.value}, out));
  }
  return DigestOf(parts);
}

}  // namespace kinds

std::string TablesDigest() {
  std::vector<std::string> parts = {kinds::PhoneTablesDigest()};
  Normalized out;
  for (const kinds::Kind* row : kinds::AllRows()) {
    const std::string kind(row->name == "custom.*" ? "custom.x" : row->name);
    std::string value(row->example);
    parts.push_back(kind + "\n" + kinds::OutcomeOf({kind, row->example_country, value}, out));
    // One character more: what is refused counts too.
    value += '7';
    parts.push_back(kinds::OutcomeOf({kind, row->example_country, value}, out));
  }
  return kinds::DigestOf(parts);
}

}  // namespace revenant
