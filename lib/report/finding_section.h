#ifndef REVENANT_REPORT_FINDING_SECTION_H_
#define REVENANT_REPORT_FINDING_SECTION_H_

// What the page of an audit says of one finding. Threads: pure functions.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "report/read_results.h"

namespace revenant::report {

// "1,234"; "1 line", "1,234 lines".
std::string Grouped(std::uint64_t number);
std::string Counted(std::uint64_t number, std::string_view one, std::string_view many);
// "IBAN (pay.iban)".
std::string KindLabel(const std::string& kind);

// Its row in the table of findings.
std::string PlainRow(std::size_t number, const Finding& finding);
// The same and the picture of its strongest link, as JSON for the script. `line`: of results.jsonl.
std::string Embedded(std::size_t number, std::uint64_t line, const Finding& finding);
// Its own part of the page: sentence, bars, graph, tables.
std::string Section(std::size_t number, const Finding& finding);

}  // namespace revenant::report

#endif  // REVENANT_REPORT_FINDING_SECTION_H_
