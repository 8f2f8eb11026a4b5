import { hideUrlSecrets, urlSecretsIn } from "./url-secrets.ts";

test.each([
  ["git clone https://ann:s3cret@host/x.git", "git clone https://ann:***@host/x.git"],
  ["https://ghp_0123456789abcdefABCDEF0123456789@host/x", "https://***@host/x"],
  ["https://ghp_0123456789abcdefABCDEF0123456789:x-oauth-basic@host/x", "https://***:***@host/x"],
  ["https://oauth2:glpat-1:2@3@host:8443/x", "https://oauth2:***@host:8443/x"],
  ["hg+https://ann:x@a http://b:y@c", "hg+https://ann:***@a http://b:***@c"],
  ["ssh://git@host/x", "ssh://git@host/x"],
  ["ssh://Deploy-Robot-With-A-Long-Name@host/x", "ssh://Deploy-Robot-With-A-Long-Name@host/x"],
  ["https://ann@svn.example.com/x", "https://ann@svn.example.com/x"],
  ["fatal: unable to access 'https://ann:s3@host/'", "fatal: unable to access 'https://ann:***@host/'"],
  ['{"url":"https://:tok@host"}', '{"url":"https://:***@host"}'],
  [
    "see http://host/a and ann@host, http://host:80/x?m=a@b",
    "see http://host/a and ann@host, http://host:80/x?m=a@b",
  ],
])("the password or token of an address is hidden: %s", (text, hidden) => {
  expect(hideUrlSecrets(text)).toBe(hidden);
  expect(hideUrlSecrets(hidden)).toBe(hidden);
});

test("the secrets of addresses are known as written and decoded", () => {
  expect(new Set(urlSecretsIn("https://ann:p%40ss@host"))).toEqual(new Set(["p%40ss", "p@ss"]));
});
