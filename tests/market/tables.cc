#include <fmt/format.h>

#include "market/play.h"

namespace revenant::market {
namespace {

double Share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::string GoalTable(const std::vector<Named>& scores) {
  std::string out =
      "| judged by | could be known | stopped | blocked | honest | wrongly blocked per million | "
      "reviews of all | flooders clear |\n|---|---|---|---|---|---|---|---|\n";
  for (const auto& [name, score] : scores) {
    const Tally& flooders = score.classes[static_cast<std::size_t>(Class::kFlooder)];
    out += fmt::format("| {} | {} | {:.3f} | {:.3f} | {} | {:.0f} ({}) | {:.4f} | {} of {} |\n",
                       name, score.Known().known, score.Stopped(), score.Blocked(),
                       score.Honest().judged, score.WrongPerMillion(), score.Honest().blocked,
                       score.ReviewShare(), score.FloodersClear(), flooders.known);
  }
  return out;
}

std::string ClassTable(const Score& score) {
  std::string out =
      "| class | judged | blocked | review | clear | could be known | stopped of them | blocked of "
      "them "
      "|\n|---|---|---|---|---|---|---|---|\n";
  for (std::size_t i = 0; i < kClasses; ++i) {
    const Tally& tally = score.classes[i];
    if (tally.judged == 0) continue;
    out += fmt::format("| {} | {} | {} | {} | {} |", NameOf(static_cast<Class>(i)), tally.judged,
                       tally.blocked, tally.reviewed, tally.clear());
    if (tally.known == 0) {
      out += " | | |\n";
      continue;
    }
    out += fmt::format(" {} | {:.3f} | {:.3f} |\n", tally.known,
                       Share(tally.known_reviewed + tally.known_blocked, tally.known),
                       Share(tally.known_blocked, tally.known));
  }
  return out;
}

std::string KeptTable(const std::vector<Named>& scores) {
  std::string out = "| judged by |";
  for (std::size_t kept = 0; kept < 6; ++kept) {
    out += fmt::format(" {}{} kept |", kept, kept == 5 ? "+" : "");
  }
  out += "\n|---|---|---|---|---|---|---|\n";
  for (const auto& [name, score] : scores) {
    out += fmt::format("| {} |", name);
    for (const Tally& tally : score.kept) {
      out += fmt::format(" {}: {:.3f} stopped, {:.3f} blocked |", tally.judged,
                         Share(tally.reviewed + tally.blocked, tally.judged),
                         Share(tally.blocked, tally.judged));
    }
    out += '\n';
  }
  return out;
}

std::string ReasonTable(const Score& score) {
  std::string out = "| honest, reviewed or blocked for | reviews | blocks |\n|---|---|---|\n";
  std::map<Because, std::pair<std::uint64_t, std::uint64_t>> rows;
  for (const auto& [because, count] : score.honest_reviews) rows[because].first = count;
  for (const auto& [because, count] : score.honest_blocks) rows[because].second = count;
  for (const auto& [because, counts] : rows) {
    out += fmt::format("| {} | {} | {} |\n", BecauseName(because), counts.first, counts.second);
  }
  return out;
}

}  // namespace revenant::market
