#include "doctor/files.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

namespace revenant {
namespace {

namespace fs = std::filesystem;

using Finding = Diagnosis::Finding;
using Severity = Diagnosis::Severity;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr fs::perms kOthers = fs::perms::group_all | fs::perms::others_all;

Finding Found(Severity severity, std::string_view sort, std::string what, std::string advice,
              std::string command) {
  Finding finding;
  finding.severity = severity;
  finding.sort = sort;
  finding.what = std::move(what);
  finding.advice = std::move(advice);
  finding.command = std::move(command);
  return finding;
}

struct Folder {
  std::uint64_t bytes = 0, log_bytes = 0;
};

Folder Measure(const fs::path& dir, std::error_code& error) {
  Folder folder;
  for (fs::recursive_directory_iterator file(dir, error);
       !error && file != fs::recursive_directory_iterator(); file.increment(error)) {
    std::error_code gone;  // a writer may be at work
    const std::uint64_t size = file->is_regular_file(gone) ? file->file_size(gone) : 0;
    if (gone) continue;
    folder.bytes += size;
    if (file->path().extension() == ".log") folder.log_bytes += size;
  }
  return folder;
}

// Does a process have the store open for writing? Read from the system's list: to open and close a
// file drops the locks that the process itself has on it.
bool IsHeld(const fs::path& dir) {
  struct stat about = {};
  if (::stat((dir / "LOCK").c_str(), &about) != 0) return false;
  const std::string inode = fmt::format(":{} ", about.st_ino);
  std::ifstream locks("/proc/locks");
  if (!locks) return true;  // not known, so nothing is said
  for (std::string line; std::getline(locks, line);) {
    if (line.find(" WRITE ") != line.npos && line.find(inode) != line.npos) return true;
  }
  return false;
}

void LookAtFolder(const DoctorOptions& options, std::vector<Finding>& findings) {
  const fs::path& dir = options.store;
  std::error_code error;
  const Folder folder = Measure(dir, error);
  if (error) {
    findings.push_back(
        Found(Severity::kWarning, "folder_unreadable",
              fmt::format("{}: cannot be looked at: {}.", dir.string(), error.message()),
              "Whether its disk is full is not known.", ""));
    return;
  }
  const fs::space_info disk = fs::space(dir, error);
  if (!error) {
    if (auto full = FindingAboutDisk(dir, disk.available, folder.bytes)) {
      findings.push_back(std::move(*full));
    }
  }
  if (folder.log_bytes > 0 && !IsHeld(dir)) {
    findings.push_back(Found(
        Severity::kNote, "log_not_clean",
        fmt::format("The last writer was ended before it closed the store: its log holds {} "
                    "bytes that every opening reads again.",
                    folder.log_bytes),
        "The next command that writes folds it in. Nothing is lost.", options.command + " fsck"));
  }
  const fs::perms mode = fs::status(dir, error).permissions();
  if (!error && (mode & kOthers) != fs::perms::none) {
    findings.push_back(
        Found(Severity::kWarning, "folder_open_to_others",
              fmt::format("Other users may enter {}: it holds names of sellers.", dir.string()),
              "Leave it to its owner.", "chmod 700 " + ShellWord(dir.string())));
  }
}

bool LiesIn(const fs::path& file, const fs::path& dir) {
  std::error_code error;
  const fs::path inner = fs::weakly_canonical(file, error),
                 outer = fs::weakly_canonical(dir, error);
  return !error &&
         std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

void LookAtKey(const fs::path& key, std::string_view what, const DoctorOptions& options,
               std::vector<Finding>& findings) {
  std::error_code error;
  const fs::file_status status = fs::status(key, error);
  if (!fs::exists(status)) return;
  if ((status.permissions() & kOthers) != fs::perms::none) {
    findings.push_back(Found(Severity::kProblem, "key_open_to_others",
                             fmt::format("Other users may read {}, {}.", key.string(), what),
                             "Leave it to its owner, and think about who may have read it.",
                             "chmod 600 " + ShellWord(key.string())));
  }
  if (!options.store.empty() && LiesIn(key, options.store)) {
    findings.push_back(
        Found(Severity::kWarning, "key_in_store",
              fmt::format("{}, {}, lies in the store's own folder.", key.string(), what),
              "A copy of the folder holds the key as well: move it elsewhere and "
              "name it by --key.",
              ""));
  }
}

}  // namespace

std::optional<Diagnosis::Finding> FindingAboutDisk(const fs::path& store, std::uint64_t left,
                                                   std::uint64_t store_bytes) {
  if (left >= std::max(store_bytes, 64 * kMiB)) return std::nullopt;
  const bool grave = left < std::max(store_bytes / 10, 64 * kMiB);
  return Found(grave ? Severity::kProblem : Severity::kWarning, "disk_is_full",
               fmt::format("The disk of {} has {} MiB left; the store has {} MiB.", store.string(),
                           left / kMiB, store_bytes / kMiB),
               "Merging its files may take as much again for a while. A full disk refuses writes; "
               "it damages nothing.",
               "df -h " + ShellWord(store.string()));
}

std::vector<Diagnosis::Finding> FindingsAboutFiles(const DoctorOptions& options) {
  std::vector<Diagnosis::Finding> findings;
  if (!options.store.empty()) LookAtFolder(options, findings);
  if (!options.key.empty()) LookAtKey(options.key, "the key of the store", options, findings);
  if (!options.journal_key.empty()) {
    LookAtKey(options.journal_key, "the key that signs for it", options, findings);
  }
  return findings;
}

}  // namespace revenant
