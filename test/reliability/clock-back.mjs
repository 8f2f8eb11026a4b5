// Loaded before hostout: its clock is so many days behind.
const behindMs = Number(process.env.CLOCK_BACK_DAYS) * 86_400_000;
const { now } = Date;
const Original = Date;
globalThis.Date = class extends Original {
  constructor(...words) {
    if (words.length === 0) super(now() - behindMs);
    else super(...words);
  }
  static now() {
    return now() - behindMs;
  }
};
