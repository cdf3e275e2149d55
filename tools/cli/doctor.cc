#include "revenant/doctor.h"

#include <fmt/format.h>

#include <cstdlib>

#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct DoctorArgs {
  std::size_t clusters = DoctorOptions{}.clusters;
  std::size_t max_sellers = DoctorOptions{}.sellers_a_cluster;
  std::uint32_t application_days = DoctorOptions{}.application_days;
};

// How the command is called so that it finds the same store.
std::string CommandFor(const Context& context) {
  std::string command = "revenant";
  const auto add = [&](const char* option, const char* variable, const std::string& value) {
    const char* set = std::getenv(variable);
    if (value.empty() || (set != nullptr && value == set)) return;
    command += fmt::format(" {} {}", option, ShellWord(value));
  };
  add("--store", "REVENANT_STORE", context.store);
  add("--key", "REVENANT_KEY", context.key);
  return command;
}

std::string Heading(Diagnosis::Severity severity) {
  switch (severity) {
    case Diagnosis::Severity::kProblem:
      return Coloured("PROBLEM", Colour::kRed);
    case Diagnosis::Severity::kWarning:
      return Coloured("warning", Colour::kYellow);
    case Diagnosis::Severity::kNote:
      break;
  }
  return "note   ";
}

void Print(const Diagnosis::Finding& finding, Context& context) {
  if (context.json) return context.out.Line(ToJson(finding));
  context.out.Line("  " + finding.what, Heading(finding.severity));
  context.out.Line("         " + finding.advice);
  if (!finding.command.empty()) context.out.Line("         $ " + finding.command);
}

Result<int> RunDoctor(const DoctorArgs& args, Context& context) {
  DoctorOptions options;
  TRY_ASSIGN(options.now, context.Now());
  TRY_ASSIGN(options.store, context.StorePath());
  TRY_ASSIGN(options.key, context.KeyPath());
  TRY_ASSIGN(options.journal_key, context.JournalKeyPath());
  options.command = CommandFor(context);
  options.clusters = args.clusters;
  options.sellers_a_cluster = args.max_sellers;
  options.application_days = args.application_days;
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const Diagnosis found, Diagnose(*registry, options));
  for (const Diagnosis::Finding& finding : found.findings) Print(finding, context);
  const std::string looked_at = fmt::format(
      "{}, {} of two or more, {}", Counted(found.stats.sellers, "seller"),
      Counted(found.stats.linked_clusters, "cluster"), Counted(found.stats.hubs, "hub"));
  if (found.findings.empty()) {
    if (!context.json) context.out.Line("Healthy: nothing found in " + looked_at);
    return kDone;
  }
  context.Note(fmt::format("{} in {}{}", Counted(found.findings.size(), "finding"), looked_at,
                           found.healthy() ? "; none is a problem" : ""));
  return found.healthy() ? kDone : kNothing;
}

}  // namespace

void AddDoctor(CLI::App& app, Context& context) {
  const Verb<DoctorArgs> verb(app, context, "doctor",
                              "Say whether the store links too much, and what else is wrong");
  verb.Add("--clusters", verb->clusters, "N", "Look into this many of the largest clusters")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{0}, std::size_t{100'000}));
  verb.Add("--max-sellers", verb->max_sellers, "N", "Of each look at this many sellers at most")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
  verb.Add("--application-days", verb->application_days, "N",
           "Applications that stay on file for longer are named")
      ->capture_default_str();
  verb.Footer(
      "The gravest finding first, each with advice and a command to run: values and sellers that\n"
      "hold clusters together, values at their limit, hubs of bans, limits that limit nothing,\n"
      "junk, old applications, stale lists, disk, log and keys. Nothing is written. Exit code 1:\n"
      "there is a problem.");
  verb.Runs(RunDoctor);
}

}  // namespace revenant::cli
