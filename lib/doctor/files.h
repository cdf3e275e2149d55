#ifndef REVENANT_DOCTOR_FILES_H_
#define REVENANT_DOCTOR_FILES_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "revenant/doctor.h"

namespace revenant {

// What the store's folder, its disk and its keys are like; what cannot be looked at is a finding.
// Reads no file's content. Threads: pure but for the file system.
std::vector<Diagnosis::Finding> FindingsAboutFiles(const DoctorOptions& options);

// Whether a disk with so many bytes left has room for a store of so many.
std::optional<Diagnosis::Finding> FindingAboutDisk(const std::filesystem::path& store,
                                                   std::uint64_t left, std::uint64_t store_bytes);

}  // namespace revenant

#endif  // REVENANT_DOCTOR_FILES_H_
