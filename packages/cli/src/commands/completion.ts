import { Args, Command } from "@oclif/core";
import { shells } from "../topics.ts";

const scripts: Readonly<Record<(typeof shells)[number], string>> = {
  bash: `_hostout() {
  local IFS=$'\\n'
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
    -c | --config | --html)
      compopt -o filenames 2>/dev/null
      COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
      return ;;
  esac
  COMPREPLY=($(compgen -W "$(hostout --complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _hostout hostout`,
  zsh: `#compdef hostout
_hostout() {
  case \${words[CURRENT-1]} in -c | --config | --html) _files; return ;; esac
  compadd -- \${(f)"$(hostout --complete -- "\${words[@]:1:$((CURRENT-1))}" 2>/dev/null)"}
}
compdef _hostout hostout`,
  fish: `complete -c hostout -s c -l config -r -F
complete -c hostout -l html -r -F
complete -c hostout -f -a '(hostout --complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'`,
};

/** The command `hostout completion SHELL`. The shell reads its output. */
export default class Completion extends Command {
  static override summary = "Print the completion script of a shell: bash, zsh or fish";
  static override args = {
    shell: Args.string({ options: [...shells], required: true, description: "the shell" }),
  };

  override async run(): Promise<number> {
    const { args } = await this.parse(Completion);
    this.log(scripts[args.shell as keyof typeof scripts]);
    return 0;
  }
}
