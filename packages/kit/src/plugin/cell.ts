declare const type: unique symbol;

/**
 * A value of one type that the commands of a run share, such as a lock that one command holds and others
 * need.
 */
export interface Cell<T> {
  readonly name: string;
  readonly [type]?: T;
}

/**
 * Declares a cell, once, in the package that owns it. Other packages import the cell.
 *
 * @param name the owner and the cell: `hostout-core/look`. Two copies of a package share their cells by this
 * name.
 */
export function cell<T>(name: string): Cell<T> {
  return { name };
}

/**
 * The cells of one host, or of a site where a command runs once for it. They are empty at the start of a run,
 * and end with it.
 */
export interface Cells {
  /** Undefined for an unset cell. */
  get<T>(cell: Cell<T>): T | undefined;
  set<T>(cell: Cell<T>, value: NoInfer<T>): void;
  has(cell: Cell<unknown>): boolean;
  delete(cell: Cell<unknown>): void;
}

/** The value in the outcome of a command, with its type. */
export interface CommandValue<T> {
  /** The plugin that owns the command. */
  readonly owner: string;
  readonly command: string;
  readonly [type]?: T;
}

/**
 * Declares the type of the value of a command, once, beside the command. A resumed run reads the value from
 * the journal.
 *
 * @param owner the name of the plugin. A command of the same name in another plugin has its own value.
 */
export function commandValue<T>(owner: string, command: string): CommandValue<T> {
  return { owner, command };
}

/** Makes empty cells. A run calls this for each of its places. */
export function makeCells(): Cells {
  const values = new Map<string, unknown>();
  return {
    // Each cell has one type, and only values of that type are set.
    get: <T>({ name }: Cell<T>) => values.get(name) as T | undefined,
    set: ({ name }, value) => void values.set(name, value),
    has: ({ name }) => values.has(name),
    delete: ({ name }) => void values.delete(name),
  };
}
