import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What was answered, for the counters. */
export interface Answered {
  readonly api: string;
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
}

const KNOWN_METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);

/** Counters of the HTTP server; the registry is open for what others measure. */
export class HttpMetrics {
  readonly registry = new Registry();
  readonly #requests = new Counter({
    name: 'baton_http_requests_total',
    help: 'Requests answered, by API, route, method and status.',
    labelNames: ['api', 'route', 'method', 'status'],
    registers: [this.registry],
  });
  readonly #durations = new Histogram({
    name: 'baton_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['api', 'route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });
  readonly #running = new Gauge({
    name: 'baton_http_requests_running',
    help: 'Requests that are being worked on.',
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'baton_' });
  }

  started(): void {
    this.#running.inc();
  }

  finished({ api, route, method, status, seconds }: Answered): void {
    this.#running.dec();
    // Methods are the client's choice: unknown ones share a label, or anybody could fill the registry.
    const known = KNOWN_METHODS.has(method) ? method : 'other';
    this.#requests.inc({ api, route, method: known, status });
    this.#durations.observe({ api, route }, seconds);
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
