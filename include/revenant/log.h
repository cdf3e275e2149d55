#ifndef REVENANT_LOG_H_
#define REVENANT_LOG_H_

#include <cstdint>
#include <functional>
#include <string_view>

namespace revenant {

enum class LogLevel : std::uint8_t {
  kDetail,   // what the database below says of itself: for whoever looks into a fault
  kWarning,  // somebody should know: an unfinished write was dropped, for example
};

// Takes what a store has to say while it works, one line each, without a line end. A line may hold
// names of files and keys of rows, never a raw identifier.
// Threads: called from any thread, also from the store's own, and from several at once. It must not
// call the registry, nor throw.
using LogSink = std::function<void(LogLevel level, std::string_view line)>;

}  // namespace revenant

#endif  // REVENANT_LOG_H_
