// Checks the file of an exported journal. FORMAT.md says what each finding proves.

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "journal/base64.h"
#include "journal/journal_file.h"
#include "revenant/journal_keys.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::size_t kMaxLineBytes = std::size_t{64} << 20;
constexpr std::string_view kForgetType = "forget";

std::string Entry(std::uint64_t seq) { return "entry " + std::to_string(seq); }

// Lines of a file that comes in pieces.
class Lines {
 public:
  explicit Lines(const std::function<Result<std::string>()>& read) : read_(read) {}

  // False at the end of the file. A last line without a line feed counts as one.
  Result<bool> Next(std::string& line) {
    std::size_t searched = begin_;
    std::size_t end = 0;
    while ((end = buffer_.find('\n', searched)) == std::string::npos) {
      searched = buffer_.size() - begin_;
      buffer_.erase(0, std::exchange(begin_, 0));
      if (buffer_.size() > kMaxLineBytes) {
        return Error{Code::kInvalidArgument,
                     "line " + std::to_string(number_ + 1) + " is longer than 64 MiB"};
      }
      TRY_ASSIGN(const std::string piece, read_());
      if (!piece.empty()) {
        buffer_ += piece;
        continue;
      }
      if (buffer_.empty()) return false;
      cut_ = true;
      end = buffer_.size();
      break;
    }
    line.assign(buffer_, begin_, end - begin_);
    begin_ = std::min(end + 1, buffer_.size());
    ++number_;
    return true;
  }
  std::uint64_t number() const { return number_; }
  bool cut() const { return cut_; }  // the last line had no line feed

 private:
  const std::function<Result<std::string>()>& read_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::uint64_t number_ = 0;
  bool cut_ = false;
};

class Verifier {
 public:
  // All but the last key signed before it took their place.
  Verifier(const std::function<Result<std::string>()>& read, std::span<const JournalPublicKey> keys)
      : lines_(read), key_(keys.back()), before_(keys.first(keys.size() - 1)) {}

  Result<void> AddWitnesses(std::span<const std::string> notes) {
    for (std::size_t i = 0; i < notes.size(); ++i) {
      Result<Checkpoint> checkpoint = OpenCheckpoint(notes[i], key_);
      for (std::size_t k = before_.size(); !checkpoint && k > 0; --k) {
        if (Result<Checkpoint> older = OpenCheckpoint(notes[i], before_[k - 1])) checkpoint = older;
      }
      if (!checkpoint) {
        return Error{Code::kInvalidArgument, "checkpoint " + std::to_string(i + 1) +
                                                 " of the witness: " + checkpoint.error().message};
      }
      witnesses_.push_back(*checkpoint);
    }
    std::stable_sort(witnesses_.begin(), witnesses_.end(),
                     [](const auto& a, const auto& b) { return a.head.size < b.head.size; });
    return {};
  }

  Result<JournalCheck> Run() {
    TRY(ReadBeginning());
    CheckWitnesses(frontier_);  // of an empty journal
    while (!check_.fault) {
      TRY_ASSIGN(const bool more, NextPart());
      if (!more) break;
    }
    if (!check_.fault) CheckEnd();
    check_.entries = check_.fault && check_.fault->entry ? *check_.fault->entry : frontier_.size();
    return std::move(check_);
  }

 private:
  // One stretch of entries up to its checkpoint.
  struct Part {
    Frontier before;                              // the tree up to here
    std::uint64_t first_line = 0;                 // of its entries
    std::vector<TreeHash> leaves;                 // of entries that are good so far
    std::optional<JournalFault> fault;            // the first entry that is bad by itself
    std::optional<std::vector<TreeHash>> hashes;  // as listed
  };

