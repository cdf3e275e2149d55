// The manual page and the shells' completions, all from the command line's own table of verbs and
// options.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/version.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

// What one verb takes.
struct Taken {
  std::string name, value, about;  // "--store", "DIR", "Folder of the store"
  bool many = false;               // an operand that may be repeated
  bool required = false;
};
struct Described {
  std::string path;  // "policy set"; empty: the whole command
  std::string about, footer, example;
  std::vector<Taken> options, operands;
  std::vector<Described> verbs;
};

bool IsHidden(const CLI::App& verb) { return verb.get_group().empty(); }

// "TEXT:{a,b}" of CLI11 says no more than "TEXT".
std::string ValueName(const CLI::Option& option) {
  if (option.get_expected_max() == 0 || option.get_type_size_max() == 0) return "";
  const std::string name = option.get_type_name();
  return name.empty() ? "VALUE" : name.substr(0, name.find_first_of(":= "));
}

Described DescriptionOf(CLI::App& app, const std::string& path) {
  Described out;
  out.path = path;
  out.about = app.get_description();
  // A verb without a footer of its own has that of the whole command.
  const bool own =
      app.get_parent() == nullptr || app.get_footer() != app.get_parent()->get_footer();
  if (own) out.footer = app.get_footer();
  out.example = ExampleOf(path);
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    Taken taken{option->get_name(false, true), ValueName(*option), option->get_description(),
                option->get_items_expected_max() > 1, option->get_required()};
    if (option->get_positional()) {
      taken.name = option->get_name(true);
      out.operands.push_back(std::move(taken));
      continue;
    }
    if (option->get_lnames().empty()) continue;
    taken.name = "--" + option->get_lnames().front();
    out.options.push_back(std::move(taken));
  }
  for (CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (IsHidden(*verb)) continue;
    out.verbs.push_back(
        DescriptionOf(*verb, path.empty() ? verb->get_name() : path + " " + verb->get_name()));
  }
  return out;
}

template <typename Visit>
void ForEachVerb(const Described& verb, const Visit& visit) {
  visit(verb);
  for (const Described& inner : verb.verbs) ForEachVerb(inner, visit);
}

std::string LastWord(const std::string& path) { return path.substr(path.rfind(' ') + 1); }

std::string Replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at, what.size()) == what) {
      out += with;
      at += what.size();
    } else {
      out += text[at++];
    }
  }
  return out;
}

// --- The manual page, in man(7)

// Text as troff takes it: nothing in it is a request or an escape.
std::string Troff(std::string_view text) {
  std::string out;
  bool fresh = true;  // at the beginning of a line
  for (const char c : text) {
    if (fresh && (c == '.' || c == '\'')) out += "\\&";
    fresh = c == '\n';
    out += c == '\\'   ? "\\e"
           : c == '-'  ? "\\-"
           : c == '`'  ? "\\(ga"
           : c == '\'' ? "\\(aq"
                       : std::string(1, c);
  }
  return out;
}

// Lines that are filled, at most 78 bytes long as troff reads them; an empty one parts two
// paragraphs.
std::string Paragraphs(std::string_view text) {
  std::string out, line;
  const auto end_line = [&] {
    if (!line.empty()) out += line + "\n";
    line.clear();
  };
  while (!text.empty()) {
    const std::size_t size = text.find_first_of(" \n");
    const std::string_view word = text.substr(0, size);
    const bool ends = size != text.npos && text.substr(size).starts_with("\n\n");
    text.remove_prefix(size == text.npos ? text.size() : size + 1);
    const std::string shown = word.empty() ? "" : Troff(word);
    if (!shown.empty() && line.size() + shown.size() > 77) end_line();
    if (!shown.empty()) line += (line.empty() ? "" : " ") + shown;
    if (!ends) continue;
    end_line();
    if (!out.empty()) out += ".PP\n";
  }
  end_line();
  return out;
}

std::string SynopsisOf(const Described& verb) {
  std::string out = verb.path.empty() ? "" : " " + verb.path;
  if (!verb.options.empty()) out += " [OPTIONS]";
  if (!verb.verbs.empty()) out += " VERB";
  for (const Taken& operand : verb.operands) {
    const std::string name = operand.name + (operand.many ? "..." : "");
    out += operand.required ? " " + name : " [" + name + "]";
  }
  return out;
}

