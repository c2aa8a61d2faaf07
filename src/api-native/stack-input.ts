import { pythonStr } from '../engine/model/python-text.js';
import type { Json, JsonMap } from '../engine/model/value.js';
import type { Caller, CreateInput, TemplateInput, UpdateInput } from '../engine/stacks/requests.js';
import { parseEnvironment } from '../engine/template/environment/parse-environment.js';
import { ApiError, attributeError, badRequest, notSupported, valueError } from './api-error.js';
import type { NativeApiDeps } from './api-types.js';
import { limitExceeded } from './request-body.js';
import {
  isJsonMap,
  optionalMap,
  optionalString,
  optionalStrings,
  readBoolean,
  readInteger,
  readTags,
} from './values.js';
import { yamlErrorText } from './yaml-error-text.js';

/** Reads the bodies that carry a template: create, update, their previews, and validate. */
export class StackInputReader {
  constructor(
    private readonly deps: NativeApiDeps,
    private readonly body: JsonMap,
    private readonly caller: Caller,
  ) {}

  /** A create or its preview. */
  async create(): Promise<CreateInput> {
    this.#refuseConverge();
    const options = this.#options();
    if (!Object.hasOwn(this.body, 'stack_name')) throw badRequest('No stack name specified');
    const adoptData = this.#adoptData();
    const template = adoptData === undefined ? await this.#template() : adoptedTemplate(adoptData);
    if (template === undefined) throw badRequest('No template specified');
    return {
      name: this.#stackName(),
      template: this.#withinLimit(template),
      ...(await this.#surroundings()),
      ...options,
      ...(adoptData === undefined ? {} : { adoptData }),
    };
  }

  /** An update or its preview; `existing` is Heat's PATCH, which needs no template. */
  async update(existing: boolean): Promise<UpdateInput> {
    const options = this.#options();
    const template = await this.#template();
    if (template === undefined && !existing) throw badRequest('No template specified');
    const clearParameters = optionalStrings(this.body.clear_parameters);
    const { converge } = this.body;
    const moved = optionalNames('moved', this.body.moved);
    return {
      ...(template === undefined ? {} : { template: this.#withinLimit(template) }),
      ...(await this.#surroundings()),
      ...options,
      ...(existing ? { existing } : {}),
      ...(clearParameters === undefined ? {} : { clearParameters }),
      ...(converge === undefined || converge === null ? {} : { converge: engineBoolean('converge', converge) }),
      ...(moved === undefined ? {} : { moved }),
    };
  }

  async validation(): Promise<TemplateInput> {
    const template = await this.#template();
    if (template === undefined) throw badRequest('No template specified');
    return { template: this.#withinLimit(template), ...(await this.#surroundings()) };
  }

  #stackName(): string {
    const { stack_name: name = null } = this.body;
    if (typeof name === 'string') return name;
    throw new ApiError(400, 'StackValidationFailed', `Invalid stack name ${pythonStr(name)}, must be a string`);
  }

  async #template(): Promise<string | JsonMap | undefined> {
    const { template, template_url: url } = this.body;
    if (Object.hasOwn(this.body, 'template')) {
      if (template === null || template === undefined) return undefined;
      if (typeof template !== 'string' && !isJsonMap(template)) throw badRequest();
      return template;
    }
    if (url === undefined || url === null) return undefined;
    if (typeof url !== 'string') throw badRequest();
    try {
      return await this.deps.fetchTemplate(url);
    } catch (error) {
      throw badRequest(`Could not retrieve template: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #withinLimit(template: string | JsonMap): string | JsonMap {
    const max = this.deps.limits.maxTemplateBytes;
    const bytes = typeof template === 'string' ? Buffer.byteLength(template) : jsonBytes(template);
    if (bytes > max) throw limitExceeded(`Template size (${bytes} bytes) exceeds maximum allowed size (${max} bytes).`);
    return template;
  }

  /** Everything that a template is evaluated with. */
  async #surroundings(): Promise<Omit<TemplateInput, 'template'>> {
    const { environment } = this.body;
    if (
      environment !== undefined &&
      environment !== null &&
      typeof environment !== 'string' &&
      !isJsonMap(environment)
    ) {
      throw badRequest();
    }
    if (typeof environment === 'string') refuseUnreadable(environment);
    const files = await this.#files();
    const environmentFiles = optionalStrings(this.body.environment_files);
    const parameters = optionalMap(this.body.parameters);
    return {
      ...(files === undefined ? {} : { files }),
      // Clients send the merged environment along with the files; the files count then.
      ...(environmentFiles?.length
        ? { environmentFiles }
        : environment === undefined || environment === null
          ? {}
          : { environment }),
      ...(parameters === undefined ? {} : { parameters }),
    };
  }

  /** The files that came along; what they lack is in the container that the request names. */
  async #files(): Promise<{ readonly [name: string]: string } | undefined> {
    const given = mapInEngine(this.body.files);
    const files = given && fileTexts(given);
    const container = optionalString(this.body.files_container);
    if (container === undefined) return files;
    if (!this.deps.containerFiles) throw notSupported('files_container');
    const skip = new Set(Object.keys(files ?? {}));
    return { ...(await this.deps.containerFiles(this.caller, container, skip)), ...files };
  }

  #options(): Pick<CreateInput, 'timeoutMins' | 'disableRollback' | 'tags'> {
    const { timeout_mins: timeout, disable_rollback: rollback, tags } = this.body;
    const timeoutMins = timeout === undefined || timeout === null ? 0 : readInteger('timeout_mins', timeout);
    return {
      ...(timeoutMins === 0 ? {} : { timeoutMins }),
      ...(rollback === undefined ? {} : { disableRollback: engineBoolean('disable_rollback', rollback) }),
      ...(tags === undefined || tags === null ? {} : { tags: readTags(tags) }),
    };
  }

  #refuseConverge(): void {
    if (Object.hasOwn(this.body, 'converge')) {
      throw badRequest('converge flag only supported in stack update (or update preview) request.');
    }
  }

  #adoptData(): JsonMap | undefined {
    const { adopt_stack_data: given } = this.body;
    if (given === undefined || given === null || given === '') return undefined;
    if (!this.deps.features.adopt) throw notSupported('Stack Adopt');
    if (isJsonMap(given)) return given;
    const text = optionalString(given) ?? '';
    let data: Json;
    try {
      data = JSON.parse(text) as Json;
    } catch {
      throw badRequest(NO_ADOPT_DATA);
    }
    if (!isJsonMap(data)) throw badRequest(NO_ADOPT_DATA);
    return data;
  }
}

const NO_ADOPT_DATA = 'Invalid adopt data: The template is not a JSON object or YAML mapping.';

function adoptedTemplate(data: JsonMap): JsonMap | string {
  const { template } = data;
  // Python's KeyError reads like this.
  if (template === undefined || template === null) throw badRequest("Invalid adopt data: 'template'");
  if (typeof template !== 'string' && !isJsonMap(template)) throw badRequest("Invalid adopt data: 'template'");
  return template;
}

/** An environment that is no YAML is found here, before the engine sees it among the files. */
function refuseUnreadable(environment: string): void {
  const [mistake] = parseEnvironment(environment).diagnostics.filter(({ code }) => code === 'syntax');
  if (mistake) throw badRequest(`Environment not in valid format: ${yamlErrorText(mistake, environment)}`);
}

/** Heat reads these in its engine, where a wrong value is a bare ValueError. */
function engineBoolean(name: string, value: Json): boolean {
  try {
    return readBoolean(name, value);
  } catch {
    throw valueError();
  }
}

/** Heat reads these in its engine, where a wrong type is a bare AttributeError. */
function mapInEngine(value: Json | undefined): JsonMap | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isJsonMap(value)) throw attributeError();
  return value;
}

function fileTexts(files: JsonMap): { [name: string]: string } {
  const texts = Object.entries(files).map(([name, text]): [string, string] => {
    if (typeof text === 'string') return [name, text];
    // Heat's clients may send a parsed file; what uses it wants text.
    if (isJsonMap(text) || Array.isArray(text)) return [name, JSON.stringify(text)];
    throw badRequest();
  });
  return Object.fromEntries(texts);
}

/** The size of a document as JSON. */
function jsonBytes(document: JsonMap): number {
  return Buffer.byteLength(JSON.stringify(document));
}

/** Old names to new ones; undefined if there are none. */
function optionalNames(key: string, given: Json | undefined): { [from: string]: string } | undefined {
  if (given === undefined || given === null) return undefined;
  if (isJsonMap(given) && Object.values(given).every((to) => typeof to === 'string'))
    return given as { [from: string]: string };
  throw badRequest(`"${key}" must map old names to new ones`);
}
