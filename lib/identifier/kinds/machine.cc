// Computers: network cards, firmware, disks, installations.

#include <algorithm>
#include <array>

#include "identifier/table.h"
#include "identifier/uuid.h"

namespace revenant::kinds {
namespace {

constexpr std::string_view kMacJunk[] = {
#include "identifier/data/mac_junk.inc"
};
static_assert(std::ranges::is_sorted(kMacJunk));
constexpr std::string_view kMacJunkPrefixes[] = {
#include "identifier/data/mac_junk_prefixes.inc"
};
constexpr std::string_view kSerialJunk[] = {
#include "identifier/data/serial_junk.inc"
};
static_assert(std::ranges::is_sorted(kSerialJunk));

constexpr bool IsHex(char c) { return Base36(c) >= 0 && Base36(c) < 16; }

// Hex digits of a MAC in groups, short groups padded: six or eight of an octet, two of three
// octets, three or four of two octets, or all in one. 0 if it is none of these.
std::size_t ReadMac(std::string_view text, std::array<char, 16>& mac) {
  std::array<std::string_view, 8> groups;
  std::size_t count = 0;
  for (std::size_t at = 0;;) {
    const std::size_t end = std::min(text.find_first_of(":-. ", at), text.size());
    if (count == groups.size()) return 0;
    groups[count++] = text.substr(at, end - at);
    if (end == text.size()) break;
    at = end + 1;
  }
  std::size_t width = 0;
  if (count == 6 || count == 8) width = 2;
  if (count == 2) width = 6;
  if (count == 3 || count == 4) width = 4;
  if (count == 1) width = groups[0].size() == 16 ? 16 : 12;
  // "12 34 56 78" is no address: only octets may lose their leading zero, and halves.
  const std::size_t least = count == 1 || width == 4 ? width : width / 2;
  std::size_t size = 0;
  for (const std::string_view group : std::span(groups).first(count)) {
    if (group.size() > width || group.size() < least) return 0;
    if (!std::ranges::all_of(group, IsHex)) return 0;
    for (std::size_t zeros = width - group.size(); zeros > 0; --zeros) mac[size++] = '0';
    for (const char c : group) mac[size++] = c;
  }
  return size == 12 || size == 16 ? size : 0;
}

Verdict FinishMac(Work& work) {
  std::array<char, 16> digits;
  std::string_view typed = work.text();
  if (typed.starts_with("0X") && (typed.size() == 14 || typed.size() == 18)) typed.remove_prefix(2);
  const std::size_t size = ReadMac(typed, digits);
  if (size == 0) return Invalid("not six or eight octets in hex");
  work.Replace({digits.data(), size});
  const std::string_view mac = work.text();
  if (mac.find_first_not_of('F') == std::string_view::npos) {
    return work.BelongToNobody("device.mac.nobody");
  }
  const auto has_prefix = [mac](std::string_view prefix) { return mac.starts_with(prefix); };
  if (std::ranges::binary_search(kMacJunk, mac) ||
      std::ranges::any_of(kMacJunkPrefixes, has_prefix)) {
    return Junk("a virtual or placeholder address");
  }
  if (mac.find_first_not_of(mac[0]) == std::string_view::npos) return Junk("a placeholder address");
  // Programs count their make-believe cards from 1 on; Xerox, who holds the block, never did.
  if (mac.substr(0, size - 1).find_first_not_of('0') == std::string_view::npos) {
    return work.BelongToNobody("device.mac.nobody");
  }
  const int flags = Base36(mac[1]);
  // A group address names no device, yet some tools report one in a device's place.
  if ((flags & 1) != 0) return Unverifiable("a group address");
  if ((flags & 2) != 0) return Junk("locally administered (randomised)");
  if (size == 16 && mac.substr(6, 4) == "FFFE") {  // an EUI-48 inside
    char eui48[12];
    std::ranges::copy(mac.substr(0, 6), eui48);
    std::ranges::copy(mac.substr(10), eui48 + 6);
    work.Derive("device.mac", {eui48, 12});
  }
  return Valid();
}

Verdict FinishSerial(Work& work) {
  const std::string_view serial = work.text();
  if (std::ranges::any_of(serial, [](char c) { return c < ' ' || c > '~'; })) {
    return Invalid("a control character");
  }
  if (serial.size() > 64) return Invalid("too long");
  const auto same = serial.find_first_not_of(serial[0]) == std::string_view::npos;
  const auto binary = serial.find_first_not_of("01") == std::string_view::npos;
  if (serial.find_first_of("0123456789") == std::string_view::npos) {
    return Junk("words, not a serial number");
  }
  if (serial.size() < 4 || same || binary || std::ranges::binary_search(kSerialJunk, serial)) {
    return Junk("a placeholder serial number");
  }
  return Valid();
}

constexpr TextRule kMacText{Reading::kWord, kDropNothing, Fold::kUpper};

constexpr Kind kMachineKinds[] = {
    {.name = "device.mac",
     .title = "Network card (MAC, EUI-48, EUI-64)",
     .traits = kMachine,
     .text = kMacText,
     .finish = FinishMac,
     .aliases = "device.mac.eui64 device.mac.linkable",
     .standard = "IEEE 802",
     .bits = 46,
     .example = "00-90-96-AF-CC-39"},
    {.name = "device.mac.nobody",
     .title = "Broadcast or make-believe address (EUI-48, EUI-64)",
     .traits = kMachine.Ignored(),
     .text = kMacText,
     .finish = FinishMac,
     .standard = "IEEE 802",
     .bits = 0,
     .example = "FF-FF-FF-FF-FF-FF-FF-FF"},
    {.name = "device.uuid",
     .title = "Device number of a platform's own (UUID)",
     .traits = kInstallation,
     .text = kUuidText,
     .finish = FinishUuid,
     .standard = "RFC 9562",
     .bits = 122,
     .example = "2830923a-e5f5-4178-9700-787586673e0d"},
    {.name = "device.machine_guid",
     .title = "Windows installation (MachineGuid)",
     .traits = kMachine,
     .text = kUuidText,
     .finish = FinishUuid,
     .standard = "RFC 9562; Windows Cryptography",
     .bits = 122,
     .example = "8f3d7c64-0a5e-4b7e-9f02-6a1c35d0b7aa"},
    {.name = "device.smbios_uuid",
     .title = "Computer (SMBIOS system UUID)",
     .traits = kMachine,
     .text = kUuidText,
     .finish = FinishSmbiosUuid,
     .standard = "DMTF DSP0134, 7.2.1",
     .bits = 110,
     .example = "4c4c4544-0042-3510-8052-b3c04f4b4e32"},
    {.name = "device.smbios_serial",
     .title = "Computer or board (SMBIOS serial number)",
     .traits = kMachine,
     .text = kPunctuated,
     .finish = FinishSerial,
     .scope = Scope::kApp,
     .standard = "DMTF DSP0134; scope: maker and model",
     .bits = 35,
     .example = "5CD1234XYZ"},
    {.name = "device.disk_serial",
     .title = "Disk (serial number)",
     .traits = kMachine,
     .text = kPunctuated,
     .finish = FinishSerial,
     .scope = Scope::kApp,
     .standard = "ATA, NVMe; scope: maker and model",
     .bits = 40,
     .example = "WD-WCC4N7XK9R2S"},
};

}  // namespace

std::span<const Kind> MachineKinds() { return kMachineKinds; }

}  // namespace revenant::kinds
