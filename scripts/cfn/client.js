/** CloudFormation's API over an engine in memory, called by action and input, without signatures. */
import { XMLParser } from 'fast-xml-parser';

const parser = new XMLParser({
  parseTagValue: false,
  ignoreAttributes: true,
  isArray: (name) => name === 'member',
  htmlEntities: true,
  trimValues: false,
});

/** Whose stacks the scripts make. */
export const CALLER = {
  projectId: 'p1',
  projectName: 'demo',
  userId: 'u1',
  userName: 'someone',
  roles: ['member'],
  isAdmin: false,
  region: 'us-east-1',
  origin: 'cfn',
};

/** `call(action, input)` answers `{status, code, message, result}`; `urls` are what TemplateURLs lead to. */
export async function createClient(sources, options = {}) {
  const urls = new Map();
  const bugs = [];
  const fetchTemplate = async (url) => {
    const text = urls.get(url) ?? options.fetch?.(url);
    if (text === undefined) throw new Error('S3 error: Access Denied');
    return text;
  };
  const engine = await sources.createEngine({
    retry: { limit: 2, baseMs: 1, maxMs: 10 },
    surroundings: { fetchText: fetchTemplate },
    ...options.engine,
  });
  const deps = {
    stacks: engine.stacks,
    documents: engine.store.documents,
    authenticate: async () => CALLER,
    fetchTemplate,
    typeSchema: (type) => sources.loadSchema(type, { prefer: 'aws' }),
    typeNames: () => sources.listTypes({ origin: 'aws' }),
    cloudResources: (caller) => sources.findCloudResources(engine.store, caller),
    limits: sources.AWS_LIMITS,
    now: Date.now,
    reportBug: (error) => bugs.push(error),
  };
  const api = sources.createCfnApi(deps);
  return {
    projectId: CALLER.projectId,
    engine,
    deps,
    urls,
    bugs,
    async call(action, input = {}) {
      const form = new URLSearchParams({ Action: action, Version: '2010-05-15' });
      flatten(form, '', input);
      const response = await api.handle({
        method: 'POST',
        path: '/cfn/',
        route: '/',
        query: '',
        headers: { host: 'localhost', 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
        body: form.toString(),
      });
      const document = parser.parse(response.body);
      const error = document.ErrorResponse?.Error;
      return {
        status: response.status,
        code: error?.Code,
        message: error?.Message,
        result: document[`${action}Response`]?.[`${action}Result`] ?? {},
      };
    },
    close: () => engine.close(0),
  };
}

function flatten(form, name, value) {
  if (Array.isArray(value)) {
    if (value.length === 0) form.append(name, '');
    for (const [index, item] of value.entries()) flatten(form, `${name}.member.${index + 1}`, item);
  } else if (typeof value === 'object' && value !== null && '$map' in value) {
    for (const [index, [key, one]] of Object.entries(value.$map).entries()) {
      form.append(`${name}.entry.${index + 1}.key`, key);
      form.append(`${name}.entry.${index + 1}.value`, String(one));
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value))
      if (one !== undefined) flatten(form, name === '' ? key : `${name}.${key}`, one);
  } else form.append(name, String(value));
}
