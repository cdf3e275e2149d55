// Tax numbers that name their country: of the European Union, and of others that have one.

#include <algorithm>
#include <array>

#include "identifier/table.h"

namespace revenant::kinds {
namespace {

struct NationalTax {
  std::string_view country;
  std::string_view kind;
};

// Article 215 of Directive 2006/112/EC: EL for Greece, XI for Northern Ireland.
constexpr NationalTax kUnion[] = {
    {"AT", "tax.at.vat"}, {"BE", "tax.be.vat"}, {"BG", "tax.bg.vat"}, {"CY", "tax.cy.vat"},
    {"CZ", "tax.cz.vat"}, {"DE", "tax.de.vat"}, {"DK", "tax.dk.vat"}, {"EE", "tax.ee.vat"},
    {"EL", "tax.gr.vat"}, {"ES", "tax.es.vat"}, {"FI", "tax.fi.vat"}, {"FR", "tax.fr.vat"},
    {"GR", "tax.gr.vat"}, {"HR", "tax.hr.vat"}, {"HU", "tax.hu.vat"}, {"IE", "tax.ie.vat"},
    {"IT", "tax.it.vat"}, {"LT", "tax.lt.vat"}, {"LU", "tax.lu.vat"}, {"LV", "tax.lv.vat"},
    {"MT", "tax.mt.vat"}, {"NL", "tax.nl.vat"}, {"PL", "tax.pl.vat"}, {"PT", "tax.pt.vat"},
    {"RO", "tax.ro.vat"}, {"SE", "tax.se.vat"}, {"SI", "tax.si.vat"}, {"SK", "tax.sk.vat"},
    {"XI", "tax.gb.vat"},
};

// The number by which other states know a taxable business.
constexpr NationalTax kOthers[] = {
    {"AD", "tax.ad.nrt"},  {"AL", "tax.al.nipt"}, {"AR", "tax.ar.cuit"},  {"AZ", "tax.az.voen"},
    {"BR", "tax.br.cnpj"}, {"BY", "tax.by.unp"},  {"CH", "tax.ch.vat"},   {"CL", "tax.cl.rut"},
    {"CO", "tax.co.nit"},  {"DO", "tax.do.rnc"},  {"DZ", "tax.dz.nif"},   {"EC", "tax.ec.ruc"},
    {"EG", "tax.eg.tn"},   {"FO", "tax.fo.vn"},   {"GB", "tax.gb.vat"},   {"GH", "tax.gh.tin"},
    {"GT", "tax.gt.nit"},  {"ID", "tax.id.npwp"}, {"IN", "tax.in.gstin"}, {"IS", "tax.is.vat"},
    {"KE", "tax.ke.pin"},  {"LI", "tax.li.peid"}, {"ME", "tax.me.pib"},   {"MK", "tax.mk.edb"},
    {"MX", "tax.mx.rfc"},  {"MZ", "tax.mz.nuit"}, {"NO", "tax.no.vat"},   {"NZ", "tax.nz.ird"},
    {"OM", "tax.om.vat"},  {"PE", "tax.pe.ruc"},  {"PY", "tax.py.ruc"},   {"RS", "tax.rs.pib"},
    {"RU", "tax.ru.inn"},  {"SM", "tax.sm.coe"},  {"SN", "tax.sn.ninea"}, {"SV", "tax.sv.nit"},
    {"TH", "tax.th.tin"},  {"TN", "tax.tn.mf"},   {"TR", "tax.tr.vkn"},   {"UA", "tax.ua.rntrc"},
    {"UY", "tax.uy.rut"},  {"VE", "tax.ve.rif"},  {"VN", "tax.vn.mst"},   {"ZA", "tax.za.vat"},
};
static_assert(std::ranges::is_sorted(kUnion, {}, &NationalTax::country));
static_assert(std::ranges::is_sorted(kOthers, {}, &NationalTax::country));

template <typename Table>
const NationalTax* Find(const Table& table, std::string_view country) {
  const auto* const found = std::ranges::lower_bound(table, country, {}, &NationalTax::country);
  return found != std::end(table) && found->country == country ? found : nullptr;
}

// Whether `country` is one of the "AA|BB" that a row drops by itself.
bool Drops(const Kind& row, std::string_view country) {
  std::string_view rest = row.prefix;
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find('|'));
    if (one == country) return true;
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
  }
  return false;
}

