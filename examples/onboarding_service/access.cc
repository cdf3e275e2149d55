#include "access.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace service {
namespace {

constexpr std::size_t kMinToken = 32, kMaxToken = 256;

std::array<std::uint8_t, 32> DigestOf(std::string_view token) {
  std::array<std::uint8_t, 32> digest;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  return digest;
}

bool FromHex(std::string_view hex, std::array<std::uint8_t, 32>& out) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  if (hex.size() != 64) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

bool GoodName(const std::string& name) {
  return name.size() <= 64 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

}  // namespace

std::optional<Role> RoleFromName(std::string_view name) {
  if (name == "metrics") return Role::kMetrics;
  if (name == "onboarding") return Role::kOnboarding;
  if (name == "investigator") return Role::kInvestigator;
  if (name == "admin") return Role::kAdmin;
  return std::nullopt;
}

bool Bucket::Take() {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  tokens_ += rate_ * std::chrono::duration<double>(now - last_).count();
  tokens_ = std::min(tokens_, 2 * rate_);
  last_ = now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

std::shared_ptr<const Callers> Callers::Read(const std::string& file, double rate,
                                             std::string& why) {
  struct stat info;
  if (stat(file.c_str(), &info) != 0 || (info.st_mode & 077) != 0) {
    why = file + ": must be there, for its owner alone (mode 0600)";
    return nullptr;
  }
  auto callers = std::make_shared<Callers>();
  std::ifstream input(file);
  std::size_t number = 0;
  for (std::string line; std::getline(input, line);) {
    ++number;
    std::istringstream words(line);
    std::string name, role, digest;
    if (!(words >> name) || name.front() == '#') continue;
    Caller caller;
    double own = rate;
    words >> role >> digest;
    std::string word;
    if (words >> word) {
      std::istringstream text(word);
      if (!(text >> own) || own <= 0) digest.clear();
    }
    const std::optional<Role> known = RoleFromName(role);
    if (!GoodName(name) || !known || !FromHex(digest, caller.digest)) {
      why = file + ":" + std::to_string(number) + ": must be NAME ROLE DIGEST [RATE]";
      return nullptr;
    }
    caller.name = name;
    caller.role = *known;
    caller.bucket = std::make_shared<Bucket>(own);
    callers->callers_.push_back(std::move(caller));
  }
  if (callers->callers_.empty()) {
    why = file + ": names nobody";
    return nullptr;
  }
  return callers;
}

const Caller* Callers::Find(std::string_view authorization) const {
  constexpr std::string_view kScheme = "Bearer ";
  const bool good = authorization.starts_with(kScheme) &&
                    authorization.size() >= kScheme.size() + kMinToken &&
                    authorization.size() <= kScheme.size() + kMaxToken;
  if (!good) return nullptr;
  const auto digest = DigestOf(authorization.substr(kScheme.size()));
  const Caller* found = nullptr;
  for (const Caller& caller : callers_) {
    if (CRYPTO_memcmp(caller.digest.data(), digest.data(), digest.size()) == 0) found = &caller;
  }
  return found;
}

std::string Hex(const std::uint8_t* bytes, std::size_t size) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += {kHex[bytes[i] >> 4], kHex[bytes[i] & 15]};
  return text;
}

std::string NewToken() {
  std::array<std::uint8_t, 32> bytes;
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) return "";
  return Hex(bytes.data(), bytes.size());
}

std::string LineFor(const std::string& name, std::string_view role, const std::string& token) {
  const auto digest = DigestOf(token);
  return name + " " + std::string(role) + " " + Hex(digest.data(), digest.size());
}

}  // namespace service