  Result<void> ReadBeginning() {
    std::string line;
    TRY_ASSIGN(const bool any, lines_.Next(line));
    if (!any || !line.starts_with(kJournalMagic)) {
      return Error{Code::kInvalidArgument, "this is not a journal file"};
    }
    if (line != kJournalFirstLine) {
      return Error{Code::kUnsupportedFormat,
                   "the journal file was written by a later version of Revenant, or its first line "
                   "was altered"};
    }
    TRY(lines_.Next(line));
    if (line != std::string(kKeyWord) + key_.ToText()) {
      FileFault(line.starts_with(kKeyWord) ? "the file names another key than the one given"
                                           : "the line that names the key cannot be read");
      return {};
    }
    TRY(lines_.Next(line));
    if (line != kHeadLine) {
      FileFault("the head is missing");
      return {};
    }
    TRY_ASSIGN(const Result<Checkpoint> head, ReadNote());
    if (!head) {
      head_problem_ = "the head: " + head.error().message;
    } else if (head->part) {
      head_problem_ = "the head was signed for a part of a longer journal";
    } else {
      check_.head = *head;
    }
    return {};
  }

  // The note that stands next in the file; the inner result is what it says.
  Result<Result<Checkpoint>> ReadNote() {
    std::string note, line;
    bool text_over = false;
    while (true) {
      TRY_ASSIGN(const bool more, lines_.Next(line));
      if (!more) break;
      note += line + '\n';
      if (text_over || note.size() > 4096) break;  // the writer adds one signature
      text_over = line.empty();
    }
    return OpenCheckpoint(note, key_);
  }

  // Reads one part and checks it; false at the end of the file.
  Result<bool> NextPart() {
    Part part;
    part.before = frontier_;
    part.first_line = lines_.number() + 1;
    std::string line;
    while (true) {
      TRY_ASSIGN(const bool more, lines_.Next(line));
      if (!more || line == kEndLine) {
        if (more) {
          TRY(ReadPastEnd());
        } else {
          ended_ = false;
        }
        return EndWithin(part);
      }
      if (line.starts_with(kHashesWord)) break;
      if (part.fault) continue;  // what comes before it is still to be checked
      if (part.leaves.size() >= kPartEntries) {
        part.fault = Fault(Seq(part), "more entries than one part holds");
      } else {
        TakeEntry(line, part);
      }
    }
    const auto bytes = FromBase64(std::string_view(line).substr(kHashesWord.size()));
    if (bytes && bytes->size() % sizeof(TreeHash) == 0) {
      part.hashes.emplace(bytes->size() / sizeof(TreeHash));
      for (std::size_t i = 0; i < part.hashes->size(); ++i) {
        std::copy_n(bytes->begin() + static_cast<std::ptrdiff_t>(i * sizeof(TreeHash)),
                    sizeof(TreeHash), (*part.hashes)[i].begin());
      }
    }
    TRY(lines_.Next(line));
    if (line != kPartLine) {
      check_.fault = Whole(part, "the checkpoint behind them is missing");
      return true;
    }
    TRY_ASSIGN(const Result<Checkpoint> checkpoint, ReadNote());
    Judge(part, checkpoint);
    return true;
  }

  static std::uint64_t Seq(const Part& part) { return part.before.size() + part.leaves.size(); }

  JournalFault Fault(std::uint64_t seq, std::string what) const {
    return {seq, seq, lines_.number(), std::move(what)};
  }
  void FileFault(std::string what) {
    check_.fault = JournalFault{std::nullopt, 0, lines_.number(), std::move(what)};
  }
  // Somewhere in the part, nothing says where.
  JournalFault Whole(const Part& part, std::string what) const {
    const std::uint64_t first = part.before.size();
    const std::size_t length =
        std::max(part.leaves.size() + (part.fault ? 1 : 0), part.hashes ? part.hashes->size() : 0);
    const std::uint64_t last = first + std::max<std::size_t>(length, 1) - 1;
    return {first, last, lines_.number(), std::move(what)};
  }

  // The entry that is bad by itself, where nothing vouches for those before it in its part.
  static JournalFault Unvouched(const Part& part) {
    JournalFault fault = *part.fault;
    fault.what = Entry(*fault.entry) + ": " + fault.what;
    fault.last = *fault.entry;
    fault.entry = part.before.size();
    return fault;
  }

