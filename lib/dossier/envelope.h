// The two forms of a dossier and the signature over both: FORMAT.md beside this file.
// Threads: pure functions.
#ifndef REVENANT_DOSSIER_ENVELOPE_H_
#define REVENANT_DOSSIER_ENVELOPE_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "revenant/dossier.h"
#include "revenant/journal.h"
#include "revenant/result.h"

namespace revenant {

using Json = nlohmann::ordered_json;

// Pictures of the case as SVG or HTML that is safe to stand in a page; empty: none.
struct Pictures {
  std::string graph, waterfall;
  std::string legend;  // of the graph: what its shapes mean
  std::string css;     // for both
};

// Signs `sections` (an object of sections) and the page that shows them, and returns both forms.
Dossier Seal(const Json& sections, Time at, const JournalKey& key, const Pictures& pictures = {});

// What Seal() made, with every byte accounted for. kInvalidArgument: the first reason why not.
struct Opened {
  Json sections;
  Time signed_at;
  bool page = false;  // it was the HTML form
};
Result<Opened> Open(std::string_view text, const JournalPublicKey& key);

// The page around the data: its two ends. A pure function of the sections and pictures.
struct Page {
  std::string before, after;
};
Page RenderPage(const Json& sections, const Pictures& pictures = {});

}  // namespace revenant

#endif  // REVENANT_DOSSIER_ENVELOPE_H_
