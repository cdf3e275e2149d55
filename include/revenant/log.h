#ifndef REVENANT_LOG_H_
#define REVENANT_LOG_H_

#include <cstdint>
#include <functional>
#include <string_view>

namespace revenant {

enum class LogLevel : std::uint8_t {
  kDetail,   // messages of the database below: for looking into a fault
  kWarning,  // an operator should know: an unfinished write was dropped, for example
};

// Receives the messages of a store while it works, one line each, without a line end. A line may
// hold names of files and keys of rows, never a raw identifier.
// Threads: called from any thread, also from the store's own, and from several at once. It must not
// call the registry, nor throw.
using LogSink = std::function<void(LogLevel level, std::string_view line)>;

}  // namespace revenant

#endif  // REVENANT_LOG_H_
