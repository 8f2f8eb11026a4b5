import { Command } from "@oclif/core";

/** The command `hostout demo`: the main job on two throw-away hosts. */
export default class Demo extends Command {
  static override summary = "Stage and deploy a sample site on two throw-away hosts of this machine";

  override async run(): Promise<number> {
    const { demo } = await import("../demo/demo.ts");
    return demo();
  }
}
