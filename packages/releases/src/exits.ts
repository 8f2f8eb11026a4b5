/** Exit codes of the scripts that have a meaning. */
export const exits = {
  noFolder: 66,
  noRelease: 67,
  inTheWay: 68,
  missingProgram: 69,
  wrongSum: 70,
  systemFolder: 71,
  someonesHome: 72,
  varReplaced: 73,
  unreadable: 74,
  lockLost: 75,
  lockSilent: 76,
  varLost: 77,
  cutOff: 78,
  wrongBase: 79,
  wrongPackage: 80,
} as const;
