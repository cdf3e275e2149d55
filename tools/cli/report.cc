#include "revenant/report.h"

#include <filesystem>
#include <string>

#include "json_line.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct ReportArgs {
  std::string results;
};

Result<int> RunReport(const ReportArgs& args, Context& context) {
  const std::filesystem::path results = args.results;
  TRY(WriteReport(results));
  const std::string page = (results / "report.html").string();
  if (context.json) {
    context.out.Line(JsonLine({{"v", 1}, {"report", page}}));
  } else {
    context.out.Line("Written: " + page);
  }
  return kDone;
}

}  // namespace

void AddReport(CLI::App& app, Context& context) {
  const Verb<ReportArgs> verb(app, context, "report",
                              "Write the page of an audit again, from its results alone");
  verb.Add("DIR", verb->results, "Folder that audit --out wrote")->required();
  verb.Footer(
      "Writes report.html into DIR from results.jsonl and summary.json; no store is needed. The "
      "page\nloads nothing and shows fingerprints, never a value.");
  verb.Runs(RunReport);
}

}  // namespace revenant::cli
