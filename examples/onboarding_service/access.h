#ifndef ONBOARDING_SERVICE_ACCESS_H_
#define ONBOARDING_SERVICE_ACCESS_H_

// Who may do what, and how often.

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace service {

enum class Role : std::uint8_t {
  kMetrics,       // reads /metrics
  kOnboarding,    // screens, records applications and sellers, files objections
  kInvestigator,  // that, and bans, reviews, alerts, clusters
  kAdmin,         // everything
};
std::optional<Role> RoleFromName(std::string_view name);

// Of a token: as many requests as `rate` a second, twice that at once.
class Bucket {
 public:
  explicit Bucket(double rate) : rate_(rate), tokens_(2 * rate) {}
  bool Take();

 private:
  const double rate_;
  std::mutex mutex_;
  double tokens_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

struct Caller {
  std::string name;  // of the token, for the journal and the log
  Role role = Role::kMetrics;
  std::array<std::uint8_t, 32> digest{};  // SHA-256 of the token
  std::shared_ptr<Bucket> bucket;
};

// The callers, out of a file of mode 0600 with lines "NAME ROLE DIGEST [RATE]"; # begins a remark.
// Tokens are random, 32 characters or more, so that a plain digest does.
class Callers {
 public:
  // nullptr: `why` says what is wrong, with the number of the line.
  static std::shared_ptr<const Callers> Read(const std::string& file, double rate,
                                             std::string& why);
  // Of the header Authorization. Takes as long whichever token it is.
  const Caller* Find(std::string_view authorization) const;

 private:
  std::vector<Caller> callers_;
};

// A new token, and its line for the file. Empty: the system has no randomness.
std::string NewToken();
std::string LineFor(const std::string& name, std::string_view role, const std::string& token);

std::string Hex(const std::uint8_t* bytes, std::size_t size);

}  // namespace service

#endif  // ONBOARDING_SERVICE_ACCESS_H_
