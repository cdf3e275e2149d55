#ifndef REVENANT_RECORDS_TEXT_FORM_H_
#define REVENANT_RECORDS_TEXT_FORM_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "records/byte_source.h"
#include "records/input.h"
#include "revenant/records.h"
#include "revenant/result.h"

namespace revenant {

// How a file of text is written, found out from its beginning or said by the user.

// `bytes` as UTF-8. Of kAuto a byte order mark decides, and without one it is UTF-8. What is no
// character comes out as bytes that are not UTF-8 either, so that its own cell is refused and no
// other. Appends to `found` what the user did not say. Columns count bytes of the UTF-8 text.
// kInvalidArgument: UTF-32.
Result<std::unique_ptr<ByteSource>> DecodeText(std::unique_ptr<ByteSource> bytes,
                                               TextEncoding encoding, const std::string& file,
                                               std::vector<std::string>& found);

// The separator of a CSV text that stands at its header: `wanted`, else that of a line "sep=;"
// (which is consumed either way), else the one of , ; tab | that makes most names of the header
// known ones, or where none is known, most columns. Appends to `found` what the user did not say.
// Looks no further than the header's line.
Result<char> FindDelimiter(Input& input, char wanted,
                           const std::function<bool(std::string_view name)>& is_known,
                           std::vector<std::string>& found);

// kInvalidArgument: not one ASCII sign that can separate fields.
Result<void> CheckDelimiter(char delimiter);

}  // namespace revenant

#endif  // REVENANT_RECORDS_TEXT_FORM_H_
