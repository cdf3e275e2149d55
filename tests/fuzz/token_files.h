// What the readers of token files promise about any bytes: no crash, and whatever they accept is
// the one encoding of what they read. The first byte of an input chooses the reader; the rest is
// the whole file, or its signed part with a frame and a valid signature put around it, since no
// fuzzer finds those.
#ifndef REVENANT_TESTS_FUZZ_TOKEN_FILES_H_
#define REVENANT_TESTS_FUZZ_TOKEN_FILES_H_

#include <string>
#include <string_view>

#include "exchange/roster/evaluation.h"
#include "exchange/roster/operator_card.h"

namespace revenant {

inline const Signer& FuzzSigner() {
  static const Signer signer(std::array<std::uint8_t, 32>{0x5e});
  return signer;
}

inline const Roster& FuzzRoster() {
  static const Roster roster = [] {
    Roster made;
    for (std::uint8_t place = 0; place < 2; ++place) {
      Operator who;
      who.place = place;
      who.signing = FuzzSigner().key();
      made.operators.push_back(who);
    }
    return made;
  }();
  return roster;
}

inline std::string Framed(FileType type, std::string_view part) {
  return WriteFrame(type, {}, part, {FuzzSigner().Sign(type, {}, part)});
}

// The promise that is broken; empty: none.
inline std::string_view BrokenTokenFile(std::string_view input) {
  if (input.empty()) return {};
  const char choice = input.front();
  input.remove_prefix(1);
  if (input.size() > InfoOf(FileType::kOperatorCard).max_signed) return {};
  const bool framed = (choice & 4) != 0;
  switch (choice & 3) {
    case 0: {
      const std::string file = framed ? Framed(FileType::kRequest, input) : std::string(input);
      Result<TokenRequest> request = ReadRequest(file);
      if (!request) return {};
      const bool is_ours = framed && RequestFile(*request, FuzzSigner()) != file;
      return is_ours ? "a request has two encodings" : "";
    }
    case 1: {
      const std::string file = framed ? Framed(FileType::kEvaluation, input) : std::string(input);
      Result<TokenEvaluation> evaluation = ReadEvaluation(file, FuzzRoster());
      if (!evaluation) return {};
      return EvaluationFile(*evaluation, FuzzSigner()) == file ? ""
                                                               : "an evaluation has two encodings";
    }
    default: {
      const std::string file = framed ? Framed(FileType::kOperatorCard, input) : std::string(input);
      const Result<OperatorCard> card = ReadOperatorCard(file);
      if (!card) return {};
      return card->who.signing == FuzzSigner().key() || !framed ? "" : "a card of another's";
    }
  }
}

}  // namespace revenant

#endif  // REVENANT_TESTS_FUZZ_TOKEN_FILES_H_
