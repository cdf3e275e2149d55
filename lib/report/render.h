#ifndef REVENANT_REPORT_RENDER_H_
#define REVENANT_REPORT_RENDER_H_

#include <filesystem>
#include <string_view>

#include "revenant/atomic_file.h"
#include "revenant/result.h"

namespace revenant::report {

// Appends the page of an audit to `page`, which the caller opens and publishes. `results`: where
// results.jsonl stands now; `summary`: the text of summary.json. Errors: those of WriteReport().
Result<void> RenderReport(const std::filesystem::path& results, std::string_view summary,
                          AtomicFile& page);

// The beginning of a page up to <body>, with a policy that allows the page's own style and script
// by their hashes and nothing else; and its end.
std::string PageHead(std::string_view title, bool script);
std::string PageEnd(bool script);

}  // namespace revenant::report

#endif  // REVENANT_REPORT_RENDER_H_
