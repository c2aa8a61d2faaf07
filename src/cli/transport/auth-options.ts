/** Everything that says which cloud to speak to and as whom: OpenStack's names, camel-cased. */
export interface AuthOptions {
  readonly authType?: string;
  readonly authUrl?: string;
  readonly username?: string;
  readonly userId?: string;
  readonly password?: string;
  readonly userDomainId?: string;
  readonly userDomainName?: string;
  readonly projectId?: string;
  readonly projectName?: string;
  readonly projectDomainId?: string;
  readonly projectDomainName?: string;
  readonly domainId?: string;
  readonly domainName?: string;
  readonly defaultDomain?: string;
  readonly systemScope?: string;
  readonly token?: string;
  readonly applicationCredentialId?: string;
  readonly applicationCredentialName?: string;
  readonly applicationCredentialSecret?: string;
  /** The orchestration endpoint itself; the catalogue is then not asked. */
  readonly endpoint?: string;
  readonly regionName?: string;
  readonly interface?: string;
  readonly cacert?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly insecure?: boolean;
}

type TextKey = Exclude<keyof AuthOptions, 'insecure'>;

/** Option name → names under which it is known in the environment (`OS_…`), in clouds.yaml and on the command line. */
const NAMES: { readonly [key in TextKey]: readonly string[] } = {
  authType: ['auth_type'],
  authUrl: ['auth_url'],
  username: ['username', 'user_name'],
  userId: ['user_id'],
  password: ['password'],
  userDomainId: ['user_domain_id'],
  userDomainName: ['user_domain_name'],
  projectId: ['project_id', 'tenant_id'],
  projectName: ['project_name', 'tenant_name'],
  projectDomainId: ['project_domain_id'],
  projectDomainName: ['project_domain_name'],
  domainId: ['domain_id'],
  domainName: ['domain_name'],
  defaultDomain: ['default_domain'],
  systemScope: ['system_scope'],
  token: ['token'],
  applicationCredentialId: ['application_credential_id'],
  applicationCredentialName: ['application_credential_name'],
  applicationCredentialSecret: ['application_credential_secret'],
  endpoint: ['orchestration_endpoint_override', 'endpoint', 'endpoint_override'],
  regionName: ['region_name'],
  interface: ['interface', 'endpoint_type'],
  cacert: ['cacert'],
  cert: ['cert'],
  key: ['key'],
};

/** Reads options through `look`, which is given names such as `auth_url`. */
export function readAuthOptions(look: (name: string) => unknown): AuthOptions {
  const found: { -readonly [key in keyof AuthOptions]: AuthOptions[key] } = {};
  for (const [key, names] of Object.entries(NAMES) as [TextKey, readonly string[]][]) {
    for (const name of names) {
      const value = look(name);
      if (found[key] === undefined && value !== undefined && value !== null && value !== '') found[key] = String(value);
    }
  }
  return found;
}

/** The options that the `OS_…` variables of an environment give. */
export function authFromEnvironment(env: { readonly [name: string]: string | undefined }): AuthOptions {
  const options = readAuthOptions((name) => env[`OS_${name.toUpperCase()}`]);
  return /^(1|true|yes)$/i.test(env.OS_INSECURE ?? '') ? { ...options, insecure: true } : options;
}

/** True if the options say which server to speak to. */
export function namesServer(options: AuthOptions): boolean {
  return options.authUrl !== undefined || (options.endpoint !== undefined && options.token !== undefined);
}

/** Names of the `--os-…` command line options, each taking a value. */
export function authOptionNames(): string[] {
  return Object.values(NAMES).flatMap((names) => names.map((name) => name.replaceAll('_', '-')));
}
