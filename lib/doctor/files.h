#ifndef REVENANT_DOCTOR_FILES_H_
#define REVENANT_DOCTOR_FILES_H_

#include <vector>

#include "revenant/doctor.h"

namespace revenant {

// What the store's folder, its disk and its keys are like; what cannot be looked at is a finding.
// Reads no file's content. Threads: pure but for the file system.
std::vector<Diagnosis::Finding> FindingsAboutFiles(const DoctorOptions& options);

}  // namespace revenant

#endif  // REVENANT_DOCTOR_FILES_H_