void AppendTaken(std::string& out, const std::vector<Taken>& all) {
  for (const Taken& taken : all) {
    out += ".TP\n\\fB" + Troff(taken.name) + "\\fR";
    if (taken.name.starts_with("--") && !taken.value.empty()) {
      out += " \\fI" + Troff(taken.value) + "\\fR";
    }
    out += "\n" + Paragraphs(taken.about.empty() ? taken.value : taken.about);
  }
}

std::string ManualPage(const Described& command) {
  std::string out =
      ".TH REVENANT 1 2026-11-30 \"revenant " REVENANT_VERSION "\" \"User Commands\"\n";
  out += ".SH NAME\nrevenant \\- recognises the banned seller behind the new storefront\n";
  out += ".SH SYNOPSIS\n.B revenant\n[OPTIONS] VERB [ARGUMENTS]\n";
  out += ".SH DESCRIPTION\n" + Paragraphs(command.footer);
  out += ".SH OPTIONS\n";
  AppendTaken(out, command.options);
  out += ".SH VERBS\n";
  ForEachVerb(command, [&](const Described& verb) {
    if (verb.path.empty()) return;
    out += ".SS revenant" + Troff(SynopsisOf(verb)) + "\n" + Troff(verb.about) + ".\n";
    AppendTaken(out, verb.operands);
    AppendTaken(out, verb.options);
    if (!verb.footer.empty()) out += ".PP\n" + Paragraphs(verb.footer);
    if (!verb.example.empty()) {
      out += ".PP\nExample:\n.PP\n.RS 4\n.nf\nrevenant " + Troff(verb.example) + "\n.fi\n.RE\n";
    }
  });
  return out;
}

// --- Completions: what may follow each verb, options of the verbs above it included

struct Choice {
  std::string word, about;
};

std::vector<Choice> ChoicesOf(const Described& command, const Described& verb) {
  std::vector<Choice> choices;
  for (const Described& inner : verb.verbs) {
    choices.push_back({LastWord(inner.path), inner.about});
  }
  for (const Taken& option : verb.options) choices.push_back({option.name, option.about});
  if (!verb.path.empty()) {
    for (const Taken& option : command.options) {
      const bool known = std::any_of(choices.begin(), choices.end(),
                                     [&](const Choice& one) { return one.word == option.name; });
      if (!known) choices.push_back({option.name, option.about});
    }
  }
  return choices;
}

// Options that take a value, which is no verb.
std::string OptionsWithValues(const Described& command) {
  std::vector<std::string> names;
  ForEachVerb(command, [&](const Described& verb) {
    for (const Taken& option : verb.options) {
      if (!option.value.empty()) names.push_back(option.name);
    }
  });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : "|") + name;
  return out;
}

// "a|b" of the verbs' full names, each a pattern of its own.
std::string PathsOf(const Described& command) {
  std::string out;
  ForEachVerb(command, [&](const Described& verb) {
    if (!verb.path.empty()) out += (out.empty() ? "\"" : "|\"") + verb.path + "\"";
  });
  return out;
}

// The part that bash and zsh share: sets `verb` to the one that the words name and `value` where
// an option waits for its own.
std::string WalkWords(const Described& command) {
  return fmt::format(
      "  local verb=\"\" value=\"\" word\n"
      "  for word in \"$@\"; do\n"
      "    if [ -n \"$value\" ]; then value=\"\"; continue; fi\n"
      "    case \"$word\" in\n"
      "      {}) value=1; continue ;;\n"
      "      -*) continue ;;\n"
      "    esac\n"
      "    case \"${{verb:+$verb }}$word\" in\n"
      "      {}) verb=\"${{verb:+$verb }}$word\" ;;\n"
      "    esac\n"
      "  done\n",
      OptionsWithValues(command), PathsOf(command));
}

