/** A plain HTTP client of Heat's API that logs in at a Keystone: the same for baton and for a real Heat. */
import { readFileSync } from 'node:fs';

/** The `OS_…` variables of an openrc file. */
export function readOpenrc(file) {
  const lines = readFileSync(file, 'utf8').matchAll(/^\s*export\s+(OS_\w+)=(.*)$/gm);
  return Object.fromEntries([...lines].map(([, name, text]) => [name, text.trim().replace(/^(['"])(.*)\1$/, '$2')]));
}

async function fetchToken(env) {
  const base = env.OS_AUTH_URL.replace(/\/$/, '');
  const domain = (name) => ({ name: name ?? 'Default' });
  const auth = {
    identity: {
      methods: ['password'],
      password: {
        user: { name: env.OS_USERNAME, domain: domain(env.OS_USER_DOMAIN_NAME), password: env.OS_PASSWORD },
      },
    },
    scope: { project: { name: env.OS_PROJECT_NAME, domain: domain(env.OS_PROJECT_DOMAIN_NAME) } },
  };
  const url = `${base.endsWith('/v3') ? base : `${base}/v3`}/auth/tokens`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth }),
  });
  if (!response.ok) throw new Error(`no token from ${url}: ${response.status} ${await response.text()}`);
  return { id: response.headers.get('x-subject-token'), token: (await response.json()).token };
}

/** Logs in with the variables of an openrc and finds Heat in the catalogue. */
export async function connect(env) {
  const { id, token } = await fetchToken(env);
  const service = token.catalog.find(({ type }) => type === 'orchestration');
  const url = service.endpoints.find((endpoint) => endpoint.interface === 'public').url.replace(/\/$/, '');

  /** Sends one request; redirects are followed with the same method and body, as heatclient does. */
  async function send(method, path, body, address = `${url}${path}`) {
    const response = await fetch(address, {
      method,
      redirect: 'manual',
      headers: { 'x-auth-token': id, 'content-type': 'application/json', accept: 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status === 302) return send(method, path, body, response.headers.get('location'));
    let answer;
    try {
      answer = text === '' ? undefined : JSON.parse(text);
    } catch {
      answer = text;
    }
    return { status: response.status, body: answer };
  }

  return { url, send };
}