  void TakeEntry(std::string_view line, Part& part) {
    const std::uint64_t seq = Seq(part);
    const std::optional<JournalEntry> entry = ParseEntry(line);
    if (!entry) {
      part.fault = Fault(seq, "it cannot be read");
    } else if (entry->seq != seq) {
      part.fault = Fault(seq, "entry " + std::to_string(entry->seq) +
                                  " stands in its place: entries were dropped, added or swapped");
    } else if (!CommitmentHolds(*entry)) {
      part.fault = Fault(seq, "its body is not the one that it commits to");
    } else {
      part.leaves.push_back(LeafHashOf(*entry));
      NoteErasures(*entry);
    }
  }

  // Bodies may be missing only where a later forgetting says that it took them.
  void NoteErasures(const JournalEntry& entry) {
    if (!entry.opening) {
      erased_.emplace(entry.seq, lines_.number());
      ++check_.erased;
    } else if (entry.type == kForgetType) {
      const auto body = nlohmann::json::parse(entry.opening->body, nullptr, false);
      if (!body.is_object() || !body.contains("erased") || !body["erased"].is_array()) return;
      for (const auto& seq : body["erased"]) {
        if (seq.is_number_unsigned()) erased_.erase(seq.get<std::uint64_t>());
      }
    }
  }

  static TreeHash RootWith(Frontier frontier, const std::vector<TreeHash>& leaves) {
    for (const TreeHash& leaf : leaves) frontier.Append(leaf);
    return frontier.Root();
  }

  // Holds a part against its checkpoint. The list of hashes says which entry is bad: it is right if
  // it leads to the signed root, regardless of the entries.
  void Judge(const Part& part, const Result<Checkpoint>& checkpoint) {
    const std::uint64_t first = part.before.size();
    const std::uint64_t end = Seq(part);
    if (!checkpoint) {
      check_.fault = Whole(part, "the checkpoint behind them: " + checkpoint.error().message);
      return;
    }
    const TreeHead& head = checkpoint->head;
    const bool listed = part.hashes && first + part.hashes->size() == head.size &&
                        RootWith(part.before, *part.hashes) == head.root;
    if (listed) {
      const auto [entry, hash] = std::mismatch(part.leaves.begin(), part.leaves.end(),
                                               part.hashes->begin(), part.hashes->end());
      const auto seq = first + static_cast<std::uint64_t>(entry - part.leaves.begin());
      if (entry != part.leaves.end()) {
        check_.fault = Fault(seq, hash == part.hashes->end()
                                      ? "it was added: the signed checkpoint ends before it"
                                      : "it is not the entry that was signed");
        check_.fault->line = part.first_line + (seq - first);
      } else if (part.fault) {
        check_.fault = part.fault;
      } else if (hash != part.hashes->end()) {
        check_.fault = Fault(seq, "it is missing");
      }
    } else if (part.fault) {
      check_.fault = Unvouched(part);
    } else if (head.size == end && RootWith(part.before, part.leaves) == head.root) {
      FileFault("the list of hashes behind " + Entry(end - 1) +
                " was altered; the entries before it hold");
    } else {
      check_.fault = Whole(part, head.size == end
                                     ? "they are not what the checkpoint behind them signs"
                                     : "they are not as many as the checkpoint behind them signs");
    }
    if (check_.fault) return;
    for (const TreeHash& leaf : part.leaves) {
      frontier_.Append(leaf);
      CheckWitnesses(frontier_);
      if (check_.fault) return;
    }
  }

  // The state that the witness saw when the journal had this size.
  void CheckWitnesses(const Frontier& frontier) {
    while (next_witness_ < witnesses_.size() &&
           witnesses_[next_witness_].head.size == frontier.size()) {
      const Checkpoint& seen = witnesses_[next_witness_++];
      if (seen.head.root == frontier.Root()) {
        check_.witness = seen;
        continue;
      }
      const std::uint64_t first = check_.witness ? check_.witness->head.size : 0;
      check_.fault = JournalFault{
          first, frontier.size() - (frontier.size() > 0 ? 1 : 0), lines_.number(),
          "a fork: on " + FormatTime(seen.at) + " this key signed another journal of " +
              std::to_string(seen.head.size) + " entries"};
      return;
    }
  }

  Result<void> ReadPastEnd() {
    std::string line;
    const bool whole = !lines_.cut();
    TRY_ASSIGN(const bool more, lines_.Next(line));
    ended_ = whole && !more;
    return {};
  }

