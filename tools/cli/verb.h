#ifndef REVENANT_TOOLS_CLI_VERB_H_
#define REVENANT_TOOLS_CLI_VERB_H_

// Adding one verb to the command line:
//
//   const Verb<BanArgs> verb(app, context, "ban", "Record that a seller was banned");
//   verb.AddSeller(verb->seller);
//   verb.Add("--reason", verb->reason, "CODE", "Why: counterfeit, fraud, ...")->required();
//   verb.AddAt(verb->at);
//   verb.Footer("...");
//   verb.Runs(RunBan);  // Result<int> RunBan(const BanArgs& args, Context& context)

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include "context.h"

namespace revenant::cli {

struct NoArgs {};

// CLI::PositiveNumber shows its limits in 300 digits.
inline CLI::Validator OneOrMore() {
  return {[](const std::string& text) -> std::string {
            std::uint64_t number = 0;
            const char* const end = text.data() + text.size();
            const auto read = std::from_chars(text.data(), end, number);
            const bool good = read.ec == std::errc() && read.ptr == end && number > 0;
            return good ? "" : "is not a whole number of 1 or more";
          },
          ""};
}

inline constexpr const char* kSellerForm = "PLATFORM:EXTERNAL_ID";

// The values of a verb's options are in an Args of its own, which lives as long as the command
// line.
template <typename Args = NoArgs>
class Verb {
 public:
  Verb(CLI::App& app, Context& context, std::string name, std::string about)
      : context_(context),
        app_(*app.add_subcommand(std::move(name), std::move(about))),
        args_(std::make_shared<Args>()) {}

  CLI::App& app() const { return app_; }
  Args* operator->() const { return args_.get(); }

  // An operand ("FILE") or an option ("--case") with a value, which the help text calls `type`.
  template <typename Value>
  CLI::Option* Add(const char* name, Value& value, const std::string& help) const {
    return app_.add_option(name, value, help);
  }
  template <typename Value>
  CLI::Option* Add(const char* name, Value& value, const char* type,
                   const std::string& help) const {
    return Add(name, value, help)->type_name(type);
  }
  CLI::Option* AddFlag(const char* name, bool& value, const std::string& help) const {
    return app_.add_flag(name, value, help);
  }
  // One of a few words.
  CLI::Option* AddChoice(const char* name, std::string& value, const char* type,
                         std::vector<std::string> words, const std::string& help) const {
    return Add(name, value, type, help)->check(CLI::IsMember(std::move(words)));
  }
  // Several words with commas between.
  CLI::Option* AddList(const char* name, std::vector<std::string>& values, const char* type,
                       const std::string& help) const {
    return Add(name, values, type, help)->delimiter(',');
  }

  // Options that many verbs have.
  CLI::Option* AddSeller(std::string& seller, const char* name = "SELLER") const {
    return Add(name, seller, kSellerForm)->required();
  }
  CLI::Option* AddAt(std::string& at, const char* help = "Time of the event; default: now") const {
    return Add("--at", at, "T", help);
  }
  CLI::Option* AddAsOf(std::string& at) const {
    return AddAt(at, "Moment that the answer is for; default: now");
  }

  void Footer(const char* text) const { app_.footer(text); }

  // Runs `run`, a function of (args, context) or of (context), when the verb is named.
  template <typename Run>
  void Runs(Run run) const {
    app_.callback([args = args_, &context = context_, run = std::move(run)] {
      context.run = [args, &context, run]() -> Result<int> {
        if constexpr (std::is_invocable_v<const Run&, const Args&, Context&>) {
          return run(*args, context);
        } else {
          return run(context);
        }
      };
    });
  }

 private:
  Context& context_;
  CLI::App& app_;
  std::shared_ptr<Args> args_;
};

}  // namespace revenant::cli

#endif  // REVENANT_TOOLS_CLI_VERB_H_
