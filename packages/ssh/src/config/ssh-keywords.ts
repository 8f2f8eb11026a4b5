/**
 * The treatment of a keyword of ssh_config(5) by a transport.
 * - `heeded`: as ssh does.
 * - `hostout`: hostout uses its own value instead.
 * - `none`: irrelevant for hostout.
 * - `openssh`: only ssh supports it, so `transport = auto` selects ssh if the keyword has an effect.
 */
export type Heeding = "heeded" | "hostout" | "none" | "openssh";

/** A keyword of ssh_config(5). */
export interface SshKeyword {
  readonly name: string;
  readonly nodeSsh: Heeding;
  readonly openssh: Exclude<Heeding, "openssh">;
  /** Values that hostout reads exactly as ssh does. Any other value is for `ssh -G`. */
  readonly plain?: RegExp;
  /** Values, as `ssh -G` prints them, with which the keyword has no effect. */
  readonly idle?: RegExp;
  readonly note?: string;
}

const flag = /^(?:yes|no)$/;
const number = /^\d{1,5}$/;
const word = /^[A-Za-z0-9][\w.-]*$/;
const lowWord = /^[a-z][a-z0-9_.-]*$/;
/** Host names that ssh keeps as they are: ssh rewrites numbers that are addresses. */
export const plainHostName = /^(?:[a-z][a-z0-9_.-]*|(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2}))$/;
const path = /^(?:~\/|\/)[\w./@+-]+$/;
const paths = /^(?:~\/|\/)[\w./@+-]+(?:[ \t]+(?:~\/|\/)[\w./@+-]+)*$/;
const names = /^[A-Za-z_][\w*]*(?:[ \t]+[A-Za-z_][\w*]*)*$/;

const heeded = (name: string, plain?: RegExp, note?: string): SshKeyword => ({
  ...{ name, nodeSsh: "heeded", openssh: "heeded" },
  ...(plain && { plain }),
  ...(note !== undefined && { note }),
});
const own = (name: string, note: string, plain?: RegExp): SshKeyword => ({
  ...{ name, nodeSsh: "hostout", openssh: "hostout", note },
  ...(plain && { plain }),
});
const idle = (name: string, plain?: RegExp, openssh: "heeded" | "none" = "heeded"): SshKeyword => ({
  ...{ name, nodeSsh: "none", openssh },
  ...(plain && { plain }),
});
const onlyOpenssh = (name: string, without: RegExp, note?: string, plain?: RegExp): SshKeyword => ({
  ...{ name, nodeSsh: "openssh", openssh: "heeded", idle: without },
  ...(note !== undefined && { note }),
  ...(plain && { plain }),
});

const noValue = /^(?:none|no|false)$/i;