std::string Bash(const Described& command) {
  std::string out =
      "# Completion of revenant for bash.\n_revenant_words() {\n" + WalkWords(command);
  out += "  [ -n \"$value\" ] && return\n  case \"$verb\" in\n";
  ForEachVerb(command, [&](const Described& verb) {
    out += "    \"" + verb.path + "\") echo \"";
    std::string words;
    for (const Choice& choice : ChoicesOf(command, verb)) {
      words += (words.empty() ? "" : " ") + choice.word;
    }
    out += words + "\" ;;\n";
  });
  out +=
      "  esac\n}\n"
      "_revenant() {\n"
      "  local current=\"${COMP_WORDS[COMP_CWORD]}\"\n"
      "  COMPREPLY=($(compgen -W \"$(_revenant_words \"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\" -- "
      "\"$current\"))\n"
      "}\n"
      "complete -o default -F _revenant revenant\n";
  return out;
}

// In single quotes.
std::string Quoted(std::string_view text) { return "'" + Replaced(text, "'", "'\\''") + "'"; }
std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string Zsh(const Described& command) {
  std::string out =
      "#compdef revenant\n# Completion of revenant for zsh.\n_revenant() {\n"
      "  local -a choices\n  set -- \"${(@)words[2,CURRENT-1]}\"\n" +
      WalkWords(command);
  out += "  if [ -n \"$value\" ]; then _files; return; fi\n  case \"$verb\" in\n";
  ForEachVerb(command, [&](const Described& verb) {
    out += "    \"" + verb.path + "\") choices=(";
    for (const Choice& choice : ChoicesOf(command, verb)) {
      out += "\n      " + Quoted(choice.word + ":" + FirstLine(choice.about));
    }
    out += " ) ;;\n";
  });
  out += "  esac\n  _describe -t words revenant choices\n";
  out += "  [[ ${words[CURRENT]} == -* ]] || _files\n}\n";
  out +=
      "if [ \"$funcstack[1]\" = \"_revenant\" ]; then _revenant \"$@\"; else compdef _revenant "
      "revenant; fi\n";
  return out;
}

std::string Fish(const Described& command) {
  std::string out = "# Completion of revenant for fish.\n";
  out +=
      "function __revenant_path\n  set -l path\n  set -l value\n"
      "  for word in (commandline -opc)[2..]\n"
      "    if test -n \"$value\"; set value; continue; end\n"
      "    switch $word\n      case ";
  out += Replaced(OptionsWithValues(command), "|", " ");
  out +=
      "\n        set value 1\n        continue\n      case '-*'\n        continue\n    end\n"
      "    switch (string join ' ' $path $word)\n      case ";
  out += Replaced(PathsOf(command), "|", " ");
  out += "\n        set path $path $word\n    end\n  end\n  string join ' ' $path\nend\n";
  ForEachVerb(command, [&](const Described& verb) {
    const std::string here =
        fmt::format("complete -c revenant -n 'test \"$(__revenant_path)\" = \"{}\"'", verb.path);
    for (const Described& inner : verb.verbs) {
      out += fmt::format("{} -a {} -d {}\n", here, LastWord(inner.path), Quoted(inner.about));
    }
    for (const Taken& option : verb.options) {
      out += fmt::format("{} -l {}{} -d {}\n", verb.path.empty() ? "complete -c revenant" : here,
                         option.name.substr(2), option.value.empty() ? "" : " -r",
                         Quoted(FirstLine(option.about)));
    }
  });
  return out;
}

struct GenerateArgs {
  std::string form;
};

}  // namespace

void AddGenerate(CLI::App& app, Context& context) {
  const Verb<GenerateArgs> verb(app, context, "generate",
                                "Print the manual page or a shell's completion");
  verb.AddChoice("FORM", verb->form, "FORM", {"man", "bash", "zsh", "fish"}, "Which")->required();
  verb.Runs([&app](const GenerateArgs& args, Context& its) -> Result<int> {
    const Described command = DescriptionOf(app, "");
    its.out.Write(args.form == "man"    ? ManualPage(command)
                  : args.form == "bash" ? Bash(command)
                  : args.form == "zsh"  ? Zsh(command)
                                        : Fish(command));
    return kDone;
  });
}

}  // namespace revenant::cli
