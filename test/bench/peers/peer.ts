/** A tool that makes, switches to and cleans up after releases. */
export interface Deployer {
  /** Name in the table. */
  readonly who: string;
  /** Folder in the home of each host that has `current` and `releases`. */
  readonly place: string;
  /** The line that deploys the tree to the first own hosts. */
  readonly deploy: (count: number) => string;
  /** Brings the tree to where a deploy takes it from. Its time does not count. */
  readonly prepare?: () => void;
  /** Removes what earlier deploys left on this side. */
  readonly forget?: () => void;
}

/** A tool that runs commands on many hosts: the same on the first hosts of `names`. */
export interface Runner {
  readonly who: string;
  readonly once: (count: number) => string;
  readonly twenty: (count: number) => string;
}
