#ifndef REVENANT_REPORT_H_
#define REVENANT_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "revenant/cluster_graph.h"
#include "revenant/result.h"

namespace revenant {

// Pages and pictures for people. Every page is one file that loads nothing, under a strict
// Content-Security-Policy, and shows fingerprints, never a raw value.

// Writes report.html into the folder `results` of an audit, from its results.jsonl and summary.json
// alone; an earlier report is replaced. The strongest findings are drawn, more of them are listed,
// and where that is not all of them the page says so. The same results give the same bytes, on one
// machine and build.
// kNotFound: no such folder, or no results of a finished audit in it. kCorruption: results that no
// audit wrote, with file and line. kConflict: another program is writing the report. kIo.
// Cost: two passes over results.jsonl; memory: eight bytes per finding, up to four million.
Result<void> WriteReport(const std::filesystem::path& results);

// A cluster as a picture: SVG, an HTML page around it with the same in a table, or GEXF 1.3 (Gephi)
// with positions and first sightings. Sellers and identifiers are told apart by shape and text.
// SVG and page draw at most 1,000 vertices and name what they leave out, the page more than 200 of
// them on a canvas; GEXF holds all. Threads: pure.
std::string ToSvg(const ClusterGraph& graph);
std::string ToHtml(const ClusterGraph& graph);
std::string ToGexf(const ClusterGraph& graph);

}  // namespace revenant

#endif  // REVENANT_REPORT_H_
