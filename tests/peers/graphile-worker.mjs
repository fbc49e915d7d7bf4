import { run, makeWorkerUtils, Logger } from 'graphile-worker';
const silent = new Logger(() => () => {});
import { send, close, count, report } from './mail.mjs';
const connectionString = process.env.DATABASE;
const utils = await makeWorkerUtils({ connectionString, logger: silent });
await utils.migrate();
await utils.withPgClient((client) => client.query(
  `select graphile_worker.add_jobs(array(select json_populate_record(null::graphile_worker.job_spec,
     json_build_object('identifier', 'mail', 'payload', json_build_object('to', 'c' || n || '@example.org')))
   from generate_series(1, $1::int) n))`, [count]));
let done = 0, finish;
const all = new Promise((resolve) => { finish = resolve; });
const begun = process.hrtime.bigint(), cpu = process.cpuUsage();
const runner = await run({
  connectionString, noHandleSignals: true,
  preset: { worker: { concurrentJobs: 24, maxPoolSize: 12, localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  taskList: { mail: async ({ to }) => { await send(to); done += 1; if (done === count) finish(); } },
  logger: silent,
});
await all;
const used = process.cpuUsage(cpu);
report('graphile-worker', Number(process.hrtime.bigint() - begun) / 1e9, (used.user + used.system) / 1e6);
close(); await runner.stop(); await utils.release(); process.exit(0);