  // The file ends here: nothing may be left open.
  Result<bool> EndWithin(const Part& part) {
    if (part.fault) {
      check_.fault = Unvouched(part);
    } else if (!part.leaves.empty()) {
      check_.fault = Whole(part, "the checkpoint behind them is missing");
    }
    return false;
  }

  void CheckEnd() {
    const std::uint64_t size = frontier_.size();
    if (!check_.head) {
      FileFault(head_problem_);
    } else if (check_.head->head.size > size) {
      check_.fault = Fault(size, "it is missing: the head was signed for " +
                                     std::to_string(check_.head->head.size) + " entries");
    } else if (check_.head->head.size < size) {
      check_.fault = Fault(check_.head->head.size, "it was added: the signed head ends before it");
    } else if (check_.head->head.root != frontier_.Root()) {
      FileFault("the head and the last checkpoint, both signed, contradict each other");
    } else if (!ended_) {
      FileFault("the file does not end where its entries do");
    } else if (!erased_.empty()) {
      const auto [seq, line] = *erased_.begin();
      check_.fault =
          JournalFault{seq, seq, line, "its body is gone, and no forgetting says that it took it"};
    } else if (next_witness_ < witnesses_.size()) {
      const Checkpoint& seen = witnesses_.back();
      check_.fault =
          Fault(size, "it is missing: on " + FormatTime(seen.at) + " this key signed " +
                          std::to_string(seen.head.size) + " entries, as a witness has seen");
    }
  }

  Lines lines_;
  const JournalPublicKey& key_;
  const std::span<const JournalPublicKey> before_;
  std::vector<Checkpoint> witnesses_;  // by size
  std::size_t next_witness_ = 0;
  Frontier frontier_;
  std::map<std::uint64_t, std::uint64_t> erased_;  // entry -> line, until accounted for
  std::string head_problem_;
  bool ended_ = true;
  JournalCheck check_;
};

}  // namespace

Result<JournalCheck> VerifyJournal(const std::function<Result<std::string>()>& read,
                                   const JournalPublicKey& key,
                                   std::span<const std::string> witnesses) {
  return VerifyJournalUnder(read, {&key, 1}, witnesses);
}

Result<JournalCheck> VerifyJournalUnder(const std::function<Result<std::string>()>& read,
                                        std::span<const JournalPublicKey> keys,
                                        std::span<const std::string> witnesses) {
  if (keys.empty()) return Error{Code::kInvalidArgument, "no key to verify the journal with"};
  Verifier verifier(read, keys);
  TRY(verifier.AddWitnesses(witnesses));
  return verifier.Run();
}

std::vector<std::string> Describe(const JournalCheck& check) {
  std::vector<std::string> lines;
  const auto counted = [](std::uint64_t count) {
    return std::to_string(count) + (count == 1 ? " entry" : " entries");
  };
  if (!check.fault) {
    lines.push_back("the journal holds: " + counted(check.entries) + ", " +
                    std::to_string(check.erased) + " of them erased; signed on " +
                    FormatTime(check.head->at));
  } else {
    const JournalFault& fault = *check.fault;
    std::string line = "the journal does NOT hold; line " + std::to_string(fault.line) + ": ";
    if (fault.entry) {
      line += fault.last > *fault.entry
                  ? "the first bad entry is among " + std::to_string(*fault.entry) + " to " +
                        std::to_string(fault.last)
                  : "the first bad entry is " + std::to_string(*fault.entry);
      line += ": ";
    }
    lines.push_back(line + fault.what);
    if (fault.entry && check.entries > 0)
      lines.push_back(counted(check.entries) + " before it hold");
  }
  if (check.witness) {
    lines.push_back("the newest checkpoint of a witness that agrees is of " +
                    FormatTime(check.witness->at) + ", over " + counted(check.witness->head.size) +
                    ": nothing before it was rewritten since");
  } else if (!check.fault) {
    lines.push_back(
        "no checkpoint of an outside witness: a holder of the key could have rewritten everything");
  }
  return lines;
}

}  // namespace revenant
