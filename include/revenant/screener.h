#ifndef REVENANT_SCREENER_H_
#define REVENANT_SCREENER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/fingerprint.h"
#include "revenant/registry.h"

namespace revenant {

// Screens one application after another with the same memory: a stranger, which leads nowhere,
// costs no allocation and, once Registry::WarmUp() has returned, no read of the store except for
// one in a thousand.
//
// Threads: one at a time; any number of screeners beside one another and beside a writer.
// Lifetime: within that of the registry; a verdict lives until the next call. Errors and verdicts:
// those of Registry::Screen().
class Screener {
 public:
  explicit Screener(const Registry& registry);
  ~Screener();
  Screener(Screener&&) noexcept;
  Screener& operator=(Screener&&) noexcept;

  Result<const Verdict*> Screen(const Record& record, Time as_of = {});
  Result<const Verdict*> Screen(const Enrol& application, Time as_of = {});

  // The same, and if the verdict is not clear its certificate, of the same state
  // (Registry::Certify); "" for a clear one.
  Result<const Verdict*> ScreenAndCertify(const Record& record, std::string& certificate,
                                          Time as_of = {});

  // What the attributes of the last application yielded: derived identifiers and repetitions among
  // them, junk not.
  std::size_t identifiers() const;

  // What of the last application links sellers, by the policy's roles: each once, junk not. Valid
  // until the next one.
  struct LinkingIdentifier {
    Fingerprint fingerprint;
    std::string_view kind;
  };
  void AppendLinking(std::vector<LinkingIdentifier>& out) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace revenant

#endif  // REVENANT_SCREENER_H_
