#ifndef REVENANT_REPORT_PICTURE_H_
#define REVENANT_REPORT_PICTURE_H_

// Static SVG for pages that a person reads: no scripts, no style attributes, nothing from the
// network. Roles are those of WAI-ARIA graphics; every shape has a <title>. Colours come from
// PictureCss(), which a page holds once; without it the pictures are black on white and still say
// everything, since shapes and words differ too. All text is escaped here.
//
//   page += DrawGraph(EvidenceOf(verdict.links, {}));
//   page += DrawWaterfall(WaterfallOf(verdict.links.front(), scale));
//
// Threads: pure functions. The same arguments give the same bytes, on one machine and build.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/link_policy.h"
#include "revenant/value_facts.h"
#include "revenant/verdict.h"

namespace revenant::report {

// Text as HTML and XML show it: printable (revenant/printable.h), then escaped for elements and
// quoted attributes.
void AppendEscaped(std::string& out, std::string_view text);
std::string Escaped(std::string_view text);

// 16316 as "16.316", 12000 as "12", with a true minus sign for a negative number.
std::string BitsText(MilliBits bits);
// "2019-06-15"; "unknown".
std::string DayText(Time time);

// The style sheet of all pictures: rules on classes that begin with "rv-", light and dark.
std::string_view PictureCss();

// --- Graphs

enum class NodeShape : std::uint8_t {
  kApplicant,
  kSeller,
  kBanned,
  kIdentifier,
  kSupporting,
  kHub
};
enum class Stroke : std::uint8_t {
  kSolid,   // documents, accounts and whatever else makes a link
  kDashed,  // adds weight only
  kDotted,  // withdrawn, or refused by a finding
};

struct PictureNode {
  NodeShape shape = NodeShape::kSeller;
  std::string label;       // a seller's name, or "pay.iban 91d3f0a2"
  std::string detail;      // one sentence more, for the title: "banned on 2019-02-01 for scam"
  bool cut_point = false;  // without it the picture falls apart
};
struct PictureEdge {
  std::uint32_t a = 0, b = 0;  // places in PictureGraph::nodes
  Stroke stroke = Stroke::kSolid;
  bool on_path = false;  // of the strongest link
  std::string detail;    // for the title: who carried it, since when
  Time since;            // data-since; may be unknown
};
struct PictureGraph {
  std::string title;
  std::vector<PictureNode> nodes;  // the first one stands at the left
  std::vector<PictureEdge> edges;  // between two different nodes, no two between the same
  std::size_t left_out = 0;        // nodes that there was no room for
};

inline constexpr std::size_t kMostNodes = 200;

// Up to 40 nodes in columns by their distance from the first; more by forces, from a fixed seed. Of
// 200 nodes at most 300 KB. `standalone`: a file of its own, with the style sheet inside.
// Each node is <g class="rv-node" data-node="3">, each edge <g class="rv-edge" data-a="0"
// data-b="3">, with class rv-path on the strongest link.
std::string DrawGraph(const PictureGraph& graph, bool standalone = false);
// The same for the page's script to draw, where there are more nodes than a page holds as elements:
// a canvas, and positions, names and lines as JSON. Without scripts it shows nothing; a table goes
// with it.
std::string DrawOnCanvas(const PictureGraph& graph);
// The same nodes in the same order as a table, for readers without the picture.
std::string TableOfGraph(const PictureGraph& graph);
// What the shapes and lines mean: a paragraph of HTML.
std::string_view GraphLegend();

// What a registry or a certificate knows of a shared value and a link does not say.
struct EvidenceFacts {
  std::optional<std::uint64_t> carriers;  // enrolled sellers
  bool hub = false;
  MilliBits full_weight = 0;                       // of its kind, before any discount; 0: unknown
  MilliBits hub_discount = 0;                      // of `full_weight`, for being widely shared
  std::optional<ValueFacts> store = std::nullopt;  // what the store held about it
};
using FactsByValue = std::map<Fingerprint, EvidenceFacts>;

// The applicant, the sellers between, the banned ones, and between them what they share, over the
// paths and runners-up of all `links`, the first of which is the strongest. Cut points hold
// applicant and bans together.
PictureGraph EvidenceOf(std::span<const Link> links, const FactsByValue& facts,
                        std::size_t most_nodes = kMostNodes);

// --- Evidence in bits

struct WaterfallStep {
  enum class Role : std::uint8_t { kPrior, kEvidence, kDiscount };
  Role role = Role::kEvidence;
  std::string label;
  MilliBits bits = 0;
};
struct Waterfall {
  std::string title;
  std::vector<WaterfallStep> steps;
  MilliBits weight = 0;                    // the link's: all steps but the prior
  MilliBits total = 0;                     // all steps
  std::optional<MilliBits> review, block;  // on the scale of `total`
  std::string note;                        // what the bars do not say; may be empty
};

// Numbers of the policy that judged.
struct Scale {
  MilliBits prior = 0, review = 0, block = 0;
};

// The bars of a link: those of its weakest hop, which decides, then what was taken off for one
// family, for time and for length. They add up to link.strength. Without a scale: no prior, no
// thresholds.
Waterfall WaterfallOf(const Link& link, const std::optional<Scale>& scale,
                      const FactsByValue& facts = {});

// Each bar is <g class="rv-bar" data-role="evidence" data-millibits="16316">; the last, "total".
std::string DrawWaterfall(const Waterfall& waterfall);

// --- Counts

struct Bar {
  std::string label;
  std::uint64_t count = 0;
};
// Horizontal bars in the order given.
std::string DrawBars(std::string_view title, std::span<const Bar> bars);

}  // namespace revenant::report

#endif  // REVENANT_REPORT_PICTURE_H_
