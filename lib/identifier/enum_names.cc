// Names of the public enumerations.

#include <array>

#include "revenant/identifier.h"

namespace revenant {

std::string_view StatusName(Status status) {
  switch (status) {
    case Status::kValid:
      return "valid";
    case Status::kUnverifiable:
      return "unverifiable";
    case Status::kInvalid:
      return "invalid";
    case Status::kJunk:
      return "junk";
    case Status::kUnknownKind:
      return "unknown_kind";
  }
  return "";
}

std::string_view FamilyName(Family family) {
  switch (family) {
    case Family::kDevice:
      return "device";
    case Family::kDocument:
      return "document";
    case Family::kPayment:
      return "payment";
    case Family::kContact:
      return "contact";
    case Family::kNetwork:
      return "network";
    case Family::kOrganisation:
      return "organisation";
    case Family::kCustom:
      return "custom";
  }
  return "";
}

std::string_view RoleName(Role role) {
  switch (role) {
    case Role::kLinking:
      return "linking";
    case Role::kSupporting:
      return "supporting";
    case Role::kIgnored:
      return "ignored";
  }
  return "";
}

std::optional<Role> RoleFromName(std::string_view name) {
  for (const Role role : {Role::kLinking, Role::kSupporting, Role::kIgnored}) {
    if (RoleName(role) == name) return role;
  }
  return std::nullopt;
}

}  // namespace revenant
