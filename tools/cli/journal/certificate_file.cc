#include "journal/certificate_file.h"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "journal/journal_files.h"
#include "try.h"

namespace revenant::cli {
namespace {

using Json = nlohmann::ordered_json;

Result<std::string> ReadAll(const std::string& file) {
  constexpr std::size_t kMaxBytes = std::size_t{64} << 20;  // of a file that may be one at all
  TRY_ASSIGN(const auto pieces, PieceReader::Open(file));
  std::string bytes;
  while (true) {
    TRY_ASSIGN(const std::string piece, pieces->Next());
    if (piece.empty()) break;
    bytes += piece;
    if (bytes.size() > kMaxBytes) {
      return Error{Code::kInvalidArgument, file + ": too long for a certificate"};
    }
  }
  // What ends a line in a file is no part of the certificate.
  while (bytes.ends_with('\n') || bytes.ends_with('\r')) bytes.pop_back();
  return bytes;
}

Error NoneIn(const std::string& file) {
  return {Code::kNotFound,
          file +
              ": this verdict has no certificate; audits write none for verdicts that are "
              "clear, `screen --json` does"};
}

// A line of `screen --json` carries it as its last member, byte for byte.
Result<std::string> TakeMember(std::string bytes, const std::string& file) {
  constexpr std::string_view kMember = ",\"certificate\":";
  const std::size_t member = bytes.find(kMember);
  if (member == std::string::npos || !bytes.ends_with('}')) return bytes;
  const std::size_t begin = member + kMember.size();
  std::string certificate = bytes.substr(begin, bytes.size() - 1 - begin);
  if (certificate == "null") return NoneIn(file);
  return certificate;
}

// What a formatter made of one: the same members in the same order, blanks between them.
Result<std::string> Compact(std::string bytes, const std::string& file) {
  const Json json = Json::parse(bytes, nullptr, false);
  if (!json.is_object()) return bytes;  // the check says what is wrong with it
  const auto spell = [](const Json& object) {
    return object.dump(-1, ' ', false, Json::error_handler_t::strict);
  };
  if (!json.contains("verdict") || !json.contains("certificate")) return spell(json);
  if (json["certificate"].is_null()) return NoneIn(file);
  return spell(json["certificate"]);
}

}  // namespace

Result<std::string> ReadCertificate(const std::string& file) {
  TRY_ASSIGN(std::string bytes, ReadAll(file));
  const bool is_verdict = bytes.starts_with(R"({"v":1,"platform":)");
  const bool is_one_line = bytes.find('\n') == std::string::npos;
  if (is_verdict && is_one_line) return TakeMember(std::move(bytes), file);
  if (is_verdict) {
    return Error{Code::kInvalidArgument, file + ": several verdicts; give one line of them"};
  }
  if (is_one_line && bytes.starts_with("{\"")) return bytes;
  return Compact(std::move(bytes), file);
}

}  // namespace revenant::cli
