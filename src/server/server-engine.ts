import { createEngine, type Engine, type EngineOptions, type Surroundings } from '../create-engine.js';
import { systemClock } from '../engine/model/clock.js';
import { createSimulatedCloud } from '../resources/clouds/simulated/simulated-cloud.js';
import { faultPlan, given, inMs, type ServerConfig } from './config.js';
import { type ServerLogger, withoutSecrets } from './logging.js';

/** Starts the engine as the configuration wants it. */
export function startEngine(
  dataDir: string | undefined,
  config: ServerConfig,
  logger: ServerLogger,
  surroundings: Surroundings,
): Promise<Engine> {
  return createEngine({
    ...(dataDir === undefined ? {} : { dataDir }),
    ...engineOptions(config, logger),
    surroundings,
  });
}

function engineOptions(
  { limits = {}, engine = {}, cloud = {}, heat = {} }: ServerConfig,
  logger: ServerLogger,
): EngineOptions {
  const minutes = limits.stack_timeout_minutes;
  return {
    limits: given({
      maxTemplateBytes: limits.template_bytes,
      maxStacksPerProject: limits.stacks_per_project,
      maxResourcesPerStack: limits.resources_per_stack,
      maxNestedDepth: limits.nested_depth,
      defaultTimeoutMs: minutes === undefined ? undefined : minutes * 60_000,
      cancelGraceMs: inMs(engine.cancel_grace_seconds),
    }),
    retry: given({ limit: engine.retry_limit, baseMs: engine.retry_base_ms, maxMs: engine.retry_max_ms }),
    cloud: (world) =>
      createSimulatedCloud({
        world,
        clock: systemClock,
        ...given({
          concurrency: cloud.concurrency,
          lenient: cloud.lenient,
          strictRouting: cloud.strict_routing,
          quotas: cloud.quotas,
          faults: cloud.faults && faultPlan(cloud.faults),
        }),
      }),
    log: (message, fields) => logger.warn(withoutSecrets(fields ?? {}), message),
    ...given({ hiddenTag: heat.hidden_stack_tag }),
  };
}