// Asks the national row; the canonical form becomes the country and what that row makes of the
// rest, and what it finds is derived. A prefix that the row knows is left for it to drop, so that a
// doubled one does not pass.
Verdict FinishAs(Work& work, const NationalTax& national) {
  const Kind* const row = FindRow(national.kind);
  if (row == nullptr) return Invalid("no tax number of this country is known", 0);
  const std::size_t skipped = Drops(*row, work.text().substr(0, 2)) ? 0 : 2;
  thread_local Normalized inner;
  Normalize({national.kind, {}, work.text().substr(skipped)}, inner);
  if (inner.repaired) work.MarkRepaired();
  if (inner.status == Status::kJunk) return Junk(inner.reason);
  if (inner.status != Status::kValid && inner.status != Status::kUnverifiable) {
    const std::int32_t at = inner.where < 0 ? -1 : inner.where + static_cast<std::int32_t>(skipped);
    return Invalid(inner.reason, at);
  }
  for (const Identifier& found : inner.identifiers()) {
    work.Derive(found.kind, found.canonical, found.scope);
  }
  std::array<char, 32> joined;
  const std::string_view country =
      work.text().substr(0, 2) == "GR" ? "EL" : work.text().substr(0, 2);
  const std::string_view number = inner.identifiers()[0].canonical;
  if (number.size() + 2 > joined.size()) return Invalid("too long");
  auto* end = joined.begin();
  // The Swiss number has its country in it.
  if (!number.starts_with("CHE")) end = std::ranges::copy(country, end).out;
  end = std::ranges::copy(number, end).out;
  work.Replace({joined.data(), static_cast<std::size_t>(end - joined.begin())});
  return inner.status == Status::kValid ? Valid() : Unverifiable(inner.reason);
}

Verdict FinishEuVat(Work& work) {
  const NationalTax* const national = Find(kUnion, work.text().substr(0, 2));
  if (national == nullptr) return Invalid("not a member state", 0);
  return FinishAs(work, *national);
}

// A number of the European Union keeps the name that it has there.
Verdict FinishVatin(Work& work) {
  const std::string_view country = work.text().substr(0, 2);
  if (const NationalTax* const national = Find(kUnion, country); national != nullptr) {
    work.Rename("tax.eu.vat");
    return FinishAs(work, *national);
  }
  const NationalTax* const national = Find(kOthers, country);
  if (national == nullptr) return Invalid("no tax number of this country is known", 0);
  return FinishAs(work, *national);
}

// ISO 3166-1 numeric codes of the member states, and 900 for Northern Ireland.
constexpr std::string_view kMemberCodes[] = {
    "040", "056", "100", "191", "196", "203", "208", "233", "246", "250",
    "276", "300", "348", "372", "380", "428", "440", "442", "470", "528",
    "616", "620", "642", "703", "705", "724", "752", "900",
};
static_assert(std::ranges::is_sorted(kMemberCodes));

// The check digit's algorithm is not published.
Verdict FinishOss(Work& work) {
  return std::ranges::binary_search(kMemberCodes, work.text().substr(2, 3))
             ? Valid()
             : Invalid("no such member state of identification", 2);
}

constexpr Kind kTaxEuropeanUnionKinds[] = {
    {.name = "tax.eu.vat",
     .title = "VAT number of an EU member state, with its prefix",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "A2[0-9A-Z+*]2-13",
     .check = {"that of the member state"},
     .finish = FinishEuVat,
     .standard = "Directive 2006/112/EC, art. 215; VIES",
     .bits = 29,
     .example = "BE 428759497"},
    {.name = "tax.eu.oss",
     .title = "EU one stop shop number (OSS, IOSS)",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "'EU'N9|'IM'N10",
     .finish = FinishOss,
     .standard = "Directive 2006/112/EC, art. 362 and 369q",
     .bits = 26,
     .example = "EU372022452"},
    {.name = "tax.vatin",
     .title = "VAT or tax number of any state, with its ISO 3166 code in front",
     .traits = kCompanyTax,
     .text = kPunctuated,
     .shape = "A2[0-9A-Z+*&]2-24",
     .check = {"that of the state"},
     .finish = FinishVatin,
     .standard = "ISO 3166-1 and the national rule",
     .bits = 30,
     .example = "XI 432525179"},
};

}  // namespace

std::span<const Kind> TaxEuropeanUnionKinds() { return kTaxEuropeanUnionKinds; }

}  // namespace revenant::kinds
