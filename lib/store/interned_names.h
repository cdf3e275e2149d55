#ifndef REVENANT_STORE_INTERNED_NAMES_H_
#define REVENANT_STORE_INTERNED_NAMES_H_

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/rows.h"
#include "util/mutex.h"

namespace revenant {

// Names that occur in many rows (kinds, platforms, sources) as small numbers. Words are only ever
// added. Threads: all members may run concurrently.
class Words {
 public:
  // WordId{0} if the text has no number yet.
  WordId Find(std::string_view text) const {
    const ReaderLock lock(mutex_);
    const auto found = ids_.find(text);
    return found == ids_.end() ? WordId{0} : found->second;
  }

  // "" for a number that no word has.
  std::string At(WordId id) const {
    const ReaderLock lock(mutex_);
    const auto index = static_cast<std::size_t>(id);
    return index == 0 || index > texts_.size() ? std::string() : texts_[index - 1];
  }

  std::size_t size() const {
    const ReaderLock lock(mutex_);
    return texts_.size();
  }

  // Takes back the numbers given last: what bore them was not written.
  void DropLast(std::size_t count) {
    const WriterLock lock(mutex_);
    for (; count > 0; --count) {
      ids_.erase(texts_.back());
      texts_.pop_back();
    }
  }

  // Assigns the next number to `text`, which has none.
  WordId Append(std::string_view text) {
    const WriterLock lock(mutex_);
    const std::string& kept = texts_.emplace_back(text);
    const WordId id{static_cast<std::uint32_t>(texts_.size())};
    ids_.emplace(kept, id);
    return id;
  }

 private:
  mutable SharedMutex mutex_;
  std::deque<std::string> texts_ GUARDED_BY(mutex_);  // a deque: the keys below point into it
  std::unordered_map<std::string_view, WordId> ids_ GUARDED_BY(mutex_);
};

}  // namespace revenant

#endif  // REVENANT_STORE_INTERNED_NAMES_H_