/** All keywords of ssh_config(5), OpenSSH 10. Any other keyword is for `ssh -G`, and has no effect on hostout's own ssh. */
export const sshKeywords: readonly SshKeyword[] = [
  idle("AddKeysToAgent", flag),
  heeded("AddressFamily", /^(?:any|inet6?)$/),
  own("BatchMode", "hostout asks in a terminal, else nobody is asked", flag),
  heeded("BindAddress"),
  onlyOpenssh("BindInterface", noValue),
  heeded("CanonicalDomains"),
  heeded("CanonicalizeFallbackLocal"),
  heeded("CanonicalizeHostname"),
  heeded("CanonicalizeMaxDots"),
  heeded("CanonicalizePermittedCNAMEs"),
  idle("CASignatureAlgorithms"),
  onlyOpenssh(
    "CertificateFile",
    noValue,
    "also FILE-cert.pub beside an IdentityFile, and certificates of the agent",
  ),
  idle("ChannelTimeout"),
  idle("CheckHostIP", flag),
  heeded("Ciphers"),
  own("ClearAllForwardings", "hostout forwards no ports", flag),
  idle("Compression", flag),
  own("ConnectionAttempts", "a server that hangs up at once is tried six times", number),
  heeded("ConnectTimeout", number, "20 s where it is not set"),
  own("ControlMaster", "one session of its own for each host and run", /^(?:yes|no|auto)$/),
  own("ControlPath", "as ControlMaster", /^(?:~\/|\/)(?:[\w./@:+-]|%[CLhlnpru])+$/),
  own("ControlPersist", "as ControlMaster", /^(?:yes|no|\d{1,5})$/),
  own("DynamicForward", "hostout forwards no ports"),
  idle("EnableEscapeCommandline", flag),
  idle("EnableSSHKeysign"),
  idle("EscapeChar"),
  own("ExitOnForwardFailure", "hostout forwards no ports", flag),
  idle("FingerprintHash", /^(?:md5|sha256)$/),
  own("ForkAfterAuthentication", "a command stays in the foreground"),
  onlyOpenssh("ForwardAgent", noValue, undefined, /^no$/),
  idle("ForwardX11", flag),
  idle("ForwardX11Timeout"),
  idle("ForwardX11Trusted", flag),
  idle("GatewayPorts", flag),
  heeded("GlobalKnownHostsFile", paths),
  onlyOpenssh("GSSAPIAuthentication", noValue, "where this machine has a Kerberos ticket", flag),
  idle("GSSAPIClientIdentity"),
  idle("GSSAPIDelegateCredentials", flag),
  idle("GSSAPIKexAlgorithms"),
  idle("GSSAPIKeyExchange", flag),
  idle("GSSAPIRenewalForcesRekey"),
  idle("GSSAPIServerIdentity"),
  idle("GSSAPITrustDns", flag),
  heeded("HashKnownHosts", flag),
  heeded("Host", /^(?:!?[\w.*?:-]+)(?:[ \t]+!?[\w.*?:-]+)*$/),
  idle("HostbasedAcceptedAlgorithms"),
  onlyOpenssh("HostbasedAuthentication", noValue, undefined, /^no$/),
  heeded("HostKeyAlgorithms"),
  heeded("HostKeyAlias", lowWord),
  heeded("HostName", plainHostName),
  heeded("IdentitiesOnly", flag),
  heeded("IdentityAgent", path),
  heeded("IdentityFile", path, "keys of security tokens: by ssh alone"),
  heeded("IgnoreUnknown"),
  heeded("Include", /^(?:~\/|\/)(?:[\w./-]*\/)?[\w.*-]+$/),
  idle("IPQoS"),
  heeded("KbdInteractiveAuthentication", flag),
  idle("KbdInteractiveDevices"),
  heeded("KexAlgorithms"),
  onlyOpenssh("KnownHostsCommand", noValue),
  idle("LocalCommand"),
  own("LocalForward", "hostout forwards no ports"),
  own("LogLevel", "hostout prints what ssh says of a failure", /^(?:QUIET|FATAL|ERROR|INFO|VERBOSE)$/),
  idle("LogVerbose"),
  heeded("MACs"),
  heeded("Match"),
  onlyOpenssh("NoHostAuthenticationForLocalhost", noValue, undefined, /^no$/),
  own("NumberOfPasswordPrompts", "three times", number),
  idle("ObscureKeystrokeTiming"),
  heeded("PasswordAuthentication", flag),
  idle("PermitLocalCommand", /^no$/),
  own("PermitRemoteOpen", "hostout forwards no ports"),
  onlyOpenssh("PKCS11Provider", noValue),
  heeded("Port", /^(?:[1-9]\d{0,3}|[1-5]\d{4})$/),
  heeded("PreferredAuthentications", undefined, "gssapi-with-mic and hostbased: by ssh alone"),
  heeded("ProxyCommand"),
  heeded("ProxyJump", /^(?:[a-z][\w-]*@)?[a-z][a-z0-9.-]*(?::[1-9]\d{0,3})?$/),
  onlyOpenssh("ProxyUseFdpass", noValue),
  idle("PubkeyAcceptedAlgorithms"),
  heeded("PubkeyAuthentication", flag),
  idle("RekeyLimit"),
  own("RemoteCommand", "the command is hostout's"),
  own("RemoteForward", "hostout forwards no ports"),
  own("RequestTTY", "a terminal for shells alone", /^(?:yes|no|auto|force)$/),
  idle("RequiredRSASize"),
  heeded("RevokedHostKeys", undefined, "a list of ssh-keygen -k (KRL): by ssh alone"),
  onlyOpenssh("SecurityKeyProvider", /^(?:internal|none)$/i),
  {
    name: "SendEnv",
    nodeSsh: "heeded",
    openssh: "heeded",
    plain: names,
    note: "with hostout's own ssh: but for LANG, LANGUAGE and LC_*",
  },
  own("ServerAliveCountMax", "a host that is silent for about a minute is given up", number),
  own("ServerAliveInterval", "as ServerAliveCountMax", number),
  own("SessionType", "the command is hostout's"),
  heeded("SetEnv", /^[A-Za-z_]\w*=[\w./@+-]+$/),
  own("StdinNull", "the input is hostout's"),
  idle("StreamLocalBindMask"),
  idle("StreamLocalBindUnlink"),
  heeded("StrictHostKeyChecking", /^(?:yes|no|ask|off|accept-new)$/),
  idle("SyslogFacility", /^[A-Z]+\d?$/),
  idle("Tag"),
  idle("TCPKeepAlive", flag),
  own("Tunnel", "hostout forwards no ports"),
  idle("TunnelDevice"),
  idle("UpdateHostKeys", /^(?:yes|no|ask)$/),
  heeded("User", word, "root where it is not set"),
  heeded("UserKnownHostsFile", paths),
  onlyOpenssh("VerifyHostKeyDNS", noValue, undefined, /^no$/),
  idle("VersionAddendum"),
  idle("VisualHostKey", flag),
  idle("WarnWeakCrypto"),
  idle("XAuthLocation"),
];

const byName = new Map(sshKeywords.map((keyword) => [keyword.name.toLowerCase(), keyword]));

/** @param name in any case */
export const sshKeyword = (name: string): SshKeyword | undefined => byName.get(name.toLowerCase());
