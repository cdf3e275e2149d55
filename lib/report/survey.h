#ifndef REVENANT_REPORT_SURVEY_H_
#define REVENANT_REPORT_SURVEY_H_

// What one pass over an audit's results finds out, and the charts of it.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "report/picture.h"
#include "revenant/result.h"

namespace revenant::report {

// What one pass over results.jsonl finds out.
struct Survey {
  struct Place {
    bool block = false;
    MilliBits weight = 0;
    std::uint64_t offset = 0, number = 0;
    // Of two places the one that is kept longer.
    bool operator>(const Place& other) const {
      return std::tuple(!block, -weight, offset) <
             std::tuple(!other.block, -other.weight, other.offset);
    }
  };
  std::uint64_t lines = 0, reviews = 0, blocks = 0;
  std::uint64_t dated = 0;
  std::map<MilliBits, std::uint64_t> strengths;  // by the lower end of a range of two bits
  std::map<std::string, std::uint64_t, std::less<>> months;
  std::vector<std::uint64_t> ends;  // a hash of each banned end that a finding leads to
  bool ends_cut = false;
  std::vector<Place> strongest;  // the first one first
  std::string digest;            // of results.jsonl
};

// Errors: those of ResultLines; kCorruption: a line that is no verdict. `most_listed`: places kept
// in `strongest`. Memory: Survey's.
Result<Survey> SurveyOf(const std::filesystem::path& file, std::size_t most_listed);

// Links by their weight.
std::vector<Bar> StrengthBars(const Survey& survey);
// How many banned sellers are led to by so many applications. Sorts `ends`.
std::vector<Bar> LeadBars(Survey& survey);
// By month, of more than two years by year.
std::vector<Bar> DateBars(const Survey& survey);

}  // namespace revenant::report

#endif  // REVENANT_REPORT_SURVEY_H_
